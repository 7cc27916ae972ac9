"""One status, and the thread it stands in."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from node.context import node_of
from node.http.auth import reader_of
from node.mastodon.parameters import NO_RECORD, path_id
from node.mastodon.remembering import remembering
from node.mastodon.replies import answer
from node.mastodon.routing import get
from node.mastodon.view import View
from storage.actors import Actor
from storage.items import Item
from storage.transaction import Transaction

_ALL: Final = 4096
_FOR_GUESTS: Final = (40, 60, 20)
"""How much of a thread guests see: what comes before, what comes after, and how deep that goes."""


async def show(request: Request) -> Response:
    """Show one status."""
    caller = await reader_of(request, "read:statuses")
    node = node_of(request)
    reader = caller.actor if caller else None
    async with node.database.read() as tx:
        item = await found(tx, reader, path_id(request))
        return answer(await View(tx, node, reader).status(item))


async def context(request: Request) -> Response:
    """Show what a status answers, and what answers it."""
    caller = await reader_of(request, "read:statuses")
    node = node_of(request)
    reader = caller.actor if caller else None
    above, below, deepest = _FOR_GUESTS if reader is None else (_ALL, _ALL, _ALL)
    async with node.database.read() as tx:
        item = await found(tx, reader, path_id(request))
        before = await tx.threads.ancestors(reader, item, size=above)
        after = await tx.threads.descendants(reader, item, size=below, deepest=deepest)
        bodies = await View(tx, node, reader).statuses([*before, *after])
    return answer({"ancestors": bodies[: len(before)], "descendants": bodies[len(before) :]})


async def found(tx: Transaction, reader: Actor | None, number: int) -> Item:
    """Return a status that the reader may see; NotFound for any other, whether there is one or not."""
    item = await tx.timelines.find(reader, number)
    if item is None:
        raise NotFound(NO_RECORD)
    return item


ROUTES: list[BaseRoute] = [
    get("/api/v1/statuses/{id}", remembering("read:statuses", guests=True)(show)),
    get("/api/v1/statuses/{id}/context", remembering("read:statuses", guests=True)(context)),
]
