"""Sending: what is due leaves now, signed now, and how it went is remembered (V2 to V8).

Each host has a lane. A lane in hand holds a few deliveries of its host; nothing more is taken for that host
until all of them have been written down. Hence a host never has more than four requests at once, news of
one object never overtake each other, and nothing is sent twice however quickly a host comes back. Hosts
that failed last are tried with one request, in slots of their own, so those that answer never wait for
those that do not.
"""

import asyncio
import logging
import random as chance
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from weakref import WeakValueDictionary

from federation.answers import Answer
from federation.concluding import conclude
from federation.context import Federation
from federation.errors import FederationError, Unreachable
from federation.keyring import Remembered
from federation.retrying import Health, Verdict, judge
from federation.signatures import CONTENT_TYPE
from storage.deliveries import Delivery

log = logging.getLogger(__name__)

PER_HOST = 4
AT_ONCE = 64
PROBES_AT_ONCE = 32

#: How many hosts are in hand, and how many deliveries of each: what a crash leaves for later.
LANES = 256
PER_LANE = 32

#: What is taken is not due again for so long. No request starts that might outlast it.
LEASE = timedelta(minutes=2)
_LAST_START = 75.0

_POLL = 2.0
_PACE = 0.05
_GRACE = 5.0
_AFTER_A_FAULT = 1.0

_REMEMBERED_FOR = timedelta(minutes=10)
_WRITTEN_EVERY = timedelta(minutes=1)


class _Letter:
    """One document on its way to many, kept as long as any of them waits for it."""

    __slots__ = ("__weakref__", "body")

    def __init__(self, body: bytes) -> None:
        self.body = body


class _Lane:
    """What is in hand for one host."""

    __slots__ = ("host", "is_closed", "last_start", "parcels", "task")

    def __init__(self, host: str, last_start: float) -> None:
        self.host = host
        self.last_start = last_start
        self.parcels: deque[tuple[Delivery, _Letter | None]] = deque()
        self.is_closed = False
        self.task: asyncio.Task[None] | None = None

    @property
    def is_done(self) -> bool:
        return self.task is not None and self.task.done()


class Deliverer:
    """Delivers what is due; call one of its methods at a time. Belongs to one event loop.

    `on_gone` is told of inboxes that answered 410, after that is written down: it should look again before
    it believes that they are gone. `random` returns numbers from 0 to below 1.
    """

    def __init__(
        self,
        federation: Federation,
        *,
        on_gone: Callable[[str], Awaitable[None]] | None = None,
        random: Callable[[], float] = chance.random,
    ) -> None:
        self._federation = federation
        self._on_gone = on_gone
        self._random = random
        self._lanes: dict[str, _Lane] = {}
        self._verdicts: list[Verdict] = []
        self._letters: WeakValueDictionary[int, _Letter] = WeakValueDictionary()
        self._errands: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._probes = asyncio.Semaphore(PROBES_AT_ONCE)
        self._is_sound: Remembered[bool] = Remembered(_REMEMBERED_FOR)
        self._is_cleared: Remembered[bool] = Remembered(_WRITTEN_EVERY)
        self._news = asyncio.Event()
        self._tried = 0

    async def deliver_due(self) -> int:
        """Send everything that is due; return how many deliveries were tried, once all have an outcome."""
        self._tried = 0
        try:
            await self._turn()
            while self._lanes:
                await self._pause(None)
                await self._turn()
            while self._errands:
                await asyncio.wait(self._errands)
        finally:
            await self._abandon()
        return self._tried

    async def run(self, stop: asyncio.Event) -> None:
        """Keep delivering until `stop` is set, then let what is under way finish, for a few seconds."""
        bell = asyncio.create_task(self._ring_after(stop))
        try:
            while not stop.is_set():
                await self._try_turn()
                await self._pause(_POLL)
            await self._wind_down()
        finally:
            bell.cancel()
            await self._abandon()

    def prompt(self) -> None:
        """Look at once whether something is due, instead of in a second or two."""
        self._news.set()

    async def _try_turn(self, *, claiming: bool = True) -> None:
        try:
            await self._turn(claiming=claiming)
        except Exception:
            log.exception("Deliveries could not be read or written")
            if claiming:
                await asyncio.sleep(_AFTER_A_FAULT)

    async def _turn(self, *, claiming: bool = True) -> None:
        """Write down how things went and take what is due, in one transaction; then send it."""
        verdicts, self._verdicts = self._verdicts, []
        done = [host for host, lane in self._lanes.items() if lane.is_done]
        in_hand = self._lanes.keys() - done
        room = LANES - len(in_hand) if claiming else 0
        rows: list[Delivery] = []
        # Held until the new lanes hold them: one that nobody waits for any more would vanish meanwhile.
        letters = dict(self._letters)
        try:
            async with self._federation.database.begin() as tx:
                took = await conclude(
                    tx, verdicts, is_cleared=lambda host: bool(self._is_cleared.get(host, tx.now))
                )
                if room:
                    rows = await tx.deliveries.claim(
                        tx.now, tx.now + LEASE, lanes=room, per_lane=PER_LANE, excluded=in_hand
                    )
                    missing = {row.activity_id for row in rows} - letters.keys()
                    for number, text in (await tx.deliveries.documents(missing)).items():
                        if text:
                            letters[number] = _Letter(text.encode())
        except BaseException:
            self._verdicts = verdicts + self._verdicts
            raise
        for host in done:
            del self._lanes[host]
        for host in took:
            self._is_cleared.put(host, value=True, now=self._federation.clock())
        if self._on_gone is not None:
            for verdict in verdicts:
                if verdict.inbox_is_gone:
                    self._send_for(self._on_gone(verdict.conclusion.delivery.inbox))
        self._take_in_hand(rows, letters)

    def _take_in_hand(self, rows: Iterable[Delivery], letters: dict[int, _Letter]) -> None:
        """Start sending what was claimed. Not within the transaction: tasks inherit that they are in one."""
        self._letters.update(letters)
        last_start = asyncio.get_running_loop().time() + _LAST_START
        fresh: dict[str, _Lane] = {}
        for row in rows:
            lane = fresh.get(row.host) or fresh.setdefault(row.host, _Lane(row.host, last_start))
            lane.parcels.append((row, letters.get(row.activity_id)))
        for lane in fresh.values():
            lane.task = asyncio.create_task(self._work(lane))
            lane.task.add_done_callback(lambda _: self._news.set())
        self._lanes |= fresh

    async def _work(self, lane: _Lane) -> None:
        """Send what is in a lane: to a host that is not known to answer, first one alone."""
        if not self._is_sound.get(lane.host, self._federation.clock()):
            await self._attempt(lane)
        if len(lane.parcels) <= 1:
            await self._drain(lane)
            return
        async with asyncio.TaskGroup() as group:
            for _ in range(min(PER_HOST, len(lane.parcels))):
                group.create_task(self._drain(lane))

    async def _drain(self, lane: _Lane) -> None:
        while lane.parcels and not lane.is_closed:
            await self._attempt(lane)

    async def _attempt(self, lane: _Lane) -> None:
        """Send the next of a lane. What a closed lane still holds is due again after its lease."""
        delivery, letter = lane.parcels.popleft()
        is_failing = self._is_sound.get(lane.host, self._federation.clock()) is False
        async with self._probes if is_failing else self._slots:
            if lane.is_closed or asyncio.get_running_loop().time() > lane.last_start:
                lane.is_closed = True
                return
            outcome = await self._send(delivery, letter)
        now = self._federation.clock()
        verdict = judge(delivery, outcome, now, self._random)
        self._is_sound.put(lane.host, verdict.health.is_sound, now)
        if not verdict.health.is_sound:
            self._is_cleared.drop(lane.host)
        if verdict.health is Health.DOWN:
            lane.is_closed = True
        self._tried += 1
        self._verdicts.append(verdict)
        self._news.set()

    async def _send(self, delivery: Delivery, letter: _Letter | None) -> Answer | FederationError:
        """Make one request, signed for this recipient (V2), and return what came of it."""
        if letter is None:
            return FederationError("There is no document to send (any more).")
        try:
            signer = await self._federation.signers.of(delivery.sender_id)
            return await self._federation.transport.post(
                delivery.inbox, letter.body, content_type=CONTENT_TYPE, sign=signer
            )
        except FederationError as error:
            return error
        except Exception:
            log.exception("Sending to %s failed in an unforeseen way", delivery.inbox)
            return Unreachable("This node failed to send it; its log says why.")

    async def _pause(self, longest: float | None) -> None:
        """Wait for news, and a moment longer while more is under way: many are written at the cost of one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._news.wait()
        if any(not lane.is_done for lane in self._lanes.values()):
            await asyncio.sleep(_PACE)
        self._news.clear()

    async def _ring_after(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._news.set()

    async def _wind_down(self) -> None:
        """Start nothing more, give what is under way a little time, and write down how it went."""
        for lane in self._lanes.values():
            lane.is_closed = True
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE)
        await self._try_turn(claiming=False)

    async def _abandon(self) -> None:
        """End what is still under way; the leases bring it back."""
        tasks = [lane.task for lane in self._lanes.values() if lane.task is not None]
        for task in (*tasks, *self._errands):
            task.cancel()
        await asyncio.gather(*tasks, *self._errands, return_exceptions=True)
        self._lanes.clear()

    def _send_for(self, errand: Awaitable[None]) -> None:
        task = asyncio.create_task(_run_errand(errand))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)


async def _run_errand(errand: Awaitable[None]) -> None:
    try:
        await errand
    except Exception:
        log.exception("Looking after an inbox that is gone failed")


async def deliver_due(federation: Federation) -> int:
    """Send everything that is due, wait for all of it, and return how many deliveries were tried."""
    return await Deliverer(federation).deliver_due()
