"""Publications as they are read: listed by facet, shown one by one."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from actors.errors import NotFound
from actors.searching import latest as latest_with
from actors.speaking import may_change
from node.api.parameters import Parameters, publication_id, read_facets, with_parameters
from node.api.representation import publication_json
from node.context import node_of
from node.http.auth import Caller, caller_of
from node.http.errors import NOTHING_HERE
from node.http.replies import json_reply
from storage.actors import Actor
from storage.publications import Publication
from storage.showing import find_shown, tallies_of
from storage.transaction import Transaction

READ = "read:statuses"

Item = tuple[Publication, Actor]


async def latest(request: Request) -> Response:
    """List what has the facets, newest first, in pages like Mastodon's."""
    reader = await reader_of(request)
    parameters = Parameters(request)
    async with node_of(request).database.read() as tx:
        facets = await read_facets(parameters, tx, request, reader)
        size = parameters.limit()
        before = parameters.identifier("max_id")
        after, since = parameters.identifier("min_id"), parameters.identifier("since_id")
        parameters.refuse()
        items = await latest_with(tx, reader, facets, before=before, after=after, size=size)
        kept = [item for item in items if since is None or item[0].id > since]
        cards = await cards_of(tx, kept)
    response = json_reply(request, cards)
    if kept:
        response.headers["Link"] = _links(request, kept, is_full=len(kept) == size)
    return response


async def show(request: Request) -> Response:
    """Show a publication to whoever may read it."""
    caller = await caller_of(request)
    async with node_of(request).database.read() as tx:
        item = await find_readable(tx, request, reading(caller))
        shown = await shown_to(tx, item, caller)
    return tagged(json_reply(request, shown), item[0])


async def reader_of(request: Request) -> Actor | None:
    """Return who reads; None for anybody, and for a program whose token does not let it read."""
    return reading(await caller_of(request))


def reading(caller: Caller | None) -> Actor | None:
    """Return in whose name a caller reads, if their token lets them."""
    return caller.actor if caller is not None and caller.may(READ) else None


async def find_readable(tx: Transaction, request: Request, reader: Actor | None) -> Item:
    """Return the publication in the path, with its author.

    Raises NotFound for what `reader` may not read, exactly as for what does not exist, and HTTPException 410
    for what anybody could read here before it was withdrawn.
    """
    number = publication_id(request)
    item = await find_shown(tx, number, reader)
    if item is not None:
        return item
    tombstone = await tx.tombstones.by_uri(f"{node_of(request).base_url}/o/{number}")
    if tombstone is not None and tombstone.was_public:
        raise HTTPException(410, "This was withdrawn by its author.")
    raise NotFound(NOTHING_HERE)


async def cards_of(tx: Transaction, items: list[Item]) -> list[dict[str, Any]]:
    """Return publications as they stand in lists."""
    tallies = await tallies_of(tx, [publication.id for publication, _ in items])
    return [
        publication_json(publication, author, tallies.get(publication.id), is_card=True)
        for publication, author in items
    ]


async def shown_to(tx: Transaction, item: Item, caller: Caller | None) -> dict[str, Any]:
    """Return a publication as a caller sees it who may read it."""
    publication, author = item
    tallies = await tallies_of(tx, [publication.id])
    is_editor = caller is not None and may_change(caller.actor, caller.member.role, author, publication.kind)
    return publication_json(publication, author, tallies.get(publication.id), is_for_editors=is_editor)


def tagged(response: Response, publication: Publication) -> Response:
    """Name the revision in an answer's ETag, for If-Match.

    How often something was liked does not change it; nobody keeps these answers, so that misleads nobody.
    """
    response.headers["ETag"] = f'"{publication.revision}"'
    return response


def _links(request: Request, items: list[Item], *, is_full: bool) -> str:
    def link(relation: str, name: str, number: int) -> str:
        pages = {"max_id": None, "min_id": None, "since_id": None, name: number}
        return f'<{with_parameters(request, pages)}>; rel="{relation}"'

    newer = link("prev", "min_id", items[0][0].id)
    return f"{link('next', 'max_id', items[-1][0].id)}, {newer}" if is_full else newer
