"""Conversations: the threads of direct messages that a member takes part in."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from node.context import Node, node_of
from node.http.auth import require
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post
from node.mastodon.view import View
from storage.actors import Actor
from storage.conversations import Conversation
from storage.transaction import Transaction

_WRITE = "write:conversations"


async def conversation_entities(
    tx: Transaction, node: Node, owner: Actor, found: Sequence[Conversation]
) -> list[dict[str, Any]]:
    """Return each as a Conversation: everybody in it but its owner, and its newest message.

    Who only writes to themselves is alone in it, and then named: clients show a conversation by its people.
    """
    view = View(tx, node, owner)
    last_ids = [each.last_id for each in found]
    last = await view.statuses_by_ids(last_ids)
    mentioned = await tx.conversations.participants(last_ids)
    authors = await tx.actors.by_ids([int(status["account"]["id"]) for status in last.values()])
    people: dict[int, dict[int, Actor]] = {}
    for each in found:
        status = last.get(each.last_id)
        both = [authors[int(status["account"]["id"])]] if status else []
        both += mentioned.get(each.last_id, [])
        people[each.id] = {actor.id: actor for actor in both if actor.id != owner.id} or {owner.id: owner}
    everybody = {number: actor for those in people.values() for number, actor in those.items()}
    accounts = dict(zip(everybody, await view.accounts(list(everybody.values())), strict=True))
    return [
        {
            "id": str(each.id),
            "unread": each.unread,
            "accounts": [accounts[number] for number in people[each.id]],
            "last_status": last.get(each.last_id),
        }
        for each in found
    ]


async def index(request: Request) -> Response:
    """List conversations, the one with the newest message first."""
    caller = await require(request, "read:statuses")
    page = page_of(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.conversations.page(caller.actor, page)
        bodies = await conversation_entities(tx, node, caller.actor, found)
    return paged(request, bodies, [each.last_id for each in found], page)


async def remove(request: Request) -> Response:
    """Take a conversation out of the list; its messages stay."""
    caller = await require(request, _WRITE)
    async with node_of(request).database.begin() as tx:
        await tx.conversations.remove(await _found(tx, caller.actor, request))
    return answer(EMPTY)


async def read(request: Request) -> Response:
    """Say that the end of a conversation was seen."""
    return await _mark(request, unread=False)


async def unread(request: Request) -> Response:
    """Say that a conversation is still to be read."""
    return await _mark(request, unread=True)


async def _mark(request: Request, *, unread: bool) -> Response:
    caller = await require(request, _WRITE)
    node = node_of(request)
    async with node.database.begin() as tx:
        await tx.conversations.mark(await _found(tx, caller.actor, request), unread=unread)
        found = await _found(tx, caller.actor, request)
        [body] = await conversation_entities(tx, node, caller.actor, [found])
    return answer(body)


async def _found(tx: Transaction, owner: Actor, request: Request) -> Conversation:
    found = await tx.conversations.find(owner, path_id(request))
    if found is None:
        raise NotFound(NO_RECORD)
    return found


ROUTES: list[BaseRoute] = [
    get("/api/v1/conversations", index),
    delete("/api/v1/conversations/{id}", remove),
    post("/api/v1/conversations/{id}/read", read),
    post("/api/v1/conversations/{id}/unread", unread),
]
