"""Whom somebody does not want to hear, for a while or for good. Nobody else is told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    or_,
    select,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.domain_blocks import domain_blocks
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_update

mutes = Table(
    "mutes",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("target_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("notifications", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp),
    UniqueConstraint("owner_id", "target_id"),
    Index("ix_mutes_owner_id", "owner_id", "id"),
    Index("ix_mutes_target_id", "target_id"),
)


@dataclass(frozen=True, slots=True)
class Mute:
    """That `owner_id` does not want to read `target_id`, until `expires_at` (None: for good).

    With `notifications` not even what the other does to the owner is told to them.
    """

    id: int
    owner_id: int
    target_id: int
    notifications: bool
    created_at: datetime
    expires_at: datetime | None = None


_still_counts = or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("moment", type_=Timestamp()))
_KEEP = insert_or_update(mutes, ("owner_id", "target_id"), ("notifications", "created_at", "expires_at"))
_REMOVE = Statement(
    delete(mutes)
    .where(mutes.c.owner_id == bindparam("owner"), mutes.c.target_id == bindparam("target"))
    .returning(mutes.c.id)
)
_PAGE = Paged(
    select(mutes, actors)
    .join(actors, actors.c.id == mutes.c.target_id)
    .where(mutes.c.owner_id == bindparam("owner"), _still_counts),
    mutes.c.id,
)
_HIDES_NOTIFICATIONS = Statement(
    select(mutes.c.id)
    .where(
        mutes.c.owner_id == bindparam("owner"),
        mutes.c.target_id == bindparam("target"),
        mutes.c.notifications,
        _still_counts,
    )
    .union_all(
        select(domain_blocks.c.id)
        .join(actors, actors.c.host == domain_blocks.c.host)
        .where(domain_blocks.c.actor_id == bindparam("owner"), actors.c.id == bindparam("target"))
    )
)
_FORGET_EXPIRED = Statement(delete(mutes).where(mutes.c.expires_at <= bindparam("moment")))
_COLUMNS = len(mutes.c)


class Mutes:
    """Finds and keeps mutes. What has expired by `now` counts no longer."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def keep(self, mute: Mute) -> None:
        """Keep a mute; one that was there for the same two is changed."""
        await self._connection.run(_KEEP, **values(mute))

    async def remove(self, owner: Actor, target: Actor) -> bool:
        """End a mute; False when there was none."""
        return bool(await self._connection.run(_REMOVE, owner=owner.id, target=target.id))

    async def page(self, owner: Actor, page: Page) -> list[tuple[Mute, Actor]]:
        """Return whom somebody mutes, the newest mute first."""
        rows = await _PAGE.rows(self._connection, page, owner=owner.id, moment=self._now)
        return [(Mute(*row[:_COLUMNS]), Actor(*row[_COLUMNS:])) for row in rows]

    async def hides_notifications(self, owner_id: int, from_id: int) -> bool:
        """Whether an actor is not to be told of what another does: muted so, or of a host they block."""
        row = await self._connection.first(
            _HIDES_NOTIFICATIONS, owner=owner_id, target=from_id, moment=self._now
        )
        return row is not None

    async def forget_expired(self) -> None:
        """Drop the rows of mutes that are over; they count for nothing anyway."""
        await self._connection.run(_FORGET_EXPIRED, moment=self._now)
