"""What actors set apart: bookmarks, which only they see, and pins, which their profiles show first."""

from collections.abc import Callable, Collection
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, bindparam, delete, func, select

from storage.actors import Actor
from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.lists import Among
from storage.publication_rows import Publication, publications
from storage.statements import Statement, insert_or_ignore


def _marks(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
        Column(
            "publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True
        ),
        Column("created_at", Timestamp, nullable=False),
        # Lists are paged by it.
        Column("id", BigInteger, nullable=False),
        Index(f"ix_{name}_publication_id", "publication_id"),
        Index(f"ix_{name}_actor_id", "actor_id", "id"),
        Index(f"uq_{name}_id", "id", unique=True),
    )


bookmarks = _marks("bookmarks")
pins = _marks("pins")


class MarkStatements:
    """The same few statements for bookmarks and for pins."""

    def __init__(self, table: Table) -> None:
        by = table.c.actor_id == bindparam("by")
        what = table.c.publication_id == bindparam("what")
        self.add = insert_or_ignore(table, table.c.id, conflict=("actor_id", "publication_id"))
        self.remove = Statement(delete(table).where(by, what).returning(table.c.id))
        self.has = Statement(select(table.c.id).where(by, what))
        self.count = Statement(select(func.count()).select_from(table).where(by))
        self.among = Statement(select(table.c.publication_id).where(by, Among(table.c.publication_id, "ids")))
        self.of = Statement(
            select(publications)
            .join(table, table.c.publication_id == publications.c.id)
            .where(by)
            .order_by(table.c.id.desc())
            .limit(bindparam("size"))
        )


_BOOKMARKS = MarkStatements(bookmarks)
_PINS = MarkStatements(pins)


class Marks:
    """Finds and keeps one kind of mark: one for each actor and publication."""

    def __init__(
        self, connection: Connection, statements: MarkStatements, new_id: Callable[[datetime], int]
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._new_id = new_id

    async def add(self, actor: Actor, publication: Publication, moment: datetime) -> bool:
        """Keep a mark; False when it was there already."""
        number = await self._connection.value(
            self._statements.add,
            actor_id=actor.id,
            publication_id=publication.id,
            created_at=moment,
            id=self._new_id(moment),
        )
        return number is not None

    async def remove(self, actor: Actor, publication: Publication) -> bool:
        """Take a mark away; False when there was none."""
        return bool(await self._connection.run(self._statements.remove, by=actor.id, what=publication.id))

    async def has(self, actor: Actor, publication: Publication) -> bool:
        """Whether an actor marked a publication."""
        return (
            await self._connection.first(self._statements.has, by=actor.id, what=publication.id) is not None
        )

    async def count(self, actor: Actor) -> int:
        """How many publications an actor marked."""
        found: int = await self._connection.value(self._statements.count, by=actor.id)
        return found

    async def among(self, actor: Actor, publication_ids: Collection[int]) -> set[int]:
        """Return which of these publications an actor marked."""
        if not publication_ids:
            return set()
        rows = await self._connection.all(
            self._statements.among, by=actor.id, ids=sorted(set(publication_ids))
        )
        return {row[0] for row in rows}

    async def of(self, actor: Actor, size: int) -> list[Publication]:
        """Return what an actor marked, the latest mark first, whoever may read it."""
        rows = await self._connection.all(self._statements.of, by=actor.id, size=size)
        return [Publication(*row) for row in rows]


def bookmarks_of(connection: Connection, new_id: Callable[[datetime], int]) -> Marks:
    """Return the store of bookmarks."""
    return Marks(connection, _BOOKMARKS, new_id)


def pins_of(connection: Connection, new_id: Callable[[datetime], int]) -> Marks:
    """Return the store of pins."""
    return Marks(connection, _PINS, new_id)
