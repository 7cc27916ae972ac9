"""Lists that are one's own affair: who waits to be let in, who is blocked or muted, which hosts are."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.distancing import block_domain, read_host, unblock_domain
from actors.following import decide
from node.context import node_of
from node.http.auth import require
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import parameters_of
from node.mastodon.replies import EMPTY, answer, stamp_or_none
from node.mastodon.routing import delete, get, post
from node.mastodon.subjects import relationship_to, subject_of
from node.mastodon.view import View

_FOLLOW = "follow"


async def requests(request: Request) -> Response:
    """Show who waits to be let in."""
    caller = await require(request, "read:follows", _FOLLOW)
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        rows = await tx.follow_lists.requests(caller.actor, page)
        bodies = await View(tx, node, caller.actor).accounts([actor for _, actor in rows])
    return paged(request, bodies, [number for number, _ in rows], page, only_full=True)


async def authorize(request: Request) -> Response:
    """Let somebody in who waits."""
    return await _answer_request(request, lets_in=True)


async def reject(request: Request) -> Response:
    """Turn somebody away who waits."""
    return await _answer_request(request, lets_in=False)


async def _answer_request(request: Request, *, lets_in: bool) -> Response:
    caller = await require(request, "write:follows", _FOLLOW)
    async with node_of(request).database.begin() as tx:
        follower = await subject_of(tx, request)
        await decide(tx, caller.actor, follower, lets_in=lets_in)
        relationship = await relationship_to(tx, caller.actor, follower)
    return answer(relationship)


async def blocked(request: Request) -> Response:
    """Show whom the reader blocks."""
    caller = await require(request, "read:blocks", _FOLLOW)
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        rows = await tx.follow_lists.blocked(caller.actor, page)
        bodies = await View(tx, node, caller.actor).accounts([actor for _, actor in rows])
    return paged(request, bodies, [number for number, _ in rows], page, only_full=True)


async def muted(request: Request) -> Response:
    """Show whom the reader mutes, and until when."""
    caller = await require(request, "read:mutes", _FOLLOW)
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        rows = await tx.mutes.page(caller.actor, page)
        accounts = await View(tx, node, caller.actor).accounts([actor for _, actor in rows])
    bodies = [
        {**account, "mute_expires_at": stamp_or_none(known.expires_at)}
        for account, (known, _) in zip(accounts, rows, strict=True)
    ]
    return paged(request, bodies, [known.id for known, _ in rows], page, only_full=True)


async def hosts(request: Request) -> Response:
    """Show from which hosts the reader wants nothing."""
    caller = await require(request, "read:blocks", _FOLLOW)
    page = page_of(await parameters_of(request), usual=100, most=200)
    async with node_of(request).database.read() as tx:
        found = await tx.domain_blocks.page(caller.actor, page)
    return paged(request, [each.host for each in found], [each.id for each in found], page, only_full=True)


async def preview_host(request: Request) -> Response:
    """Show how many follows would end if a host were blocked."""
    caller = await require(request, "write:blocks", _FOLLOW)
    host = read_host((await parameters_of(request)).text("domain") or "")
    async with node_of(request).database.read() as tx:
        followed = await tx.follow_lists.followed_at(caller.actor, host)
        followers = await tx.follow_lists.followers_from(caller.actor, host)
    return answer({"following_count": len(followed), "followers_count": len(followers)})


async def add_host(request: Request) -> Response:
    """Want nothing from a host any more."""
    caller = await require(request, "write:blocks", _FOLLOW)
    host = (await parameters_of(request)).text("domain") or ""
    async with node_of(request).database.begin() as tx:
        await block_domain(tx, caller.actor, host)
    return answer(EMPTY)


async def remove_host(request: Request) -> Response:
    """Let a host be heard again."""
    caller = await require(request, "write:blocks", _FOLLOW)
    host = (await parameters_of(request)).text("domain") or ""
    async with node_of(request).database.begin() as tx:
        await unblock_domain(tx, caller.actor, host)
    return answer(EMPTY)


ROUTES: list[BaseRoute] = [
    get("/api/v1/follow_requests", requests),
    post("/api/v1/follow_requests/{id}/authorize", authorize),
    post("/api/v1/follow_requests/{id}/reject", reject),
    get("/api/v1/blocks", blocked),
    get("/api/v1/mutes", muted),
    get("/api/v1/domain_blocks", hosts),
    get("/api/v1/domain_blocks/preview", preview_host),
    post("/api/v1/domain_blocks", add_host),
    delete("/api/v1/domain_blocks", remove_host),
]
