"""Answers kept in memory for a moment: the documents that every other server asks for, rendered once.

An answer is as good as new until this process commits a change to a table it was made from; another process
(`ilan` beside a serving node) is noticed after half a second. Only what anybody gets is kept.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from node.context import node_of
from node.http.rates import Quota, spend
from node.http.replies import PUBLIC

FRESH_SECONDS = 0.5
MOST_BYTES = 16 * 1024 * 1024
_OK = 200
_ASKS = frozenset({b"accept", b"if-none-match", b"signature"})

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, until when it is fresh, and the state of the tables it was made from."""

    state: tuple[int, ...]
    until: float
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def again(self) -> Response:
        """Return it as an answer of its own."""
        response = Response(self.body)
        # A list of its own, since middleware adds to it.
        response.raw_headers = list(self.headers)
        return response


class Memory:
    """Kept answers, bounded by their size and that of what was asked; the least used go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[tuple[bytes, ...], Kept] = OrderedDict()
        self._most_bytes = most_bytes
        self._bytes = 0
        #: What is being made at this moment, so that nobody makes it twice.
        self.making: dict[tuple[bytes, ...], tuple[tuple[int, ...], asyncio.Future[Kept | None]]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: tuple[bytes, ...], state: tuple[int, ...]) -> Kept | None:
        """Return an answer that is as good as new."""
        kept = self._kept.get(key)
        if kept is None or kept.state != state or kept.until < time.monotonic():
            return None
        self._kept.move_to_end(key)
        return kept

    def put(self, key: tuple[bytes, ...], kept: Kept) -> None:
        """Keep an answer, in place of an older one."""
        before = self._kept.pop(key, None)
        if before is not None:
            self._bytes -= _size(key, before)
        self._kept[key] = kept
        self._bytes += _size(key, kept)
        while self._bytes > self._most_bytes:
            self._bytes -= _size(*self._kept.popitem(last=False))


def _size(key: tuple[bytes, ...], kept: Kept) -> int:
    # Whoever asks chooses the key, and may choose a long one.
    return sum(map(len, key)) + len(kept.body)


def _for_anybody(_request: Request) -> Quota:
    return Quota.REQUESTS


def keeping(*tables: str, quota: Callable[[Request], Quota] = _for_anybody) -> Callable[[Handler], Handler]:
    """Keep the answers of a handler that makes them from these tables and from nothing else.

    `quota` is what the handler itself would count the request against, and so what is counted here. Signed
    requests, and every request where this node asks for signatures, go to the handler itself.
    """

    def keep(handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            scope = request.scope
            federation = node_of(request).federation
            asked = [(name, value) for name, value in scope["headers"] if name in _ASKS]
            is_signed = any(name == b"signature" for name, _ in asked)
            if scope["method"] != "GET" or is_signed or federation.authorized_fetch:
                return await handler(request)
            memory: Memory = request.app.state.memory
            key = (scope["raw_path"], scope["query_string"], *(part for pair in asked for part in pair))
            # Taken before anything is read: what changes meanwhile makes the answer stale at once.
            state = federation.database.state_of(*tables)
            kept = memory.get(key, state)
            if kept is not None:
                spend(request, quota(request))
                return kept.again()
            response = await handler(request)
            if response.status_code == _OK and response.headers.get("cache-control") == PUBLIC:
                until = time.monotonic() + FRESH_SECONDS
                memory.put(key, Kept(state, until, tuple(response.raw_headers), bytes(response.body)))
            return response

        return answer

    return keep
