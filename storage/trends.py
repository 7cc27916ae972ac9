"""What many people of the last days speak of: hashtags and publications, counted by people."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, bindparam, func, select, union_all

from storage.connection import Connection
from storage.identifiers import smallest_at
from storage.kinds import Visibility
from storage.listing import author_is_shown_to
from storage.publication_rows import publication_tags, publications
from storage.reactions import likes, shares
from storage.statements import Statement

RECENT: Final = timedelta(days=3)
"""How far back people are counted."""

_SINCE: Final = bindparam("since", type_=BigInteger())
_people = func.count(publications.c.author_id.distinct())
_TAGS = Statement(
    select(publication_tags.c.name)
    .join(publications, publications.c.id == publication_tags.c.publication_id)
    .where(
        publications.c.id >= _SINCE,
        publications.c.visibility == Visibility.PUBLIC,
        publications.c.indexable,
        author_is_shown_to(None),
    )
    .group_by(publication_tags.c.name)
    .order_by(_people.desc(), func.count().desc(), publication_tags.c.name)
    .limit(bindparam("size"))
)
_reactions = union_all(
    *(
        select(table.c.publication_id, table.c.actor_id).where(table.c.id >= _SINCE)
        for table in (likes, shares)
    )
).subquery("reactions")
_PUBLICATIONS = Statement(
    select(publications.c.id)
    .join(_reactions, _reactions.c.publication_id == publications.c.id)
    .where(
        publications.c.visibility == Visibility.PUBLIC,
        publications.c.indexable,
        ~publications.c.sensitive,
        publications.c.in_reply_to.is_(None),
        author_is_shown_to(None),
    )
    .group_by(publications.c.id)
    .order_by(func.count(_reactions.c.actor_id.distinct()).desc(), publications.c.id.desc())
    .limit(bindparam("size"))
)


class Trends:
    """Counts what many people speak of."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._since = smallest_at(now - RECENT)

    async def tags(self, size: int) -> list[str]:
        """Return the hashtags that most people used of late, folded."""
        return [row[0] for row in await self._connection.all(_TAGS, since=self._since, size=size)]

    async def publications(self, size: int) -> list[int]:
        """Return the ids of the publications that most people liked or shared of late."""
        return [row[0] for row in await self._connection.all(_PUBLICATIONS, since=self._since, size=size)]
