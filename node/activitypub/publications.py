"""Objects and activities: what was published, and what was done."""

from starlette.requests import Request
from starlette.responses import Response

from federation import serving
from node.activitypub.reading import answer, reader_of
from node.context import node_of

TABLES = ("publications", "tombstones", "actors", "polls", "poll_options", "quotes")
"""The tables that a document depends on."""


async def show(request: Request) -> Response:
    """Serve an object to whoever may read it."""
    reader = await reader_of(request, has_page=True)
    node = node_of(request)
    async with node.database.read() as tx:
        served = await serving.publication_at(tx, node.base_url, request.path_params["number"], reader)
    return answer(request, served, reader, has_page=True)


async def show_stamp(request: Request) -> Response:
    """Serve the stamp by which an actor agreed to be quoted."""
    await reader_of(request, matters=False)
    username, number = request.path_params["username"], request.path_params["number"]
    async with node_of(request).database.read() as tx:
        served = await serving.stamp_at(tx, username, number)
    return answer(request, served, matters=False)


async def show_activity(request: Request) -> Response:
    """Serve an activity to whoever may know of it."""
    reader = await reader_of(request)
    username, number = request.path_params["username"], request.path_params["number"]
    async with node_of(request).database.read() as tx:
        served = await serving.activity_at(tx, username, number, reader)
    return answer(request, served, reader)
