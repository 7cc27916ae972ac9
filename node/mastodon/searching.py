"""Search: people, posts of every kind, and hashtags; with Mastodon's operators and the network's own."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.operators import Asked, read_operators
from actors.query import MAX_QUERY
from actors.searching import Facets, search
from actors.tags import folded_tag
from node.context import Node, node_of
from node.http.auth import Caller, reader_of, require
from node.http.rates import Quota, spend
from node.mastodon.finding import Found, find_elsewhere, find_here, handle_in, is_address, is_here
from node.mastodon.paging import offset_of, size_of
from node.mastodon.parameters import Parameters, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import get
from node.mastodon.view import View
from storage.actors import Actor
from storage.publications import Publication
from storage.showing import pages_at
from storage.transaction import Transaction

_TYPES: Final = ("accounts", "statuses", "hashtags")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a request asks for."""

    text: str
    types: tuple[str, ...]
    size: int
    offset: int
    account_id: int | None
    max_id: int | None
    min_id: int | None
    following: bool
    reader: Actor | None
    found: Found = field(default=None)


async def show(request: Request) -> Response:
    """Search everything that is known here; `resolve` also finds what only another node has."""
    caller = await reader_of(request, "read:search")
    wanted = _wanted(await parameters_of(request), caller)
    spend(request, Quota.SEARCH, f"member {caller.member.id}" if caller else None)
    node = node_of(request)
    resolve = bool((await parameters_of(request)).flag("resolve"))
    if (resolve or wanted.offset) and caller is None:
        # Which refuses guests with 401, programs without a person with 422, and other scopes with 403.
        await require(request, "read:search")
    named = is_address(wanted.text) or handle_in(wanted.text) is not None
    if named and not wanted.offset:
        wanted = replace(wanted, found=await _named(node, wanted.text, may_ask=resolve))
    async with node.database.read() as tx:
        view = View(tx, node, wanted.reader)
        return answer(
            {
                "accounts": await _accounts(tx, view, wanted) if "accounts" in wanted.types else [],
                "statuses": await _statuses(tx, view, wanted) if "statuses" in wanted.types else [],
                "hashtags": await _hashtags(tx, view, wanted) if "hashtags" in wanted.types else [],
            }
        )


def _wanted(parameters: Parameters, caller: Caller | None) -> _Wanted:
    text = (parameters.text("q") or "").strip()
    if not is_address(text):
        text = text[:MAX_QUERY]
    if not text:
        raise HTTPException(400, "param is missing or the value is empty: q")
    limit = parameters.number("limit")
    if limit is not None and limit < 0:
        raise HTTPException(400, "limit must not be negative.")
    one = parameters.text("type")
    return _Wanted(
        text=text,
        types=(one,) if one in _TYPES else _TYPES if not one else (),
        size=size_of(parameters, usual=20, most=40),
        offset=offset_of(parameters),
        account_id=parameters.identifier("account_id"),
        max_id=parameters.identifier("max_id"),
        min_id=parameters.identifier("min_id"),
        following=bool(parameters.flag("following")),
        reader=caller.actor if caller else None,
    )


async def _named(node: Node, text: str, *, may_ask: bool) -> Found:
    """Return what a handle or an address means: what is known of it, or what its own node says."""
    async with node.database.read() as tx:
        found: Found
        if handle := handle_in(text):
            found = await tx.actors.by_handle(handle[0], handle[1].lower())
        elif is_here(node, text):
            return await find_here(tx, node, text)
        else:
            found = await tx.actors.by_uri(text) or await tx.publications.by_uri(text)
            if found is None and (page := (await pages_at(tx, [text])).get(text)):
                found = page[0]
    return await find_elsewhere(node, text) if found is None and may_ask else found


async def _accounts(tx: Transaction, view: View, wanted: _Wanted) -> list[dict[str, Any]]:
    if isinstance(wanted.found, Actor):
        shown = wanted.found.suspended_at is None and wanted.found.gone_at is None
        return await view.accounts([wanted.found]) if shown else []
    if is_address(wanted.text) or wanted.text.startswith("#"):
        return []
    found = await tx.account_search.find(
        wanted.reader,
        wanted.text,
        size=wanted.size,
        offset=wanted.offset,
        following=wanted.following,
    )
    return await view.accounts(found)


async def _statuses(tx: Transaction, view: View, wanted: _Wanted) -> list[dict[str, Any]]:
    if isinstance(wanted.found, Publication):
        shown = await view.statuses_by_ids([wanted.found.id])
        return list(shown.values())
    # As everywhere, the texts of others are searched by people of this node alone.
    if wanted.reader is None or is_address(wanted.text) or isinstance(wanted.found, Actor):
        return []
    asked = read_operators(wanted.text)
    facets = await _facets(tx, wanted, asked, wanted.reader)
    if facets is None:
        return []
    results = await search(
        tx, asked.words, wanted.reader, facets, offset=wanted.offset, size=wanted.size, counted=False
    )
    ids = [publication.id for publication, _ in results.items]
    entities = await view.statuses_by_ids(ids)
    return [entities[number] for number in ids if number in entities]


async def _facets(tx: Transaction, wanted: _Wanted, asked: Asked, reader: Actor) -> Facets | None:
    """Return what the search is narrowed to; None where it can find nothing."""
    author = None
    if asked.author is not None:
        user, _, host = asked.author.partition("@")
        author = (
            reader if asked.author == "me" else await tx.actors.by_handle(user, host.lower() or reader.host)
        )
        if author is None:
            return None
    if wanted.account_id is not None:
        author = (await tx.actors.by_ids([wanted.account_id])).get(wanted.account_id)
        if author is None:
            return None
    conditions = asked.conditions
    if asked.scope == "library":
        conditions = replace(conditions, library_of=reader.id)
    if wanted.following:
        conditions = replace(conditions, followed_by=reader.id)
    if wanted.max_id is not None:
        conditions = replace(conditions, before_id=min(wanted.max_id, conditions.before_id or wanted.max_id))
    if wanted.min_id is not None:
        conditions = replace(conditions, after_id=max(wanted.min_id, conditions.after_id or 0))
    return Facets(
        kinds=asked.kinds,
        countries=asked.countries,
        concepts=asked.concepts,
        languages=asked.languages,
        author=author,
        conditions=conditions,
    )


async def _hashtags(tx: Transaction, view: View, wanted: _Wanted) -> list[dict[str, Any]]:
    name = folded_tag(wanted.text)
    if not name or any(each.isspace() or each in "/@:" for each in name):
        return []
    names = await tx.tag_uses.beginning_with(name, size=wanted.size, offset=wanted.offset)
    return await view.tags(names)


ROUTES: list[BaseRoute] = [get("/api/v2/search", show)]
