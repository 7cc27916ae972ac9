"""What the operators announce to the members of this node, who has read it, and who reacted how."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
)

from storage.actors import Actor
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement, insert_or_ignore

announcements = Table(
    "announcements",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("starts_at", Timestamp),
    Column("ends_at", Timestamp),
    Column("all_day", Boolean(create_constraint=False), nullable=False),
    Column("published_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
)

announcement_dismissals = Table(
    "announcement_dismissals",
    metadata,
    Column(
        "announcement_id", BigInteger, ForeignKey("announcements.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", Timestamp, nullable=False),
    Index("ix_announcement_dismissals_actor_id", "actor_id"),
)

announcement_reactions = Table(
    "announcement_reactions",
    metadata,
    Column(
        "announcement_id", BigInteger, ForeignKey("announcements.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("id", BigInteger, nullable=False),
    Index("ix_announcement_reactions_actor_id", "actor_id"),
)


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something announced: Markdown as it was written, and sanitised HTML.

    `starts_at` and `ends_at` are when what it is about takes place, such as maintenance; with `all_day` only
    their days count. It is shown until it ends.
    """

    id: int
    source: str
    content: str
    starts_at: datetime | None
    ends_at: datetime | None
    all_day: bool
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ReactionCount:
    """How many reacted to an announcement with an emoji, and whether the reader did."""

    name: str
    count: int
    is_mine: bool


_ADD = Statement(insert(announcements))
_FIND = Statement(select(announcements).where(announcements.c.id == bindparam("row_id")))
_ALL = Statement(select(announcements).order_by(announcements.c.id.desc()))
_SHOWN = Statement(
    select(announcements)
    .where(or_(announcements.c.ends_at.is_(None), announcements.c.ends_at > bindparam("now")))
    .order_by(announcements.c.id)
)
_REMOVE = Statement(
    delete(announcements).where(announcements.c.id == bindparam("row_id")).returning(announcements.c.id)
)
_DISMISS = insert_or_ignore(announcement_dismissals)
_DISMISSED = Statement(
    select(announcement_dismissals.c.announcement_id).where(
        announcement_dismissals.c.actor_id == bindparam("who")
    )
)
_REACT = insert_or_ignore(announcement_reactions, announcement_reactions.c.name)
_TAKE_BACK = Statement(
    delete(announcement_reactions)
    .where(
        announcement_reactions.c.announcement_id == bindparam("row_id"),
        announcement_reactions.c.actor_id == bindparam("who"),
        announcement_reactions.c.name == bindparam("emoji"),
    )
    .returning(announcement_reactions.c.name)
)
_mine = announcement_reactions.alias("mine")
_REACTIONS = Statement(
    select(
        announcement_reactions.c.announcement_id,
        announcement_reactions.c.name,
        func.count(),
        select(_mine.c.name)
        .where(
            _mine.c.announcement_id == announcement_reactions.c.announcement_id,
            _mine.c.name == announcement_reactions.c.name,
            _mine.c.actor_id == bindparam("who"),
        )
        .correlate(announcement_reactions)
        .exists(),
    )
    .where(Among(announcement_reactions.c.announcement_id, "ids"))
    .group_by(announcement_reactions.c.announcement_id, announcement_reactions.c.name)
    .order_by(func.min(announcement_reactions.c.id))
)


class Announcements:
    """Finds and keeps what is announced."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, announcement: Announcement) -> Announcement:
        """Keep something new."""
        await self._connection.run(_ADD, **values(announcement))
        return announcement

    async def find(self, announcement_id: int) -> Announcement | None:
        """Find one."""
        row = await self._connection.first(_FIND, row_id=announcement_id)
        return Announcement(*row) if row else None

    async def all(self) -> list[Announcement]:
        """Everything announced, the newest first."""
        return [Announcement(*row) for row in await self._connection.all(_ALL)]

    async def shown(self, now: datetime) -> list[Announcement]:
        """Return what has not ended, the oldest first."""
        return [Announcement(*row) for row in await self._connection.all(_SHOWN, now=now)]

    async def remove(self, announcement_id: int) -> bool:
        """Remove one, with the reactions to it; False where there was none."""
        return bool(await self._connection.run(_REMOVE, row_id=announcement_id))

    async def dismiss(self, announcement: Announcement, actor: Actor, moment: datetime) -> None:
        """Remember that a member has read one."""
        await self._connection.run(
            _DISMISS, announcement_id=announcement.id, actor_id=actor.id, created_at=moment
        )

    async def dismissed(self, actor: Actor) -> frozenset[int]:
        """Return the ids of those that a member has read."""
        return frozenset(row[0] for row in await self._connection.all(_DISMISSED, who=actor.id))

    async def react(self, announcement: Announcement, actor: Actor, name: str, number: int) -> bool:
        """Keep a member's reaction, which gets a number of its own; False when it was there already."""
        added = await self._connection.value(
            _REACT, announcement_id=announcement.id, actor_id=actor.id, name=name, id=number
        )
        return added is not None

    async def take_back(self, announcement: Announcement, actor: Actor, name: str) -> bool:
        """Take a member's reaction back; False when there was none."""
        return bool(await self._connection.run(_TAKE_BACK, row_id=announcement.id, who=actor.id, emoji=name))

    async def reactions(self, ids: Collection[int], reader: Actor | None) -> dict[int, list[ReactionCount]]:
        """Return the reactions to several announcements, each in the order in which they first came."""
        found: dict[int, list[ReactionCount]] = {number: [] for number in ids}
        if ids:
            who = reader.id if reader else 0
            for number, *counted in await self._connection.all(_REACTIONS, ids=sorted(set(ids)), who=who):
                found[number].append(ReactionCount(*counted))
        return found
