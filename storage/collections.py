"""What only ActivityPub's collections ask of the database: the page before a page, and how many answers.

The stores page from the newest to the oldest, as timelines do; a `prev` link needs the other direction.
"""

from sqlalchemy import bindparam, func, or_, select

from storage.activities import Activity, activities
from storage.actors import Actor, actors
from storage.connection import Connection
from storage.follows import follows
from storage.kinds import FollowState
from storage.publications import Publication, publications, visible_to
from storage.statements import Statement
from storage.transaction import Transaction

_OUTBOX_AFTER = Statement(
    select(activities)
    .where(
        activities.c.actor_id == bindparam("subject"),
        activities.c.is_public,
        or_(activities.c.verb == "Create", activities.c.verb == "Announce"),
        activities.c.id > bindparam("after"),
    )
    .order_by(activities.c.id)
    .limit(bindparam("size"))
)
_FOLLOWERS_AFTER = Statement(
    select(follows.c.id, actors.c.uri)
    .join(actors, actors.c.id == follows.c.follower_id)
    .where(
        follows.c.followed_id == bindparam("subject"),
        follows.c.state == FollowState.ACCEPTED,
        follows.c.id > bindparam("after"),
    )
    .order_by(follows.c.id)
    .limit(bindparam("size"))
)
_FOLLOWING_AFTER = Statement(
    select(follows.c.id, actors.c.uri)
    .join(actors, actors.c.id == follows.c.followed_id)
    .where(
        follows.c.follower_id == bindparam("subject"),
        follows.c.state == FollowState.ACCEPTED,
        follows.c.id > bindparam("after"),
    )
    .order_by(follows.c.id)
    .limit(bindparam("size"))
)
_PUBLIC_REPLIES = Statement(
    select(func.count())
    .select_from(publications)
    .where(publications.c.in_reply_to == bindparam("parent"), visible_to(None))
)
_REPLIES = (
    select(publications.c.id, publications.c.uri)
    .where(
        publications.c.in_reply_to == bindparam("parent"),
        publications.c.id > bindparam("after"),
        visible_to(None),
    )
    .order_by(publications.c.id)
    .limit(bindparam("size"))
)
_OWN_REPLIES = Statement(_REPLIES.where(publications.c.author_id == bindparam("author")))
_OTHER_REPLIES = Statement(_REPLIES.where(publications.c.author_id != bindparam("author")))


async def outbox_after(tx: Transaction, actor: Actor, *, after: int, size: int) -> list[Activity]:
    """Public Create and Announce activities of an actor just newer than `after`, newest first."""
    rows = await _connection(tx).all(_OUTBOX_AFTER, subject=actor.id, after=after, size=size)
    return [Activity(*row) for row in reversed(rows)]


async def followers_after(
    tx: Transaction, followed: Actor, *, after: int, size: int
) -> list[tuple[int, str]]:
    """(follow id, follower's URI) of accepted followers just newer than `after`, newest first."""
    rows = await _connection(tx).all(_FOLLOWERS_AFTER, subject=followed.id, after=after, size=size)
    return [(row[0], row[1]) for row in reversed(rows)]


async def following_after(
    tx: Transaction, follower: Actor, *, after: int, size: int
) -> list[tuple[int, str]]:
    """(follow id, followed one's URI) just newer than `after`, newest first."""
    rows = await _connection(tx).all(_FOLLOWING_AFTER, subject=follower.id, after=after, size=size)
    return [(row[0], row[1]) for row in reversed(rows)]


async def count_public_replies(tx: Transaction, publication: Publication) -> int:
    """How many replies to a publication anybody may read."""
    count: int = await _connection(tx).value(_PUBLIC_REPLIES, parent=publication.uri)
    return count


async def public_replies(
    tx: Transaction, publication: Publication, *, own: bool, after: int, size: int
) -> list[tuple[int, str]]:
    """(id, URI) of public replies newer than `after`, oldest first: the author's `own`, or all others'."""
    statement = _OWN_REPLIES if own else _OTHER_REPLIES
    rows = await _connection(tx).all(
        statement, parent=publication.uri, author=publication.author_id, after=after, size=size
    )
    return [(row[0], row[1]) for row in rows]


def _connection(tx: Transaction) -> Connection:
    return tx._connection  # noqa: SLF001 - these queries belong to storage, whatever file they stand in
