"""What readers do with a post: favourite, boost, bookmark and pin it, and who did."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors import bookmarking, pinning, reacting
from actors.composing import invalid
from actors.errors import Invalid, NotFound
from node.context import node_of
from node.http.auth import Caller, reader_of, require
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import answer
from node.mastodon.routing import Handler, get, post
from node.mastodon.threads import found
from node.mastodon.view import View
from storage.actors import Actor
from storage.kinds import Visibility
from storage.publications import Publication
from storage.reactions import Reactions
from storage.transaction import Transaction

_MOST = 20
Act = Callable[[Transaction, Actor, Publication], Awaitable[None]]


def _doing(scope: str, act: Act) -> Handler:
    """Return the handler that does something to a post, and shows it as it then is."""

    async def handle(request: Request) -> Response:
        caller = await require(request, scope)
        node = node_of(request)
        async with node.database.begin() as tx:
            item = await found(tx, caller.actor, path_id(request))
            await act(tx, caller.actor, await tx.publications.get(item.publication_id))
            changed = await found(tx, caller.actor, item.publication_id)
            return answer(await View(tx, node, caller.actor).status(changed))

    return handle


async def reblog(request: Request) -> Response:
    """Boost a post, and show the boost; boosting a boost is boosting what it brought."""
    caller = await require(request, "write:statuses")
    node = node_of(request)
    visibility = (await parameters_of(request)).text("visibility") or None
    if visibility not in {None, Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE}:
        raise invalid("Visibility is not included in the list", "visibility")
    async with node.database.begin() as tx:
        item = await found(tx, caller.actor, path_id(request))
        publication = await tx.publications.get(item.publication_id)
        await reacting.share(tx, caller.actor, publication, visibility=visibility)
        number = await tx.shares.number(caller.actor, publication)
        if number is None:
            raise NotFound(NO_RECORD)
        shared = await found(tx, caller.actor, number)
        return answer(await View(tx, node, caller.actor).status(shared))


async def _pin(tx: Transaction, actor: Actor, publication: Publication) -> None:
    try:
        await pinning.pin(tx, actor, publication)
    except Invalid as error:
        raise Invalid(f"Validation failed: {error}") from error


def _listing(of: Callable[[Transaction], Reactions]) -> Handler:
    """Return the handler that lists who did something with a post, the latest first."""

    async def handle(request: Request) -> Response:
        caller = await reader_of(request, "read:accounts", "read:statuses")
        node = node_of(request)
        page = page_of(await parameters_of(request), usual=40, most=80)
        reader = _reader(caller)
        async with node.database.read() as tx:
            item = await found(tx, reader, path_id(request))
            rows = await of(tx).by(item.publication_id, page)
            bodies = await View(tx, node, reader).accounts([actor for _, actor in rows])
        return paged(request, bodies, [number for number, _ in rows], page)

    return handle


async def several(request: Request) -> Response:
    """Show several posts by their ids; what the reader may not see is left out."""
    caller = await reader_of(request, "read:statuses")
    node = node_of(request)
    parameters = await parameters_of(request)
    ids = parameters.identifiers("id") or parameters.identifiers("ids")
    if len(ids) > _MOST:
        raise Invalid(f"Validation failed: at most {_MOST} posts can be asked for at once")
    async with node.database.read() as tx:
        shown = await View(tx, node, _reader(caller)).statuses_by_ids(ids)
    return answer([shown[number] for number in ids if number in shown])


def _reader(caller: Caller | None) -> Actor | None:
    return caller.actor if caller else None


_favourites = "write:favourites"
_bookmarks = "write:bookmarks"
_accounts = "write:accounts"

ROUTES: list[BaseRoute] = [
    get("/api/v1/statuses", several),
    post("/api/v1/statuses/{id}/favourite", _doing(_favourites, reacting.like)),
    post("/api/v1/statuses/{id}/unfavourite", _doing(_favourites, reacting.unlike)),
    post("/api/v1/statuses/{id}/reblog", reblog),
    post("/api/v1/statuses/{id}/unreblog", _doing("write:statuses", reacting.unshare)),
    post("/api/v1/statuses/{id}/bookmark", _doing(_bookmarks, bookmarking.bookmark)),
    post("/api/v1/statuses/{id}/unbookmark", _doing(_bookmarks, bookmarking.unbookmark)),
    post("/api/v1/statuses/{id}/pin", _doing(_accounts, _pin)),
    post("/api/v1/statuses/{id}/unpin", _doing(_accounts, pinning.unpin)),
    get("/api/v1/statuses/{id}/favourited_by", _listing(lambda tx: tx.likes)),
    get("/api/v1/statuses/{id}/reblogged_by", _listing(lambda tx: tx.shares)),
]
