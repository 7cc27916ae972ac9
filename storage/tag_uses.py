"""How much hashtags were used on each of the last days."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy import BigInteger, bindparam, func, literal_column, select, type_coerce

from storage.base import EPOCH, Timestamp
from storage.connection import Connection
from storage.kinds import Visibility
from storage.lists import Among
from storage.publication_rows import publication_tags, publications
from storage.statements import Statement

DAYS = 7
_MICROSECONDS = 86_400_000_000


@dataclass(frozen=True, slots=True)
class DayOfUse:
    """One day (UTC) of a hashtag: in how many publications for everybody, by how many authors."""

    day: date
    uses: int = 0
    accounts: int = 0


_day = type_coerce(publications.c.published_at, BigInteger).op("/", return_type=BigInteger())(
    literal_column(str(_MICROSECONDS), BigInteger())
)
_HISTORY = Statement(
    select(
        publication_tags.c.name,
        _day.label("day"),
        func.count(),
        func.count(publications.c.author_id.distinct()),
    )
    .join(publications, publications.c.id == publication_tags.c.publication_id)
    .where(
        Among(publication_tags.c.name, "names"),
        publications.c.visibility == Visibility.PUBLIC,
        publications.c.published_at >= bindparam("since", type_=Timestamp()),
    )
    .group_by(publication_tags.c.name, "day")
)
_LAST: Final = "\U0010ffff"
_BEGINNING_WITH = Statement(
    select(publication_tags.c.name)
    .join(publications, publications.c.id == publication_tags.c.publication_id)
    .where(
        publication_tags.c.name >= bindparam("start"),
        publication_tags.c.name < bindparam("end"),
        publications.c.visibility == Visibility.PUBLIC,
    )
    .group_by(publication_tags.c.name)
    .order_by(func.count().desc(), publication_tags.c.name)
    .limit(bindparam("size"))
    .offset(bindparam("skipped"))
)


class TagUses:
    """Counts the uses of hashtags."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def history(self, names: Collection[str]) -> dict[str, list[DayOfUse]]:
        """Return the last seven days of each hashtag, today first, in one statement; names are folded."""
        today = self._now.astimezone(UTC).date()
        days = [today - timedelta(days=back) for back in range(DAYS)]
        found = {(name, day): DayOfUse(day) for name in names for day in days}
        if names:
            since = datetime.combine(days[-1], time(), UTC)
            for name, number, uses, accounts in await self._connection.all(
                _HISTORY, names=sorted(set(names)), since=since
            ):
                day = (EPOCH + timedelta(days=number)).date()
                found[name, day] = DayOfUse(day, uses, accounts)
        return {name: [found[name, day] for day in days] for name in names}

    async def beginning_with(self, start: str, *, size: int, offset: int = 0) -> list[str]:
        """Return the hashtags that begin so, the most used first; `start` is folded."""
        rows = await self._connection.all(
            _BEGINNING_WITH, start=start, end=start + _LAST, size=size, skipped=offset
        )
        return [row[0] for row in rows]
