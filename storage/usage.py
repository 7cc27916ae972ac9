"""How much this node is used: what it tells everybody of itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Table,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from storage.actors import actors
from storage.base import EPOCH, Timestamp
from storage.connection import Connection
from storage.kinds import ActorType, Policy, Visibility
from storage.members import access_tokens, members
from storage.peers import peers
from storage.publication_rows import publications
from storage.statements import Statement

WEEKS: Final = 12
_WEEK: Final = timedelta(weeks=1)
#: 1970 began on a Thursday; weeks begin on Mondays.
_FIRST_MONDAY: Final = EPOCH + timedelta(days=4)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people are here, how many of them of late, what they published, and how many hosts we know."""

    people: int
    active: int
    publications: int
    hosts: int


@dataclass(frozen=True, slots=True)
class WeekOfUse:
    """One week: what was published here, who was last here in it, and who joined."""

    starts: datetime
    publications: int = 0
    active: int = 0
    joined: int = 0


def _count(table: Table, *conditions: ColumnElement[bool]) -> Any:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


_open = or_(
    publications.c.visibility == Visibility.PUBLIC.value,
    publications.c.visibility == Visibility.UNLISTED.value,
)
_since: ColumnElement[Any] = bindparam("since", type_=Timestamp())
_was_here = or_(
    members.c.signed_in_at > _since,
    select(access_tokens.c.id)
    .where(access_tokens.c.member_id == members.c.id, access_tokens.c.used_at > _since)
    .correlate(members)
    .exists(),
)
_NUMBERS = Statement(
    select(
        _count(
            actors,
            actors.c.is_local,
            actors.c.type == ActorType.PERSON.value,
            actors.c.gone_at.is_(None),
            actors.c.suspended_at.is_(None),
        ),
        _count(members, _was_here),
        _count(publications, publications.c.is_local, _open),
        _count(peers, peers.c.policy != Policy.BLOCKED.value),
    )
)
_HOSTS = Statement(
    select(peers.c.host)
    .where(peers.c.policy != Policy.BLOCKED.value)
    .order_by(peers.c.host)
    .limit(bindparam("most"))
)


def _by_week(moment: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Statement:
    first, length = (
        literal_column(str(much // timedelta(microseconds=1)), BigInteger())
        for much in (_FIRST_MONDAY - EPOCH, _WEEK)
    )
    week = ((type_coerce(moment, BigInteger) - first) // length).label("week")
    return Statement(
        select(week, func.count())
        .where(moment >= bindparam("since", type_=Timestamp()), *conditions)
        .group_by("week")
    )


_PUBLISHED = _by_week(publications.c.published_at, publications.c.is_local, _open)
_ACTIVE = _by_week(members.c.signed_in_at)
_JOINED = _by_week(members.c.created_at)


class Usage:
    """Counts how much this node is used."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def numbers(self, since: datetime) -> Numbers:
        """Return how much there is, in one statement; who was here after `since` is active."""
        row = await self._connection.first(_NUMBERS, since=since)
        assert row is not None
        return Numbers(*row)

    async def hosts(self, most: int) -> list[str]:
        """Return the hosts that are known and not blocked, in alphabetical order."""
        return [row[0] for row in await self._connection.all(_HOSTS, most=most)]

    async def weeks(self) -> list[WeekOfUse]:
        """Return the last twelve weeks, this one first; weeks begin on Mondays (UTC)."""
        today = self._now.astimezone(UTC).date()
        monday = datetime.combine(today - timedelta(days=today.weekday()), time(), UTC)
        starts = [monday - _WEEK * back for back in range(WEEKS)]
        counted = [
            {_FIRST_MONDAY + _WEEK * number: count for number, count in rows}
            for rows in (
                await self._connection.all(_PUBLISHED, since=starts[-1]),
                await self._connection.all(_ACTIVE, since=starts[-1]),
                await self._connection.all(_JOINED, since=starts[-1]),
            )
        ]
        return [WeekOfUse(start, *(counts.get(start, 0) for counts in counted)) for start in starts]
