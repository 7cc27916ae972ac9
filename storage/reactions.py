"""Who liked what, and who shared it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    false,
    func,
    select,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.members import members
from storage.paging import Page, Paged
from storage.publications import Publication
from storage.statements import Statement, insert_or_ignore


def _reactions(name: str, *more: Column[Any]) -> Table:
    return Table(
        name,
        metadata,
        Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
        Column(
            "publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True
        ),
        Column("uri", Text, nullable=False),
        Column("created_at", Timestamp, nullable=False),
        # Lists of reactions are paged by it; a share stands in timelines under it.
        Column("id", BigInteger, nullable=False),
        *more,
        Index(f"ix_{name}_publication_id", "publication_id", "id"),
        Index(f"ix_{name}_actor_id", "actor_id", "id"),
        Index(f"uq_{name}_id", "id", unique=True),
        Index(f"ix_{name}_uri", "uri"),
    )


likes = _reactions("likes")
shares = _reactions(
    "shares",
    # Whether only those who follow the sharer are told of it.
    Column("for_followers", Boolean(create_constraint=False), nullable=False, server_default=false()),
)


def _for_followers(table: Table) -> list[ColumnElement[bool]]:
    return [table.c.for_followers] if "for_followers" in table.c else []


class ReactionStatements:
    """The same few statements for likes and for shares."""

    def __init__(self, table: Table) -> None:
        self.add = insert_or_ignore(table, table.c.id, conflict=("actor_id", "publication_id"))
        self.remove = Statement(
            delete(table)
            .where(table.c.actor_id == bindparam("by"), table.c.publication_id == bindparam("what"))
            .returning(table.c.uri)
        )
        self.has = Statement(
            select(table.c.uri).where(
                table.c.actor_id == bindparam("by"), table.c.publication_id == bindparam("what")
            )
        )
        self.is_for_followers = Statement(
            select(*(_for_followers(table) or [false()])).where(
                table.c.actor_id == bindparam("by"), table.c.publication_id == bindparam("what")
            )
        )
        self.number = Statement(
            select(table.c.id).where(
                table.c.actor_id == bindparam("by"), table.c.publication_id == bindparam("what")
            )
        )
        self.count = Statement(
            select(func.count()).select_from(table).where(table.c.publication_id == bindparam("what"))
        )
        self.listed = Paged(
            select(table.c.id, actors)
            .join(actors, actors.c.id == table.c.actor_id)
            .where(
                table.c.publication_id == bindparam("what"),
                actors.c.suspended_at.is_(None),
                actors.c.gone_at.is_(None),
                *(each.is_(False) for each in _for_followers(table)),
            ),
            table.c.id,
        )
        self.members = Statement(
            select(actors)
            .join(table, table.c.actor_id == actors.c.id)
            .join(members, members.c.actor_id == actors.c.id)
            .where(table.c.publication_id == bindparam("what"))
            .order_by(actors.c.id)
        )
        self.by_uri = Statement(
            select(table.c.publication_id).where(
                table.c.uri == bindparam("wanted"), table.c.actor_id == bindparam("by")
            )
        )


_LIKES = ReactionStatements(likes)
_SHARES = ReactionStatements(shares)


class Reactions:
    """Finds and keeps one kind of reaction: one for each actor and publication."""

    def __init__(
        self, connection: Connection, statements: ReactionStatements, new_id: Callable[[datetime], int]
    ) -> None:
        self._connection = connection
        self._statements = statements
        self._new_id = new_id

    async def add(
        self,
        actor: Actor,
        publication: Publication,
        uri: str,
        moment: datetime,
        *,
        for_followers: bool = False,
    ) -> int | None:
        """Keep a reaction and return its number; None when it was there already.

        `for_followers`: a share of which only those are told who follow the actor.
        """
        number: int | None = await self._connection.value(
            self._statements.add,
            actor_id=actor.id,
            publication_id=publication.id,
            uri=uri,
            created_at=moment,
            id=self._new_id(moment),
            for_followers=for_followers,
        )
        return number

    async def number(self, actor: Actor, publication: Publication) -> int | None:
        """Return the number of an actor's reaction to a publication, if there is one."""
        found: int | None = await self._connection.value(
            self._statements.number, by=actor.id, what=publication.id
        )
        return found

    async def is_for_followers(self, actor: Actor, publication: Publication) -> bool:
        """Whether an actor's share is for those who follow them alone."""
        return bool(
            await self._connection.value(self._statements.is_for_followers, by=actor.id, what=publication.id)
        )

    async def has(self, actor: Actor, publication: Publication) -> bool:
        """Whether an actor reacted so to a publication."""
        return (
            await self._connection.first(self._statements.has, by=actor.id, what=publication.id) is not None
        )

    async def remove(self, actor: Actor, publication: Publication) -> str | None:
        """Take a reaction back and return the id of its activity; None when there was none."""
        uri: str | None = await self._connection.value(
            self._statements.remove, by=actor.id, what=publication.id
        )
        return uri

    async def publication_of(self, actor: Actor, uri: str) -> int | None:
        """Find which publication an actor's reaction, known by its activity's id, is about."""
        found: int | None = await self._connection.value(self._statements.by_uri, wanted=uri, by=actor.id)
        return found

    async def by(self, publication_id: int, page: Page) -> list[tuple[int, Actor]]:
        """Return a page of those who reacted so, each with the number of the reaction, the latest first.

        Whoever shared with their followers alone is not named.
        """
        rows = await self._statements.listed.rows(self._connection, page, what=publication_id)
        return [(row[0], Actor(*row[1:])) for row in rows]

    async def members_who_did(self, publication: Publication) -> list[Actor]:
        """Return the members of this node who reacted so."""
        rows = await self._connection.all(self._statements.members, what=publication.id)
        return [Actor(*row) for row in rows]

    async def count(self, publication: Publication) -> int:
        """How many actors reacted so."""
        found: int = await self._connection.value(self._statements.count, what=publication.id)
        return found


def likes_of(connection: Connection, new_id: Callable[[datetime], int]) -> Reactions:
    """Return the store of likes."""
    return Reactions(connection, _LIKES, new_id)


def shares_of(connection: Connection, new_id: Callable[[datetime], int]) -> Reactions:
    """Return the store of shares (Announce)."""
    return Reactions(connection, _SHARES, new_id)
