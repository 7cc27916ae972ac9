"""Reading back the public catalogue of a newly followed node: how far each one has come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, bindparam, select, update

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement, insert_or_update

backfills = Table(
    "backfills",
    metadata,
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("started_at", Timestamp, nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("page", Text),
    Column("position", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("finished_at", Timestamp),
    Column("error", Text),
)
_unfinished = backfills.c.finished_at.is_(None)
Index("ix_backfills_due_at", backfills.c.due_at, sqlite_where=_unfinished, postgresql_where=_unfinished)


@dataclass(frozen=True, slots=True)
class Backfill:
    """How far the reading back of one actor's outbox has come.

    `page` is the page being read (none: the first is still to be found), `position` the number of its
    items that are done. `kept` and `skipped` count items, `attempts` failures since the last progress.
    """

    actor_id: int
    started_at: datetime
    due_at: datetime
    page: str | None = None
    position: int = 0
    pages: int = 0
    kept: int = 0
    skipped: int = 0
    attempts: int = 0
    finished_at: datetime | None = None
    error: str | None = None


_CHANGED = [column.name for column in backfills.columns if column.name != "actor_id"]
_START = insert_or_update(backfills, ["actor_id"], _CHANGED)
_DUE = Statement(
    select(backfills)
    .where(_unfinished, backfills.c.due_at <= bindparam("moment"))
    .order_by(backfills.c.due_at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_SAVE = Statement(update(backfills).where(backfills.c.actor_id == bindparam("row_id")), columns=_CHANGED)
_ALL = Statement(select(backfills))


class Backfills:
    """Keeps the progress of backfills."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def start(self, actor_id: int, moment: datetime) -> None:
        """Read an actor's outbox back from the newest item on; starts over when it was read before."""
        await self._connection.run(_START, **values(Backfill(actor_id, moment, moment)))

    async def claim(self, moment: datetime, lease: datetime, size: int) -> list[Backfill]:
        """Take what is due; it is not due again before `lease`."""
        due = [Backfill(*row) for row in await self._connection.all(_DUE, moment=moment, size=size)]
        for each in due:
            await self._connection.run(_SAVE, row_id=each.actor_id, **{**values(each), "due_at": lease})
        return due

    async def save(self, backfill: Backfill) -> None:
        """Keep the progress."""
        await self._connection.run(_SAVE, row_id=backfill.actor_id, **values(backfill))

    async def all(self) -> dict[int, Backfill]:
        """Every backfill, by the actor's id."""
        return {row[0]: Backfill(*row) for row in await self._connection.all(_ALL)}
