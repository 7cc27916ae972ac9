"""How the hub reads what happened: everything once, whoever wrote it, in whatever order it was committed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from node.context import Node
from node.http.auth import Caller
from node.mastodon.streams import cursor, hub, listeners
from node.mastodon.streams.channels import Channel, Frame
from node.mastodon.streams.cursor import Cursor
from node.mastodon.streams.hub import Hub
from node.mastodon.streams.listeners import Listener
from node.workers import Bell, upkeep
from storage.database import Database
from tests.databases import IS_POSTGRESQL
from tests.node.client_calls import calls_of
from tests.node.served import ServedNode, served

SOON = 10.0


@dataclass(frozen=True, slots=True)
class Numbered:
    seq: int


def seqs(found: list[Numbered]) -> list[int]:
    return [each.seq for each in found]


def test_a_cursor_returns_everything_once() -> None:
    reader = Cursor()
    assert seqs(reader.take([Numbered(1), Numbered(2)], 0)) == [1, 2]
    assert seqs(reader.take([Numbered(1), Numbered(2), Numbered(3)], 0)) == [3]
    assert seqs(reader.take([], 0)) == []
    assert (reader.last, reader.missed) == (3, [])


def test_a_cursor_looks_again_for_numbers_that_it_passed_over() -> None:
    reader = Cursor()
    assert seqs(reader.take([Numbered(1), Numbered(5)], 0)) == [1, 5]
    assert reader.missed == [2, 3, 4]
    assert seqs(reader.take([Numbered(3), Numbered(6)], 1)) == [3, 6]
    assert reader.missed == [2, 4]
    assert seqs(reader.take([Numbered(3), Numbered(4)], 2)) == [4]


def test_a_cursor_gives_up_on_what_was_rolled_back() -> None:
    reader = Cursor()
    reader.take([Numbered(3)], 0)
    reader.take([], cursor.WAITS_FOR)
    assert reader.missed == [1, 2]
    reader.take([], cursor.WAITS_FOR + 1)
    assert reader.missed == []
    assert seqs(reader.take([Numbered(2)], cursor.WAITS_FOR + 2)) == []


def test_a_cursor_does_not_look_for_numbers_without_end() -> None:
    reader = Cursor()
    reader.take([Numbered(10**9)], 0)
    assert len(reader.missed) == cursor.MOST_MISSED
    reader.take([Numbered(10**9 + 10)], 1)
    assert len(reader.missed) == cursor.MOST_MISSED
    assert max(reader.missed) == 10**9 + 9


@dataclass(frozen=True, slots=True)
class Scene:
    """A hub, somebody who listens to it, and another process with the same database."""

    one: ServedNode
    hub: Hub
    bell: Bell
    listener: Listener
    elsewhere: Database

    async def heard(self) -> Frame:
        frame = await asyncio.wait_for(self.listener.next(), SOON)
        assert frame is not None
        return frame

    async def announce(self, *payloads: str, by: Database | None = None) -> None:
        async with (by or self.elsewhere).begin() as tx:
            for payload in payloads:
                await tx.stream_events.add("announcement", payload=payload)


class Slow:
    """A transaction of another process that has written something and is not over yet."""

    def __init__(self, stage: Scene) -> None:
        self._has_written = asyncio.Event()
        self._may_end = asyncio.Event()
        self._work = asyncio.create_task(self._write(stage))

    async def __aenter__(self) -> None:
        await asyncio.wait_for(self._has_written.wait(), SOON)

    async def __aexit__(self, *_error: object) -> None:
        self._may_end.set()
        await self._work

    async def _write(self, stage: Scene) -> None:
        async with stage.elsewhere.begin() as tx:
            await tx.stream_events.add("announcement", payload="slow")
            self._has_written.set()
            await self._may_end.wait()


async def caller_of(one: ServedNode, name: str) -> Caller:
    actor = await one.member(name)
    await calls_of(one, actor)
    async with one.node.database.read() as tx:
        member = await tx.members.of(actor)
        assert member is not None
        [(token, _)] = await tx.tokens.of(member)
    return Caller(member, actor, ("read",), token.id)


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with served(tmp_path) as one:
        bell = Bell()
        made = Hub(one.node, bell.listener)
        listener = Listener(await caller_of(one, "amina"), Channel("user"))
        other = Database(one.node.database.url, one.clock)
        try:
            await made.join(listener)
            yield Scene(one, made, bell, listener, other)
        finally:
            await made.close()
            await other.close()


async def test_what_another_process_wrote_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if IS_POSTGRESQL:
        # It is told at once there, and does not wait for the next look.
        monkeypatch.setattr(hub, "LOOK_EVERY", 3600.0)
    async with scene(tmp_path) as stage:
        for payload in ("one", "two"):
            await stage.announce(payload)
            assert (await stage.heard()).payload == payload


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one writer, whose numbers are in order")
async def test_what_was_committed_late_is_told_all_the_same(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        async with Slow(stage):
            await stage.announce("quick", by=stage.one.node.database)
            assert (await stage.heard()).payload == "quick"
        assert (await stage.heard()).payload == "slow"
        await stage.announce("next")
        assert (await stage.heard()).payload == "next"


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one writer, whose numbers are in order")
async def test_what_is_under_way_when_the_first_comes_is_told_to_them(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        late = Hub(stage.one.node, stage.bell.listener)
        listener = Listener(stage.listener.caller, Channel("user"))
        try:
            async with Slow(stage):
                await stage.announce("before", by=stage.one.node.database)
                await late.join(listener)
            frame = await asyncio.wait_for(listener.next(), SOON)
            assert frame is not None
            assert frame.payload == "slow"
        finally:
            await late.close()


@pytest.mark.skipif(not IS_POSTGRESQL, reason="only PostgreSQL is listened to")
async def test_a_lost_connection_is_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.1)
    async with scene(tmp_path) as stage:
        engine = stage.one.node.database._engine
        first = engine._ear  # type: ignore[attr-defined]
        first.terminate()
        await stage.announce("while nobody hears")
        assert (await stage.heard()).payload == "while nobody hears"
        await stage.announce("again")
        assert (await stage.heard()).payload == "again"
        assert engine._ear is not first  # type: ignore[attr-defined]


async def test_many_at_once_are_all_told_and_nobody_is_let_go(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        expected = [str(number) for number in range(2 * listeners.MOST_WAITING)]
        writing = asyncio.create_task(stage.announce(*expected, by=stage.one.node.database))
        assert [(await stage.heard()).payload for _ in expected] == expected
        await writing


async def test_what_happened_before_is_not_told(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        async with one.node.database.begin() as tx:
            for number in range(150):
                await tx.stream_events.add("announcement", payload=f"old {number}")
        bell = Bell()
        made = Hub(one.node, bell.listener)
        try:
            for name in ("amina", "baraka"):
                listener = Listener(await caller_of(one, name), Channel("user"))
                await made.join(listener)
                async with one.node.database.begin() as tx:
                    await tx.stream_events.add("announcement", payload=name)
                bell.ring()
                frame = await asyncio.wait_for(listener.next(), SOON)
                assert frame is not None
                assert frame.payload == name
                made.leave(listener)
        finally:
            await made.close()


async def test_the_task_rests_while_nobody_listens(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        task = stage.hub._task
        assert task is not None
        stage.hub.leave(stage.listener)
        await asyncio.wait_for(asyncio.shield(task), SOON)
        assert stage.hub._task is None
        await stage.hub.join(stage.listener)
        await stage.announce("back", by=stage.one.node.database)
        stage.bell.ring()
        assert (await stage.heard()).payload == "back"


async def test_somebody_who_comes_as_the_last_one_leaves_is_heard(tmp_path: Path) -> None:
    async with scene(tmp_path) as stage:
        other = Listener(stage.listener.caller, Channel("user"))
        for _ in range(20):
            stage.hub.leave(stage.listener)
            await asyncio.sleep(0)
            await stage.hub.join(other)
            stage.hub.leave(other)
            await stage.hub.join(stage.listener)
        await stage.announce("there", by=stage.one.node.database)
        stage.bell.ring()
        assert (await stage.heard()).payload == "there"


async def test_a_fault_of_the_database_is_logged_and_got_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.02)
    async with scene(tmp_path) as stage:
        async with stage.one.node.database.begin() as tx:
            await tx._connection.raw("ALTER TABLE stream_events RENAME TO hidden")
        logged = asyncio.Event()

        def hear(_record: logging.LogRecord) -> bool:
            logged.set()
            return True

        caplog.handler.addFilter(hear)
        stage.bell.ring()
        await asyncio.wait_for(logged.wait(), SOON)
        caplog.handler.removeFilter(hear)
        assert "trying again" in caplog.text
        async with stage.one.node.database.begin() as tx:
            await tx._connection.raw("ALTER TABLE hidden RENAME TO stream_events")
        await stage.announce("well again")
        assert (await stage.heard()).payload == "well again"


async def test_a_token_that_another_process_takes_back_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "CHECK_EVERY", 0.0)
    monkeypatch.setattr(hub, "LOOK_EVERY", 0.02)
    async with scene(tmp_path) as stage:
        async with stage.elsewhere.begin() as tx:
            await tx.tokens.revoke(stage.listener.caller.token_id, tx.now)
        await asyncio.wait_for(stage.listener.until_over(), SOON)
        assert await stage.listener.next() is None


async def test_what_happened_is_kept_for_an_hour(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        node: Node = one.node
        async with node.database.begin() as tx:
            await tx.stream_events.add("announcement", payload="old")
        one.clock.forward(minutes=61)
        async with node.database.begin() as tx:
            await tx.stream_events.add("announcement", payload="new")
        await upkeep(node)
        async with node.database.read() as tx:
            assert [each.payload for each in await tx.stream_events.after(0, 10)] == ["new"]


def test_a_listener_who_is_let_go_gets_nothing_of_what_waited() -> None:
    async def listen() -> None:
        listener = Listener(caller=None)  # type: ignore[arg-type]
        for _ in range(listeners.MOST_WAITING + 1):
            listener.put(Frame(Channel("user"), "announcement", "{}"))
        assert listener.is_over
        listener.put(Frame(Channel("user"), "announcement", "{}"))
        assert await listener.next() is None

    asyncio.run(listen())
