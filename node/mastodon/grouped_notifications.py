"""Notifications in groups: what many did about the same thing is shown as one."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from actors.notifying import GROUPABLE
from node.context import node_of
from node.http.auth import require
from node.mastodon.fallbacks import fallbacks_of
from node.mastodon.notification_views import grouped_entity
from node.mastodon.notifications import READ, WRITE, choice_of, most_counted, read_until
from node.mastodon.paging import page_of, paged_as
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of
from node.mastodon.remembering import remembering
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import get, post
from node.mastodon.view import View
from storage.actors import Actor
from storage.notification_rows import OWN
from storage.notifications import GroupMember, Notification
from storage.paging import LARGEST_ID, Page
from storage.transaction import Transaction

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
            lowest=_end_of(page, found),
            partial=_wants_partial_accounts(parameters),
            fallbacks=fallbacks_of(node, caller, parameters),
        )
    return paged_as(request, body, [each.id for each in found], page)


async def show(request: Request) -> Response:
    """Show one group."""
    caller = await require(request, READ)
    parameters = await parameters_of(request)
    node = node_of(request)
    async with node.database.read() as tx:
        newest, _ = await _group(request, tx, caller.actor, most=1)
        body = await grouped_entity(
            tx,
            View(tx, node, caller.actor),
            caller.actor.id,
            [newest],
            frozenset() if _alone(request) else GROUPABLE,
            partial=_wants_partial_accounts(parameters),
            fallbacks=fallbacks_of(node, caller, parameters),
        )
    if not body["notification_groups"]:
        raise NotFound(NO_RECORD)
    return answer(body)


async def accounts(request: Request) -> Response:
    """List everybody whose notifications are in a group."""
    # The documentation wants to write for this, and the program of Mastodon itself only reads.
    caller = await require(request, READ, WRITE)
    node = node_of(request)
    async with node.database.read() as tx:
        newest, members = await _group(request, tx, caller.actor, most=_MOST_ACCOUNTS)
        numbers = list(dict.fromkeys([newest.from_id, *(member.from_id for member in members)]))
        actors = await tx.actors.by_ids(numbers)
        found = [actors[number] for number in numbers if number in actors]
        return answer(await View(tx, node, caller.actor).accounts(found))


async def dismiss(request: Request) -> Response:
    """Forget a group."""
    caller = await require(request, WRITE)
    owner, alone = caller.actor, _alone(request)
    async with node_of(request).database.begin() as tx:
        if alone is None:
            await tx.notifications.remove_group(owner.id, request.path_params["group_key"])
        else:
            await tx.notifications.remove(owner.id, [alone])
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


def _wants_partial_accounts(parameters: Parameters) -> bool:
    wish = parameters.text("expand_accounts")
    if wish not in {None, "", "full", "partial_avatars"}:
        raise HTTPException(400, "expand_accounts must be full or partial_avatars.")
    return wish == "partial_avatars"


def _end_of(page: Page, found: Sequence[Notification]) -> int:
    """Return the lowest number that belongs to a page; to the last one belongs all that is older."""
    if found and (page.min_id is not None or len(found) >= page.size):
        return found[-1].id
    return page.since_id + 1


def _alone(request: Request) -> int | None:
    """Return the number of the one notification that a key means, also where it is in a group otherwise."""
    key: str = request.path_params["group_key"]
    number = key.removeprefix(OWN)
    if number == key or not (number.isascii() and number.isdecimal()):
        return None
    return min(int(number), LARGEST_ID)


async def _group(
    request: Request, tx: Transaction, owner: Actor, *, most: int
) -> tuple[Notification, list[GroupMember]]:
    """Return the newest notification of the group in the path, and the newest of its members."""
    number, members = _alone(request), []
    if number is None:
        members = await tx.notifications.members(owner.id, [request.path_params["group_key"]], most=most)
        number = members[0].newest_id if members else 0
    newest = await tx.notifications.find(owner.id, number)
    if newest is None:
        raise NotFound(NO_RECORD)
    return newest, members


ROUTES: list[BaseRoute] = [
    get("/api/v2/notifications", remembering(READ)(index)),
    get("/api/v2/notifications/unread_count", unread_count),
    get("/api/v2/notifications/{group_key}", show),
    get("/api/v2/notifications/{group_key}/accounts", accounts),
    post("/api/v2/notifications/{group_key}/dismiss", dismiss),
]
