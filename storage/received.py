"""What other nodes have sent us: kept before it is acknowledged, applied once, a moment later."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from storage.actors import actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement, insert_or_ignore

received = Table(
    "received",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("sender_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("uri", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", Timestamp, nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("outcome", Text),
    Column("reason", Text),
    Column("concluded_at", Timestamp),
    UniqueConstraint("sender_id", "uri", "fingerprint"),
)
_waiting = received.c.outcome.is_(None)
Index("ix_received_due", received.c.due_at, received.c.id, sqlite_where=_waiting, postgresql_where=_waiting)
Index(
    "ix_received_concluded_at",
    received.c.concluded_at,
    sqlite_where=received.c.concluded_at.is_not(None),
    postgresql_where=received.c.concluded_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Received:
    """One authenticated activity.

    Two with the same sender, `uri` and `fingerprint` are the same. The fingerprint is that of the body for
    Update, since some servers use one id for every edit, that of the request's signature for what can be
    said again after it was taken back, and empty for all else (I4).
    """

    id: int
    sender_id: int
    uri: str
    fingerprint: str
    verb: str
    body: str
    received_at: datetime
    due_at: datetime
    attempts: int = 0
    outcome: str | None = None
    reason: str | None = None
    concluded_at: datetime | None = None


_KEEP = insert_or_ignore(received, conflict=["sender_id", "uri", "fingerprint"])
_DUE = Statement(
    select(received)
    .where(_waiting, received.c.due_at <= bindparam("moment"))
    .order_by(received.c.due_at, received.c.id)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_LEASE = Statement(
    update(received).where(received.c.id == bindparam("row_id"), _waiting).values(due_at=bindparam("lease"))
)
_CONCLUDE = Statement(
    update(received)
    .where(received.c.id == bindparam("row_id"), _waiting)
    .values(outcome=bindparam("new_outcome"), reason=bindparam("why"), concluded_at=bindparam("moment"))
    .returning(received.c.id)
)
_POSTPONE = Statement(
    update(received)
    .where(received.c.id == bindparam("row_id"), _waiting)
    .values(due_at=bindparam("new_due"), attempts=received.c.attempts + 1, reason=bindparam("why"))
)
_RETRY = Statement(
    update(received)
    .where(received.c.id == bindparam("row_id"), or_(_waiting, received.c.outcome != "applied"))
    .values(outcome=None, due_at=bindparam("moment"), attempts=0, concluded_at=None)
    .returning(received.c.id)
)
_COUNTS = Statement(select(received.c.outcome, func.count()).group_by(received.c.outcome))
_OLDEST = Statement(select(func.min(received.c.received_at)).where(_waiting))
_PRUNE = Statement(
    delete(received).where(received.c.concluded_at < bindparam("moment")).returning(received.c.id)
)


class ReceivedStore:
    """Finds and keeps received activities."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, rows: Sequence[Received]) -> None:
        """Keep activities to be applied; those already known are left as they are."""
        await self._connection.run_many(_KEEP, [values(row) for row in rows])

    async def due(self, moment: datetime, size: int) -> list[Received]:
        """Activities to apply now, oldest first; on PostgreSQL no other worker gets the same ones."""
        return [Received(*row) for row in await self._connection.all(_DUE, moment=moment, size=size)]

    async def lease(self, rows: Sequence[Received], lease: datetime) -> None:
        """Let nobody else take these before `lease`."""
        await self._connection.run_many(_LEASE, [{"row_id": row.id, "lease": lease} for row in rows])

    async def conclude(self, row: Received, outcome: str, reason: str | None, moment: datetime) -> bool:
        """Remember what became of an activity; False when that was known already."""
        return bool(
            await self._connection.run(
                _CONCLUDE, row_id=row.id, new_outcome=outcome, why=reason, moment=moment
            )
        )

    async def postpone(self, row: Received, due: datetime, reason: str) -> None:
        """Try an activity again later."""
        await self._connection.run(_POSTPONE, row_id=row.id, new_due=due, why=reason)

    async def retry(self, row_id: int, moment: datetime) -> bool:
        """Let an activity that was not applied be tried now; False when there is none such."""
        return bool(await self._connection.run(_RETRY, row_id=row_id, moment=moment))

    async def list(
        self, *, outcomes: Collection[str | None], host: str | None = None, size: int = 100
    ) -> list[tuple[Received, str]]:
        """Return activities with these outcomes (None: waiting), newest first, each with its sender."""
        named = sorted(each for each in outcomes if each is not None)
        concluded = received.c.outcome.in_(named)
        condition = or_(concluded, _waiting) if None in outcomes else concluded
        query = (
            select(received, actors.c.uri)
            .join(actors, actors.c.id == received.c.sender_id)
            .where(condition)
            .order_by(received.c.id.desc())
            .limit(size)
        )
        if host is not None:
            query = query.where(actors.c.host == host)
        return [(Received(*row[:-1]), row[-1]) for row in await self._connection.all(query)]

    async def counts(self) -> dict[str, int]:
        """How many activities have each outcome; those that wait count as "waiting"."""
        return {row[0] or "waiting": row[1] for row in await self._connection.all(_COUNTS)}

    async def oldest_waiting(self) -> datetime | None:
        """Since when the oldest unapplied activity waits."""
        rows = await self._connection.first(_OLDEST)
        return rows[0] if rows else None

    async def prune(self, before: datetime) -> int:
        """Forget activities that were concluded before a moment; returns how many."""
        return await self._connection.run(_PRUNE, moment=before)
