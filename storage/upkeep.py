"""What only upkeep asks of the database: everything in turn, what may go, how large it is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, or_, select

from storage.activities import Activity, activities
from storage.actors import actors
from storage.applications import authorization_codes
from storage.connection import Connection
from storage.deliveries import deliveries
from storage.kinds import CATALOGUE, DeliveryState
from storage.marks import bookmarks, pins
from storage.members import access_tokens, invitations
from storage.polls import poll_votes
from storage.publications import Publication, mentions, publications
from storage.quotes import quotes
from storage.reactions import likes, shares
from storage.sessions import sessions
from storage.statements import Statement
from storage.transaction import Transaction

_AFTER = Statement(
    select(publications)
    .where(publications.c.id > bindparam("after"))
    .order_by(publications.c.id)
    .limit(bindparam("size"))
)
_SIZE = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}
_WAITING_BY_HOST = Statement(
    select(deliveries.c.host, func.count())
    .where(deliveries.c.state == DeliveryState.WAITING)
    .group_by(deliveries.c.host)
)
_OLDEST_ACTIVITY = Statement(
    select(activities.c.created_at)
    .where(activities.c.fanned_out_at.is_(None))
    .order_by(activities.c.id)
    .limit(1)
)
_REMOTE_ACTORS = Statement(select(func.count()).select_from(actors).where(~actors.c.is_local))


async def publications_after(tx: Transaction, publication_id: int, size: int) -> list[Publication]:
    """Return the publications that follow one in the order of their ids, whoever may read them."""
    rows = await _connection(tx).all(_AFTER, after=publication_id, size=size)
    return [Publication(*row) for row in rows]


async def count_remote_actors(tx: Transaction) -> int:
    """How many actors of other nodes are known here."""
    count: int = await _connection(tx).value(_REMOTE_ACTORS)
    return count


async def waiting_by_host(tx: Transaction) -> dict[str, int]:
    """How many deliveries wait for each host."""
    return {row[0]: row[1] for row in await _connection(tx).all(_WAITING_BY_HOST)}


async def activities_by_ids(tx: Transaction, ids: Sequence[int]) -> dict[int, Activity]:
    """Find several activities at once."""
    rows = await _connection(tx).all(select(activities).where(activities.c.id.in_(sorted(set(ids)))))
    return {row[0]: Activity(*row) for row in rows}


async def oldest_activity_waiting(tx: Transaction) -> datetime | None:
    """Since when the oldest activity waits that has not become deliveries yet."""
    found: datetime | None = await _connection(tx).value(_OLDEST_ACTIVITY)
    return found


async def size_in_bytes(tx: Transaction) -> int:
    """How large the database is."""
    connection = _connection(tx)
    rows = await connection.raw(_SIZE[connection.dialect.name])
    return int(rows[0][0])


async def forgettable(tx: Transaction, before: datetime, size: int) -> list[int]:
    """Return the ids of other nodes' posts that came before a moment and mean nothing to anybody here.

    Nobody here answered, liked or shared them, and they mention nobody here. What is of the catalogue stays.
    """
    query = select(publications.c.id).where(_is_forgettable(before)).limit(size)
    return [row[0] for row in await _connection(tx).all(query)]


async def count_forgettable(tx: Transaction, before: datetime) -> int:
    """How many posts `forgettable` would name in the end."""
    query = select(func.count()).select_from(publications).where(_is_forgettable(before))
    count: int = await _connection(tx).value(query)
    return count


async def forget(tx: Transaction, publication_ids: Sequence[int]) -> None:
    """Remove copies of other nodes' publications; they may come again."""
    for publication_id in publication_ids:
        await tx.search.forget(publication_id)
    await _connection(tx).run(delete(publications).where(publications.c.id.in_(sorted(publication_ids))))


async def forget_spent_secrets(tx: Transaction, before: datetime) -> int:
    """Remove tokens that were revoked, and what ended before a moment: invitations, codes, sessions.

    Returns how many.
    """
    connection = _connection(tx)
    ended = (
        delete(authorization_codes)
        .where(authorization_codes.c.expires_at < before)
        .returning(authorization_codes.c.id),
        delete(sessions).where(sessions.c.expires_at < before).returning(sessions.c.id),
    )
    tokens = delete(access_tokens).where(access_tokens.c.revoked_at < before).returning(access_tokens.c.id)
    spent = or_(invitations.c.used_at < before, invitations.c.expires_at < before)
    others = delete(invitations).where(spent).returning(invitations.c.id)
    return sum([await connection.run(each) for each in (tokens, others, *ended)])


def _is_forgettable(before: datetime) -> ColumnElement[bool]:
    answers = publications.alias("answers")
    answered = (
        select(answers.c.id).where(answers.c.in_reply_to == publications.c.uri, answers.c.is_local).exists()
    )
    mentions_us = _by_somebody_here(
        select(mentions.c.actor_id)
        .join(actors, actors.c.id == mentions.c.actor_id)
        .where(mentions.c.publication_id == publications.c.id)
    )
    liked, shared = (
        _by_somebody_here(
            select(table.c.actor_id)
            .join(actors, actors.c.id == table.c.actor_id)
            .where(table.c.publication_id == publications.c.id)
        )
        for table in (likes, shares)
    )
    kept = (
        select(table.c.publication_id).where(table.c.publication_id == publications.c.id).exists()
        for table in (bookmarks, pins)
    )
    voted = _by_somebody_here(
        select(poll_votes.c.actor_id)
        .join(actors, actors.c.id == poll_votes.c.actor_id)
        .where(poll_votes.c.publication_id == publications.c.id)
    )
    return and_(
        ~publications.c.is_local,
        publications.c.created_at < before,
        publications.c.kind.not_in(sorted(CATALOGUE)),
        ~answered,
        ~mentions_us,
        ~liked,
        ~shared,
        *(~each for each in kept),
        ~voted,
        ~_quotes_or_is_quoted_here(),
    )


def _quotes_or_is_quoted_here() -> ColumnElement[bool]:
    """Whether a publication and one of this node quote each other."""
    ours = publications.alias("ours")
    quoted_here = (
        select(quotes.c.id)
        .join(ours, ours.c.id == quotes.c.publication_id)
        .where(quotes.c.quoted_id == publications.c.id, ours.c.is_local)
    )
    quotes_ours = (
        select(quotes.c.id)
        .join(ours, ours.c.id == quotes.c.quoted_id)
        .where(quotes.c.publication_id == publications.c.id, ours.c.is_local)
    )
    return or_(quoted_here.exists(), quotes_ours.exists())


def _by_somebody_here(query: Select[tuple[int]]) -> ColumnElement[bool]:
    return query.where(actors.c.is_local).exists()


def _connection(tx: Transaction) -> Connection:
    return tx._connection  # noqa: SLF001 - upkeep is part of storage, but no store of every transaction's
