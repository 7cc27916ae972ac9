"""What a member has scheduled: looking at it, moving it, taking it out."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.attaching import KEPT_FOR
from actors.errors import NotFound
from actors.scheduling import reschedule
from node.context import node_of
from node.http.auth import Caller, require
from node.mastodon.compositions import moment_in
from node.mastodon.entities.scheduled import scheduled_entity
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, update
from storage.scheduled import ScheduledStatus
from storage.transaction import Transaction

_READ, _WRITE = "read:statuses", "write:statuses"


async def index(request: Request) -> Response:
    """Show everything that is yet to be published."""
    caller = await require(request, _READ)
    page = page_of(await parameters_of(request))
    async with node_of(request).database.read() as tx:
        rows = await tx.scheduled.page(caller.member.id, page)
        bodies = await entities_of(tx, caller, rows)
    return paged(request, bodies, [row.id for row in rows], page)


async def show(request: Request) -> Response:
    """Show one of them."""
    caller = await require(request, _READ)
    async with node_of(request).database.read() as tx:
        row = await _found(tx, caller, request)
        return answer((await entities_of(tx, caller, [row]))[0])


async def change(request: Request) -> Response:
    """Publish one at another time; without a time nothing changes."""
    caller = await require(request, _WRITE)
    moment = moment_in(await parameters_of(request))
    async with node_of(request).database.begin() as tx:
        row = await _found(tx, caller, request)
        if moment is not None:
            row = await reschedule(tx, caller.member, caller.actor, row, moment)
        return answer((await entities_of(tx, caller, [row]))[0])


async def destroy(request: Request) -> Response:
    """Publish one not at all; its media can be attached again for a while."""
    caller = await require(request, _WRITE)
    async with node_of(request).database.begin() as tx:
        row = await _found(tx, caller, request)
        await tx.scheduled.remove(row.id)
        if media := [int(number) for number in row.parameters.get("media_ids") or ()]:
            await tx.media.hold(media, tx.now + KEPT_FOR)
    return answer(EMPTY)


async def entities_of(
    tx: Transaction, caller: Caller, rows: Sequence[ScheduledStatus]
) -> list[dict[str, Any]]:
    """Return what clients read of several, with one look at their media."""
    named = [int(number) for row in rows for number in row.parameters.get("media_ids") or ()]
    media = await tx.media.owned(caller.actor.id, named) if named else {}
    return [scheduled_entity(row, media) for row in rows]


async def _found(tx: Transaction, caller: Caller, request: Request) -> ScheduledStatus:
    row = await tx.scheduled.find(caller.member.id, path_id(request))
    if row is None:
        raise NotFound(NO_RECORD)
    return row


ROUTES: list[BaseRoute] = [
    get("/api/v1/scheduled_statuses", index),
    get("/api/v1/scheduled_statuses/{id}", show),
    update("/api/v1/scheduled_statuses/{id}", change),
    delete("/api/v1/scheduled_statuses/{id}", destroy),
]
