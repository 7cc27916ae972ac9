"""The hub: reads what happened after each commit and tells those who are connected to this process.

One task reads `stream_events`, woken by the bell of this process and by PostgreSQL's word from others, and
once a second by itself, so that what a command wrote is told as well. It runs while somebody listens. A
listener that does not keep up is let go; nobody waits for it.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from node.context import Node
from node.http.auth import Caller
from node.mastodon.streams.cursor import Cursor
from node.mastodon.streams.listeners import Listener
from node.mastodon.streams.telling import tell

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
"""Seconds between two looks that nothing has prompted."""

CHECK_EVERY: Final = 10.0
"""Seconds after which a token that another process took back hears nothing any more; ours do so at once."""

MOST_LISTENERS: Final = 1000
MOST_OF_ONE_MEMBER: Final = 50

_AT_ONCE: Final = 100
#: How far back those that are still under way may be when the first listener comes.
_LOOK_BACK: Final = 100
_DECIDES_WHO_MAY: Final = ("access_tokens", "members", "actors")


class Hub:
    """Everybody who listens in one process, and the task that tells them. Belongs to one event loop."""

    def __init__(self, node: Node, listen: Callable[[], asyncio.Event]) -> None:
        """`listen` makes an event that is set when something may have happened."""
        self._node = node
        self._happened = listen()
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_ready = asyncio.Event()
        self._cursor = Cursor()
        self._checked = 0.0
        self._standing: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self._listeners)

    def has_room(self, caller: Caller) -> bool:
        """Say whether one more may listen: what is open costs memory, and counts among the connections."""
        own = sum(1 for each in self._listeners if each.caller.member.id == caller.member.id)
        return own < MOST_OF_ONE_MEMBER and len(self._listeners) < MOST_LISTENERS

    async def join(self, listener: Listener) -> None:
        """Tell a listener what happens from when this returns; `leave` must follow, whatever happens."""
        self._listeners.add(listener)
        if self._task is None:
            self._is_ready.clear()
            self._task = asyncio.create_task(self._run(), name="streaming")
        await self._is_ready.wait()

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing any more; with the last one the task ends."""
        self._listeners.discard(listener)
        if not self._listeners:
            self._happened.set()

    async def close(self) -> None:
        """End every connection, and the task."""
        for listener in self._listeners:
            listener.end()
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        self._checked, self._standing = 0.0, ()
        try:
            while self._listeners:
                self._happened.clear()
                try:
                    await self._node.database.listen(self._happened.set)
                    if not self._is_ready.is_set():
                        await self._start()
                    await self._drop_revoked()
                    await self._pass()
                except Exception:
                    log.exception("A pass of streaming failed; trying again")
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._happened.wait()
        finally:
            # Before anything else runs: whoever joins from here on starts a task of their own.
            self._task = None
            self._is_ready.set()
            await self._node.database.stop_listening()

    async def _pass(self) -> None:
        """Tell everything that happened since the last pass."""
        while self._listeners:
            async with self._node.database.read() as tx:
                found = await tx.stream_events.after(self._cursor.last, _AT_ONCE, self._cursor.missed)
            for event in self._cursor.take(found, _seconds()):
                # Each in a moment of its own: what has gone meanwhile is not told, and its end comes next.
                try:
                    async with self._node.database.read() as tx:
                        await tell(tx, self._node, tuple(self._listeners), event)
                except Exception:
                    log.exception("An event could not be told: %s %s", event.event, event.seq)
                # Those who keep up take what waits for them now.
                await asyncio.sleep(0)
            if len(found) < _AT_ONCE:
                return

    async def _start(self) -> None:
        """Begin after what has happened; only what is still under way may have a smaller number."""
        self._cursor = Cursor()
        async with self._node.database.read() as tx:
            self._cursor.last = max(0, await tx.stream_events.last() - _LOOK_BACK)
            found = await tx.stream_events.after(self._cursor.last, _LOOK_BACK)
        self._cursor.take(found, _seconds())
        self._is_ready.set()

    async def _drop_revoked(self) -> None:
        """Let those go whose token opens nothing any more, where this process or the clock gives a reason."""
        now, known = _seconds(), self._node.database.state_of(*_DECIDES_WHO_MAY)
        if now - self._checked < CHECK_EVERY and known == self._standing:
            return
        self._checked, self._standing = now, known
        # Whoever joins meanwhile is asked about the next time.
        asked = tuple(self._listeners)
        async with self._node.database.read() as tx:
            good = await tx.tokens.good({each.caller.token_id for each in asked})
        for listener in asked:
            if listener.caller.token_id not in good:
                listener.end()


def _seconds() -> float:
    return asyncio.get_running_loop().time()
