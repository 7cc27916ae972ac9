"""What the operators announce to members: reading it, putting it away, reacting to it."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.announcements import react, shown_announcement, take_back
from node.context import node_of
from node.http.auth import require
from node.mastodon.entities.announcements import announcement_entity
from node.mastodon.parameters import parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, put
from storage.announcements import Announcement
from storage.transaction import Transaction


async def show(request: Request) -> Response:
    """List what is announced; what a member has read only where that is asked for."""
    caller = await require(request)
    is_all = bool((await parameters_of(request)).flag("with_dismissed"))
    async with node_of(request).database.read() as tx:
        read = await tx.announcements.dismissed(caller.actor)
        found = [each for each in await tx.announcements.shown(tx.now) if is_all or each.id not in read]
        reactions = await tx.announcements.reactions([each.id for each in found], caller.actor)
    return answer([announcement_entity(each, reactions[each.id], is_read=each.id in read) for each in found])


async def dismiss(request: Request) -> Response:
    """Remember that a member has read something."""
    caller = await require(request, "write:accounts")
    number = path_id(request)
    async with node_of(request).database.begin() as tx:
        announcement = await shown_announcement(tx, number)
        await tx.announcements.dismiss(announcement, caller.actor, tx.now)
    return answer(EMPTY)


async def add_reaction(request: Request) -> Response:
    """React with an emoji."""
    caller = await require(request, "write:favourites")
    number, name = path_id(request), request.path_params["name"]
    async with node_of(request).database.begin() as tx:
        announcement = await shown_announcement(tx, number)
        if await react(tx, announcement, caller.actor, name):
            await _stream(tx, announcement, name)
    return answer(EMPTY)


async def remove_reaction(request: Request) -> Response:
    """Take a reaction back."""
    caller = await require(request, "write:favourites")
    number, name = path_id(request), request.path_params["name"]
    async with node_of(request).database.begin() as tx:
        announcement = await shown_announcement(tx, number)
        if await take_back(tx, announcement, caller.actor, name):
            await _stream(tx, announcement, name)
    return answer(EMPTY)


async def _stream(tx: Transaction, announcement: Announcement, name: str) -> None:
    """Tell everybody who is connected how often an emoji is there now."""
    reactions = await tx.announcements.reactions([announcement.id], None)
    count = next((each.count for each in reactions[announcement.id] if each.name == name), 0)
    payload: dict[str, Any] = {"name": name, "count": count, "announcement_id": str(announcement.id)}
    await tx.stream_events.add("announcement.reaction", payload=orjson.dumps(payload).decode())


ROUTES: list[BaseRoute] = [
    get("/api/v1/announcements", show),
    post("/api/v1/announcements/{id}/dismiss", dismiss),
    put("/api/v1/announcements/{id}/reactions/{name}", add_reaction),
    delete("/api/v1/announcements/{id}/reactions/{name}", remove_reaction),
]
