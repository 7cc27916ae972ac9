"""Background work: prompt, unbreakable, and over when it is told to be."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from node import workers
from node.heartbeat import HEARTBEAT
from node.workers import Bell, run_workers, upkeep, work_once
from storage.kinds import Outcome
from storage.received import Received
from tests.node.served import ServedNode, served
from tests.node.test_inbox_route import create, post

SOON = 10


async def outcomes(one: ServedNode) -> list[str | None]:
    async with one.node.database.read() as tx:
        rows = await tx.received.list(outcomes=[None, *Outcome])
    return [row.outcome for row, _ in rows]


async def test_one_pass_does_what_waits_and_then_there_is_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        await work_once(one.node)
        sender = await one.stranger()
        assert (await post(one, sender, create(sender))).status_code == 202
        assert await outcomes(one) == [None]
        assert await work_once(one.node) == 1
        assert await outcomes(one) != [None]
        assert await work_once(one.node) == 0


async def test_what_is_received_is_applied_as_soon_as_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "LOOK_EVERY", 3600.0)
    async with served(tmp_path) as one:
        bell: Bell = one.app.state.bell
        stop = asyncio.Event()
        work = asyncio.create_task(run_workers(one.node, stop, bell))
        try:
            sender = await one.stranger()
            async with asyncio.timeout(SOON):
                news = bell.listener()
                assert (await post(one, sender, create(sender))).status_code == 202
                # It rings when the activity is kept, and again when it is applied.
                while await outcomes(one) == [None]:
                    await news.wait()
                    news.clear()
        finally:
            stop.set()
            async with asyncio.timeout(SOON):
                await work


async def test_workers_say_that_they_are_at_work_and_stop_when_told(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        stop = asyncio.Event()
        work = asyncio.create_task(run_workers(one.node, stop))
        async with asyncio.timeout(SOON):
            heartbeat = None
            while heartbeat is None:
                await asyncio.sleep(0)
                async with one.node.database.read() as tx:
                    heartbeat = await tx.facts.moment(HEARTBEAT)
            stop.set()
            await work
    assert heartbeat == one.clock.now


async def test_a_fault_does_not_end_the_loop(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(workers, "AFTER_A_FAULT", 0.0)
    stop, passes = asyncio.Event(), 0

    async def work() -> int:
        nonlocal passes
        passes += 1
        if passes < 3:
            raise ZeroDivisionError("a fault")
        stop.set()
        return 0

    async with asyncio.timeout(SOON):
        await workers._loop(workers._Job("fragile", work, asyncio.Event(), 3600.0), stop)
    assert passes == 3
    assert caplog.text.count("ZeroDivisionError: a fault") == 2
    assert "fragile" in caplog.text


async def test_a_loop_goes_on_while_there_is_work_and_wakes_for_the_bell() -> None:
    stop, bell, is_empty, left = asyncio.Event(), asyncio.Event(), asyncio.Event(), [3, 2, 1]

    async def work() -> int:
        if left:
            return left.pop(0)
        if is_empty.is_set():
            stop.set()
        is_empty.set()
        return 0

    loop = asyncio.create_task(workers._loop(workers._Job("busy", work, bell, 3600.0), stop))
    async with asyncio.timeout(SOON):
        await is_empty.wait()
        await asyncio.sleep(0)
        assert not loop.done()
        bell.set()
        await loop


async def test_a_ring_during_a_pass_is_not_lost() -> None:
    stop, bell, passes = asyncio.Event(), asyncio.Event(), 0

    async def work() -> int:
        nonlocal passes
        passes += 1
        if passes == 1:
            bell.set()
        else:
            stop.set()
        return 0

    async with asyncio.timeout(SOON):
        await workers._loop(workers._Job("busy", work, bell, 3600.0), stop)
    assert passes == 2


async def test_upkeep_forgets_what_was_concluded_a_month_ago(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        for number in range(2):
            async with one.node.database.begin() as tx:
                row = Received(tx.new_id(), sender.id, f"urn:{number}", "", "Like", "{}", tx.now, tx.now)
                await tx.received.keep([row])
                await tx.received.conclude(row, Outcome.APPLIED, None, tx.now)
            one.clock.forward(days=16)
        forgotten = await upkeep(one.node)
        assert await outcomes(one) == ["applied"]
        assert forgotten == 1
        assert await upkeep(one.node) == 0


async def test_the_application_works_and_closes_its_node(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        from node.app import create_app  # noqa: PLC0415 - the one that serves is already built

        app = create_app(one.node, background=True)
        async with asyncio.timeout(SOON), app.router.lifespan_context(app):
            one.clock.forward(hours=1)
            heartbeat = None
            while heartbeat is None:
                await asyncio.sleep(0)
                async with one.node.database.read() as tx:
                    heartbeat = await tx.facts.moment(HEARTBEAT)
    assert one.clock.now - heartbeat < timedelta(hours=2)
