"""Accounts: finding them, looking at them, and who is around them."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from node.context import Node, node_of
from node.http.auth import reader_of, require
from node.http.rates import Quota, spend
from node.mastodon.entities.accounts import is_hidden
from node.mastodon.entities.lists import list_entity
from node.mastodon.entities.relationships import relationship_entity
from node.mastodon.entities.tags import featured_tag_entity
from node.mastodon.finding import find_elsewhere, handle_in, is_address
from node.mastodon.paging import offset_of, page_of, paged, paged_by_position, size_of
from node.mastodon.parameters import NO_RECORD, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import get
from node.mastodon.subjects import subject_of
from node.mastodon.view import View
from storage.actors import Actor
from storage.follow_lists import Numbered
from storage.transaction import Transaction

_MOST_AT_ONCE = 40


async def show(request: Request) -> Response:
    """Show an account."""
    caller = await reader_of(request, "read:accounts")
    node = node_of(request)
    async with node.database.read() as tx:
        subject = await subject_of(tx, request)
        body = await View(tx, node, caller.actor if caller else None).account(subject)
    return answer(body)


async def show_several(request: Request) -> Response:
    """Show several accounts; unknown ones are left out."""
    caller = await reader_of(request, "read:accounts")
    ids = (await parameters_of(request)).identifiers("id")[:_MOST_AT_ONCE]
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.actors.by_ids(ids)
        bodies = await View(tx, node, caller.actor if caller else None).accounts(
            [found[number] for number in ids if number in found]
        )
    return answer(bodies)


async def look_up(request: Request) -> Response:
    """Find an account by its handle, whatever its case, among those that are known here."""
    caller = await reader_of(request, "read:accounts")
    named = ((await parameters_of(request)).text("acct") or "").strip().removeprefix("@")
    username, _, host = named.partition("@")
    node = node_of(request)
    host = host.lower()
    if not host or host in node.federation.hosts:
        host = node.federation.domain
    async with node.database.read() as tx:
        subject = await tx.actors.by_handle(username, host)
        if subject is None:
            raise NotFound(NO_RECORD)
        body = await View(tx, node, caller.actor if caller else None).account(subject)
    return answer(body)


async def search(request: Request) -> Response:
    """Find accounts by name or handle: those whom the reader follows first, `resolve` asks other nodes."""
    caller = await require(request, "read:accounts")
    parameters = await parameters_of(request)
    text = (parameters.text("q") or "").strip()
    size, offset = size_of(parameters, usual=40, most=80), offset_of(parameters)
    following = bool(parameters.flag("following"))
    spend(request, Quota.SEARCH, f"member {caller.member.id}")
    node = node_of(request)
    named = None
    if not (offset or following):
        named = await _named(node, text, may_ask=bool(parameters.flag("resolve")))
    async with node.database.read() as tx:
        found = [] if named is None else [named]
        if not is_address(text):
            found += await tx.account_search.find(
                caller.actor, text, size=size, offset=offset, following=following
            )
        once = {actor.id: actor for actor in found}
        bodies = await View(tx, node, caller.actor).accounts(list(once.values())[:size])
    return paged_by_position(request, bodies, offset, size)


async def _named(node: Node, text: str, *, may_ask: bool) -> Actor | None:
    """Return whom a whole handle or address means, asking their own node only where they are not known."""
    handle = handle_in(text)
    if handle is None and not is_address(text):
        return None
    async with node.database.read() as tx:
        known = await (
            tx.actors.by_handle(handle[0], handle[1].lower()) if handle else tx.actors.by_uri(text)
        )
    if known is None and may_ask:
        found = await find_elsewhere(node, text)
        known = found if isinstance(found, Actor) else None
    return None if known is None or is_hidden(known) else known


async def relationships(request: Request) -> Response:
    """Show how the reader stands to several accounts; unknown ones are left out, and each is there once."""
    caller = await require(request, "read:follows")
    ids = (await parameters_of(request)).identifiers("id")
    async with node_of(request).database.read() as tx:
        found = await tx.relationships.of(caller.actor, ids)
    return answer([relationship_entity(found[number]) for number in ids if number in found])


async def familiar_followers(request: Request) -> Response:
    """Show, for several accounts, which of those whom the reader follows follow them too."""
    caller = await require(request, "read:follows")
    ids = (await parameters_of(request)).identifiers("id")[:_MOST_AT_ONCE]
    node = node_of(request)
    async with node.database.read() as tx:
        known = await tx.actors.by_ids(ids)
        shown = [number for number in ids if number in known and not known[number].hides_collections]
        found = await tx.relationships.familiar_followers(caller.actor, shown)
        around = {actor.id: actor for actors in found.values() for actor in actors}
        bodies = await View(tx, node, caller.actor).accounts(list(around.values()))
    entities = dict(zip(around, bodies, strict=True))
    return answer(
        [
            {"id": str(number), "accounts": [entities[actor.id] for actor in found.get(number, ())]}
            for number in ids
            if number in known
        ]
    )


async def followers(request: Request) -> Response:
    """Show who follows an account."""
    return await _around(request, "followers")


async def following(request: Request) -> Response:
    """Show whom an account follows."""
    return await _around(request, "following")


async def _around(request: Request, direction: str) -> Response:
    caller = await reader_of(request, "read:accounts")
    reader = caller.actor if caller else None
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        subject = await subject_of(tx, request)
        rows: Numbered = []
        if await _shows_whom(tx, subject, reader):
            lists = tx.follow_lists
            read = lists.followers if direction == "followers" else lists.following
            rows = await read(subject, reader, page)
        bodies = await View(tx, node, reader).accounts([actor for _, actor in rows])
    return paged(request, bodies, [number for number, _ in rows], page, only_full=True)


async def _shows_whom(tx: Transaction, subject: Actor, reader: Actor | None) -> bool:
    """Whether an account tells a reader whom it follows and who follows it."""
    if reader is not None and reader.id == subject.id:
        return True
    if is_hidden(subject) or subject.hides_collections:
        return False
    return reader is None or not await tx.follows.blocked_either_way(reader, subject)


async def lists_of(request: Request) -> Response:
    """Show the reader's lists that an account is in."""
    caller = await require(request, "read:lists")
    async with node_of(request).database.read() as tx:
        subject = await subject_of(tx, request)
        found = await tx.account_lists.with_member(caller.actor, subject)
    return answer([list_entity(each) for each in found])


async def featured_tags(request: Request) -> Response:
    """Show the hashtags on an account's profile."""
    await reader_of(request, "read:accounts")
    node = node_of(request)
    async with node.database.read() as tx:
        subject = await subject_of(tx, request)
        found = [] if is_hidden(subject) else await tx.featured_tags.all(subject)
    return answer([featured_tag_entity(featured, use, node.base_url) for featured, use in found])


async def endorsements(request: Request) -> Response:
    """Show whom an account recommends."""
    caller = await reader_of(request, "read:accounts")
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        subject = await subject_of(tx, request)
        rows = [] if is_hidden(subject) else await tx.endorsements.page(subject, page)
        reader = caller.actor if caller else None
        bodies = await View(tx, node, reader).accounts([actor for _, actor in rows])
    return paged(request, bodies, [number for number, _ in rows], page, only_full=True)


async def own_endorsements(request: Request) -> Response:
    """Show whom the reader recommends."""
    caller = await require(request, "read:accounts")
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        rows = await tx.endorsements.page(caller.actor, page)
        bodies = await View(tx, node, caller.actor).accounts([actor for _, actor in rows])
    return paged(request, bodies, [number for number, _ in rows], page, only_full=True)


ROUTES: list[BaseRoute] = [
    get("/api/v1/accounts", show_several),
    get("/api/v1/accounts/lookup", look_up),
    get("/api/v1/accounts/search", search),
    get("/api/v1/accounts/relationships", relationships),
    get("/api/v1/accounts/familiar_followers", familiar_followers),
    get("/api/v1/accounts/{id}", show),
    get("/api/v1/accounts/{id}/followers", followers),
    get("/api/v1/accounts/{id}/following", following),
    get("/api/v1/accounts/{id}/lists", lists_of),
    get("/api/v1/accounts/{id}/featured_tags", featured_tags),
    get("/api/v1/accounts/{id}/endorsements", endorsements),
    get("/api/v1/endorsements", own_endorsements),
]
