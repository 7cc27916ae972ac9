"""Who takes part in which event, has asked to, or said that they cannot this time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    case,
    delete,
    func,
    select,
)

from storage.actors import Actor
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.publication_rows import Publication, publications
from storage.statements import Statement, insert_or_update

attendance = Table(
    "attendance",
    metadata,
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("uri", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("changed_at", Timestamp, nullable=False),
    Index("uq_attendance_id", "id", unique=True),
    Index("ix_attendance_uri", "uri"),
    Index("ix_attendance_actor_id", "actor_id", "id"),
)


class AttendanceState(StrEnum):
    """How far somebody has come with an event.

    REQUESTED ──accepted──▶ ACCEPTED ──left──▶ (no row)
        └──────rejected──▶ REJECTED
    DECLINED is somebody's own "not this time", which nobody else is told.
    """

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Attendance:
    """One actor and one event. `uri` is the id of the Join activity, empty for who declined."""

    publication_id: int
    actor_id: int
    id: int
    uri: str
    state: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Turnout:
    """How many take part in an event and how many said they cannot; `own` is what the reader said."""

    accepted: int = 0
    declined: int = 0
    own: str | None = None


_KEEP = insert_or_update(attendance, ("publication_id", "actor_id"), ("uri", "state", "changed_at"))
_FIND = Statement(
    select(attendance).where(
        attendance.c.publication_id == bindparam("event"), attendance.c.actor_id == bindparam("who")
    )
)
_LOCK = Statement(select(publications.c.id).where(publications.c.id == bindparam("event")).with_for_update())
_BY_URI = Statement(select(attendance).where(attendance.c.uri == bindparam("wanted")))
_REMOVE = Statement(
    delete(attendance)
    .where(attendance.c.publication_id == bindparam("event"), attendance.c.actor_id == bindparam("who"))
    .returning(attendance.c.id)
)
_OF = Statement(
    select(
        attendance.c.publication_id,
        attendance.c.state,
        func.count(),
        func.max(case((attendance.c.actor_id == bindparam("reader"), 1), else_=0)),
    )
    .where(Among(attendance.c.publication_id, "ids"))
    .group_by(attendance.c.publication_id, attendance.c.state)
)


class Attendances:
    """Finds and keeps who takes part."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, row: Attendance) -> None:
        """Keep what somebody said of an event, in place of what they said before."""
        await self._connection.run(_KEEP, **values(row))

    async def find(self, event: Publication, actor: Actor) -> Attendance | None:
        """Find what somebody said of an event."""
        row = await self._connection.first(_FIND, event=event.id, who=actor.id)
        return Attendance(*row) if row else None

    async def by_uri(self, uri: str) -> Attendance | None:
        """Find what somebody said by the id of the Join activity."""
        row = await self._connection.first(_BY_URI, wanted=uri)
        return Attendance(*row) if row else None

    async def lock(self, event: Publication) -> None:
        """Let nobody else who locks it say anything of an event before this transaction ends."""
        await self._connection.all(_LOCK, event=event.id)

    async def remove(self, event: Publication, actor: Actor) -> bool:
        """Forget what somebody said of an event; False when they said nothing."""
        return bool(await self._connection.run(_REMOVE, event=event.id, who=actor.id))

    async def of(self, event_ids: Collection[int], reader: Actor | None = None) -> dict[int, Turnout]:
        """Return how many take part in each of these events, in one statement; nothing for no ids."""
        if not event_ids:
            return {}
        rows = await self._connection.all(_OF, ids=sorted(set(event_ids)), reader=reader.id if reader else 0)
        found = {number: Turnout() for number in event_ids}
        for number, state, count, is_own in rows:
            before = found[number]
            found[number] = Turnout(
                before.accepted + (count if state == AttendanceState.ACCEPTED else 0),
                before.declined + (count if state == AttendanceState.DECLINED else 0),
                state if is_own else before.own,
            )
        return found
