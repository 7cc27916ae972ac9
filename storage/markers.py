"""How far members have read their timelines, so that all their programs know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, bindparam, select

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement, insert_or_update

markers = Table(
    "markers",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("timeline", Text, primary_key=True),
    Column("last_read_id", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Marker:
    """The last thing that a member has read of a timeline; `version` rises at each change."""

    owner_id: int
    timeline: str
    last_read_id: int
    version: int
    updated_at: datetime


_OF = Statement(
    select(markers).where(markers.c.owner_id == bindparam("owner"), Among(markers.c.timeline, "timelines"))
)
_KEEP = insert_or_update(markers, ("owner_id", "timeline"), ("last_read_id", "version", "updated_at"))


class Markers:
    """Finds and keeps markers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, owner_id: int, timelines: Collection[str]) -> dict[str, Marker]:
        """Return a member's markers of some timelines, by their names."""
        rows = await self._connection.all(_OF, owner=owner_id, timelines=sorted(set(timelines)))
        return {row[1]: Marker(*row) for row in rows}

    async def keep(self, marker: Marker) -> None:
        """Keep a marker in place of the one before."""
        await self._connection.run(_KEEP, **values(marker))
