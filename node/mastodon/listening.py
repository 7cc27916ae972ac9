"""Listening: what happened is read after each commit and told to those who are connected.

One task in each process reads `stream_events`, woken by the bell and once a second by itself, so that what
other processes did is told as well. A listener that does not keep up is let go; nobody waits for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from node.context import Node
from node.http.auth import Caller
from node.mastodon.channels import PUBLIC, TAGS, Channel, Frame
from node.mastodon.conversations import conversation_entities
from node.mastodon.notification_views import notification_entities
from node.mastodon.view import View
from storage.items import Item
from storage.paging import Page
from storage.stream_events import StreamEvent
from storage.timelines import Origin
from storage.transaction import Transaction

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 1.0
CHECK_TOKENS_EVERY: Final = 10.0
"""Seconds after which a revoked token hears nothing any more."""

LOOK_BACK: Final = 200
"""On PostgreSQL numbers are committed out of order: so many are looked at again for those that came late."""

_WAITING: Final = 200
_AT_ONCE: Final = 100
_ORIGINS: Final = {None: Origin.ANYWHERE, True: Origin.HERE, False: Origin.ELSEWHERE}
#: Events that everybody is told who listens to a timeline, since anybody may have seen what they are about.
_TO_ALL: Final = frozenset({"delete"})
_TO_USERS: Final = frozenset({"announcement", "announcement.reaction", "announcement.delete"})
_TO_OWNER: Final = frozenset({"filters_changed", "notifications_merged"})


@dataclass(eq=False)
class Listener:
    """One connection: who listens, to what, and what waits to be sent; None in the queue is the end."""

    caller: Caller
    channels: set[Channel] = field(default_factory=set)
    queue: asyncio.Queue[Frame | None] = field(default_factory=lambda: asyncio.Queue(_WAITING))
    is_over: bool = False

    def put(self, frame: Frame) -> None:
        """Let a frame be sent; the end where too many wait already."""
        if self.is_over:
            return
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """Let the connection end, whatever waits."""
        self.is_over = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class Hub:
    """Everybody who listens in one process, and the task that tells them."""

    def __init__(self, node: Node, listen: Callable[[], asyncio.Event]) -> None:
        """`listen` makes an event that is set when something may have happened."""
        self._node = node
        self._happened = listen()
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._last = 0
        self._seen: dict[int, None] = {}

    def __len__(self) -> int:
        return len(self._listeners)

    async def join(self, listener: Listener) -> None:
        """Tell a listener what happens from now on; the first starts the task."""
        if self._task is None or self._task.done():
            async with self._node.database.read() as tx:
                self._last = await tx.stream_events.last()
            self._task = asyncio.create_task(self._run(), name="streaming")
        self._listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        """Tell a listener nothing any more; with the last the task ends at its next look."""
        self._listeners.discard(listener)

    async def close(self) -> None:
        """End every connection, and the task."""
        for listener in self._listeners:
            listener.end()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        event = self._happened
        checked = asyncio.get_running_loop().time()
        while True:
            event.clear()
            try:
                await self._pass()
                now = asyncio.get_running_loop().time()
                if now - checked >= CHECK_TOKENS_EVERY:
                    checked = now
                    await self._drop_revoked()
            except Exception:
                log.exception("A pass of streaming failed; trying again")
                await asyncio.sleep(LOOK_EVERY)
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await event.wait()
            except TimeoutError:
                continue

    async def _pass(self) -> None:
        """Tell everything that happened since the last pass."""
        while True:
            async with self._node.database.read() as tx:
                after = self._last if self._node.database.is_sqlite else max(0, self._last - LOOK_BACK)
                found = await tx.stream_events.after(after, _AT_ONCE + LOOK_BACK)
                fresh = [each for each in found if each.seq not in self._seen][:_AT_ONCE]
                for each in fresh:
                    self._seen[each.seq] = None
                    self._last = max(self._last, each.seq)
                    if self._listeners:
                        await _Telling(tx, self._node, self._listeners, each).tell()
            while len(self._seen) > 2 * (LOOK_BACK + _AT_ONCE):
                self._seen.pop(next(iter(self._seen)))
            if len(fresh) < _AT_ONCE:
                return

    async def _drop_revoked(self) -> None:
        tokens = {each.caller.token_id for each in self._listeners}
        async with self._node.database.read() as tx:
            good = await tx.tokens.good(tokens)
        for listener in [each for each in self._listeners if each.caller.token_id not in good]:
            listener.end()


class _Telling:
    """One event, told to those whom it concerns; what is seen alike is made once for each actor."""

    def __init__(
        self, tx: Transaction, node: Node, listeners: Iterable[Listener], event: StreamEvent
    ) -> None:
        self._tx = tx
        self._node = node
        self._listeners = list(listeners)
        self._event = event
        self._made: dict[tuple[int, int], str] = {}

    async def tell(self) -> None:
        event = self._event
        if event.event in {"update", "status.update"}:
            await self._tell_publication()
        elif event.event == "notification":
            await self._tell_notification()
        elif event.event == "conversation":
            await self._tell_conversation()
        elif event.event in _TO_ALL:
            self._send(lambda _: True, lambda channel: channel.name != "user:notification", event.payload)
        elif event.event in _TO_USERS:
            self._send(lambda _: True, lambda channel: channel.name == "user", event.payload)
        elif event.event in _TO_OWNER:
            self._send(self._is_owner, lambda channel: channel.name == "user", event.payload)

    def _is_owner(self, listener: Listener) -> bool:
        return listener.caller.actor.id == self._event.owner_id

    def _send(
        self, to: Callable[[Listener], bool], on: Callable[[Channel], bool], payload: str | None
    ) -> None:
        for listener in self._listeners:
            if to(listener):
                for channel in listener.channels:
                    if on(channel):
                        listener.put(Frame(channel, self._event.event, payload))

    async def _tell_notification(self) -> None:
        listeners = [each for each in self._listeners if self._is_owner(each)]
        if not listeners or self._event.notification_id is None:
            return
        owner = listeners[0].caller.actor
        found = await self._tx.notifications.find(owner.id, self._event.notification_id)
        if found is None:
            return
        bodies = await notification_entities(self._tx, View(self._tx, self._node, owner), [found])
        if bodies:
            payload = orjson.dumps(bodies[0]).decode()
            self._send(
                lambda each: self._is_owner(each) and each.caller.may("read:notifications"),
                lambda channel: channel.name in {"user", "user:notification"},
                payload,
            )

    async def _tell_conversation(self) -> None:
        listeners = [each for each in self._listeners if self._is_owner(each)]
        if not listeners or not self._event.payload:
            return
        owner = listeners[0].caller.actor
        found = await self._tx.conversations.find(owner, int(self._event.payload))
        if found is not None:
            [body] = await conversation_entities(self._tx, self._node, owner, [found])
            payload = orjson.dumps(body).decode()
            self._send(self._is_owner, lambda channel: channel.name == "direct", payload)

    async def _tell_publication(self) -> None:
        """Tell each listener on each stream in whose timeline it stands, as that timeline itself would."""
        event = self._event
        assert event.publication_id is not None, "an update is about a publication"
        number = event.share_id or event.publication_id
        owners = await self._tx.home.owners(event.publication_id)
        just_it = Page(size=1, max_id=number + 1, since_id=number - 1)
        for listener in self._listeners:
            actor = listener.caller.actor
            for channel in sorted(listener.channels, key=lambda each: each.name):
                if channel.name in {"user", "list"} and actor.id not in owners:
                    continue
                ask = self._question(channel, listener, just_it, is_share=event.share_id is not None)
                found = await ask() if ask else []
                if found:
                    listener.put(Frame(channel, event.event, await self._payload(listener, found[0])))

    def _question(
        self, channel: Channel, listener: Listener, page: Page, *, is_share: bool
    ) -> Callable[[], Awaitable[list[Item]]] | None:
        timelines, actor = self._tx.timelines, listener.caller.actor
        if channel.name == "user":
            return lambda: timelines.home(actor, page)
        if channel.name == "list":
            return lambda: self._of_list(channel, listener, page)
        if is_share:
            return None
        if channel.name in PUBLIC:
            here, only_media = PUBLIC[channel.name]
            origin = _ORIGINS[here]
            return lambda: timelines.public(actor, page, origin=origin, only_media=only_media)
        if channel.name in TAGS:
            origin = _ORIGINS[TAGS[channel.name]]
            return lambda: timelines.tagged(actor, page, channel.tag, origin=origin)
        return None

    async def _of_list(self, channel: Channel, listener: Listener, page: Page) -> list[Item]:
        wanted = await self._tx.account_lists.find(listener.caller.actor, channel.list_id)
        return await self._tx.timelines.of_list(listener.caller.actor, page, wanted) if wanted else []

    async def _payload(self, listener: Listener, item: Item) -> str:
        actor = listener.caller.actor
        key = (actor.id, item.id)
        if key not in self._made:
            status: dict[str, Any] = await View(self._tx, self._node, actor).status(item)
            self._made[key] = orjson.dumps(status).decode()
        return self._made[key]
