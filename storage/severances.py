"""Follows that ended without either side wanting just that, such as when a member keeps a whole host away."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, insert, select

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement

severances = Table(
    "severances",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("followers", Integer, nullable=False),
    Column("following", Integer, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Index("ix_severances_owner_id", "owner_id"),
)


class SeveranceCause(StrEnum):
    """Why follows ended, in the words of the client API."""

    USER_DOMAIN_BLOCK = "user_domain_block"


@dataclass(frozen=True, slots=True)
class Severance:
    """That so many followers of `owner_id`, and so many whom they followed, were lost at once.

    `target` names whom the cause is about: a host.
    """

    id: int
    owner_id: int
    cause: str
    target: str
    followers: int
    following: int
    created_at: datetime


_ADD = Statement(insert(severances))
_BY_IDS = Statement(select(severances).where(Among(severances.c.id, "ids")))


class Severances:
    """Finds and keeps what follows were lost."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, severance: Severance) -> None:
        """Keep what was lost."""
        await self._connection.run(_ADD, **values(severance))

    async def by_ids(self, ids: Collection[int]) -> dict[int, Severance]:
        """Find several at once, by their numbers."""
        if not ids:
            return {}
        rows = await self._connection.all(_BY_IDS, ids=sorted(set(ids)))
        return {row[0]: Severance(*row) for row in rows}
