"""Notifications in groups: what many did about the same thing is shown as one."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from actors.notifying import GROUPABLE
from node.context import node_of
from node.http.auth import require
from node.mastodon.notification_views import grouped_entity
from node.mastodon.notifications import READ, WRITE, choice_of, most_counted, read_until
from node.mastodon.paging import page_of, paged_as
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of
from node.mastodon.remembering import remembering
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import get, post
from node.mastodon.view import View

_MOST_ACCOUNTS = 400


def _grouped(parameters: Parameters) -> frozenset[str]:
    """Return the types that a request wants in groups."""
    if not parameters.has("grouped_types"):
        return GROUPABLE
    return frozenset(str(each) for each in GROUPABLE & set(parameters.texts("grouped_types")))


async def index(request: Request) -> Response:
    """List groups of notifications, the one with the newest first."""
    caller = await require(request, READ)
    parameters = await parameters_of(request)
    page = page_of(parameters, usual=40, most=80)
    grouped = _grouped(parameters)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.notifications.groups(caller.actor.id, page, choice_of(parameters), grouped)
        body = await grouped_entity(
            tx,
            View(tx, node, caller.actor),
            caller.actor.id,
            found,
            grouped,
            partial=parameters.text("expand_accounts") == "partial_avatars",
        )
    return paged_as(request, body, [each.id for each in found], page)


async def show(request: Request) -> Response:
    """Show one group."""
    caller = await require(request, READ)
    node = node_of(request)
    key = request.path_params["group_key"]
    async with node.database.read() as tx:
        members = await tx.notifications.members(caller.actor.id, [key], most=1)
        if not members:
            raise NotFound(NO_RECORD)
        found = await tx.notifications.find(caller.actor.id, members[0].newest_id)
        assert found is not None, "a group's newest notification is there"
        view = View(tx, node, caller.actor)
        return answer(await grouped_entity(tx, view, caller.actor.id, [found], GROUPABLE))


async def accounts(request: Request) -> Response:
    """List everybody whose notifications are in a group."""
    caller = await require(request, READ, WRITE)
    node = node_of(request)
    key = request.path_params["group_key"]
    async with node.database.read() as tx:
        members = await tx.notifications.members(caller.actor.id, [key], most=_MOST_ACCOUNTS)
        actors = await tx.actors.by_ids([member.from_id for member in members])
        in_order = dict.fromkeys(member.from_id for member in members)
        found = [actors[number] for number in in_order if number in actors]
        return answer(await View(tx, node, caller.actor).accounts(found))


async def dismiss(request: Request) -> Response:
    """Forget a group."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        await tx.notifications.remove_group(caller.actor.id, request.path_params["group_key"])
    return answer(EMPTY)


async def unread_count(request: Request) -> Response:
    """Count the groups with something newer than the marker of the notifications."""
    caller = await require(request, READ)
    parameters = await parameters_of(request)
    async with node_of(request).database.read() as tx:
        count = await tx.notifications.count(
            caller.actor.id,
            choice_of(parameters),
            after=await read_until(tx, caller.actor),
            most=most_counted(parameters),
            grouped=_grouped(parameters),
        )
    return answer({"count": count})


ROUTES: list[BaseRoute] = [
    get("/api/v2/notifications", remembering(READ)(index)),
    get("/api/v2/notifications/unread_count", unread_count),
    get("/api/v2/notifications/{group_key}", show),
    get("/api/v2/notifications/{group_key}/accounts", accounts),
    post("/api/v2/notifications/{group_key}/dismiss", dismiss),
]
