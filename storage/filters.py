"""What members do not want to see: filters with their keywords and single posts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    or_,
    select,
    update,
)

from storage.actors import Actor
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement, insert_or_ignore

filters = Table(
    "filters",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("contexts", Json, nullable=False),
    Column("action", Text, nullable=False),
    Column("expires_at", Timestamp),
    Index("ix_filters_owner_id", "owner_id", "id"),
)
filter_keywords = Table(
    "filter_keywords",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("filter_id", BigInteger, ForeignKey("filters.id", ondelete="CASCADE"), nullable=False),
    Column("keyword", Text, nullable=False),
    Column("whole_word", Boolean(create_constraint=False), nullable=False),
    Index("ix_filter_keywords_filter_id", "filter_id", "id"),
)
filter_statuses = Table(
    "filter_statuses",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("filter_id", BigInteger, ForeignKey("filters.id", ondelete="CASCADE"), nullable=False),
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), nullable=False),
    Index("uq_filter_statuses", "filter_id", "publication_id", unique=True),
    Index("ix_filter_statuses_publication_id", "publication_id"),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody does not want to see, where (`contexts`), how (`action`), and until when."""

    id: int
    owner_id: int
    title: str
    contexts: list[str]
    action: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FilterKeyword:
    """Words that a filter looks for."""

    id: int
    filter_id: int
    keyword: str
    whole_word: bool


@dataclass(frozen=True, slots=True)
class FilterStatus:
    """One publication that a filter hides, whatever it says."""

    id: int
    filter_id: int
    publication_id: int


@dataclass(frozen=True, slots=True)
class WholeFilter:
    """A filter with all that belongs to it."""

    filter: Filter
    keywords: list[FilterKeyword] = field(default_factory=list)
    statuses: list[FilterStatus] = field(default_factory=list)


_mine = filters.c.owner_id == bindparam("owner")
_active = or_(filters.c.expires_at.is_(None), filters.c.expires_at > bindparam("moment", type_=Timestamp()))
_OF = Statement(select(filters).where(_mine).order_by(filters.c.id))
_ACTIVE = Statement(select(filters).where(_mine, _active).order_by(filters.c.id))
_KEYWORDS_OF = Statement(
    select(filter_keywords)
    .join(filters, filters.c.id == filter_keywords.c.filter_id)
    .where(_mine)
    .order_by(filter_keywords.c.id)
)
_STATUSES_OF = Statement(
    select(filter_statuses)
    .join(filters, filters.c.id == filter_statuses.c.filter_id)
    .where(_mine)
    .order_by(filter_statuses.c.id)
)
_ADD = Statement(insert(filters))
_CHANGE = Statement(
    update(filters).where(filters.c.id == bindparam("row_id")),
    columns=["title", "contexts", "action", "expires_at"],
)
_REMOVE = Statement(delete(filters).where(filters.c.id == bindparam("row_id")))
_ADD_KEYWORD = Statement(insert(filter_keywords))
_CHANGE_KEYWORD = Statement(
    update(filter_keywords).where(filter_keywords.c.id == bindparam("row_id")),
    columns=["keyword", "whole_word"],
)
_REMOVE_KEYWORD = Statement(delete(filter_keywords).where(filter_keywords.c.id == bindparam("row_id")))
_ADD_STATUS = insert_or_ignore(
    filter_statuses, filter_statuses.c.id, conflict=("filter_id", "publication_id")
)
_REMOVE_STATUS = Statement(delete(filter_statuses).where(filter_statuses.c.id == bindparam("row_id")))


class Filters:
    """Finds and keeps filters; each belongs to one actor, and nobody else ever meets it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, owner: Actor) -> list[WholeFilter]:
        """Return everything that an actor filters, expired filters too, in three statements."""
        rows = await self._connection.all(_OF, owner=owner.id)
        return await self._whole(owner, [Filter(*row) for row in rows])

    async def active(self, owner: Actor, moment: datetime) -> list[WholeFilter]:
        """Return what an actor filters now: one statement for those who filter nothing, three for others."""
        rows = await self._connection.all(_ACTIVE, owner=owner.id, moment=moment)
        return await self._whole(owner, [Filter(*row) for row in rows]) if rows else []

    async def _whole(self, owner: Actor, found: list[Filter]) -> list[WholeFilter]:
        keywords = [FilterKeyword(*row) for row in await self._connection.all(_KEYWORDS_OF, owner=owner.id)]
        statuses = [FilterStatus(*row) for row in await self._connection.all(_STATUSES_OF, owner=owner.id)]
        return [
            WholeFilter(
                each,
                [keyword for keyword in keywords if keyword.filter_id == each.id],
                [status for status in statuses if status.filter_id == each.id],
            )
            for each in found
        ]

    async def add(self, new: Filter) -> Filter:
        """Keep a new filter."""
        await self._connection.run(_ADD, **values(new))
        return new

    async def change(self, changed: Filter) -> None:
        """Overwrite a filter; its keywords are rows of their own."""
        await self._connection.run(_CHANGE, row_id=changed.id, **values(changed))

    async def remove(self, filter_id: int) -> None:
        """Forget a filter with its keywords and posts."""
        await self._connection.run(_REMOVE, row_id=filter_id)

    async def add_keywords(self, keywords: Iterable[FilterKeyword]) -> None:
        """Let a filter look for more words."""
        await self._connection.run_many(_ADD_KEYWORD, [values(keyword) for keyword in keywords])

    async def change_keyword(self, keyword: FilterKeyword) -> None:
        """Let a filter look for other words in place of these."""
        await self._connection.run(_CHANGE_KEYWORD, row_id=keyword.id, **values(keyword))

    async def remove_keyword(self, keyword_id: int) -> None:
        """Let a filter look for some words no more."""
        await self._connection.run(_REMOVE_KEYWORD, row_id=keyword_id)

    async def add_status(self, status: FilterStatus) -> bool:
        """Let a filter hide one publication; False where it does already."""
        return await self._connection.first(_ADD_STATUS, **values(status)) is not None

    async def remove_status(self, status_id: int) -> None:
        """Let a filter hide one publication no more."""
        await self._connection.run(_REMOVE_STATUS, row_id=status_id)
