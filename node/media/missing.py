"""The pictures of those who have none; clients know them by their name, `missing.png`."""

from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from node.http.replies import reply

_FOLDER: Final = Path(__file__).parent / "pictures"
_FOR_A_WEEK: Final = "public, max-age=604800"


async def show_avatar(request: Request) -> Response:
    """Serve the avatar of whoever has none."""
    return _reply(request, "avatar.png")


async def show_header(request: Request) -> Response:
    """Serve the header of whoever has none."""
    return _reply(request, "header.png")


def _reply(request: Request, name: str) -> Response:
    response = reply(request, _content(name), media_type="image/png", cache=_FOR_A_WEEK)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _content(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
