"""Requests with an idempotency key: what the first one made, so that the same one again makes nothing new."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Table, Text, bindparam, delete, select

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.errors import Conflict
from storage.statements import Statement, insert_or_ignore

answered_requests = Table(
    "answered_requests",
    metadata,
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("made", BigInteger, nullable=False),
    Column("is_scheduled", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Index("ix_answered_requests_created_at", "created_at"),
)


@dataclass(frozen=True, slots=True)
class AnsweredRequest:
    """What a member's request made: a publication, or (where `is_scheduled`) something to be published."""

    member_id: int
    key: str
    made: int
    is_scheduled: bool
    created_at: datetime


_ADD = insert_or_ignore(answered_requests, answered_requests.c.made)
_FIND = Statement(
    select(answered_requests).where(
        answered_requests.c.member_id == bindparam("member"),
        answered_requests.c.key == bindparam("wanted"),
        answered_requests.c.created_at > bindparam("since", type_=Timestamp()),
    )
)
_PRUNE = Statement(
    delete(answered_requests).where(answered_requests.c.created_at <= bindparam("before", type_=Timestamp()))
)


class AnsweredRequests:
    """Finds and keeps what requests with a key have made."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, member_id: int, key: str, since: datetime) -> AnsweredRequest | None:
        """Find what a member's request with this key made since a moment."""
        row = await self._connection.first(_FIND, member=member_id, wanted=key, since=since)
        return AnsweredRequest(*row) if row else None

    async def add(self, request: AnsweredRequest, forget_before: datetime) -> None:
        """Remember what a request made, and forget older ones; Conflict when the same one was quicker."""
        await self._connection.run(_PRUNE, before=forget_before)
        if not await self._connection.run(_ADD, **values(request)):
            raise Conflict("The same request was made a moment ago.")
