"""Sending files: whole or in part, kept by whoever has them, and never taken for a page of this node."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from node.context import node_of
from node.files.types import BY_ENDING
from node.uploads.accepting import title_of
from storage.files import FileStore, is_name

FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""A file never changes under its name."""

SANDBOX: Final = "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
"""Whatever a file may hold, opened in a browser it runs nothing and asks for nothing.

The exceptions are what browsers themselves put around a picture or a video that is opened alone.
"""

_CHUNK: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_SHARED: Final = {
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Security-Policy": SANDBOX,
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
}


async def show(request: Request) -> Response:
    """Serve an upload by its name."""
    node = node_of(request)
    return await send(request, node.files.uploads, request.path_params["name"], cache=FOR_GOOD)


async def show_titled(request: Request) -> Response:
    """Serve a document by its name, to be saved under the title that its address ends in."""
    node = node_of(request)
    return await send(
        request,
        node.files.uploads,
        request.path_params["name"],
        cache=FOR_GOOD,
        title=request.path_params["title"],
    )


async def send(request: Request, store: FileStore, name: str, *, cache: str, title: str = "") -> Response:
    """Answer with a file of a store, or the part of it that is asked for (RFC 9110 14).

    Its type is what the end of its name says, which was given to it when its bytes were looked at. `title` is
    what a document is saved as.
    """
    size = await store.size(name) if is_name(name) else None
    kind = BY_ENDING.get(name.rpartition(".")[2])
    if size is None or kind is None:
        raise HTTPException(404)
    tag = f'"{name.partition(".")[0]}"'
    headers = {**_SHARED, "Cache-Control": cache, "ETag": tag}
    if kind.is_download:
        headers["Content-Disposition"] = _as_download(title or name, kind.ending)
    if _has_it(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    media_type = (
        f"{kind.media_type}; charset=utf-8" if kind.media_type.startswith("text/") else kind.media_type
    )
    part = _part(request.headers, size, tag)
    if part is None:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(status_code=416, headers=headers)
    start, end = part
    is_whole = end - start == size
    headers["Content-Length"] = str(end - start)
    if not is_whole:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    status = 200 if is_whole else 206
    if request.method == "HEAD":
        return Response(b"", status, headers, media_type)
    return StreamingResponse(_read(store, name, start, end), status, headers, media_type)


async def _read(store: FileStore, name: str, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        data = await store.read(name, start, min(_CHUNK, end - start))
        if not data:
            # It was removed meanwhile; the server closes the connection, so that nobody takes it for whole.
            raise RuntimeError(f"{name} ended before its end")
        start += len(data)
        yield data


def _part(headers: Mapping[str, str], size: int, tag: str) -> tuple[int, int] | None:
    """Return from where to where is asked for, by default all of it; None for what lies behind the end.

    Of several parts at once, which nobody needs, all are sent as one: the whole file.
    """
    asked = headers.get("range")
    if_range = headers.get("if-range")
    match = _RANGE.fullmatch(asked.replace(" ", "").lower()) if asked else None
    if match is None or (match[1] == "" and match[2] == "") or (if_range is not None and if_range != tag):
        return 0, size
    if match[1] == "":
        length = int(match[2])
        return (max(0, size - length), size) if length else None
    start = int(match[1])
    end = min(int(match[2]) + 1, size) if match[2] else size
    if match[2] and int(match[2]) < start:
        return 0, size
    return (start, end) if start < size else None


def _has_it(asked: str | None, tag: str) -> bool:
    if asked is None:
        return False
    return asked.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in asked.split(",")}


def _as_download(title: str, ending: str) -> str:
    """Return a Content-Disposition (RFC 6266) that saves a file under a harmless name with its own ending."""
    safe = title_of(title, ending)
    plain = safe.encode("ascii", "ignore").decode().lstrip(".") or f"document.{ending}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
