"""The rows of polls: what can be chosen, how often it was, and who chose what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from storage.base import Timestamp, metadata

polls = Table(
    "polls",
    metadata,
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True),
    Column("multiple", Boolean(create_constraint=False), nullable=False),
    Column("hides_totals", Boolean(create_constraint=False), nullable=False),
    Column("voters", Integer),
    Column("ends_at", Timestamp),
    Column("closed_at", Timestamp),
    Column("concluded_at", Timestamp),
    Column("changed_at", Timestamp),
    Column("fetched_at", Timestamp),
)
Index(
    "ix_polls_ends_at",
    polls.c.ends_at,
    sqlite_where=polls.c.concluded_at.is_(None),
    postgresql_where=polls.c.concluded_at.is_(None),
)
Index(
    "ix_polls_changed_at",
    polls.c.changed_at,
    sqlite_where=polls.c.changed_at.is_not(None),
    postgresql_where=polls.c.changed_at.is_not(None),
)

poll_options = Table(
    "poll_options",
    metadata,
    Column(
        "publication_id", BigInteger, ForeignKey("polls.publication_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("position", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("votes", Integer, nullable=False),
)

poll_votes = Table(
    "poll_votes",
    metadata,
    Column(
        "publication_id", BigInteger, ForeignKey("polls.publication_id", ondelete="CASCADE"), primary_key=True
    ),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("choice", Integer, primary_key=True),
    Column("uri", Text),
    Column("created_at", Timestamp, nullable=False),
    Index("ix_poll_votes_actor_id", "actor_id"),
)


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll, without what can be chosen in it.

    `voters` is how many have voted, None where another node does not say. `closed_at` is when its author
    closed it, `concluded_at` when its end was noticed here, `changed_at` since when there are votes that
    other nodes were not told of, `fetched_at` when a remote one was last looked at.
    """

    publication_id: int
    multiple: bool = False
    hides_totals: bool = False
    voters: int | None = 0
    ends_at: datetime | None = None
    closed_at: datetime | None = None
    concluded_at: datetime | None = None
    changed_at: datetime | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen, how often it was, and whether the reader chose it."""

    title: str
    votes: int = 0
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as one reader sees it; `is_voter` is None where nobody in particular reads.

    The author counts as a voter, as everywhere: nobody is asked their own question.
    """

    poll: Poll
    author_id: int
    options: tuple[Option, ...]
    is_voter: bool | None = None

    @property
    def choices(self) -> tuple[int, ...]:
        """The positions of the options that the reader chose."""
        return tuple(position for position, option in enumerate(self.options) if option.is_chosen)

    def is_over(self, now: datetime) -> bool:
        """Whether nobody can vote any more."""
        poll = self.poll
        return poll.closed_at is not None or (poll.ends_at is not None and poll.ends_at <= now)
