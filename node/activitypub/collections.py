"""Collections of actors and of objects."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from federation import collections
from federation.serving import Served
from node.activitypub.reading import answer, reader_of
from node.context import node_of
from storage.actors import Actor
from storage.transaction import Transaction


async def outbox(request: Request) -> Response:
    """Serve what an actor published and shared, or a page of it."""
    return await _of_actor(request, collections.outbox_of)


async def followers(request: Request) -> Response:
    """Serve who follows an actor, or a page of them."""
    return await _of_actor(request, collections.followers_of)


async def following(request: Request) -> Response:
    """Serve whom an actor follows, or a page of them."""
    return await _of_actor(request, collections.following_of)


async def featured(request: Request) -> Response:
    """Serve what an actor has pinned."""

    async def pinned(tx: Transaction, username: str, _cursor: collections.Cursor | None) -> Served:
        return await collections.featured_of(tx, username)

    return await _of_actor(request, pinned)


async def replies(request: Request) -> Response:
    """Serve the public replies to an object, or a page of them."""
    cursor = collections.read_cursor(request.query_params)
    return await _of_object(request, partial(collections.replies_to, cursor=cursor))


async def likes(request: Request) -> Response:
    """Serve how many like an object."""
    return await _of_object(request, collections.likes_of)


async def shares(request: Request) -> Response:
    """Serve how many shared an object."""
    return await _of_object(request, collections.shares_of)


async def _of_actor(
    request: Request, serve: Callable[[Transaction, str, collections.Cursor | None], Awaitable[Served]]
) -> Response:
    await reader_of(request, matters=False)
    cursor = collections.read_cursor(request.query_params)
    async with node_of(request).database.read() as tx:
        served = await serve(tx, request.path_params["username"], cursor)
    return answer(request, served, matters=False)


async def _of_object(
    request: Request, serve: Callable[[Transaction, str, str, Actor | None], Awaitable[Served]]
) -> Response:
    reader = await reader_of(request)
    node = node_of(request)
    async with node.database.read() as tx:
        served = await serve(tx, node.base_url, request.path_params["number"], reader)
    return answer(request, served, reader)
