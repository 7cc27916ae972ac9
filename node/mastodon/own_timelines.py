"""What only its owner sees: lists, favourites and bookmarks."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from node.context import node_of
from node.http.auth import require
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.routing import get
from node.mastodon.view import View


async def of_list(request: Request) -> Response:
    """Show what the members of a list have published and shared."""
    caller = await require(request, "read:lists", "read:statuses")
    page = page_of(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        wanted = await tx.account_lists.find(caller.actor, path_id(request))
        if wanted is None:
            raise NotFound(NO_RECORD)
        items = await tx.timelines.of_list(caller.actor, page, wanted)
        bodies = await View(tx, node, caller.actor).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page)


async def favourites(request: Request) -> Response:
    """Show what the reader likes."""
    caller = await require(request, "read:favourites")
    page = page_of(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        items = await tx.timelines.liked(caller.actor, page)
        bodies = await View(tx, node, caller.actor).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page, only_full=True)


async def bookmarks(request: Request) -> Response:
    """Show what the reader has bookmarked."""
    caller = await require(request, "read:bookmarks")
    page = page_of(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        items = await tx.timelines.bookmarked(caller.actor, page)
        bodies = await View(tx, node, caller.actor).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page, only_full=True)


async def direct(request: Request) -> Response:
    """Show what the reader and others wrote to each other alone; newer programs ask for conversations."""
    caller = await require(request, "read:statuses")
    page = page_of(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        items = await tx.timelines.direct(caller.actor, page)
        bodies = await View(tx, node, caller.actor).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page)


ROUTES: list[BaseRoute] = [
    get("/api/v1/timelines/direct", direct),
    get("/api/v1/timelines/list/{id}", of_list),
    get("/api/v1/favourites", favourites),
    get("/api/v1/bookmarks", bookmarks),
]
