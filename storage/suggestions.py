"""Whom somebody might like to follow, and a directory of those who want to be found."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Select,
    Table,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata
from storage.connection import Connection
from storage.follow_lists import not_blocked
from storage.follows import follows
from storage.hiding import not_hidden
from storage.kinds import ActorType, FollowState
from storage.publication_rows import publications
from storage.statements import Statement, insert_or_ignore

suggestion_dismissals = Table(
    "suggestion_dismissals",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("target_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("created_at", Timestamp, nullable=False),
)

_reader = bindparam("reader", type_=BigInteger())
_peer = actors.alias("peer")
_wants_to_be_found = and_(
    actors.c.discoverable,
    actors.c.gone_at.is_(None),
    actors.c.suspended_at.is_(None),
    actors.c.moved_to.is_(None),
)
_of_a_followed_node = and_(
    actors.c.type == ActorType.ORGANIZATION,
    actors.c.host.in_(
        select(_peer.c.host)
        .join(follows, follows.c.followed_id == _peer.c.id)
        .where(
            follows.c.follower_id == bindparam("server", type_=BigInteger()),
            follows.c.state == FollowState.ACCEPTED,
        )
    ),
)
_SUGGESTED = Statement(
    select(actors)
    .where(
        _wants_to_be_found,
        or_(actors.c.is_local, _of_a_followed_node),
        actors.c.id != _reader,
        ~select(follows.c.id)
        .where(follows.c.follower_id == _reader, follows.c.followed_id == actors.c.id)
        .exists(),
        ~select(suggestion_dismissals.c.target_id)
        .where(suggestion_dismissals.c.owner_id == _reader, suggestion_dismissals.c.target_id == actors.c.id)
        .exists(),
        not_blocked(actors.c.id, _reader),
        not_hidden(actors.c.id, _reader),
    )
    .order_by((actors.c.type == ActorType.ORGANIZATION).desc(), actors.c.id.desc())
    .limit(bindparam("size"))
)
_DISMISS = insert_or_ignore(suggestion_dismissals)
_last: ColumnElement[int] = (
    select(func.coalesce(func.max(publications.c.id), 0))
    .where(publications.c.author_id == actors.c.id)
    .correlate(actors)
    .scalar_subquery()
)


def _directory(order: ColumnElement[int], *, is_reader: bool) -> Statement:
    query: Select[Any] = select(actors).where(
        _wants_to_be_found, or_(bindparam("anywhere"), actors.c.is_local)
    )
    if is_reader:
        query = query.where(not_blocked(actors.c.id, _reader), not_hidden(actors.c.id, _reader))
    return Statement(
        query.order_by(order.desc(), actors.c.id.desc()).limit(bindparam("size")).offset(bindparam("offset"))
    )


_ACTIVE = {known: _directory(_last, is_reader=known) for known in (True, False)}
_NEW = {known: _directory(actors.c.id, is_reader=known) for known in (True, False)}


class Suggestions:
    """Finds actors who want to be found."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def suggested(self, reader: Actor, server: Actor, size: int) -> list[Actor]:
        """Return whom a reader might follow: people of this node, bodies whose nodes `server` follows."""
        rows = await self._connection.all(
            _SUGGESTED, reader=reader.id, server=server.id, size=size, now=self._now
        )
        return [Actor(*row) for row in rows]

    async def dismiss(self, reader: Actor, target_id: int) -> None:
        """Suggest somebody no longer."""
        await self._connection.run(_DISMISS, owner_id=reader.id, target_id=target_id, created_at=self._now)

    async def directory(
        self, reader: Actor | None, *, newest: bool, local: bool, offset: int, size: int
    ) -> list[Actor]:
        """Return who wants to be found: who published last first, or (`newest`) who came last first."""
        statement = (_NEW if newest else _ACTIVE)[reader is not None]
        reading = {} if reader is None else {"reader": reader.id, "now": self._now}
        rows = await self._connection.all(statement, anywhere=not local, offset=offset, size=size, **reading)
        return [Actor(*row) for row in rows]
