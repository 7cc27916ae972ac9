"""Hashtags that somebody follows: what carries them comes into the home timeline."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
)

from storage.actors import Actor
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_ignore

followed_tags = Table(
    "followed_tags",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    UniqueConstraint("actor_id", "name"),
    Index("ix_followed_tags_name", "name", "actor_id"),
)


@dataclass(frozen=True, slots=True)
class FollowedTag:
    """That an actor follows a hashtag; `name` is folded as in `publication_tags`."""

    id: int
    actor_id: int
    name: str
    created_at: datetime


_ADD = insert_or_ignore(followed_tags, conflict=("actor_id", "name"))
_REMOVE = Statement(
    delete(followed_tags).where(
        followed_tags.c.actor_id == bindparam("owner"), followed_tags.c.name == bindparam("tag")
    )
)
_AMONG = Statement(
    select(followed_tags.c.name).where(
        followed_tags.c.actor_id == bindparam("owner"), Among(followed_tags.c.name, "names")
    )
)
_COUNT = Statement(
    select(func.count()).select_from(followed_tags).where(followed_tags.c.actor_id == bindparam("owner"))
)
_PAGE = Paged(select(followed_tags).where(followed_tags.c.actor_id == bindparam("owner")), followed_tags.c.id)


class FollowedTags:
    """Finds and keeps the hashtags that actors follow."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, followed: FollowedTag) -> None:
        """Keep that somebody follows a hashtag; doing so twice changes nothing."""
        await self._connection.run(_ADD, **values(followed))

    async def remove(self, owner: Actor, name: str) -> None:
        """Follow a hashtag no longer."""
        await self._connection.run(_REMOVE, owner=owner.id, tag=name)

    async def among(self, owner: Actor, names: list[str]) -> set[str]:
        """Return which of these hashtags an actor follows."""
        if not names:
            return set()
        return {row[0] for row in await self._connection.all(_AMONG, owner=owner.id, names=names)}

    async def count(self, owner: Actor) -> int:
        """How many hashtags an actor follows."""
        count: int = await self._connection.value(_COUNT, owner=owner.id)
        return count

    async def page(self, owner: Actor, page: Page) -> list[FollowedTag]:
        """Return the hashtags, the one followed last first."""
        return [FollowedTag(*row) for row in await _PAGE.rows(self._connection, page, owner=owner.id)]
