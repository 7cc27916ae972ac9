"""Who follows whom, as lists of actors that are read page by page; and the list of those who are blocked."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, func, or_, select

from storage.actors import Actor, actors
from storage.connection import Connection
from storage.follows import blocks, follows
from storage.hiding import not_hidden
from storage.kinds import FollowState
from storage.paging import Page, Paged
from storage.statements import Statement

_reader = bindparam("reader", type_=BigInteger())
_subject = bindparam("subject", type_=BigInteger())
_is_there = and_(actors.c.gone_at.is_(None), actors.c.suspended_at.is_(None))


def not_blocked(other: ColumnElement[int], reader: ColumnElement[int]) -> ColumnElement[bool]:
    """Return, as an SQL clause, that of two actors neither blocks the other."""
    between = blocks.alias("between")
    return ~(
        select(between.c.id)
        .where(
            or_(
                and_(between.c.actor_id == other, between.c.blocked_id == reader),
                and_(between.c.actor_id == reader, between.c.blocked_id == other),
            )
        )
        .exists()
    )


def _list(whose: ColumnElement[int], shown: ColumnElement[int], state: FollowState) -> Select[Any]:
    return (
        select(follows.c.id, actors)
        .join(actors, actors.c.id == shown)
        .where(whose == _subject, follows.c.state == state, _is_there)
    )


def _for_reader(query: Select[Any]) -> Select[Any]:
    return query.where(not_blocked(actors.c.id, _reader), not_hidden(actors.c.id, _reader))


_followers = _list(follows.c.followed_id, follows.c.follower_id, FollowState.ACCEPTED)
_following = _list(follows.c.follower_id, follows.c.followed_id, FollowState.ACCEPTED)
_requests = _list(follows.c.followed_id, follows.c.follower_id, FollowState.REQUESTED)
_FOLLOWERS = Paged(_followers, follows.c.id)
_FOLLOWERS_FOR = Paged(_for_reader(_followers), follows.c.id)
_FOLLOWING = Paged(_following, follows.c.id)
_FOLLOWING_FOR = Paged(_for_reader(_following), follows.c.id)
_REQUESTS = Paged(_requests, follows.c.id)
_BLOCKED = Paged(
    select(blocks.c.id, actors)
    .join(actors, actors.c.id == blocks.c.blocked_id)
    .where(blocks.c.actor_id == _subject),
    blocks.c.id,
)
_COUNT_REQUESTS = Statement(
    select(func.count())
    .select_from(follows.join(actors, actors.c.id == follows.c.follower_id))
    .where(follows.c.followed_id == _subject, follows.c.state == FollowState.REQUESTED, _is_there)
)
_FROM_HOST = Statement(
    select(actors)
    .join(follows, follows.c.follower_id == actors.c.id)
    .where(
        follows.c.followed_id == _subject,
        follows.c.state != FollowState.REJECTED,
        actors.c.host == bindparam("there"),
    )
)
_AT_HOST = Statement(
    select(actors)
    .join(follows, follows.c.followed_id == actors.c.id)
    .where(follows.c.follower_id == _subject, actors.c.host == bindparam("there"))
)

Numbered = list[tuple[int, Actor]]


class FollowLists:
    """Reads lists of actors as (number to page by, actor), the newest relation first."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def followers(self, subject: Actor, reader: Actor | None, page: Page) -> Numbered:
        """Return who follows an actor, without those whom another `reader` blocks or has hidden."""
        return await self._read(_FOLLOWERS, _FOLLOWERS_FOR, subject, reader, page)

    async def following(self, subject: Actor, reader: Actor | None, page: Page) -> Numbered:
        """Return whom an actor follows, without those whom another `reader` blocks or has hidden."""
        return await self._read(_FOLLOWING, _FOLLOWING_FOR, subject, reader, page)

    async def requests(self, subject: Actor, page: Page) -> Numbered:
        """Return who has asked to follow an actor and waits for an answer."""
        return _numbered(await _REQUESTS.rows(self._connection, page, subject=subject.id))

    async def count_requests(self, subject: Actor) -> int:
        """How many wait for an answer of an actor."""
        count: int = await self._connection.value(_COUNT_REQUESTS, subject=subject.id)
        return count

    async def blocked(self, subject: Actor, page: Page) -> Numbered:
        """Return whom an actor blocks."""
        return _numbered(await _BLOCKED.rows(self._connection, page, subject=subject.id))

    async def followers_from(self, subject: Actor, host: str) -> list[Actor]:
        """Return those of a host who follow an actor, or have asked to."""
        return [Actor(*row) for row in await self._connection.all(_FROM_HOST, subject=subject.id, there=host)]

    async def followed_at(self, subject: Actor, host: str) -> list[Actor]:
        """Return those of a host whom an actor follows, or has asked to."""
        return [Actor(*row) for row in await self._connection.all(_AT_HOST, subject=subject.id, there=host)]

    async def _read(
        self, whole: Paged, shortened: Paged, subject: Actor, reader: Actor | None, page: Page
    ) -> Numbered:
        if reader is None or reader.id == subject.id:
            return _numbered(await whole.rows(self._connection, page, subject=subject.id))
        return _numbered(
            await shortened.rows(self._connection, page, subject=subject.id, reader=reader.id, now=self._now)
        )


def _numbered(rows: list[tuple[Any, ...]]) -> Numbered:
    return [(row[0], Actor(*row[1:])) for row in rows]
