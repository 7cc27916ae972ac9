"""Hashtags as clients see them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import quote

from storage.tag_uses import DayOfUse


def tag_entity(
    name: str,
    history: Sequence[DayOfUse],
    base_url: str,
    *,
    following: bool | None = None,
    featuring: bool | None = None,
) -> dict[str, Any]:
    """Return a Tag with its use on the last seven days; what the reader did with it for readers only."""
    entity: dict[str, Any] = {
        "id": name,
        "name": name,
        "url": f"{base_url}/tags/{quote(name)}",
        "history": [
            {
                "day": str(int(datetime.combine(day.day, time(), UTC).timestamp())),
                "uses": str(day.uses),
                "accounts": str(day.accounts),
            }
            for day in history
        ],
    }
    if following is not None:
        entity["following"] = following
    if featuring is not None:
        entity["featuring"] = featuring
    return entity
