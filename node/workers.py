"""Background work: loops around functions that make one pass, and a bell that makes them prompt.

Nothing depends on the bell: whatever another process or a crash left is found by looking, once a second.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from actors.polling import conclude_ended, tell_changes
from actors.pruning import AT_ONCE, prune_history, prune_posts
from federation.backfill import backfill_due
from federation.consenting import check_stamps
from federation.delivery import Deliverer, deliver_due
from federation.inbox import apply_due
from federation.outbox import fan_out
from federation.scheduling import publish_due
from federation.verifying import verify_due
from node.context import Node
from node.heartbeat import HEARTBEAT
from node.media.pruning import prune_media
from node.push.sending import Sender, push_due

log = logging.getLogger(__name__)

LOOK_EVERY = 1.0
"""Seconds between two looks at an empty queue."""

CLOCK_EVERY = 5.0
"""Seconds between two looks at what is due at a time of its own."""

AFTER_A_FAULT = 5.0
"""Seconds to wait after something broke, so that a fault does not become a storm."""

UPKEEP_EVERY = 3600.0
"""Seconds between two prunings."""

STREAMED_FOR = timedelta(hours=1)
"""How long what happened is kept for those who listen."""

HEARTBEAT_EVERY = 60.0
"""Seconds between two signs of life, which tell commands in other processes that somebody is at work."""

GRACE = 10.0
"""Seconds that work under way gets to finish when the node stops."""


class Bell:
    """Lets those who made work wake those who do it, within one process."""

    def __init__(self) -> None:
        self._events: list[asyncio.Event] = []

    def ring(self) -> None:
        """Let every loop look at its queue now."""
        for event in self._events:
            event.set()

    def listener(self) -> asyncio.Event:
        """Return an event that is set at each ring; whoever waits for it clears it."""
        event = asyncio.Event()
        self._events.append(event)
        return event


async def work_once(node: Node) -> int:
    """Make one pass over everything that waits; return how much there was. For tests and one-off commands."""
    federation = node.federation
    done = await apply_due(federation)
    done += await fan_out(federation)
    done += await deliver_due(federation)
    done += await verify_due(federation)
    done += await backfill_due(federation)
    done += await check_stamps(federation)
    done += await push_due(node)
    done += await publish_scheduled(node)
    return done + await attend_polls(node)


async def publish_scheduled(node: Node) -> int:
    """Publish what members wanted published by now."""
    settings = node.settings
    return await publish_due(
        node.federation,
        language=settings.node.languages[0],
        most_characters=settings.limits.note_characters,
    )


async def attend_polls(node: Node) -> int:
    """Tell how polls stand in which somebody voted, and close those that are over; return how many."""
    async with node.database.begin() as tx:
        told = await tell_changes(tx)
        return told + len(await conclude_ended(tx))


async def run_workers(node: Node, stop: asyncio.Event, bell: Bell | None = None) -> None:
    """Work until `stop` is set; what is under way then gets a few seconds, and leases bring back the rest.

    One fault never ends a loop: it is logged with its traceback, and the loop goes on after a pause.
    """
    if node.database.is_sqlite:
        # One process does the work here, so what is on lease was taken by one that was killed.
        async with node.database.begin() as tx:
            await tx.deliveries.reclaim(tx.now)
    bell = bell or Bell()
    deliverer = Deliverer(node.federation)
    pushed = bell.listener()
    jobs = _jobs(node, deliverer, bell)
    loops = [asyncio.create_task(_loop(job, stop), name=job.name) for job in jobs]
    loops.append(asyncio.create_task(deliverer.run(stop), name="delivery"))
    loops.append(asyncio.create_task(Sender(node, pushed).run(stop), name="push"))
    try:
        await stop.wait()
        for job in jobs:
            job.bell.set()
        pushed.set()
        await asyncio.wait(loops, timeout=GRACE)
    finally:
        for task in loops:
            task.cancel()
        for task, outcome in zip(loops, await asyncio.gather(*loops, return_exceptions=True), strict=True):
            if isinstance(outcome, Exception):
                log.error("The %s worker ended in a fault", task.get_name(), exc_info=outcome)


@dataclass(frozen=True, slots=True)
class _Job:
    """A kind of work: one pass of it, what wakes it, and how often it looks by itself (seconds)."""

    name: str
    work: Callable[[], Awaitable[int]]
    bell: asyncio.Event
    look_every: float


def _jobs(node: Node, deliverer: Deliverer, bell: Bell) -> list[_Job]:
    federation = node.federation

    async def tidy_up() -> int:
        await upkeep(node)
        return 0

    async def live() -> int:
        async with node.database.begin() as tx:
            await tx.facts.set(HEARTBEAT, tx.now.isoformat())
        return 0

    return [
        # What was applied may have to be answered or told to others.
        _Job("inbox", _and_then(partial(apply_due, federation), bell.ring), bell.listener(), LOOK_EVERY),
        _Job(
            "outbox", _and_then(partial(fan_out, federation), deliverer.prompt), bell.listener(), LOOK_EVERY
        ),
        _Job("backfill", partial(backfill_due, federation), bell.listener(), LOOK_EVERY),
        _Job("links", partial(verify_due, federation), bell.listener(), LOOK_EVERY),
        # These go by the clock, and only the end wakes them.
        _Job("stamps", partial(check_stamps, federation), asyncio.Event(), CLOCK_EVERY),
        _Job(
            "scheduled", _and_then(partial(publish_scheduled, node), bell.ring), asyncio.Event(), CLOCK_EVERY
        ),
        _Job("polls", _and_then(partial(attend_polls, node), bell.ring), asyncio.Event(), CLOCK_EVERY),
        _Job("upkeep", tidy_up, asyncio.Event(), UPKEEP_EVERY),
        _Job("heartbeat", live, asyncio.Event(), HEARTBEAT_EVERY),
    ]


def _and_then(work: Callable[[], Awaitable[int]], after: Callable[[], None]) -> Callable[[], Awaitable[int]]:
    """Return work after which, where it did anything, something else is to be done."""

    async def run() -> int:
        done = await work()
        if done:
            after()
        return done

    return run


async def upkeep(node: Node) -> int:
    """Forget what nobody needs any more, a little at a time; return how much that was."""
    keep_for = timedelta(days=node.settings.limits.remote_days)
    total = 0
    while True:
        async with node.database.begin() as tx:
            count = await prune_posts(tx, keep_for)
        total += count
        if count < AT_ONCE:
            break
    async with node.database.begin() as tx:
        total += (await prune_history(tx)).total
        await tx.mutes.forget_expired()
        await tx.stream_events.forget(tx.now - STREAMED_FOR)
        await tx.push_subscriptions.forget_stale(tx.now)
    total += (await prune_media(node)).total
    return total


async def _loop(job: _Job, stop: asyncio.Event) -> None:
    """Work as long as there is some, then wait for the bell or a while; end between two passes."""
    while not stop.is_set():
        job.bell.clear()
        try:
            done = await job.work()
        except Exception:
            log.exception("A pass of the %s worker failed; trying again", job.name)
            await _wait(stop, AFTER_A_FAULT)
        else:
            if not done and not stop.is_set():
                await _wait(job.bell, job.look_every)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
