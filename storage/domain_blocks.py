"""Hosts that one actor wants nothing from. What the whole node refuses is in `peers`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    select,
)

from storage.actors import Actor
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_ignore

domain_blocks = Table(
    "domain_blocks",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("host", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    UniqueConstraint("actor_id", "host"),
)


@dataclass(frozen=True, slots=True)
class DomainBlock:
    """That an actor wants nothing from a host (a handle's domain, in lower case)."""

    id: int
    actor_id: int
    host: str
    created_at: datetime


_ADD = insert_or_ignore(domain_blocks, domain_blocks.c.id, conflict=("actor_id", "host"))
_REMOVE = Statement(
    delete(domain_blocks).where(
        domain_blocks.c.actor_id == bindparam("owner"), domain_blocks.c.host == bindparam("unwanted")
    )
)
_HAS = Statement(
    select(domain_blocks.c.id).where(
        domain_blocks.c.actor_id == bindparam("owner"), domain_blocks.c.host == bindparam("unwanted")
    )
)
_PAGE = Paged(select(domain_blocks).where(domain_blocks.c.actor_id == bindparam("owner")), domain_blocks.c.id)


class DomainBlocks:
    """Finds and keeps the hosts that actors want nothing from."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, block: DomainBlock) -> bool:
        """Keep a block; False when it was there already."""
        return bool(await self._connection.run(_ADD, **values(block)))

    async def remove(self, owner: Actor, host: str) -> None:
        """End a block."""
        await self._connection.run(_REMOVE, owner=owner.id, unwanted=host)

    async def has(self, owner: Actor, host: str) -> bool:
        """Whether an actor wants nothing from a host."""
        return await self._connection.first(_HAS, owner=owner.id, unwanted=host) is not None

    async def page(self, owner: Actor, page: Page) -> list[DomainBlock]:
        """Return the hosts, the newest block first."""
        return [DomainBlock(*row) for row in await _PAGE.rows(self._connection, page, owner=owner.id)]
