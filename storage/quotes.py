"""Who quotes whom, and whether the one who is quoted agrees (FEP-044f)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    null,
    or_,
    select,
    update,
)

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.members import members
from storage.paging import Page, Paged
from storage.publication_rows import Publication, publications
from storage.statements import Statement, insert_or_update

quotes = Table(
    "quotes",
    metadata,
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("quoted_uri", Text, nullable=False),
    Column("quoted_id", BigInteger, ForeignKey("publications.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False),
    Column("is_bare", Boolean(create_constraint=False), nullable=False),
    Column("request", Text),
    Column("approval", Text),
    Column("changed_at", Timestamp, nullable=False),
    Column("check_at", Timestamp),
    Column("attempts", Integer, nullable=False),
    Index("uq_quotes_id", "id", unique=True),
    Index("ix_quotes_quoted_id", "quoted_id", "id"),
    Index("ix_quotes_request", "request"),
    Index("ix_quotes_approval", "approval"),
)
Index(
    "ix_quotes_check_at",
    quotes.c.check_at,
    sqlite_where=quotes.c.check_at.is_not(None),
    postgresql_where=quotes.c.check_at.is_not(None),
)


class QuoteState(StrEnum):
    """What has become of a quote, in the words of the client API."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REVOKED = "revoked"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Quote:
    """That a publication quotes another one.

    `id` numbers it in lists, and names the stamp where the quoted one is ours. `is_bare`: it came from
    software that asks nobody, so that without an agreement it is no more than a link. `request` is the id of
    the QuoteRequest, `approval` the address of the stamp. `check_at` is when the stamp is to be looked at.
    """

    publication_id: int
    id: int
    quoted_uri: str
    quoted_id: int | None
    state: str
    is_bare: bool
    request: str | None
    approval: str | None
    changed_at: datetime
    check_at: datetime | None = None
    attempts: int = 0

    @property
    def is_shown(self) -> bool:
        """Whether it is more than a link in a text."""
        return not self.is_bare or self.state == QuoteState.ACCEPTED


_KEPT = ("id",)
_SET = insert_or_update(
    quotes, ["publication_id"], [column.name for column in quotes.c if column.name not in _KEPT]
)
_OF = Statement(select(quotes).where(Among(quotes.c.publication_id, "ids")))
_REMOVE = Statement(delete(quotes).where(quotes.c.publication_id == bindparam("what")))
_BY_ID = Statement(select(quotes).where(quotes.c.id == bindparam("number")))
_BY_REQUEST = Statement(select(quotes).where(quotes.c.request == bindparam("wanted")))
_BY_APPROVAL = Statement(select(quotes).where(quotes.c.approval == bindparam("wanted")))
_COUNTS = Statement(
    select(quotes.c.quoted_id, func.count())
    .where(Among(quotes.c.quoted_id, "ids"), quotes.c.state == QuoteState.ACCEPTED)
    .group_by(quotes.c.quoted_id)
)
_BURY = Statement(
    update(quotes)
    .where(or_(quotes.c.quoted_id == bindparam("what"), quotes.c.quoted_uri == bindparam("wanted")))
    .values(state=QuoteState.DELETED.value, check_at=null(), quoted_id=null())
)
_OF_QUOTED = Paged(
    select(quotes).where(quotes.c.quoted_id == bindparam("what"), quotes.c.state == QuoteState.ACCEPTED),
    quotes.c.id,
)
_DUE = Statement(
    select(quotes)
    .where(quotes.c.check_at <= bindparam("moment", type_=Timestamp()))
    .order_by(quotes.c.check_at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_LEASE = Statement(
    update(quotes)
    .where(Among(quotes.c.publication_id, "ids"))
    .values(check_at=bindparam("until", type_=Timestamp()), attempts=quotes.c.attempts + 1)
)
_OF_MEMBERS = Statement(
    select(publications)
    .join(quotes, quotes.c.publication_id == publications.c.id)
    .join(members, members.c.actor_id == publications.c.author_id)
    .where(quotes.c.quoted_id == bindparam("what"), quotes.c.state == QuoteState.ACCEPTED)
)


class Quotes:
    """Finds and keeps quotes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(self, quote: Quote) -> None:
        """Keep a quote, in place of what was known of it; its number stays."""
        await self._connection.run(_SET, **values(quote))

    async def remove(self, publication_id: int) -> None:
        """Forget that a publication quotes anything."""
        await self._connection.run(_REMOVE, what=publication_id)

    async def of(self, publication_ids: Collection[int]) -> dict[int, Quote]:
        """Return what these publications quote, in one statement."""
        if not publication_ids:
            return {}
        rows = await self._connection.all(_OF, ids=sorted(set(publication_ids)))
        return {row[0]: Quote(*row) for row in rows}

    async def find(self, publication_id: int) -> Quote | None:
        """Find what one publication quotes."""
        return (await self.of([publication_id])).get(publication_id)

    async def by_id(self, number: int) -> Quote | None:
        """Find a quote by its own number."""
        row = await self._connection.first(_BY_ID, number=number)
        return Quote(*row) if row else None

    async def by_request(self, uri: str) -> Quote | None:
        """Find a quote by the request for it."""
        row = await self._connection.first(_BY_REQUEST, wanted=uri)
        return Quote(*row) if row else None

    async def by_approval(self, uri: str) -> Quote | None:
        """Find a quote by the stamp that allows it."""
        row = await self._connection.first(_BY_APPROVAL, wanted=uri)
        return Quote(*row) if row else None

    async def counts(self, publication_ids: Collection[int]) -> dict[int, int]:
        """Return how often each of these publications is quoted with its author's consent."""
        if not publication_ids:
            return {}
        rows = await self._connection.all(_COUNTS, ids=sorted(set(publication_ids)))
        return {row[0]: row[1] for row in rows}

    async def quoting(self, publication_id: int, page: Page) -> list[Quote]:
        """Return a page of the quotes of a publication to which its author agreed, the latest first."""
        rows = await _OF_QUOTED.rows(self._connection, page, what=publication_id)
        return [Quote(*row) for row in rows]

    async def of_members(self, quoted: Publication) -> list[Publication]:
        """Return what members of this node published that quotes a publication with its author's consent."""
        return [Publication(*row) for row in await self._connection.all(_OF_MEMBERS, what=quoted.id)]

    async def bury(self, quoted: Publication) -> None:
        """Remember that what is quoted is deleted."""
        await self._connection.run(_BURY, what=quoted.id, wanted=quoted.uri)

    async def due(self, moment: datetime, until: datetime, size: int) -> list[Quote]:
        """Take quotes whose stamps are to be looked at; others leave them alone `until` then."""
        found = [Quote(*row) for row in await self._connection.all(_DUE, moment=moment, size=size)]
        if found:
            await self._connection.run(_LEASE, ids=[quote.publication_id for quote in found], until=until)
        return found
