"""Lists of accounts that a member reads as timelines of their own."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.listing import add_to_list, change_list, create_list, find_list
from node.context import node_of
from node.http.auth import require
from node.mastodon.entities.lists import list_entity
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, update
from node.mastodon.view import View

_READ = "read:lists"
_WRITE = "write:lists"


async def show_all(request: Request) -> Response:
    """Show the reader's lists."""
    caller = await require(request, _READ)
    async with node_of(request).database.read() as tx:
        found = await tx.account_lists.all(caller.actor)
    return answer([list_entity(each) for each in found])


async def show(request: Request) -> Response:
    """Show one list."""
    caller = await require(request, _READ)
    async with node_of(request).database.read() as tx:
        known = await find_list(tx, caller.actor, path_id(request))
    return answer(list_entity(known))


async def create(request: Request) -> Response:
    """Add a list."""
    caller = await require(request, _WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        new = await create_list(
            tx,
            caller.actor,
            parameters.text("title") or "",
            replies_policy=parameters.text("replies_policy") or "list",
            exclusive=bool(parameters.flag("exclusive")),
        )
    return answer(list_entity(new))


async def change(request: Request) -> Response:
    """Change what is given of a list."""
    caller = await require(request, _WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        changed = await change_list(
            tx,
            await find_list(tx, caller.actor, path_id(request)),
            title=parameters.text("title"),
            replies_policy=parameters.text("replies_policy") or None,
            exclusive=parameters.flag("exclusive"),
        )
    return answer(list_entity(changed))


async def remove(request: Request) -> Response:
    """Forget a list."""
    caller = await require(request, _WRITE)
    async with node_of(request).database.begin() as tx:
        await tx.account_lists.remove(await find_list(tx, caller.actor, path_id(request)))
    return answer(EMPTY)


async def show_members(request: Request) -> Response:
    """Show who is in a list; with a limit of 0 everybody at once."""
    caller = await require(request, _READ)
    parameters = await parameters_of(request)
    page = page_of(parameters, usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        known = await find_list(tx, caller.actor, path_id(request))
        rows = await tx.account_lists.members(known, page if page.size else None)
        bodies = await View(tx, node, caller.actor).accounts([actor for _, actor in rows])
    if not page.size:
        return answer(bodies)
    return paged(request, bodies, [number for number, _ in rows], page, only_full=True)


async def add_members(request: Request) -> Response:
    """Put accounts into a list."""
    caller = await require(request, _WRITE)
    ids = (await parameters_of(request)).identifiers("account_ids")
    async with node_of(request).database.begin() as tx:
        known = await find_list(tx, caller.actor, path_id(request))
        await add_to_list(tx, caller.actor, known, ids)
    return answer(EMPTY)


async def remove_members(request: Request) -> Response:
    """Take accounts out of a list."""
    caller = await require(request, _WRITE)
    ids = (await parameters_of(request)).identifiers("account_ids")
    async with node_of(request).database.begin() as tx:
        known = await find_list(tx, caller.actor, path_id(request))
        await tx.account_lists.remove_members(known, ids)
    return answer(EMPTY)


ROUTES: list[BaseRoute] = [
    get("/api/v1/lists", show_all),
    post("/api/v1/lists", create),
    get("/api/v1/lists/{id}", show),
    update("/api/v1/lists/{id}", change),
    delete("/api/v1/lists/{id}", remove),
    get("/api/v1/lists/{id}/accounts", show_members),
    post("/api/v1/lists/{id}/accounts", add_members),
    delete("/api/v1/lists/{id}/accounts", remove_members),
]
