"""What people tell the moderators: who reported whom, why, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.actors import actors
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.paging import Page, Paged
from storage.statements import Statement

reports = Table(
    "reports",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("reporter_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("target_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("category", Text, nullable=False),
    Column("comment", Text, nullable=False),
    Column("publication_ids", Json, nullable=False),
    Column("rule_ids", Json, nullable=False),
    Column("forwarded", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Column("uri", Text),
    Column("assigned_to", BigInteger, ForeignKey("actors.id", ondelete="SET NULL")),
    Column("resolved_by", BigInteger, ForeignKey("actors.id", ondelete="SET NULL")),
    Column("resolved_at", Timestamp),
    UniqueConstraint("uri", "target_id"),
    Index("ix_reports_target_id", "target_id", "id"),
    Index("ix_reports_reporter_id", "reporter_id", "id"),
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report about an actor, and about some of what it published.

    `uri` is the id of the Flag that brought it from another node. It is open until it is resolved.
    """

    id: int
    reporter_id: int
    target_id: int
    category: str
    comment: str
    publication_ids: list[int]
    rule_ids: list[int]
    forwarded: bool
    created_at: datetime
    updated_at: datetime
    uri: str | None = None
    assigned_to: int | None = None
    resolved_by: int | None = None
    resolved_at: datetime | None = None

    @property
    def actor_ids(self) -> set[int]:
        """The numbers of all whom it names."""
        named = {self.reporter_id, self.target_id, self.assigned_to, self.resolved_by}
        return {number for number in named if number is not None}


@dataclass(frozen=True, slots=True)
class WantedReports:
    """Which reports are wanted; what is None or empty is all the same."""

    resolved: bool = False
    reporter_id: int | None = None
    target_id: int | None = None
    target_host: str = ""


_target = actors.alias("target")
_ADD = Statement(insert(reports))
_CHANGE = Statement(
    update(reports).where(reports.c.id == bindparam("row_id")),
    columns=["category", "rule_ids", "updated_at", "assigned_to", "resolved_by", "resolved_at"],
)
_FIND = Statement(select(reports).where(reports.c.id == bindparam("row_id")))
_BY_IDS = Statement(select(reports).where(Among(reports.c.id, "ids")))
_BY_URI = Statement(
    select(reports).where(reports.c.uri == bindparam("wanted"), reports.c.target_id == bindparam("target"))
)
_COUNT_OPEN = Statement(select(func.count()).select_from(reports).where(reports.c.resolved_at.is_(None)))
_PAGE = Paged(
    select(reports)
    .join(_target, _target.c.id == reports.c.target_id)
    .where(
        or_(
            and_(bindparam("resolved"), reports.c.resolved_at.is_not(None)),
            and_(bindparam("open"), reports.c.resolved_at.is_(None)),
        ),
        or_(bindparam("any_reporter"), reports.c.reporter_id == bindparam("reporter")),
        or_(bindparam("any_target"), reports.c.target_id == bindparam("subject")),
        or_(bindparam("any_host"), _target.c.host == bindparam("host")),
    ),
    reports.c.id,
)


class Reports:
    """Finds and keeps reports."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, report: Report) -> Report:
        """Keep a new report; Conflict where the Flag that brought it was there before."""
        await self._connection.run(_ADD, **values(report))
        return report

    async def change(self, report: Report) -> None:
        """Overwrite how things stand with a report."""
        await self._connection.run(_CHANGE, row_id=report.id, **values(report))

    async def find(self, report_id: int) -> Report | None:
        """Find a report."""
        row = await self._connection.first(_FIND, row_id=report_id)
        return Report(*row) if row else None

    async def by_ids(self, ids: Collection[int]) -> dict[int, Report]:
        """Find several reports at once."""
        rows = await self._connection.all(_BY_IDS, ids=sorted(set(ids))) if ids else []
        return {row[0]: Report(*row) for row in rows}

    async def by_uri(self, uri: str, target_id: int) -> Report | None:
        """Find the report about an actor that a Flag brought."""
        row = await self._connection.first(_BY_URI, wanted=uri, target=target_id)
        return Report(*row) if row else None

    async def count_open(self) -> int:
        """How many reports nobody has resolved."""
        count: int = await self._connection.value(_COUNT_OPEN)
        return count

    async def page(self, page: Page, wanted: WantedReports) -> list[Report]:
        """Return a page of reports, the newest first."""
        rows = await _PAGE.rows(
            self._connection,
            page,
            resolved=wanted.resolved,
            open=not wanted.resolved,
            any_reporter=wanted.reporter_id is None,
            reporter=wanted.reporter_id or 0,
            any_target=wanted.target_id is None,
            subject=wanted.target_id or 0,
            any_host=not wanted.target_host,
            host=wanted.target_host,
        )
        return [Report(*row) for row in rows]
