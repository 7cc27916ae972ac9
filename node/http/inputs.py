"""Reading what is sent: bounded in size and time, counted while it arrives."""

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from federation.vocabulary.parsing import parse
from node.context import node_of

WHOLE_BODY_SECONDS = 30.0
"""How long a body may take to arrive, all of it: somebody who sends a byte a second is not waited for."""

KIB = 1024


async def read_body(request: Request, *, limit: int | None = None) -> bytes:
    """Return the whole body of at most `limit` bytes (the operator's `limits.body_kib` if not given).

    Raises HTTPException: 413 for a larger one, before it is read where its length is declared, and 408 for
    one that takes too long.
    """
    if limit is None:
        limit = node_of(request).settings.limits.body_kib * KIB
    declared = request.headers.get("content-length", "")
    if declared and not (declared.isascii() and declared.isdigit()):
        raise HTTPException(400, "The length of the request is not a number.")
    if declared and (len(declared) > len(str(limit)) or int(declared) > limit):
        raise _too_large(limit)
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(WHOLE_BODY_SECONDS):
            async for chunk in request.stream():
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                chunks.append(chunk)
    except TimeoutError as error:
        raise HTTPException(408, "The request took too long to arrive.") from error
    return b"".join(chunks)


async def read_json(request: Request, *, limit: int | None = None) -> dict[str, Any]:
    """Return a JSON object that was sent; an empty body is an empty one.

    Raises Malformed for what is no JSON object, HTTPException 415 for another Content-Type, and as
    `read_body`.
    """
    if media_type_of(request) not in {"application/json", ""}:
        raise HTTPException(415, "Send JSON, with the Content-Type application/json.")
    body = await read_body(request, limit=limit)
    return parse(body) if body.strip() else {}


def media_type_of(request: Request) -> str:
    """Return the media type of what was sent, in lower case, without parameters; empty for none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"The request is larger than the {limit // KIB} KiB that are taken here.")
