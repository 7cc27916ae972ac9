"""Answers: bytes with their type, how long they may be kept, and whether they changed."""

from hashlib import blake2b
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from federation.media_types import ACTIVITY_JSON

PUBLIC = "public, max-age=180"
"""For what anybody may read: three minutes, as is customary between nodes (N8)."""

PRIVATE = "private, no-store"
"""For whatever depends on who asks."""


def encoded(value: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    return orjson.dumps(value)


def reply(
    request: Request,
    body: bytes,
    *,
    media_type: str,
    status: int = 200,
    cache: str = PRIVATE,
    vary: str = "",
) -> Response:
    """Answer a GET or HEAD with a body.

    What may be kept has an ETag, and 304 answers whoever has it already. A HEAD gets the same headers alone.
    """
    headers = {"Cache-Control": cache}
    if vary:
        headers["Vary"] = vary
    if cache != PRIVATE:
        headers["ETag"] = tag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        asked = request.headers.get("if-none-match")
        if asked is not None and status == 200 and _matches(asked, tag):  # noqa: PLR2004 - OK
            return Response(status_code=304, headers=headers)
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(body))
        return Response(b"", status, headers, media_type)
    return Response(body, status, headers, media_type)


def activity_json(
    request: Request, document: Any, *, status: int = 200, cache: str = PUBLIC, vary: str = "Accept"
) -> Response:
    """Answer with an ActivityStreams document."""
    return reply(request, encoded(document), media_type=ACTIVITY_JSON, status=status, cache=cache, vary=vary)


def json_reply(
    request: Request,
    value: Any,
    *,
    status: int = 200,
    cache: str = PRIVATE,
    vary: str = "",
    media_type: str = "application/json",
) -> Response:
    """Answer with any other JSON; not kept by anybody unless `cache` says so."""
    return reply(request, encoded(value), media_type=media_type, status=status, cache=cache, vary=vary)


def _matches(asked: str, tag: str) -> bool:
    # RFC 9110 13.1.2 compares weakly: a proxy that compresses marks our tag as weak.
    if asked.strip() == "*":
        return True
    return tag in {each.strip().removeprefix("W/") for each in asked.split(",")}
