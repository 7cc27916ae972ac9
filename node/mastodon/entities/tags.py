"""Hashtags as clients read them."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from storage.featured_tags import FeaturedTag, TagUse
from storage.tag_uses import DayOfUse


def tag_entity(
    name: str,
    history: Sequence[DayOfUse],
    base_url: str,
    *,
    following: bool | None = None,
    featuring: bool | None = None,
) -> dict[str, Any]:
    """Return a Tag. What the reader does with it is there for readers only."""
    entity: dict[str, Any] = {
        "id": str(tag_number(name)),
        "name": name,
        "url": tag_page(name, base_url),
        "history": [
            {
                "day": str(int(datetime.combine(each.day, time(), UTC).timestamp())),
                "uses": str(each.uses),
                "accounts": str(each.accounts),
            }
            for each in history
        ],
    }
    if following is not None:
        entity |= {"following": following, "featuring": bool(featuring)}
    return entity


def featured_tag_entity(featured: FeaturedTag, use: TagUse, base_url: str) -> dict[str, Any]:
    """Return a FeaturedTag."""
    return {
        "id": str(featured.id),
        "name": featured.shown,
        "url": tag_page(featured.name, base_url),
        "statuses_count": str(use.count),
        "last_status_at": f"{use.last_at:%Y-%m-%d}" if use.last_at else None,
    }


def tag_page(name: str, base_url: str) -> str:
    """Return the address of a hashtag's page on this node."""
    return f"{base_url}/tags/{quote(name)}"


def tag_number(name: str) -> int:
    """Return the number by which clients know a hashtag; it is made of the name, which is all there is."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 1 or 1
