"""Finding actors by the beginnings of the words in their names, those near to the reader first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, Text, and_, bindparam, case, func, or_, select

from storage.actor_names import actor_words, name_words
from storage.actors import Actor, actors
from storage.connection import Connection
from storage.follow_lists import not_blocked
from storage.follows import follows
from storage.hiding import not_hidden
from storage.kinds import FollowState
from storage.statements import Statement

_WORDS: Final = 3
"""Words of a search that count; few names have more."""

_END: Final = "\U0010ffff"
_reader = bindparam("reader", type_=BigInteger())
_host = bindparam("host", type_=Text())
_exact = bindparam("exact", type_=Text())


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for: words of a name, and the host it must be of (empty: any)."""

    words: tuple[str, ...]
    username: str
    host: str = ""


def read_sought(text: str) -> Sought:
    """Read what somebody typed: part of a name, or a handle with or without the leading @."""
    text = text.strip().removeprefix("@")
    name, _, host = text.partition("@")
    return Sought(tuple(name_words(name)[:_WORDS]), name.casefold(), host.strip().lower())


def _begins(place: int) -> ColumnElement[bool]:
    start, end = bindparam(f"word_{place}", type_=Text()), bindparam(f"end_{place}", type_=Text())
    found = actors.c.id.in_(
        select(actor_words.c.actor_id).where(actor_words.c.word >= start, actor_words.c.word < end)
    )
    return found if place == 0 else or_(start == "", found)


def _query(*, is_reader: bool) -> Select[Any]:
    followed: ColumnElement[bool] = (
        select(follows.c.id)
        .where(
            follows.c.follower_id == _reader,
            follows.c.followed_id == actors.c.id,
            follows.c.state == FollowState.ACCEPTED,
        )
        .exists()
    )
    is_exact = func.lower(actors.c.username) == _exact
    query = select(actors).where(
        *(_begins(place) for place in range(_WORDS)),
        or_(_host == "", actors.c.host == _host),
        actors.c.gone_at.is_(None),
        actors.c.suspended_at.is_(None),
    )
    nearness = [case((is_exact, 0), else_=1)]
    if is_reader:
        query = query.where(
            or_(actors.c.discoverable, actors.c.is_local, is_exact, followed),
            or_(bindparam("anybody"), followed),
            # Whoever was muted or blocked is named in full to be let back in.
            or_(
                is_exact,
                actors.c.id == _reader,
                and_(not_blocked(actors.c.id, _reader), not_hidden(actors.c.id, _reader)),
            ),
        )
        nearness.insert(0, case((followed, 0), else_=1))
    else:
        query = query.where(or_(actors.c.discoverable, is_exact))
    return (
        query.order_by(*nearness, actors.c.is_local.desc(), actors.c.id)
        .limit(bindparam("size"))
        .offset(bindparam("offset"))
    )


_FOR_READER = Statement(_query(is_reader=True))
_FOR_ANYBODY = Statement(_query(is_reader=False))


class AccountSearch:
    """Finds actors by name."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def find(
        self, reader: Actor | None, text: str, *, size: int, offset: int = 0, following: bool = False
    ) -> list[Actor]:
        """Return known actors whose names have words that begin as those of `text` do.

        Those whom `reader` follows come first, with `following` there are no others. Who does not want to be
        found is found by the whole user name only, unless they are of this node or followed; so is whom the
        reader has blocked or hidden.
        """
        sought = read_sought(text)
        if not sought.words or (following and reader is None):
            return []
        parameters: dict[str, Any] = {
            "exact": sought.username,
            "host": sought.host,
            "size": size,
            "offset": offset,
        }
        for place in range(_WORDS):
            word = sought.words[place] if place < len(sought.words) else ""
            parameters |= {f"word_{place}": word, f"end_{place}": word + _END}
        if reader is None:
            rows = await self._connection.all(_FOR_ANYBODY, **parameters)
        else:
            rows = await self._connection.all(
                _FOR_READER, reader=reader.id, now=self._now, anybody=not following, **parameters
            )
        return [Actor(*row) for row in rows]
