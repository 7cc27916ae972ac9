"""Answers of the client API: always 200 with JSON, made for whoever asks."""

from datetime import UTC, datetime
from typing import Any

import orjson
from starlette.responses import Response

EMPTY: dict[str, Any] = {}
"""What is answered where there is nothing to say: clients take anything but 200 with JSON for a failure."""

_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization, Origin"}


def answer(value: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer with a JSON value that depends on who asks. `value` may hold `orjson.Fragment`s."""
    return Response(
        orjson.dumps(value), status, {**_PRIVATE, **(headers or {})}, "application/json; charset=utf-8"
    )


def answer_all(value: Any, *, vary: str = "Authorization", headers: dict[str, str] | None = None) -> Response:
    """Answer with a JSON value that is the same for everybody; guests' caches may keep it for a moment.

    `vary` names what of the request it depends on. With a token nothing is kept (`node.http.guards`).
    """
    kept = {"Cache-Control": "public, max-age=15", "Vary": vary, **(headers or {})}
    return Response(orjson.dumps(value), 200, kept, "application/json; charset=utf-8")


def stamp(moment: datetime) -> str:
    """Return a moment as clients read it, with exactly three digits of a second's fraction."""
    moment = moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def stamp_or_none(moment: datetime | None) -> str | None:
    """Return a moment as clients read it, if there is one."""
    return None if moment is None else stamp(moment)
