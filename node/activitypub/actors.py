"""Actor documents."""

from starlette.requests import Request
from starlette.responses import Response

from actors.addresses import SERVER
from federation import serving
from node.activitypub.reading import answer, reader_of
from node.context import node_of
from node.http.rates import Quota, spend


def quota_of(request: Request) -> Quota:
    """Return what an unsigned request for an actor counts against: all other nodes need the server's own."""
    return Quota.INBOX if request.path_params["username"] == SERVER else Quota.REQUESTS


async def show(request: Request) -> Response:
    """Serve an actor. The server's own is anybody's: two strict nodes could not meet otherwise (Z1)."""
    username = request.path_params["username"]
    if username == SERVER:
        spend(request, Quota.INBOX)
    else:
        await reader_of(request, has_page=True, matters=False)
    async with node_of(request).database.read() as tx:
        served = await serving.actor_at(tx, username)
    return answer(request, served, has_page=True, matters=False)
