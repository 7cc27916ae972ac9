"""Timelines kept in memory for a moment: several columns of one program, and everybody who follows a link.

What one reader was shown is shown to the same reader again until this process commits a change to anything
that a timeline could show; another process is noticed after half a second.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from node.context import node_of
from node.http.auth import reader_of, require
from node.http.keeping import FRESH_SECONDS, Kept, Memory
from node.mastodon.routing import Handler

#: Tables of which no timeline shows anything; all others count.
UNSEEN: Final = frozenset(
    {
        "access_tokens",
        "activities",
        "backfills",
        "deliveries",
        "facts",
        "markers",
        "push_messages",
        "push_subscriptions",
        "received",
        "remote_media",
        "sessions",
        "stream_events",
    }
)
_OK: Final = 200


async def _under_way(memory: Memory, key: tuple[bytes, ...], state: tuple[int, ...]) -> Kept | None:
    """Wait for the same answer, where it is being made already; None where it is not, or comes to nothing."""
    making = memory.making.get(key)
    return await asyncio.shield(making[1]) if making is not None and making[0] == state else None


def remembering(*scopes: str, guests: bool = False) -> Callable[[Handler], Handler]:
    """Keep the answers of a handler that needs one of these scopes, or (`guests`) also answers without."""

    def remember(handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            caller = await (reader_of if guests else require)(request, *scopes)
            if request.method != "GET":
                return await handler(request)
            scope, memory = request.scope, request.app.state.memory
            assert isinstance(memory, Memory), "the app has its memory"
            reader = str(caller.actor.id) if caller else ""
            key = (b"client", reader.encode(), scope["raw_path"], scope["query_string"])
            # Taken before anything is read: what changes meanwhile makes the answer stale at once.
            state = node_of(request).database.state_besides(UNSEEN)
            kept = memory.get(key, state) or await _under_way(memory, key, state)
            if kept is not None:
                return kept.again()
            making = memory.making[key] = (state, asyncio.get_running_loop().create_future())
            try:
                response = await handler(request)
                if response.status_code == _OK:
                    until = time.monotonic() + FRESH_SECONDS
                    kept = Kept(state, until, tuple(response.raw_headers), bytes(response.body))
                    memory.put(key, kept)
            finally:
                if memory.making.get(key) is making:
                    del memory.making[key]
                making[1].set_result(kept)
            return response

        return answer

    return remember
