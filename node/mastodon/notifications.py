"""Notifications one by one: what others did that concerns the reader."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from node.context import node_of
from node.http.auth import require
from node.mastodon.fallbacks import fallbacks_of
from node.mastodon.notification_views import KNOWN, notification_entities
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.remembering import remembering
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post
from node.mastodon.view import View
from storage.actors import Actor
from storage.notifications import Choice, Notification
from storage.transaction import Transaction

READ = "read:notifications"
WRITE = "write:notifications"
_COUNTED = 100
_MOST_COUNTED = 1000


def choice_of(parameters: Parameters) -> Choice:
    """Return which notifications a request wants; types that nobody knows are ignored."""
    types = set(KNOWN)
    if parameters.has("types"):
        types &= set(parameters.texts("types"))
    types -= set(parameters.texts("exclude_types"))
    from_id = parameters.identifier("account_id")
    return Choice(
        tuple(sorted(str(each) for each in types)),
        from_id,
        bool(parameters.flag("include_filtered")) or from_id is not None,
    )


async def index(request: Request) -> Response:
    """List notifications, the newest first."""
    caller = await require(request, READ)
    parameters = await parameters_of(request)
    page = page_of(parameters, usual=40, most=80)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.notifications.page(caller.actor.id, page, choice_of(parameters))
        fallbacks = fallbacks_of(node, caller, parameters)
        bodies = await notification_entities(tx, View(tx, node, caller.actor), found, fallbacks)
    return paged(request, bodies, [each.id for each in found], page)


async def show(request: Request) -> Response:
    """Show one notification."""
    caller = await require(request, READ)
    node = node_of(request)
    fallbacks = fallbacks_of(node, caller, await parameters_of(request))
    async with node.database.read() as tx:
        found = await _found(tx, caller.actor, request)
        bodies = await notification_entities(tx, View(tx, node, caller.actor), [found], fallbacks)
    if not bodies:
        raise NotFound(NO_RECORD)
    return answer(bodies[0])


async def clear(request: Request) -> Response:
    """Forget all notifications."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        await tx.notifications.clear(caller.actor.id)
    return answer(EMPTY)


async def dismiss(request: Request) -> Response:
    """Forget one notification."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        found = await _found(tx, caller.actor, request)
        await tx.notifications.remove(caller.actor.id, [found.id])
    return answer(EMPTY)


async def dismiss_several(request: Request) -> Response:
    """Forget several notifications."""
    caller = await require(request, WRITE)
    ids = (await parameters_of(request)).identifiers("ids")
    async with node_of(request).database.begin() as tx:
        await tx.notifications.remove(caller.actor.id, ids)
    return answer(EMPTY)


async def unread_count(request: Request) -> Response:
    """Count what is newer than the marker of the notifications."""
    caller = await require(request, READ)
    parameters = await parameters_of(request)
    async with node_of(request).database.read() as tx:
        count = await tx.notifications.count(
            caller.actor.id,
            choice_of(parameters),
            after=await read_until(tx, caller.actor),
            most=most_counted(parameters),
        )
    return answer({"count": count})


async def read_until(tx: Transaction, owner: Actor) -> int:
    """Return the last notification that a member has read, by their marker."""
    marker = (await tx.markers.of(owner.id, ["notifications"])).get("notifications")
    return marker.last_read_id if marker else 0


def most_counted(parameters: Parameters) -> int:
    """Return up to how many notifications are counted."""
    return page_of(parameters, usual=_COUNTED, most=_MOST_COUNTED).size


async def _found(tx: Transaction, owner: Actor, request: Request) -> Notification:
    found = await tx.notifications.find(owner.id, path_id(request))
    if found is None:
        raise NotFound(NO_RECORD)
    return found


ROUTES: list[BaseRoute] = [
    get("/api/v1/notifications", remembering(READ)(index)),
    get("/api/v1/notifications/unread_count", unread_count),
    post("/api/v1/notifications/clear", clear),
    delete("/api/v1/notifications/destroy_multiple", dismiss_several),
    get("/api/v1/notifications/{id}", show),
    delete("/api/v1/notifications/{id}", dismiss),
    post("/api/v1/notifications/{id}/dismiss", dismiss),
    post("/api/v2/notifications/clear", clear),
]
