"""Conversations: threads of direct messages, as each member who takes part has them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.kinds import Visibility
from storage.lists import Among
from storage.members import members
from storage.paging import Page, Paged
from storage.publication_rows import Publication, mentions, publications
from storage.statements import Statement, insert_or_update

conversations = Table(
    "conversations",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    # The address of what the thread starts with.
    Column("thread", Text, primary_key=True),
    Column("id", BigInteger, nullable=False),
    Column("last_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), nullable=False),
    Column("unread", Boolean(create_constraint=False), nullable=False),
    Column("changed_at", Timestamp, nullable=False),
    Index("uq_conversations_id", "id", unique=True),
    Index("ix_conversations_last_id", "last_id"),
    Index("ix_conversations_owner_id", "owner_id", "last_id"),
)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of direct messages in the eyes of its owner; `last_id` is the newest of it."""

    owner_id: int
    thread: str
    id: int
    last_id: int
    unread: bool
    changed_at: datetime


_KEEP = insert_or_update(conversations, ("owner_id", "thread"), ("last_id", "unread", "changed_at"))
_PAGE = Paged(
    select(conversations).where(conversations.c.owner_id == bindparam("owner")), conversations.c.last_id
)
_FIND = Statement(
    select(conversations).where(
        conversations.c.owner_id == bindparam("owner"), conversations.c.id == bindparam("number")
    )
)
_OF_THREAD = Statement(
    select(conversations).where(
        conversations.c.owner_id == bindparam("owner"), conversations.c.thread == bindparam("wanted")
    )
)
_MARK = Statement(
    update(conversations)
    .where(conversations.c.id == bindparam("number"))
    .values(unread=bindparam("is_unread"))
)
_REMOVE = Statement(delete(conversations).where(conversations.c.id == bindparam("number")))
_their_last = publications.alias("their_last")
_REMOVE_WITH = Statement(
    delete(conversations).where(
        conversations.c.owner_id == bindparam("owner"),
        select(_their_last.c.id)
        .where(
            _their_last.c.id == conversations.c.last_id,
            or_(
                _their_last.c.author_id == bindparam("other"),
                exists().where(
                    mentions.c.publication_id == _their_last.c.id, mentions.c.actor_id == bindparam("other")
                ),
            ),
        )
        .correlate(conversations)
        .exists(),
    )
)
_MEMBERS_IN = Statement(
    select(members.c.actor_id).where(
        or_(
            members.c.actor_id == bindparam("author"),
            members.c.actor_id.in_(
                select(mentions.c.actor_id).where(mentions.c.publication_id == bindparam("what"))
            ),
        )
    )
)
_PARTICIPANTS = Statement(
    select(mentions.c.publication_id, actors)
    .join(actors, actors.c.id == mentions.c.actor_id)
    .where(Among(mentions.c.publication_id, "ids"))
    .order_by(mentions.c.publication_id, actors.c.id)
)
_before = (
    select(func.max(publications.c.id))
    .where(
        publications.c.conversation == conversations.c.thread,
        publications.c.visibility == Visibility.DIRECT,
        publications.c.id != bindparam("what"),
        or_(
            publications.c.author_id == conversations.c.owner_id,
            select(mentions.c.actor_id)
            .where(
                mentions.c.publication_id == publications.c.id,
                mentions.c.actor_id == conversations.c.owner_id,
            )
            .correlate(publications, conversations)
            .exists(),
        ),
    )
    .correlate(conversations)
    .scalar_subquery()
)
_WRITTEN_TO = Statement(
    select(publications)
    .join(mentions, mentions.c.publication_id == publications.c.id)
    .where(
        mentions.c.actor_id == bindparam("owner"),
        publications.c.visibility == Visibility.DIRECT,
        Among(publications.c.author_id, "authors"),
    )
    .order_by(publications.c.id)
)
_GUESSED = Statement(select(conversations).where(conversations.c.thread == bindparam("guessed")))
_RENAME = Statement(
    update(conversations)
    .where(conversations.c.id == bindparam("number"))
    .values(thread=bindparam("new_thread"))
)
_STEP_BACK = Statement(
    update(conversations)
    .where(conversations.c.last_id == bindparam("what"), _before.is_not(None))
    .values(last_id=_before)
)


class Conversations:
    """Finds and keeps conversations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, conversation: Conversation) -> None:
        """Keep a conversation; a thread that its owner has already only gets a newer end."""
        await self._connection.run(_KEEP, **values(conversation))

    async def of_thread(self, owner_id: int, thread: str) -> Conversation | None:
        """Find an owner's conversation by what the thread starts with."""
        row = await self._connection.first(_OF_THREAD, owner=owner_id, wanted=thread)
        return Conversation(*row) if row else None

    async def page(self, owner: Actor, page: Page) -> list[Conversation]:
        """Return an actor's conversations, the one with the newest message first; paged by that message."""
        return [Conversation(*row) for row in await _PAGE.rows(self._connection, page, owner=owner.id)]

    async def find(self, owner: Actor, number: int) -> Conversation | None:
        """Find one of an actor's conversations."""
        row = await self._connection.first(_FIND, owner=owner.id, number=number)
        return Conversation(*row) if row else None

    async def mark(self, conversation: Conversation, *, unread: bool) -> None:
        """Say whether its owner has seen the end of it."""
        await self._connection.run(_MARK, number=conversation.id, is_unread=unread)

    async def remove(self, conversation: Conversation) -> None:
        """Forget a conversation; the messages stay, and the next one brings it back."""
        await self._connection.run(_REMOVE, number=conversation.id)

    async def remove_with(self, owner_id: int, other_id: int) -> None:
        """Forget an owner's conversations that somebody takes part in."""
        await self._connection.run(_REMOVE_WITH, owner=owner_id, other=other_id)

    async def members_in(self, publication: Publication) -> set[int]:
        """Return the members who wrote a message or are mentioned in it."""
        rows = await self._connection.all(_MEMBERS_IN, author=publication.author_id, what=publication.id)
        return {row[0] for row in rows}

    async def participants(self, publication_ids: list[int]) -> dict[int, list[Actor]]:
        """Return everybody known here who is mentioned in these messages, in one statement."""
        found: dict[int, list[Actor]] = {}
        if publication_ids:
            for number, *actor in await self._connection.all(_PARTICIPANTS, ids=sorted(publication_ids)):
                found.setdefault(number, []).append(Actor(*actor))
        return found

    async def written_to(self, owner_id: int, author_ids: Collection[int]) -> list[Publication]:
        """Return every direct message to an actor that some others wrote, the oldest first."""
        rows = await self._connection.all(_WRITTEN_TO, owner=owner_id, authors=sorted(author_ids))
        return [Publication(*row) for row in rows]

    async def join_threads(self, guessed: str, known: str) -> None:
        """Let conversations of a thread that turns out to be a part of another one be that one's."""
        for row in await self._connection.all(_GUESSED, guessed=guessed):
            part = Conversation(*row)
            whole = await self.of_thread(part.owner_id, known)
            if whole is None:
                await self._connection.run(_RENAME, number=part.id, new_thread=known)
                continue
            await self.remove(part)
            newer = max(whole, part, key=lambda each: each.last_id)
            unread = whole.unread or part.unread
            await self.keep(replace(whole, last_id=newer.last_id, unread=unread, changed_at=newer.changed_at))

    async def step_back(self, publication: Publication) -> None:
        """Let conversations that end with this message end with the one before; for what is being deleted."""
        await self._connection.run(_STEP_BACK, what=publication.id)
