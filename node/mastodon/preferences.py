"""How the reader wants their programs to behave."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from node.context import node_of
from node.http.auth import require
from node.mastodon.replies import answer
from node.mastodon.routing import get


async def show(request: Request) -> Response:
    """Show the reader's preferences."""
    caller = await require(request, "read:accounts")
    async with node_of(request).database.read() as tx:
        preferences = await tx.preferences.of(caller.member)
    return answer(
        {
            "posting:default:visibility": preferences.privacy,
            "posting:default:sensitive": preferences.sensitive,
            "posting:default:language": preferences.language,
            "posting:default:quote_policy": preferences.quote_policy,
            "reading:expand:media": preferences.expand_media,
            "reading:expand:spoilers": preferences.expand_spoilers,
            "reading:autoplay:gifs": preferences.autoplay_gifs,
        }
    )


ROUTES: list[BaseRoute] = [get("/api/v1/preferences", show)]
