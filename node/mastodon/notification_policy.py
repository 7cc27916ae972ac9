"""Whose notifications a member wants: the policy, and those who wait to be let through."""

from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.conversing import take_up
from actors.errors import Invalid, NotFound
from node.context import node_of
from node.http.auth import require
from node.mastodon.notification_views import old_policy_entity, policy_entity, request_entities
from node.mastodon.notifications import READ, WRITE
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import get, post, update
from node.mastodon.view import View
from storage.actors import Actor
from storage.transaction import Transaction

_CHOICES = ("accept", "filter", "drop")
_SORTS = (
    "for_not_following",
    "for_not_followers",
    "for_new_accounts",
    "for_private_mentions",
    "for_limited_accounts",
)
_OLD_SORTS = {
    "filter_not_following": "for_not_following",
    "filter_not_followers": "for_not_followers",
    "filter_new_accounts": "for_new_accounts",
    "filter_private_mentions": "for_private_mentions",
}


async def show(request: Request) -> Response:
    """Show the policy."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        return answer(await _entity(tx, caller.actor, old=_is_old(request)))


async def change(request: Request) -> Response:
    """Change what is named of the policy."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    changes = _old_changes(parameters) if _is_old(request) else _changes(parameters)
    async with node_of(request).database.begin() as tx:
        policy = await tx.notification_policies.of(caller.actor.id)
        await tx.notification_policies.keep(replace(policy, **changes))
        return answer(await _entity(tx, caller.actor, old=_is_old(request)))


async def requests(request: Request) -> Response:
    """List those whose notifications wait."""
    caller = await require(request, READ)
    page = page_of(await parameters_of(request), usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.notification_policies.requests(caller.actor.id, page)
        bodies = await request_entities(View(tx, node, caller.actor), found)
    return paged(request, bodies, [each.id for each, _, _ in found], page)


async def show_request(request: Request) -> Response:
    """Show one of them."""
    caller = await require(request, READ)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.notification_policies.find(caller.actor.id, [path_id(request)])
        if not found:
            raise NotFound(NO_RECORD)
        return answer((await request_entities(View(tx, node, caller.actor), found))[0])


async def accept(request: Request) -> Response:
    """Let one of them through, now and from now on."""
    return await _decide(request, [path_id(request)], lets_through=True)


async def dismiss(request: Request) -> Response:
    """Forget what waits of one of them."""
    return await _decide(request, [path_id(request)], lets_through=False)


async def accept_several(request: Request) -> Response:
    """Let several of them through."""
    ids = (await parameters_of(request)).identifiers("id")
    return await _decide(request, ids, lets_through=True, must_exist=False)


async def dismiss_several(request: Request) -> Response:
    """Forget what waits of several of them."""
    ids = (await parameters_of(request)).identifiers("id")
    return await _decide(request, ids, lets_through=False, must_exist=False)


async def merged(request: Request) -> Response:
    """Say whether those who were let through stand in the list already: always, here."""
    await require(request, READ)
    return answer({"merged": True})


async def _decide(
    request: Request, ids: list[int], *, lets_through: bool, must_exist: bool = True
) -> Response:
    caller = await require(request, WRITE)
    owner = caller.actor.id
    async with node_of(request).database.begin() as tx:
        found = await tx.notification_policies.find(owner, ids)
        if must_exist and not found:
            raise NotFound(NO_RECORD)
        senders = [each.from_id for each, _, _ in found]
        if lets_through:
            for sender in senders:
                await tx.notification_policies.permit(owner, sender)
            await tx.notifications.let_through(owner, senders)
            await take_up(tx, caller.actor, senders)
            await tx.stream_events.add("notifications_merged", owner_id=owner, payload="1")
        else:
            await tx.notifications.remove_filtered(owner, senders)
        await tx.notification_policies.remove(owner, [each.id for each, _, _ in found])
    return answer(EMPTY)


async def _entity(tx: Transaction, owner: Actor, *, old: bool) -> dict[str, Any]:
    policy = await tx.notification_policies.of(owner.id)
    waiting = await tx.notification_policies.count(owner.id)
    return old_policy_entity(policy, waiting) if old else policy_entity(policy, waiting)


def _is_old(request: Request) -> bool:
    return request.url.path.startswith("/api/v1/")


def _changes(parameters: Parameters) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in _SORTS:
        value = parameters.text(name)
        if value is None:
            continue
        if value not in _CHOICES:
            raise Invalid(
                f"Validation failed: {name} is not included in the list",
                {name: f"must be one of {', '.join(_CHOICES)}"},
            )
        changes[name] = value
    return changes


def _old_changes(parameters: Parameters) -> dict[str, Any]:
    given = {name: parameters.flag(old) for old, name in _OLD_SORTS.items()}
    return {name: "filter" if value else "accept" for name, value in given.items() if value is not None}


ROUTES: list[BaseRoute] = [
    get("/api/v2/notifications/policy", show),
    update("/api/v2/notifications/policy", change),
    get("/api/v1/notifications/policy", show),
    update("/api/v1/notifications/policy", change),
    get("/api/v1/notifications/requests", requests),
    get("/api/v1/notifications/requests/merged", merged),
    post("/api/v1/notifications/requests/accept", accept_several),
    post("/api/v1/notifications/requests/dismiss", dismiss_several),
    get("/api/v1/notifications/requests/{id}", show_request),
    post("/api/v1/notifications/requests/{id}/accept", accept),
    post("/api/v1/notifications/requests/{id}/dismiss", dismiss),
]
