"""What many people speak of: counted anew every few minutes, for everybody alike."""

import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from node.context import Node, node_of
from node.http.auth import caller_of, reader_of
from node.mastodon.entities.tags import tag_entity
from node.mastodon.paging import offset_of, paged_by_position, size_of
from node.mastodon.parameters import parameters_of
from node.mastodon.routing import get
from node.mastodon.view import View

_KEPT: Final = 300.0
"""Seconds for which the order may be old."""

_MOST: Final = 100
_Found = TypeVar("_Found")


async def tags(request: Request) -> Response:
    """List the hashtags that most people used of late, with how much on each of the last days."""
    caller = await caller_of(request)
    parameters = await parameters_of(request)
    size, offset = size_of(parameters, usual=10, most=20), offset_of(parameters)
    node = node_of(request)
    async with node.database.read() as tx:
        names = await _ranked(node, "tags", lambda: tx.trends.tags(_MOST))
        shown = names[offset : offset + size]
        history = await tx.tag_uses.history(shown)
        followed = await tx.followed_tags.among(caller.actor, shown) if caller else None
    bodies = [
        tag_entity(
            name,
            history[name],
            node.base_url,
            following=None if followed is None else name in followed,
        )
        for name in shown
    ]
    return paged_by_position(request, bodies, offset, size)


async def statuses(request: Request) -> Response:
    """List what most people liked or shared of late."""
    caller = await reader_of(request, "read:statuses")
    parameters = await parameters_of(request)
    size, offset = size_of(parameters), offset_of(parameters)
    node = node_of(request)
    async with node.database.read() as tx:
        ranked = await _ranked(node, "publications", lambda: tx.trends.publications(_MOST))
        shown = ranked[offset : offset + size]
        view = View(tx, node, caller.actor if caller else None)
        found = await view.statuses_by_ids(shown)
    return paged_by_position(request, [found[each] for each in shown if each in found], offset, size)


async def links(request: Request) -> Response:
    """List no links: who shares what is linked to is not counted here."""
    await caller_of(request)
    return paged_by_position(request, [], 0, 0)


async def _ranked(node: Node, what: str, count: Callable[[], Awaitable[list[_Found]]]) -> list[_Found]:
    kept = node.shelf.get(("trends", what), None)
    if kept is None or kept[0] < time.monotonic():
        kept = (time.monotonic() + _KEPT, await count())
        # Where nobody speaks there is little to count, and the first word is seen at once.
        if kept[1]:
            node.shelf.put(("trends", what), None, kept)
    found: list[_Found] = kept[1]
    return found


ROUTES: list[BaseRoute] = [
    get("/api/v1/trends", tags),
    get("/api/v1/trends/tags", tags),
    get("/api/v1/trends/statuses", statuses),
    get("/api/v1/trends/links", links),
]
