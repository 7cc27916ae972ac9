"""Markers: how far a member has read, so that all their programs know."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from node.context import node_of
from node.http.auth import require
from node.mastodon.parameters import parameters_of
from node.mastodon.replies import answer, stamp
from node.mastodon.routing import get, post
from storage.errors import Busy
from storage.markers import Marker

_TIMELINES = ("home", "notifications")
_CONFLICT = "Conflict during update, please try again"


async def show(request: Request) -> Response:
    """Show the markers of the timelines that are named."""
    caller = await require(request, "read:statuses")
    wanted = [name for name in (await parameters_of(request)).texts("timeline") if name in _TIMELINES]
    async with node_of(request).database.read() as tx:
        found = await tx.markers.of(caller.actor.id, wanted)
    return answer({name: _entity(marker) for name, marker in found.items()})


async def keep(request: Request) -> Response:
    """Set the markers that are named; a smaller one is kept as well, since a member may read again.

    Two programs that do so at once are both heard, one after the other; 409 where that takes too long.
    """
    caller = await require(request, "write:statuses")
    parameters = await parameters_of(request)
    given = {name: parameters.within(name).identifier("last_read_id") for name in _TIMELINES}
    kept: dict[str, Marker] = {}
    try:
        async with node_of(request).database.begin() as tx:
            for name, last_read_id in given.items():
                if last_read_id is not None:
                    kept[name] = await tx.markers.keep(caller.actor.id, name, last_read_id)
    except Busy as error:
        raise HTTPException(409, _CONFLICT) from error
    return answer({name: _entity(marker) for name, marker in kept.items()})


def _entity(marker: Marker) -> dict[str, Any]:
    return {
        "last_read_id": str(marker.last_read_id),
        "version": marker.version,
        "updated_at": stamp(marker.updated_at),
    }


ROUTES: list[BaseRoute] = [get("/api/v1/markers", show), post("/api/v1/markers", keep)]
