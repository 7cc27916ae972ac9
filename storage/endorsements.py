"""Whom somebody recommends on their profile."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Table, UniqueConstraint, bindparam, delete, select

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_ignore

endorsements = Table(
    "endorsements",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("endorsed_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    UniqueConstraint("actor_id", "endorsed_id"),
)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """That one actor recommends another."""

    id: int
    actor_id: int
    endorsed_id: int
    created_at: datetime


_ADD = insert_or_ignore(endorsements, conflict=("actor_id", "endorsed_id"))
_REMOVE = Statement(
    delete(endorsements).where(
        endorsements.c.actor_id == bindparam("owner"), endorsements.c.endorsed_id == bindparam("target")
    )
)
_PAGE = Paged(
    select(endorsements.c.id, actors)
    .join(actors, actors.c.id == endorsements.c.endorsed_id)
    .where(
        endorsements.c.actor_id == bindparam("owner"),
        actors.c.gone_at.is_(None),
        actors.c.suspended_at.is_(None),
    ),
    endorsements.c.id,
)


class Endorsements:
    """Finds and keeps whom actors recommend."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, endorsement: Endorsement) -> None:
        """Keep a recommendation; doing so twice changes nothing."""
        await self._connection.run(_ADD, **values(endorsement))

    async def remove(self, owner: Actor, target: Actor) -> None:
        """Recommend somebody no longer."""
        await self._connection.run(_REMOVE, owner=owner.id, target=target.id)

    async def page(self, owner: Actor, page: Page) -> list[tuple[int, Actor]]:
        """Return (number to page by, actor) of those an actor recommends, the latest first."""
        rows = await _PAGE.rows(self._connection, page, owner=owner.id)
        return [(row[0], Actor(*row[1:])) for row in rows]
