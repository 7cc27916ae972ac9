"""What publications were: earlier revisions, and tombstones of those that were deleted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    insert,
    select,
)

from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.publication_rows import Publication
from storage.statements import Statement, insert_or_ignore

revisions = Table(
    "revisions",
    metadata,
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", Timestamp, nullable=False),
    Column("reason", Text, nullable=False),
    Column("snapshot", Json, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("former_type", Text, nullable=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("deleted_at", Timestamp, nullable=False),
    Column("was_public", Boolean(create_constraint=False), nullable=False),
    Column("page", Text),
    Index("ix_tombstones_page", "page"),
)


@dataclass(frozen=True, slots=True)
class Revision:
    """What a publication was at one time. `snapshot` holds its texts and facts."""

    publication_id: int
    revision: int
    at: datetime
    reason: str
    snapshot: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What is left of a deleted publication, so that it stays deleted. `page` is the path of its page."""

    uri: str
    former_type: str
    actor_id: int
    deleted_at: datetime
    was_public: bool
    page: str | None = None


_BURY = insert_or_ignore(tombstones)
_TOMBSTONE = Statement(select(tombstones).where(tombstones.c.uri == bindparam("wanted")))
_TOMBSTONE_OF_PAGE = Statement(select(tombstones).where(tombstones.c.page == bindparam("wanted")))
_ADD_REVISION = Statement(insert(revisions))
_REVISIONS = Statement(
    select(revisions)
    .where(revisions.c.publication_id == bindparam("row_id"))
    .order_by(revisions.c.revision.desc())
)


class Tombstones:
    """Finds and keeps tombstones."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, tombstone: Tombstone) -> None:
        """Remember that something is deleted, whether or not it ever was here; it then cannot come later."""
        await self._connection.run(_BURY, **values(tombstone))

    async def by_uri(self, uri: str) -> Tombstone | None:
        """Find what is left of a deleted publication."""
        row = await self._connection.first(_TOMBSTONE, wanted=uri)
        return Tombstone(*row) if row else None

    async def by_page(self, path: str) -> Tombstone | None:
        """Find what is left of the publication whose page had this path."""
        row = await self._connection.first(_TOMBSTONE_OF_PAGE, wanted=path)
        return Tombstone(*row) if row else None


class Revisions:
    """Finds and keeps revisions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, revision: Revision) -> None:
        """Keep what a publication was before it changed."""
        await self._connection.run(_ADD_REVISION, **values(revision))

    async def of(self, publication: Publication) -> list[Revision]:
        """Return what a publication was, newest first; the present state is not among them."""
        return [Revision(*row) for row in await self._connection.all(_REVISIONS, row_id=publication.id)]
