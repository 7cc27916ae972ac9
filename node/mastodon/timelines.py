"""The timelines: home, public, by hashtag, by list, and what one account has published."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from actors.tags import folded_tag
from node.context import node_of
from node.http.auth import reader_of, require
from node.mastodon.entities.accounts import is_hidden
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.remembering import remembering
from node.mastodon.replies import answer
from node.mastodon.routing import get
from node.mastodon.view import View
from storage.timelines import Origin


async def home(request: Request) -> Response:
    """Show what those whom the reader follows have published and shared."""
    caller = await require(request, "read:statuses")
    page = page_of(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        items = await tx.timelines.home(caller.actor, page)
        bodies = await View(tx, node, caller.actor).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page)


async def public(request: Request) -> Response:
    """Show everything public that answers nothing, of this node, of others or of both."""
    caller = await reader_of(request, "read:statuses")
    parameters = await parameters_of(request)
    page = page_of(parameters)
    node = node_of(request)
    reader = caller.actor if caller else None
    async with node.database.read() as tx:
        items = await tx.timelines.public(
            reader, page, origin=_origin(parameters), only_media=bool(parameters.flag("only_media"))
        )
        bodies = await View(tx, node, reader).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page)


async def tagged(request: Request) -> Response:
    """Show what is public and has a hashtag."""
    caller = await reader_of(request, "read:statuses")
    parameters = await parameters_of(request)
    page = page_of(parameters)
    node = node_of(request)
    reader = caller.actor if caller else None
    async with node.database.read() as tx:
        items = await tx.timelines.tagged(
            reader,
            page,
            folded_tag(request.path_params["hashtag"]),
            any_of=_tags(parameters, "any"),
            all_of=_tags(parameters, "all"),
            none_of=_tags(parameters, "none"),
            origin=_origin(parameters),
            only_media=bool(parameters.flag("only_media")),
        )
        bodies = await View(tx, node, reader).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page)


async def by_account(request: Request) -> Response:
    """Show what an account has published and shared."""
    caller = await reader_of(request, "read:statuses")
    parameters = await parameters_of(request)
    page = page_of(parameters)
    node = node_of(request)
    reader = caller.actor if caller else None
    async with node.database.read() as tx:
        author = (await tx.actors.by_ids([number := path_id(request)])).get(number)
        if author is None:
            raise NotFound(NO_RECORD)
        if is_hidden(author):
            return answer([])
        if parameters.flag("pinned"):
            items = await tx.timelines.pinned(reader, page, author)
        else:
            items = await tx.timelines.by_author(
                reader,
                page,
                author,
                only_media=bool(parameters.flag("only_media")),
                answers=not parameters.flag("exclude_replies"),
                shared=not parameters.flag("exclude_reblogs"),
                direct=not parameters.flag("exclude_direct"),
                tag=folded_tag(parameters.text("tagged") or ""),
            )
        bodies = await View(tx, node, reader).statuses(items)
    return paged(request, bodies, [item.page_id for item in items], page)


def _origin(parameters: Parameters) -> Origin:
    if parameters.flag("local"):
        return Origin.HERE
    return Origin.ELSEWHERE if parameters.flag("remote") else Origin.ANYWHERE


def _tags(parameters: Parameters, name: str) -> list[str]:
    found = (folded_tag(text) for text in parameters.texts(name)[:4])
    return [tag for tag in found if tag]


ROUTES: list[BaseRoute] = [
    get("/api/v1/timelines/home", remembering("read:statuses")(home)),
    get("/api/v1/timelines/public", remembering("read:statuses", guests=True)(public)),
    get("/api/v1/timelines/tag/{hashtag}", remembering("read:statuses", guests=True)(tagged)),
    get("/api/v1/accounts/{id}/statuses", remembering("read:statuses", guests=True)(by_account)),
]
