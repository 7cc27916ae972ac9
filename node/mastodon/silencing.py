"""Silencing threads: a member is told nothing more of what is said there."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from node.context import node_of
from node.http.auth import require
from node.mastodon.parameters import path_id
from node.mastodon.replies import answer
from node.mastodon.routing import post
from node.mastodon.threads import found
from node.mastodon.view import View


async def mute(request: Request) -> Response:
    """Tell the reader nothing more of the thread that a status stands in."""
    return await _set(request, silent=True)


async def unmute(request: Request) -> Response:
    """Tell the reader of a thread again."""
    return await _set(request, silent=False)


async def _set(request: Request, *, silent: bool) -> Response:
    caller = await require(request, "write:mutes")
    node, reader = node_of(request), caller.actor
    async with node.database.begin() as tx:
        item = await found(tx, reader, path_id(request))
        publication = await tx.publications.get(item.publication_id)
        thread = publication.conversation or publication.uri
        policies = tx.notification_policies
        await (policies.mute if silent else policies.unmute)(reader.id, thread)
        item = await found(tx, reader, item.id)
        return answer(await View(tx, node, reader).status(item))


ROUTES: list[BaseRoute] = [
    post("/api/v1/statuses/{id}/mute", mute),
    post("/api/v1/statuses/{id}/unmute", unmute),
]
