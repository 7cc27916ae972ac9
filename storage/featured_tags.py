"""Hashtags that somebody shows on their profile, and how much they have published under each."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Table,
    Text,
    UniqueConstraint,
    and_,
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
from storage.kinds import Visibility
from storage.lists import Among
from storage.publication_rows import publication_tags, publications
from storage.statements import Statement

featured_tags = Table(
    "featured_tags",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    # As it was written, and as it is found.
    Column("shown", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    UniqueConstraint("actor_id", "name"),
)


@dataclass(frozen=True, slots=True)
class FeaturedTag:
    """A hashtag on a profile: `shown` as its owner writes it, `name` folded as in `publication_tags`."""

    id: int
    actor_id: int
    shown: str
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TagUse:
    """How much an actor has published under a hashtag for everybody, and when last."""

    count: int = 0
    last_at: datetime | None = None


_open = or_(publications.c.visibility == Visibility.PUBLIC, publications.c.visibility == Visibility.UNLISTED)
_ADD = Statement(insert(featured_tags))
_REMOVE = Statement(
    delete(featured_tags)
    .where(featured_tags.c.id == bindparam("row_id"), featured_tags.c.actor_id == bindparam("owner"))
    .returning(featured_tags.c.id)
)
_REMOVE_BY_NAME = Statement(
    delete(featured_tags).where(
        featured_tags.c.actor_id == bindparam("owner"), featured_tags.c.name == bindparam("tag")
    )
)
_BY_NAME = Statement(
    select(featured_tags).where(
        featured_tags.c.actor_id == bindparam("owner"), featured_tags.c.name == bindparam("tag")
    )
)
_AMONG = Statement(
    select(featured_tags.c.name).where(
        featured_tags.c.actor_id == bindparam("owner"), Among(featured_tags.c.name, "names")
    )
)
_ALL = Statement(
    select(featured_tags, func.count(publications.c.id), func.max(publications.c.published_at))
    .outerjoin(publication_tags, publication_tags.c.name == featured_tags.c.name)
    .outerjoin(
        publications,
        and_(
            publications.c.id == publication_tags.c.publication_id,
            publications.c.author_id == featured_tags.c.actor_id,
            _open,
        ),
    )
    .where(featured_tags.c.actor_id == bindparam("owner"))
    .group_by(*featured_tags.c)
    .order_by(func.count(publications.c.id).desc(), featured_tags.c.id)
)
_USED = Statement(
    select(publication_tags.c.name, func.count().label("uses"))
    .join(publications, publications.c.id == publication_tags.c.publication_id)
    .where(
        publications.c.author_id == bindparam("owner"),
        _open,
        publication_tags.c.name.not_in(
            select(featured_tags.c.name).where(featured_tags.c.actor_id == bindparam("owner"))
        ),
    )
    .group_by(publication_tags.c.name)
    .order_by(func.count().desc(), publication_tags.c.name)
    .limit(bindparam("size"))
)
_COLUMNS = len(featured_tags.c)


class FeaturedTags:
    """Finds and keeps the hashtags on profiles."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, featured: FeaturedTag) -> None:
        """Keep a hashtag for a profile; Conflict where it is there already."""
        await self._connection.run(_ADD, **values(featured))

    async def remove(self, owner: Actor, number: int) -> bool:
        """Take one off a profile by its number; False where there is none."""
        return bool(await self._connection.run(_REMOVE, row_id=number, owner=owner.id))

    async def remove_by_name(self, owner: Actor, name: str) -> None:
        """Take one off a profile by its name."""
        await self._connection.run(_REMOVE_BY_NAME, owner=owner.id, tag=name)

    async def by_name(self, owner: Actor, name: str) -> FeaturedTag | None:
        """Find one by its name."""
        row = await self._connection.first(_BY_NAME, owner=owner.id, tag=name)
        return FeaturedTag(*row) if row else None

    async def among(self, owner: Actor, names: list[str]) -> set[str]:
        """Return which of these hashtags are on an actor's profile."""
        if not names:
            return set()
        return {row[0] for row in await self._connection.all(_AMONG, owner=owner.id, names=names)}

    async def all(self, owner: Actor) -> list[tuple[FeaturedTag, TagUse]]:
        """Return the hashtags on a profile with their uses, the most used first."""
        rows = await self._connection.all(_ALL, owner=owner.id)
        return [(FeaturedTag(*row[:_COLUMNS]), TagUse(*row[_COLUMNS:])) for row in rows]

    async def suggestions(self, owner: Actor, size: int) -> list[str]:
        """Return the names that an actor uses most and does not show yet."""
        return [row[0] for row in await self._connection.all(_USED, owner=owner.id, size=size)]
