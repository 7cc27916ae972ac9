"""What happened, in the order of commits, for those who are told as it happens: streams and push."""

from collections.abc import Collection
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
    union,
    union_all,
)

from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.lists import Among
from storage.placements import home_items
from storage.publication_rows import mentions, publications
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
_what = bindparam("what", type_=BigInteger())
_holders = union(
    select(publications.c.author_id.label("actor_id")).where(publications.c.id == _what),
    select(mentions.c.actor_id).where(mentions.c.publication_id == _what),
    select(home_items.c.owner_id).where(home_items.c.publication_id == _what),
).subquery()
_ADD_FOR_HOLDERS = Statement(
    insert(stream_events).from_select(
        ["event", "owner_id", "payload", "created_at"],
        select(
            bindparam("event", type_=Text()),
            _holders.c.actor_id,
            bindparam("payload", type_=Text()),
            bindparam("moment", type_=Timestamp()),
        ),
    )
)
# Two selects, each by the index: for an OR with a list SQLite reads the whole table.
_AFTER = Statement(
    union_all(
        select(stream_events).where(stream_events.c.seq > bindparam("last")),
        select(stream_events).where(
            Among(stream_events.c.seq, "missed"), stream_events.c.seq <= bindparam("last")
        ),
    )
    .order_by("seq")
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

    async def add_for_holders(self, event: str, publication_id: int, payload: str) -> None:
        """Say that something happened to what few may read, to each of those who have it: one event for each.

        These are its author, those who are mentioned, and those in whose home timeline it stands.
        """
        await self._connection.run(
            _ADD_FOR_HOLDERS, event=event, what=publication_id, payload=payload, moment=self._now
        )

    async def after(self, seq: int, size: int, missed: Collection[int] = ()) -> list[StreamEvent]:
        """Return what happened after a number, in order, and those of the `missed` numbers that are here now.

        PostgreSQL gives numbers out before transactions commit, so a smaller one may come later.
        """
        rows = await self._connection.all(_AFTER, last=seq, size=size, missed=sorted(missed))
        return [StreamEvent(*row) for row in rows]

    async def last(self) -> int:
        """Return the number of the latest event; 0 where there is none."""
        found: int = await self._connection.value(_LAST)
        return found

    async def forget(self, before: datetime) -> None:
        """Forget what happened before a moment; whoever was listening has heard it."""
        await self._connection.run(_FORGET, moment=before)
