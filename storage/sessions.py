"""Browsers in which members are signed in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
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
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.members import Member, members
from storage.statements import Statement

sessions = Table(
    "sessions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("used_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Index("ix_sessions_member_id", "member_id"),
)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which a member is signed in. Only the SHA-256 of its cookie is kept."""

    id: int
    digest: str
    member_id: int
    created_at: datetime
    used_at: datetime
    expires_at: datetime


_ADD = Statement(insert(sessions))
_OPEN = Statement(
    select(sessions, members, actors)
    .join(members, members.c.id == sessions.c.member_id)
    .join(actors, actors.c.id == members.c.actor_id)
    .where(
        sessions.c.digest == bindparam("wanted"),
        sessions.c.expires_at > bindparam("moment"),
        sessions.c.used_at > bindparam("used_after"),
        members.c.disabled_at.is_(None),
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
    )
)
_TOUCH = Statement(
    update(sessions).where(sessions.c.id == bindparam("row_id")).values(used_at=bindparam("moment"))
)
_END = Statement(delete(sessions).where(sessions.c.digest == bindparam("wanted")))
_END_ALL = Statement(
    delete(sessions).where(sessions.c.member_id == bindparam("member"), sessions.c.id != bindparam("but"))
)
_COUNT = Statement(
    select(func.count())
    .select_from(sessions)
    .where(
        sessions.c.member_id == bindparam("member"),
        sessions.c.expires_at > bindparam("moment"),
        sessions.c.used_at > bindparam("used_after"),
    )
)

_SESSIONS = len(sessions.c)
_MEMBERS = len(members.c)


class Sessions:
    """Finds and keeps sessions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        """Keep a new session."""
        await self._connection.run(_ADD, **values(session))

    async def open(
        self, digest: str, moment: datetime, used_after: datetime
    ) -> tuple[Session, Member, Actor] | None:
        """Find who is signed in by a session that has not ended, and was used after a moment."""
        row = await self._connection.first(_OPEN, wanted=digest, moment=moment, used_after=used_after)
        if row is None:
            return None
        rest = row[_SESSIONS:]
        return Session(*row[:_SESSIONS]), Member(*rest[:_MEMBERS]), Actor(*rest[_MEMBERS:])

    async def touch(self, session: Session, moment: datetime) -> None:
        """Note that a session is in use."""
        await self._connection.run(_TOUCH, row_id=session.id, moment=moment)

    async def end(self, digest: str) -> None:
        """End one session."""
        await self._connection.run(_END, wanted=digest)

    async def end_all(self, member: Member, but: Session | None = None) -> None:
        """End every session of a member, but for one."""
        await self._connection.run(_END_ALL, member=member.id, but=but.id if but else 0)

    async def count(self, member: Member, moment: datetime, used_after: datetime) -> int:
        """In how many browsers a member is signed in."""
        found: int = await self._connection.value(
            _COUNT, member=member.id, moment=moment, used_after=used_after
        )
        return found
