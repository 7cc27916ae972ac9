"""Links of profiles whose pages link back, which proves that both are the same person's."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text, bindparam, delete, select, update

from storage.actors import Actor
from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement, insert_or_ignore

verified_links = Table(
    "verified_links",
    metadata,
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("url", Text, primary_key=True),
    Column("due_at", Timestamp),
    Column("verified_at", Timestamp),
    Index("ix_verified_links_due_at", "due_at"),
)


@dataclass(frozen=True, slots=True)
class VerifiedLink:
    """A link of a profile: looked at when it is due (None: never again), proven since `verified_at`."""

    actor_id: int
    url: str
    due_at: datetime | None = None
    verified_at: datetime | None = None


_ADD = insert_or_ignore(verified_links)
_DROP_OTHERS = Statement(
    delete(verified_links).where(
        verified_links.c.actor_id == bindparam("owner"), ~Among(verified_links.c.url, "urls")
    )
)
_LOOK_AGAIN = Statement(
    update(verified_links)
    .where(verified_links.c.actor_id == bindparam("owner"), verified_links.c.verified_at.is_(None))
    .values(due_at=bindparam("moment"))
)
_DUE = Statement(
    select(verified_links)
    .where(verified_links.c.due_at <= bindparam("moment"))
    .order_by(verified_links.c.due_at)
    .limit(bindparam("size"))
)
_CONCLUDE = Statement(
    update(verified_links)
    .where(verified_links.c.actor_id == bindparam("owner"), verified_links.c.url == bindparam("link"))
    .values(due_at=bindparam("next"), verified_at=bindparam("proven"))
)
_OF = Statement(
    select(verified_links.c.actor_id, verified_links.c.url, verified_links.c.verified_at).where(
        Among(verified_links.c.actor_id, "ids"), verified_links.c.verified_at.is_not(None)
    )
)


class VerifiedLinks:
    """Finds and keeps which links of profiles were proven."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(self, owner: Actor, urls: list[str], moment: datetime) -> None:
        """Let a profile have exactly these links; what is not proven is due at once."""
        await self._connection.run(_DROP_OTHERS, owner=owner.id, urls=urls)
        await self._connection.run_many(
            _ADD,
            [{"actor_id": owner.id, "url": url, "due_at": moment, "verified_at": None} for url in urls],
        )
        await self._connection.run(_LOOK_AGAIN, owner=owner.id, moment=moment)

    async def due(self, moment: datetime, size: int) -> list[VerifiedLink]:
        """Return links to be looked at, those that waited longest first."""
        rows = await self._connection.all(_DUE, moment=moment, size=size)
        return [VerifiedLink(*row) for row in rows]

    async def conclude(self, link: VerifiedLink, next_at: datetime | None, proven: datetime | None) -> None:
        """Keep what came of looking: since when it is proven, and when to look again."""
        await self._connection.run(_CONCLUDE, owner=link.actor_id, link=link.url, next=next_at, proven=proven)

    async def of(self, ids: Collection[int]) -> dict[int, dict[str, datetime]]:
        """Return the proven links of several actors, each with the moment of its proof, in one statement."""
        found: dict[int, dict[str, datetime]] = {}
        if ids:
            for owner, url, moment in await self._connection.all(_OF, ids=sorted(set(ids))):
                found.setdefault(owner, {})[url] = moment
        return found
