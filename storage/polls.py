"""Polls: what can be chosen, how often it was, and who chose what.

A poll belongs to a publication and has its number. How often an option was chosen is counted as votes come,
so that a page of polls costs one statement however many voted.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Integer,
    Select,
    and_,
    bindparam,
    delete,
    false,
    insert,
    null,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, values
from storage.connection import Connection
from storage.lists import Among
from storage.poll_rows import Option, Poll, PollView, poll_options, poll_votes, polls
from storage.publication_rows import publications
from storage.statements import Row, Statement, insert_or_ignore

__all__ = ["Option", "Poll", "PollView", "Polls", "poll_votes", "polls"]

_COLUMNS = len(polls.c)


def _views(*, for_reader: bool) -> Select[Any]:
    mine = (
        select(poll_votes.c.choice)
        .where(
            and_(
                poll_votes.c.publication_id == poll_options.c.publication_id,
                poll_votes.c.choice == poll_options.c.position,
                poll_votes.c.actor_id == bindparam("reader", type_=BigInteger()),
            )
        )
        .exists()
    )
    return (
        select(
            polls,
            publications.c.author_id,
            poll_options.c.title,
            poll_options.c.votes,
            (mine if for_reader else false()).label("is_chosen"),
        )
        .join_from(polls, publications, publications.c.id == polls.c.publication_id)
        .join(poll_options, poll_options.c.publication_id == polls.c.publication_id)
        .where(Among(polls.c.publication_id, "ids"))
        .order_by(polls.c.publication_id, poll_options.c.position)
    )


_FOR_READER = Statement(_views(for_reader=True))
_FOR_ANYBODY = Statement(_views(for_reader=False))
_ADD = Statement(insert(polls))
_ADD_OPTION = Statement(insert(poll_options))
_REMOVE = Statement(delete(polls).where(polls.c.publication_id == bindparam("what")))
_LOCK = Statement(select(polls).where(polls.c.publication_id == bindparam("what")).with_for_update())
_VOTE = insert_or_ignore(poll_votes, poll_votes.c.choice)
_HAS_VOTED = Statement(
    select(poll_votes.c.choice).where(
        poll_votes.c.publication_id == bindparam("what"), poll_votes.c.actor_id == bindparam("who")
    )
)
_COUNT_VOTE = Statement(
    update(poll_options)
    .where(poll_options.c.publication_id == bindparam("what"), poll_options.c.position == bindparam("which"))
    .values(votes=poll_options.c.votes + 1)
)
_COUNT_VOTER = Statement(
    update(polls).where(polls.c.publication_id == bindparam("what")).values(voters=polls.c.voters + 1)
)
_MARK_CHANGED = Statement(
    update(polls)
    .where(polls.c.publication_id == bindparam("what"), polls.c.changed_at.is_(None))
    .values(changed_at=bindparam("moment", type_=Timestamp()))
)
_SET_TIMES = Statement(
    update(polls)
    .where(polls.c.publication_id == bindparam("what"))
    .values(
        voters=bindparam("counted", type_=Integer()),
        ends_at=bindparam("end", type_=Timestamp()),
        closed_at=bindparam("closed", type_=Timestamp()),
        fetched_at=bindparam("moment", type_=Timestamp()),
    )
)
_SET_VOTES = Statement(
    update(poll_options)
    .where(poll_options.c.publication_id == bindparam("what"), poll_options.c.position == bindparam("which"))
    .values(votes=bindparam("counted", type_=Integer()))
)
_RESCHEDULE = Statement(
    update(polls)
    .where(polls.c.publication_id == bindparam("what"))
    .values(
        ends_at=bindparam("end", type_=Timestamp()),
        hides_totals=bindparam("hides", type_=Boolean(create_constraint=False)),
        concluded_at=null(),
    )
)
_LOOKED_AT = Statement(
    update(polls)
    .where(polls.c.publication_id == bindparam("what"))
    .values(fetched_at=bindparam("moment", type_=Timestamp()))
)
_ENDED = Statement(
    select(polls.c.publication_id)
    .where(polls.c.concluded_at.is_(None), polls.c.ends_at <= bindparam("moment", type_=Timestamp()))
    .order_by(polls.c.ends_at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_CONCLUDE = Statement(
    update(polls)
    .where(polls.c.publication_id == bindparam("what"))
    .values(concluded_at=bindparam("moment", type_=Timestamp()), changed_at=null())
)
_CHANGED = Statement(
    select(polls.c.publication_id)
    .where(polls.c.changed_at.is_not(None), polls.c.changed_at <= bindparam("before", type_=Timestamp()))
    .order_by(polls.c.changed_at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_TOLD = Statement(update(polls).where(polls.c.publication_id == bindparam("what")).values(changed_at=null()))
_VOTERS = Statement(
    select(actors)
    .where(
        actors.c.id.in_(
            select(poll_votes.c.actor_id).where(poll_votes.c.publication_id == bindparam("what"))
        ),
        actors.c.is_local == bindparam("local", type_=Boolean(create_constraint=False)),
    )
    .order_by(actors.c.id)
)


class Polls:
    """Finds and keeps polls and votes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, publication_ids: Iterable[int], reader: Actor | None) -> dict[int, PollView]:
        """Return the polls of those publications that have one, in one statement."""
        ids = sorted(set(publication_ids))
        if not ids:
            return {}
        if reader is None:
            rows = await self._connection.all(_FOR_ANYBODY, ids=ids)
        else:
            rows = await self._connection.all(_FOR_READER, ids=ids, reader=reader.id)
        return {
            number: _view(list(group), reader) for number, group in groupby(rows, key=lambda row: int(row[0]))
        }

    async def find(self, publication_id: int, reader: Actor | None = None) -> PollView | None:
        """Find the poll of one publication."""
        return (await self.of([publication_id], reader)).get(publication_id)

    async def add(self, poll: Poll, options: Sequence[Option]) -> None:
        """Keep a new poll."""
        await self._connection.run(_ADD, **values(poll))
        await self._connection.run_many(
            _ADD_OPTION,
            [
                {
                    "publication_id": poll.publication_id,
                    "position": position,
                    "title": option.title,
                    "votes": option.votes,
                }
                for position, option in enumerate(options)
            ],
        )

    async def remove(self, publication_id: int) -> None:
        """Delete a poll with its votes."""
        await self._connection.run(_REMOVE, what=publication_id)

    async def lock(self, publication_id: int) -> Poll | None:
        """Find a poll and let nobody else vote in it before this transaction ends."""
        row = await self._connection.first(_LOCK, what=publication_id)
        return Poll(*row) if row else None

    async def choices(self, publication_id: int, actor: Actor) -> set[int]:
        """Return what an actor chose."""
        rows = await self._connection.all(_HAS_VOTED, what=publication_id, who=actor.id)
        return {row[0] for row in rows}

    async def vote(
        self, publication_id: int, actor: Actor, choice: int, uri: str | None, moment: datetime
    ) -> bool:
        """Count a choice; False when the actor made it before. Lock the poll first."""
        is_first = not await self.choices(publication_id, actor)
        row = await self._connection.first(
            _VOTE, publication_id=publication_id, actor_id=actor.id, choice=choice, uri=uri, created_at=moment
        )
        if row is None:
            return False
        await self._connection.run(_COUNT_VOTE, what=publication_id, which=choice)
        if is_first:
            await self._connection.run(_COUNT_VOTER, what=publication_id)
        return True

    async def mark_changed(self, publication_id: int, moment: datetime) -> None:
        """Remember that other nodes are to be told of new votes."""
        await self._connection.run(_MARK_CHANGED, what=publication_id, moment=moment)

    async def refresh(self, poll: Poll, votes: Sequence[int]) -> None:
        """Let a remote poll stand as its author's node says: `votes` by option, voters, end."""
        await self._connection.run(
            _SET_TIMES,
            what=poll.publication_id,
            counted=poll.voters,
            end=poll.ends_at,
            closed=poll.closed_at,
            moment=poll.fetched_at,
        )
        await self._connection.run_many(
            _SET_VOTES,
            [
                {"what": poll.publication_id, "which": position, "counted": counted}
                for position, counted in enumerate(votes)
            ],
        )

    async def reschedule(self, publication_id: int, ends_at: datetime | None, *, hides_totals: bool) -> None:
        """Let a poll end at another time; the votes stay."""
        await self._connection.run(_RESCHEDULE, what=publication_id, end=ends_at, hides=hides_totals)

    async def looked_at(self, publication_id: int, moment: datetime) -> None:
        """Remember that a remote poll was asked for, whether or not its node answered."""
        await self._connection.run(_LOOKED_AT, what=publication_id, moment=moment)

    async def ended(self, moment: datetime, size: int) -> list[int]:
        """Return polls that are over and not concluded; no other worker gets the same ones."""
        return [row[0] for row in await self._connection.all(_ENDED, moment=moment, size=size)]

    async def conclude(self, publication_id: int, moment: datetime) -> None:
        """Remember that the end of a poll was noticed."""
        await self._connection.run(_CONCLUDE, what=publication_id, moment=moment)

    async def changed(self, before: datetime, size: int) -> list[int]:
        """Return polls with votes since some moment before `before`, of which nobody was told."""
        return [row[0] for row in await self._connection.all(_CHANGED, before=before, size=size)]

    async def told(self, publication_id: int) -> None:
        """Remember that other nodes are told of all votes there are."""
        await self._connection.run(_TOLD, what=publication_id)

    async def voters(self, publication_id: int, *, local: bool) -> list[Actor]:
        """Return who voted, of this node or of others."""
        rows = await self._connection.all(_VOTERS, what=publication_id, local=local)
        return [Actor(*row) for row in rows]


def _view(rows: list[Row], reader: Actor | None) -> PollView:
    author_id: int = rows[0][_COLUMNS]
    options = tuple(Option(title, votes, bool(chosen)) for title, votes, chosen in (row[-3:] for row in rows))
    is_voter = None
    if reader is not None:
        is_voter = reader.id == author_id or any(option.is_chosen for option in options)
    return PollView(Poll(*rows[0][:_COLUMNS]), author_id, options, is_voter)
