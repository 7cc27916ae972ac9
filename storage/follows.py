"""Who follows whom, or has asked to; and who blocks whom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    delete,
    false,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)

from storage.actors import Actor, actors
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.kinds import FollowState
from storage.lists import Among
from storage.statements import Statement, insert_or_ignore

follows = Table(
    "follows",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("follower_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("followed_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("uri", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("decided_at", Timestamp),
    Column("notify", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("show_reblogs", Boolean(create_constraint=False), nullable=False, server_default=true()),
    Column("languages", Json),
    UniqueConstraint("follower_id", "followed_id"),
    Index("ix_follows_followed", "followed_id", "state", "id"),
    Index("ix_follows_follower", "follower_id", "state", "id"),
    Index(
        "ix_follows_notify", "followed_id", sqlite_where=text("notify = 1"), postgresql_where=text("notify")
    ),
)

blocks = Table(
    "blocks",
    metadata,
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("blocked_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("uri", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    # The list of those who are blocked is paged by it.
    Column("id", BigInteger, nullable=False),
    Index("ix_blocks_blocked_id", "blocked_id"),
    Index("uq_blocks_id", "id", unique=True),
    Index("ix_blocks_actor_id", "actor_id", "id"),
)


@dataclass(frozen=True, slots=True)
class Follow:
    """One actor following another, once the other accepts. `uri` is the id of the Follow activity.

    With `notify` the follower is told of every post; without `show_reblogs` no shares come into their home
    timeline, and with `languages` only posts in one of these.
    """

    id: int
    follower_id: int
    followed_id: int
    uri: str
    state: str
    created_at: datetime
    decided_at: datetime | None = None
    notify: bool = False
    show_reblogs: bool = True
    languages: list[str] | None = None


_ADD = Statement(insert(follows))
_FIND = Statement(
    select(follows).where(
        follows.c.follower_id == bindparam("follower"), follows.c.followed_id == bindparam("followed")
    )
)
_BY_URI = Statement(select(follows).where(follows.c.uri == bindparam("wanted")))
_DECIDE = Statement(
    update(follows)
    .where(follows.c.id == bindparam("row_id"))
    .values(state=bindparam("new_state"), decided_at=bindparam("moment"))
)
_RENEW = Statement(
    update(follows)
    .where(follows.c.id == bindparam("row_id"))
    .values(state=bindparam("new_state"), uri=bindparam("new_uri"), decided_at=None)
)
_REMOVE = Statement(
    delete(follows)
    .where(follows.c.follower_id == bindparam("follower"), follows.c.followed_id == bindparam("followed"))
    .returning(follows.c.id)
)
_FOLLOWERS_PAGE = Statement(
    select(follows.c.id, actors.c.uri)
    .join(actors, actors.c.id == follows.c.follower_id)
    .where(
        follows.c.followed_id == bindparam("subject"),
        follows.c.state == FollowState.ACCEPTED,
        follows.c.id < bindparam("before"),
    )
    .order_by(follows.c.id.desc())
    .limit(bindparam("size"))
)
_FOLLOWING_PAGE = Statement(
    select(follows.c.id, actors.c.uri)
    .join(actors, actors.c.id == follows.c.followed_id)
    .where(
        follows.c.follower_id == bindparam("subject"),
        follows.c.state == FollowState.ACCEPTED,
        follows.c.id < bindparam("before"),
    )
    .order_by(follows.c.id.desc())
    .limit(bindparam("size"))
)
_COUNT_FOLLOWERS = Statement(
    select(func.count())
    .select_from(follows)
    .where(follows.c.followed_id == bindparam("subject"), follows.c.state == FollowState.ACCEPTED)
)
_COUNT_FOLLOWING = Statement(
    select(func.count())
    .select_from(follows)
    .where(follows.c.follower_id == bindparam("subject"), follows.c.state == FollowState.ACCEPTED)
)
_FOLLOWED_BY = Statement(
    select(follows, actors)
    .join(actors, actors.c.id == follows.c.followed_id)
    .where(follows.c.follower_id == bindparam("subject"))
    .order_by(follows.c.id)
)
_ANY_LOCAL_FOLLOWER = Statement(
    select(follows.c.id)
    .join(actors, actors.c.id == follows.c.follower_id)
    .where(
        follows.c.followed_id == bindparam("subject"),
        follows.c.state == FollowState.ACCEPTED,
        actors.c.is_local,
    )
    .limit(1)
)
_LOCAL_FOLLOWERS = Statement(
    select(actors)
    .join(follows, follows.c.follower_id == actors.c.id)
    .where(
        follows.c.followed_id == bindparam("subject"),
        follows.c.state == FollowState.ACCEPTED,
        actors.c.is_local,
    )
    .order_by(actors.c.id)
)
_REMOTE_INBOXES = Statement(
    select(func.coalesce(actors.c.shared_inbox, actors.c.inbox))
    .join(follows, follows.c.follower_id == actors.c.id)
    .where(
        Among(follows.c.followed_id, "ids"),
        follows.c.state == FollowState.ACCEPTED,
        actors.c.is_local.is_(False),
        actors.c.gone_at.is_(None),
        actors.c.moved_to.is_(None),
    )
    .distinct()
)
_SET_OPTIONS = Statement(
    update(follows)
    .where(follows.c.id == bindparam("row_id"))
    .values(
        notify=bindparam("new_notify"),
        show_reblogs=bindparam("new_show_reblogs"),
        languages=bindparam("new_languages"),
    )
)
_BLOCK = insert_or_ignore(blocks, conflict=("actor_id", "blocked_id"))
_UNBLOCK = Statement(
    delete(blocks).where(
        blocks.c.actor_id == bindparam("blocker"), blocks.c.blocked_id == bindparam("blocked")
    )
)
_UNBLOCK_BY_URI = Statement(
    delete(blocks)
    .where(blocks.c.actor_id == bindparam("blocker"), blocks.c.uri == bindparam("wanted"))
    .returning(blocks.c.blocked_id)
)
_BLOCKED_EITHER_WAY = Statement(
    select(blocks.c.uri).where(
        or_(
            and_(blocks.c.actor_id == bindparam("one"), blocks.c.blocked_id == bindparam("other")),
            and_(blocks.c.actor_id == bindparam("other"), blocks.c.blocked_id == bindparam("one")),
        )
    )
)
_FOLLOW_COLUMNS = len(follows.c)


class Follows:
    """Finds and keeps follows and blocks."""

    def __init__(self, connection: Connection, new_id: Callable[[datetime], int]) -> None:
        self._connection = connection
        self._new_id = new_id

    async def find(self, follower: Actor, followed: Actor) -> Follow | None:
        """Find the follow between two actors, whatever its state."""
        row = await self._connection.first(_FIND, follower=follower.id, followed=followed.id)
        return Follow(*row) if row else None

    async def by_uri(self, uri: str) -> Follow | None:
        """Find a follow by the id of its Follow activity."""
        row = await self._connection.first(_BY_URI, wanted=uri)
        return Follow(*row) if row else None

    async def add(self, follow: Follow) -> Follow:
        """Keep a new follow; Conflict when the two already have one."""
        await self._connection.run(_ADD, **values(follow))
        return follow

    async def decide(self, follow: Follow, state: FollowState, moment: datetime) -> None:
        """Move a follow to another state."""
        await self._connection.run(_DECIDE, row_id=follow.id, new_state=state, moment=moment)

    async def renew(self, follow: Follow, uri: str) -> None:
        """Ask again, under a new Follow activity."""
        await self._connection.run(_RENEW, row_id=follow.id, new_state=FollowState.REQUESTED, new_uri=uri)

    async def remove(self, follower: Actor, followed: Actor) -> bool:
        """End a follow; False when there was none."""
        return bool(await self._connection.run(_REMOVE, follower=follower.id, followed=followed.id))

    async def followers_page(self, followed: Actor, *, before: int, size: int) -> list[tuple[int, str]]:
        """(follow id, follower's URI) of accepted followers, newest first, for the followers collection."""
        return [
            (row[0], row[1])
            for row in await self._connection.all(
                _FOLLOWERS_PAGE, subject=followed.id, before=before, size=size
            )
        ]

    async def following_page(self, follower: Actor, *, before: int, size: int) -> list[tuple[int, str]]:
        """(follow id, followed one's URI), newest first, for the following collection."""
        return [
            (row[0], row[1])
            for row in await self._connection.all(
                _FOLLOWING_PAGE, subject=follower.id, before=before, size=size
            )
        ]

    async def count_followers(self, followed: Actor) -> int:
        """How many follow an actor."""
        count: int = await self._connection.value(_COUNT_FOLLOWERS, subject=followed.id)
        return count

    async def count_following(self, follower: Actor) -> int:
        """How many an actor follows."""
        count: int = await self._connection.value(_COUNT_FOLLOWING, subject=follower.id)
        return count

    async def followed_by(self, follower: Actor) -> list[tuple[Follow, Actor]]:
        """Everyone whom an actor follows or has asked to, oldest first, with the state."""
        return [
            (Follow(*row[:_FOLLOW_COLUMNS]), Actor(*row[_FOLLOW_COLUMNS:]))
            for row in await self._connection.all(_FOLLOWED_BY, subject=follower.id)
        ]

    async def set_options(self, follow: Follow) -> None:
        """Keep what a follower wants to see of the one followed, as `follow` says."""
        await self._connection.run(
            _SET_OPTIONS,
            row_id=follow.id,
            new_notify=follow.notify,
            new_show_reblogs=follow.show_reblogs,
            new_languages=follow.languages,
        )

    async def has_local_follower(self, followed: Actor) -> bool:
        """Whether anybody here follows an actor."""
        return await self._connection.first(_ANY_LOCAL_FOLLOWER, subject=followed.id) is not None

    async def local_followers(self, followed: Actor) -> list[Actor]:
        """Everybody here who follows an actor."""
        return [Actor(*row) for row in await self._connection.all(_LOCAL_FOLLOWERS, subject=followed.id)]

    async def remote_inboxes(self, followed_ids: list[int]) -> set[str]:
        """Return the distinct inboxes (shared where there is one) of all remote followers of these actors."""
        return {row[0] for row in await self._connection.all(_REMOTE_INBOXES, ids=followed_ids)}

    async def block(self, blocker: Actor, blocked: Actor, uri: str, moment: datetime) -> None:
        """Keep a block; blocking twice changes nothing."""
        await self._connection.run(
            _BLOCK,
            actor_id=blocker.id,
            blocked_id=blocked.id,
            uri=uri,
            created_at=moment,
            id=self._new_id(moment),
        )

    async def unblock(self, blocker: Actor, blocked: Actor) -> None:
        """End a block."""
        await self._connection.run(_UNBLOCK, blocker=blocker.id, blocked=blocked.id)

    async def unblock_by_uri(self, blocker: Actor, uri: str) -> bool:
        """End a block known by the id of its activity; False when there is none."""
        return bool(await self._connection.run(_UNBLOCK_BY_URI, blocker=blocker.id, wanted=uri))

    async def blocked_either_way(self, one: Actor, other: Actor) -> bool:
        """Whether one of two actors blocks the other."""
        return await self._connection.first(_BLOCKED_EITHER_WAY, one=one.id, other=other.id) is not None
