"""Who can say of which event that they take part, and until when."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors import attending
from actors.errors import Conflict, Forbidden, NotFound
from storage.actors import Actor
from storage.attendance import AttendanceState
from storage.database import Database
from storage.kinds import Kind
from storage.publications import Publication
from storage.transaction import Transaction
from tests.fediverse import START
from tests.make import remote_actor, remote_publication

BEGINS = START + timedelta(days=7)


async def event_of(tx: Transaction, author: Actor, number: int = 1, **more: Any) -> Publication:
    """Keep an event as if it were one of this node."""
    known = {"kind": Kind.EVENT, "type": "Event", "is_local": True, "starts_at": BEGINS}
    return await remote_publication(tx, author, number, **{**known, **more})


def event(**details: Any) -> Publication:
    """Return an event that nobody keeps."""
    return Publication(
        id=1,
        uri="https://remote.example/e/1",
        author_id=1,
        kind=Kind.EVENT,
        type="Event",
        is_local=True,
        visibility="public",
        published_at=START,
        created_at=START,
        starts_at=BEGINS,
        details=details,
    )


@pytest.mark.parametrize(
    ("closes", "expected"),
    [
        (None, BEGINS),
        ("", BEGINS),
        ("2026-08-28", datetime(2026, 8, 28, 23, 59, 59, tzinfo=UTC)),
        ("2026-08-28T12:00:00+03:00", datetime(2026, 8, 28, 9, tzinfo=UTC)),
        ("2026-08-28T12:00:00Z", datetime(2026, 8, 28, 12, tzinfo=UTC)),
        ("2026-08-28T12:00:00", BEGINS),
        ("soon", BEGINS),
        (7, BEGINS),
    ],
)
def test_registration_ends_with_the_deadline_or_when_it_begins(closes: Any, expected: datetime) -> None:
    assert attending.closing_of(event(closes=closes)) == expected


def test_an_event_that_says_neither_never_closes() -> None:
    endless = replace(event(), starts_at=None)
    assert attending.closing_of(endless) is None
    assert not attending.is_closed(endless, BEGINS)


@pytest.mark.parametrize(
    ("facts", "takes"),
    [
        ({}, True),
        ({"details": {"join_mode": "restricted"}}, True),
        ({"details": {"join_mode": "external"}}, False),
        ({"details": {"join_mode": "invite"}}, False),
        ({"kind": Kind.TRAINING}, True),
        ({"kind": Kind.PRACTICE}, False),
        ({"is_local": False}, False),
        ({"is_local": False, "details": {"join_mode": "free"}}, True),
    ],
)
def test_answers_are_taken_where_that_was_said(facts: dict[str, Any], takes: bool) -> None:
    assert attending.takes_answers(replace(event(), **facts)) is takes


async def test_taking_part_twice_is_taking_part_once(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        guest = await remote_actor(tx, "https://else.example/users/guest")
        meeting = await event_of(tx, author)
        for _ in range(2):
            uri = "https://else.example/joins/1"
            assert await attending.join(tx, guest, meeting, uri=uri) is AttendanceState.ACCEPTED
        turnout = (await tx.attendance.of([meeting.id], guest))[meeting.id]
        assert (turnout.accepted, turnout.declined, turnout.own) == (1, 0, "accepted")
        assert (await tx.attendance.of([meeting.id]))[meeting.id].own is None
        assert await attending.leave(tx, guest, meeting)
        assert not await attending.leave(tx, guest, meeting)
        await attending.decline(tx, guest, meeting)
        await attending.decline(tx, guest, meeting)
        turnout = (await tx.attendance.of([meeting.id], guest))[meeting.id]
        assert (turnout.accepted, turnout.declined, turnout.own) == (0, 1, "declined")


async def test_counts_of_several_events_are_one_statement_and_none_for_none(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        one, two = await event_of(tx, author), await event_of(tx, author, 2)
        await attending.join(tx, author, two, uri="https://remote.example/joins/1")
        found = await tx.attendance.of([one.id, two.id])
        assert [found[each.id].accepted for each in (one, two)] == [0, 1]
        assert await tx.attendance.of([]) == {}


async def test_only_who_asked_is_let_in(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        guest = await remote_actor(tx, "https://else.example/users/guest")
        meeting = await event_of(tx, author, details={"join_mode": "restricted"})
        for decide in (attending.accept, attending.reject):
            with pytest.raises(NotFound):
                await decide(tx, meeting, guest)
        await attending.decline(tx, guest, meeting)
        with pytest.raises(NotFound):
            await attending.accept(tx, meeting, guest)


async def test_the_organisers_no_stays(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        guest = await remote_actor(tx, "https://else.example/users/guest")
        meeting = await event_of(tx, author)
        await attending.join(tx, guest, meeting, uri="https://else.example/joins/1")
        await attending.reject(tx, meeting, guest)
        assert not await attending.leave(tx, guest, meeting)
        await attending.decline(tx, guest, meeting)
        with pytest.raises(Forbidden):
            await attending.join(tx, guest, meeting, uri="https://else.example/joins/2")


async def test_those_who_come_at_once_do_not_share_the_last_place(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        guests = [await remote_actor(tx, f"https://else.example/users/{number}") for number in range(6)]
        meeting = await event_of(tx, author, details={"capacity": 2})

    async def come(guest: Actor) -> bool:
        try:
            async with database.begin() as tx:
                await attending.join(tx, guest, meeting, uri=f"{guest.uri}/join")
        except Conflict:
            return False
        return True

    assert sum(await asyncio.gather(*map(come, guests))) == 2
    async with database.read() as tx:
        assert (await tx.attendance.of([meeting.id]))[meeting.id].accepted == 2
