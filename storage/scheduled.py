"""What members want published later: their words as they sent them, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.members import Member, members
from storage.paging import Page, Paged
from storage.statements import Statement

scheduled_statuses = Table(
    "scheduled_statuses",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("parameters", Json, nullable=False),
    Column("try_at", Timestamp, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text),
    Index("ix_scheduled_statuses_member_id", "member_id", "id"),
    Index("ix_scheduled_statuses_try_at", "try_at"),
)


@dataclass(frozen=True, slots=True)
class ScheduledStatus:
    """A status that is yet to be published.

    `parameters` are the words of the client API. `try_at` is when it is next tried: at `due_at`, or later
    where it could not be published; `error` says why.
    """

    id: int
    member_id: int
    due_at: datetime
    created_at: datetime
    parameters: dict[str, Any]
    try_at: datetime
    attempts: int = 0
    error: str | None = None


_ADD = Statement(insert(scheduled_statuses))
_MINE = scheduled_statuses.c.member_id == bindparam("member")
_FIND = Statement(select(scheduled_statuses).where(scheduled_statuses.c.id == bindparam("number"), _MINE))
_CLAIM = Statement(
    select(scheduled_statuses)
    .where(
        scheduled_statuses.c.id == bindparam("number"),
        scheduled_statuses.c.try_at <= bindparam("moment", type_=Timestamp()),
    )
    .with_for_update()
)
_OF_MEMBER = Paged(select(scheduled_statuses).where(_MINE), scheduled_statuses.c.id)
_COUNT = Statement(
    select(func.count())
    .select_from(scheduled_statuses)
    .where(
        _MINE,
        scheduled_statuses.c.due_at >= bindparam("since", type_=Timestamp()),
        scheduled_statuses.c.due_at < bindparam("until", type_=Timestamp()),
    )
)
_COUNT_ALL = Statement(select(func.count()).select_from(scheduled_statuses).where(_MINE))
_MOVE = Statement(
    update(scheduled_statuses)
    .where(scheduled_statuses.c.id == bindparam("number"))
    .values(
        due_at=bindparam("moment", type_=Timestamp()),
        try_at=bindparam("moment", type_=Timestamp()),
        attempts=0,
        error=None,
    )
)
_POSTPONE = Statement(
    update(scheduled_statuses)
    .where(scheduled_statuses.c.id == bindparam("number"))
    .values(
        try_at=bindparam("moment", type_=Timestamp()),
        attempts=scheduled_statuses.c.attempts + 1,
        error=bindparam("reason"),
    )
)
_REMOVE = Statement(
    delete(scheduled_statuses)
    .where(scheduled_statuses.c.id == bindparam("number"))
    .returning(scheduled_statuses.c.id)
)
_DUE = Statement(
    select(scheduled_statuses, members, actors)
    .join(members, members.c.id == scheduled_statuses.c.member_id)
    .join(actors, actors.c.id == members.c.actor_id)
    .where(
        scheduled_statuses.c.try_at <= bindparam("moment", type_=Timestamp()),
        members.c.disabled_at.is_(None),
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
    )
    .order_by(scheduled_statuses.c.try_at)
    .limit(bindparam("size"))
)

_COLUMNS = len(scheduled_statuses.c)
_MEMBERS = len(members.c)


class Scheduled:
    """Finds and keeps what is to be published later."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, status: ScheduledStatus) -> ScheduledStatus:
        """Keep something to be published."""
        await self._connection.run(_ADD, **values(status))
        return status

    async def find(self, member_id: int, number: int) -> ScheduledStatus | None:
        """Find what a member wants published, by its number."""
        row = await self._connection.first(_FIND, number=number, member=member_id)
        return ScheduledStatus(*row) if row else None

    async def page(self, member_id: int, page: Page) -> list[ScheduledStatus]:
        """Return what a member wants published, the latest entry first."""
        rows = await _OF_MEMBER.rows(self._connection, page, member=member_id)
        return [ScheduledStatus(*row) for row in rows]

    async def count(self, member_id: int) -> int:
        """How much a member wants published."""
        found: int = await self._connection.value(_COUNT_ALL, member=member_id)
        return found

    async def count_between(self, member_id: int, since: datetime, until: datetime) -> int:
        """How much of it is due from one moment up to (not including) another."""
        found: int = await self._connection.value(_COUNT, member=member_id, since=since, until=until)
        return found

    async def move(self, number: int, moment: datetime) -> None:
        """Publish something at another time."""
        await self._connection.run(_MOVE, number=number, moment=moment)

    async def postpone(self, number: int, moment: datetime, reason: str) -> None:
        """Try again later, because of what went wrong."""
        await self._connection.run(_POSTPONE, number=number, moment=moment, reason=reason)

    async def remove(self, number: int) -> bool:
        """Take something out; False when it is not there any more."""
        return bool(await self._connection.run(_REMOVE, number=number))

    async def due(self, moment: datetime, size: int) -> list[tuple[ScheduledStatus, Member, Actor]]:
        """Return what is to be published by now, and whose it is, without keeping anybody else from it.

        What belongs to members who may not publish any more waits.
        """
        return [
            (
                ScheduledStatus(*row[:_COLUMNS]),
                Member(*row[_COLUMNS : _COLUMNS + _MEMBERS]),
                Actor(*row[_COLUMNS + _MEMBERS :]),
            )
            for row in await self._connection.all(_DUE, moment=moment, size=size)
        ]

    async def claim(self, number: int, moment: datetime) -> ScheduledStatus | None:
        """Find something that is due and let nobody else publish it before this transaction ends."""
        row = await self._connection.first(_CLAIM, number=number, moment=moment)
        return ScheduledStatus(*row) if row else None
