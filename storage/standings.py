"""What profiles count: followers, those followed, publications; for many actors at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select

from storage.actors import actors
from storage.connection import Connection
from storage.follows import follows
from storage.kinds import FollowState, Visibility
from storage.lists import Among
from storage.publication_rows import publications
from storage.statements import Statement


@dataclass(frozen=True, slots=True)
class Standing:
    """How many follow an actor and whom it follows, as far as this node knows, and what it has published."""

    followers: int = 0
    following: int = 0
    publications: int = 0
    last_published_at: datetime | None = None


def _count(table: Table, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(func.count()).select_from(table).where(*conditions).correlate(actors)


_accepted = follows.c.state == FollowState.ACCEPTED
_shown = (publications.c.author_id == actors.c.id, publications.c.visibility != Visibility.DIRECT)
_OF = Statement(
    select(
        actors.c.id,
        _count(follows, follows.c.followed_id == actors.c.id, _accepted).scalar_subquery(),
        _count(follows, follows.c.follower_id == actors.c.id, _accepted).scalar_subquery(),
        _count(publications, *_shown).scalar_subquery(),
        select(publications.c.published_at)
        .where(*_shown)
        .order_by(publications.c.id.desc())
        .limit(1)
        .correlate(actors)
        .scalar_subquery(),
    ).where(Among(actors.c.id, "ids"))
)


class Standings:
    """Counts what belongs to actors."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, ids: Collection[int]) -> dict[int, Standing]:
        """Return the standing of each of these actors, in one statement."""
        if not ids:
            return {}
        rows = await self._connection.all(_OF, ids=sorted(set(ids)))
        return {row[0]: Standing(*row[1:]) for row in rows}
