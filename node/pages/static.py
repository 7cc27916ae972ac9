"""Files: those that pages are drawn with, and what crawlers are told.

The address of a file that pages are drawn with changes with its content, so it may be kept for good.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from node.http.replies import reply

FOLDER = Path(__file__).parent / "static"
FOR_GOOD = "public, max-age=31536000, immutable"
# Whether a page may be indexed stands in the page itself, where crawlers must be able to see it (H4).
_ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /api/\nDisallow: /oauth/\n"
_TYPES = {".css": "text/css", ".png": "image/png", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file, its address and its media type."""

    address: str
    content: bytes
    media_type: str


async def show(request: Request) -> Response:
    """Serve a file whose content is the one that its address names."""
    found = _by_address().get(request.scope["path"])
    if found is None:
        raise HTTPException(404)
    return reply(request, found.content, media_type=found.media_type, cache=FOR_GOOD)


async def show_robots(_request: Request) -> Response:
    """Serve robots.txt: what crawlers are asked to leave alone."""
    return PlainTextResponse(_ROBOTS, headers={"Cache-Control": "public, max-age=86400"})


def address_of(name: str) -> str:
    """Return the path of a file, which holds a hash of its content."""
    return _files()[name].address


@cache
def _files() -> Mapping[str, StaticFile]:
    return {path.name: _file(path) for path in sorted(FOLDER.iterdir()) if path.suffix in _TYPES}


@cache
def _by_address() -> Mapping[str, StaticFile]:
    return {each.address: each for each in _files().values()}


def _file(path: Path) -> StaticFile:
    content = path.read_bytes()
    digest = blake2b(content, digest_size=8).hexdigest()
    return StaticFile(f"/static/{path.stem}.{digest}{path.suffix}", content, _TYPES[path.suffix])
