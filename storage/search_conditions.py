"""What a search can ask of publications besides their words."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Text, literal, or_, select

from storage.follows import follows
from storage.marks import bookmarks
from storage.polls import polls
from storage.publication_rows import mentions, publications
from storage.reactions import likes, shares


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is asked for (True), excluded (False) or all the same (None).

    Ids are moments (`storage.identifiers`): `after_id` and `before_id` are exclusive bounds in time.
    `library_of` narrows it to what an actor wrote, answered, liked, shared, bookmarked or is mentioned in.
    """

    has_media: bool | None = None
    has_poll: bool | None = None
    has_page: bool | None = None
    is_answer: bool | None = None
    is_sensitive: bool | None = None
    media_type: str | None = None
    after_id: int | None = None
    before_id: int | None = None
    library_of: int | None = None
    followed_by: int | None = None


UNCONDITIONAL: Final = Conditions()


def clauses(asked: Conditions) -> list[ColumnElement[bool]]:
    """Return them as SQL over `publications`."""
    columns = publications.c
    found: list[ColumnElement[bool]] = []
    media = columns.attachments != literal("[]", Text())
    poll = select(polls.c.publication_id).where(polls.c.publication_id == columns.id).exists()
    for wanted, clause in (
        (asked.has_media, media),
        (asked.has_poll, poll),
        (asked.has_page, columns.title != ""),
        (asked.is_answer, columns.in_reply_to.is_not(None)),
        (asked.is_sensitive, or_(columns.sensitive, columns.summary != "")),
    ):
        if wanted is not None:
            found.append(clause if wanted else ~clause)
    if asked.media_type is not None:
        # The kind of a file stands in the JSON of the attachments, as text.
        found.append(columns.attachments.cast(Text).contains(f'"{asked.media_type}/', autoescape=True))
    if asked.after_id is not None:
        found.append(columns.id > asked.after_id)
    if asked.before_id is not None:
        found.append(columns.id < asked.before_id)
    if asked.library_of is not None:
        found.append(_library(asked.library_of))
    if asked.followed_by is not None:
        following = follows.c.follower_id == asked.followed_by
        found.append(
            select(follows.c.id).where(following, follows.c.followed_id == columns.author_id).exists()
        )
    return found


def _library(actor_id: int) -> ColumnElement[bool]:
    columns = publications.c
    marked = (
        select(table.c.publication_id)
        .where(table.c.actor_id == actor_id, table.c.publication_id == columns.id)
        .exists()
        for table in (likes, shares, bookmarks, mentions)
    )
    return or_(columns.author_id == actor_id, *marked)
