"""Whom one might like to follow: people here, bodies of nodes that this one follows; and a directory."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.addresses import SERVER
from node.context import node_of
from node.http.auth import Caller, reader_of, require
from node.mastodon.paging import offset_of, paged_by_position, size_of
from node.mastodon.parameters import parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get
from node.mastodon.view import View


async def show(request: Request) -> Response:
    """Suggest accounts, and say why: the node itself put them forward."""
    caller = await require(request, "read", "read:accounts")
    return answer(
        [
            {"source": "staff", "sources": ["featured"], "account": account}
            for account in await _suggested(request, caller)
        ]
    )


async def show_accounts(request: Request) -> Response:
    """Suggest accounts without a reason, as older programs expect."""
    caller = await require(request, "read", "read:accounts")
    return answer(await _suggested(request, caller))


async def _suggested(request: Request, caller: Caller) -> list[dict[str, object]]:
    size = size_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        server = await tx.actors.local(SERVER)
        found = await tx.suggestions.suggested(caller.actor, server or caller.actor, size)
        return await View(tx, node, caller.actor).accounts(found)


async def dismiss(request: Request) -> Response:
    """Suggest an account no longer; one that is unknown was never suggested."""
    caller = await require(request, "read", "write:accounts")
    number = path_id(request)
    async with node_of(request).database.begin() as tx:
        if number in await tx.actors.by_ids([number]):
            await tx.suggestions.dismiss(caller.actor, number)
    return answer(EMPTY)


async def directory(request: Request) -> Response:
    """Show those who want to be found: who published last, or came last, first."""
    caller = await reader_of(request, "read:accounts")
    reader = caller.actor if caller else None
    parameters = await parameters_of(request)
    size, offset = size_of(parameters, usual=40, most=80), offset_of(parameters)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.suggestions.directory(
            reader,
            newest=parameters.text("order") == "new",
            local=bool(parameters.flag("local")),
            offset=offset,
            size=size,
        )
        bodies = await View(tx, node, reader).accounts(found)
    return paged_by_position(request, bodies, offset, size)


ROUTES: list[BaseRoute] = [
    get("/api/v1/suggestions", show_accounts),
    get("/api/v2/suggestions", show),
    delete("/api/v1/suggestions/{id}", dismiss),
    get("/api/v1/directory", directory),
]
