"""What stands in a timeline: a publication or a share of it, with what changes more often than its text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
)

from storage.actors import actors
from storage.follows import follows
from storage.kinds import FollowState, Visibility
from storage.listing import author_is_shown_to
from storage.marks import bookmarks, pins
from storage.notification_policies import conversation_mutes
from storage.polls import polls
from storage.publication_rows import publications
from storage.quotes import QuoteState, quotes
from storage.reactions import likes, shares
from storage.visibility import Reader, visible_to

READER: Final = bindparam("reader", type_=BigInteger())
"""The parameter of statements for one reader: the number of their actor."""

_parents = publications.alias("parents")
_answers = publications.alias("answers")
_quoting = quotes.alias("quoting")


@dataclass(frozen=True, slots=True)
class Item:
    """A status in a list, as one reader sees it.

    `id` is what clients know it by: the publication's own number, or that of the share that brought it.
    `page_id` is the number by which its list is paged. The rows themselves are loaded by whoever has not kept
    what was made of them, which `revision` and `author_revision` tell.
    """

    page_id: int
    id: int
    publication_id: int
    revision: int
    author_id: int
    author_revision: int
    sharer_id: int | None
    share_uri: str | None
    shared_at: datetime | None
    shared_with_followers: bool
    parent_id: int | None
    parent_author_id: int | None
    answers: int
    shares: int
    likes: int
    quotes: int
    has_poll: bool
    has_quote: bool
    is_liked: bool
    is_shared: bool
    is_bookmarked: bool
    is_pinned: bool
    is_silent: bool
    follows_author: bool
    is_followed_by_author: bool


def item_of(row: Any) -> Item:
    """Return a row of `items` as an Item."""
    return Item(*row)


def items(
    reader: Reader,
    source: Any = publications,
    *,
    number: ColumnElement[int] = publications.c.id,
    page_id: ColumnElement[int] | None = None,
    shared: bool = False,
) -> Select[Any]:
    """Return a query for items that `reader` (None: anybody) may see.

    `source` is what to select from: `publications`, joined with whatever else is needed. `number` is what a
    client knows the item by, `page_id` what its list is paged by where that is another number. A `shared`
    source has `shares` in it, which may be absent from a row.
    """
    return (
        select(
            (number if page_id is None else page_id).label("page_id"),
            number.label("id"),
            publications.c.id.label("publication_id"),
            publications.c.revision,
            publications.c.author_id,
            _author_revision(),
            (shares.c.actor_id if shared else cast(null(), BigInteger)).label("sharer_id"),
            (shares.c.uri if shared else cast(null(), Text)).label("share_uri"),
            (shares.c.created_at if shared else cast(null(), BigInteger)).label("shared_at"),
            (shares.c.for_followers.is_(True) if shared else false()).label("shared_with_followers"),
            _parents.c.id.label("parent_id"),
            _parents.c.author_id.label("parent_author_id"),
            _answers_counted(),
            _count(shares, "share_count"),
            _count(likes, "like_count"),
            _count_quotes(),
            _exists(polls).label("has_poll"),
            _exists(quotes).label("has_quote"),
            _did(likes, reader, "is_liked"),
            _did(shares, reader, "is_shared"),
            _did(bookmarks, reader, "is_bookmarked"),
            _did(pins, reader, "is_pinned"),
            _is_silent(reader).label("is_silent"),
            _follows(reader, publications.c.author_id, reader).label("follows_author"),
            _follows(reader, reader, publications.c.author_id).label("is_followed"),
        )
        .select_from(source.outerjoin(_parents, _parents.c.uri == publications.c.in_reply_to))
        .where(visible_to(reader), author_is_shown_to(reader), *(_shared_with(reader) if shared else ()))
    )


def _shared_with(reader: Reader) -> list[ColumnElement[bool]]:
    """Return that it is no share, one for everybody, or one for followers of whom `reader` is one."""
    is_open = shares.c.for_followers.is_not(True)
    if reader is None:
        return [is_open]
    return [or_(is_open, shares.c.actor_id == reader, _follows(reader, shares.c.actor_id, reader))]


def _author_revision() -> Label[int]:
    # Not joined: SQLite would begin with the actors, and then sort everything they ever published.
    return (
        select(actors.c.revision)
        .where(actors.c.id == publications.c.author_id)
        .correlate(publications)
        .scalar_subquery()
        .label("author_revision")
    )


def _answers_counted() -> Label[int]:
    return (
        select(func.count())
        .select_from(_answers)
        .where(
            _answers.c.in_reply_to == publications.c.uri,
            _answers.c.visibility.in_((literal(Visibility.PUBLIC.value), literal(Visibility.UNLISTED.value))),
        )
        .correlate(publications)
        .scalar_subquery()
        .label("answer_count")
    )


def _count(table: Table, name: str) -> Label[int]:
    counted = table.alias(f"counted_{table.name}")
    return (
        select(func.count())
        .select_from(counted)
        .where(counted.c.publication_id == publications.c.id)
        .correlate(publications)
        .scalar_subquery()
        .label(name)
    )


def _count_quotes() -> Label[int]:
    return (
        select(func.count())
        .select_from(_quoting)
        .where(_quoting.c.quoted_id == publications.c.id, _quoting.c.state == QuoteState.ACCEPTED.value)
        .correlate(publications)
        .scalar_subquery()
        .label("quote_count")
    )


def _exists(table: Table) -> ColumnElement[bool]:
    one = table.alias(f"any_{table.name}")
    return (
        select(one.c.publication_id)
        .where(one.c.publication_id == publications.c.id)
        .correlate(publications)
        .exists()
    )


def _is_silent(reader: Reader) -> ColumnElement[bool]:
    """Return whether the reader is told nothing of the thread."""
    if reader is None:
        return false()
    thread = func.coalesce(publications.c.conversation, publications.c.uri)
    muted = select(conversation_mutes.c.thread).where(
        conversation_mutes.c.owner_id == reader, conversation_mutes.c.thread == thread
    )
    return muted.correlate(publications).exists()


def _follows(reader: Reader, followed: Any, follower: Any) -> ColumnElement[bool]:
    if reader is None:
        return false()
    one = follows.alias()
    return (
        select(one.c.id)
        .where(
            one.c.follower_id == follower,
            one.c.followed_id == followed,
            one.c.state == FollowState.ACCEPTED.value,
        )
        .correlate(publications, shares)
        .exists()
    )


def _did(table: Table, reader: Reader, name: str) -> Label[bool]:
    if reader is None:
        return false().label(name)
    mine = table.alias(f"my_{table.name}")
    did = select(mine.c.publication_id).where(
        mine.c.actor_id == reader, mine.c.publication_id == publications.c.id
    )
    return did.correlate(publications).exists().label(name)
