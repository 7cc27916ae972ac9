"""What happened, in the order of commits, for those who are told as it happens: streams and push."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.statements import Statement

stream_events = Table(
    "stream_events",
    metadata,
    # SQLite counts on for its own rowid only under the name INTEGER, PostgreSQL needs 64 bits.
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("event", Text, nullable=False),
    Column("owner_id", BigInteger),
    Column("publication_id", BigInteger),
    Column("share_id", BigInteger),
    Column("notification_id", BigInteger),
    Column("payload", Text),
    Column("created_at", Timestamp, nullable=False),
    Index("ix_stream_events_created_at", "created_at"),
    sqlite_autoincrement=True,
)


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """Something to tell: `owner_id` where only one actor is told, the rest is what it is about."""

    seq: int
    event: str
    owner_id: int | None
    publication_id: int | None
    share_id: int | None
    notification_id: int | None
    payload: str | None
    created_at: datetime


_ADD = Statement(
    insert(stream_events),
    columns=["event", "owner_id", "publication_id", "share_id", "notification_id", "payload", "created_at"],
)
_AFTER = Statement(
    select(stream_events)
    .where(stream_events.c.seq > bindparam("last"))
    .order_by(stream_events.c.seq)
    .limit(bindparam("size"))
)
_LAST = Statement(select(func.coalesce(func.max(stream_events.c.seq), 0)))
_FORGET = Statement(
    delete(stream_events).where(stream_events.c.created_at < bindparam("moment", type_=Timestamp()))
)


class StreamEvents:
    """Keeps what happened for an hour, and reads it in order."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def add(
        self,
        event: str,
        *,
        owner_id: int | None = None,
        publication_id: int | None = None,
        share_id: int | None = None,
        notification_id: int | None = None,
        payload: str | None = None,
    ) -> None:
        """Say that something happened; it is told after the commit."""
        await self._connection.run(
            _ADD,
            event=event,
            owner_id=owner_id,
            publication_id=publication_id,
            share_id=share_id,
            notification_id=notification_id,
            payload=payload,
            created_at=self._now,
        )

    async def after(self, seq: int, size: int) -> list[StreamEvent]:
        """Return what happened after a number, in order."""
        return [StreamEvent(*row) for row in await self._connection.all(_AFTER, last=seq, size=size)]

    async def last(self) -> int:
        """Return the number of the latest event; 0 where there is none."""
        found: int = await self._connection.value(_LAST)
        return found

    async def forget(self, before: datetime) -> None:
        """Forget what happened before a moment; whoever was listening has heard it."""
        await self._connection.run(_FORGET, moment=before)
