"""How far members have read their timelines, so that all their programs know."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement

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
    """The last thing that a member has read of a timeline; `version` rises at each change, from 0."""

    owner_id: int
    timeline: str
    last_read_id: int
    version: int
    updated_at: datetime


_OF = Statement(
    select(markers).where(markers.c.owner_id == bindparam("owner"), Among(markers.c.timeline, "timelines"))
)


def _keep() -> Statement:
    """Return what keeps a marker: two programs that do so at once both raise the version."""
    lite, post = sqlite.insert(markers), postgresql.insert(markers)
    return Statement(
        lite.on_conflict_do_update(index_elements=_KEY, set_=_changes(lite.excluded)).returning(markers),
        postgresql=post.on_conflict_do_update(index_elements=_KEY, set_=_changes(post.excluded)).returning(
            markers
        ),
    )


def _changes(given: Any) -> dict[str, Any]:
    return {
        "last_read_id": given.last_read_id,
        "version": markers.c.version + 1,
        "updated_at": given.updated_at,
    }


_KEY = ("owner_id", "timeline")
_KEEP = _keep()


class Markers:
    """Finds and keeps markers."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def of(self, owner_id: int, timelines: Collection[str]) -> dict[str, Marker]:
        """Return a member's markers of some timelines, by their names."""
        rows = await self._connection.all(_OF, owner=owner_id, timelines=sorted(set(timelines)))
        return {row[1]: Marker(*row) for row in rows}

    async def keep(self, owner_id: int, timeline: str, last_read_id: int) -> Marker:
        """Keep how far somebody has read, in place of what was there, and return the marker."""
        new = Marker(owner_id, timeline, last_read_id, 0, self._now)
        row = await self._connection.first(_KEEP, **values(new))
        assert row is not None, "it was inserted or updated"
        return Marker(*row)
