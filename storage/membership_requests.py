"""People who ask to become members, until somebody decides."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text, bindparam, delete, func, insert, select

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement

membership_requests = Table(
    "membership_requests",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("username", Text, nullable=False, unique=True),
    Column("email", Text, nullable=False, unique=True),
    Column("password", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("language", Text),
    Column("application_id", BigInteger, ForeignKey("applications.id", ondelete="SET NULL")),
)


@dataclass(frozen=True, slots=True)
class MembershipRequest:
    """Somebody who asks to become a member. `password` is an argon2 hash; a decided request is gone."""

    id: int
    username: str
    email: str
    password: str
    reason: str
    created_at: datetime
    language: str | None = None
    application_id: int | None = None


_ADD = Statement(insert(membership_requests))
_ALL = Statement(select(membership_requests).order_by(membership_requests.c.id))
_BY_USERNAME = Statement(
    select(membership_requests).where(membership_requests.c.username == bindparam("wanted"))
)
_BY_EMAIL = Statement(
    select(membership_requests).where(
        func.lower(membership_requests.c.email) == func.lower(bindparam("address"))
    )
)
_REMOVE = Statement(
    delete(membership_requests)
    .where(membership_requests.c.id == bindparam("row_id"))
    .returning(membership_requests.c.id)
)
_COUNT = Statement(select(func.count()).select_from(membership_requests))


class MembershipRequests:
    """Finds and keeps requests."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, request: MembershipRequest) -> None:
        """Keep a new request; Conflict when the user name or the e-mail address is asked for already."""
        await self._connection.run(_ADD, **values(request))

    async def all(self) -> list[MembershipRequest]:
        """Every request that waits, oldest first."""
        return [MembershipRequest(*row) for row in await self._connection.all(_ALL)]

    async def count(self) -> int:
        """How many wait."""
        found: int = await self._connection.value(_COUNT)
        return found

    async def by_username(self, username: str) -> MembershipRequest | None:
        """Find the request of somebody who wants a user name."""
        row = await self._connection.first(_BY_USERNAME, wanted=username)
        return MembershipRequest(*row) if row else None

    async def by_email(self, address: str) -> MembershipRequest | None:
        """Find the request of somebody with an e-mail address, whatever its case."""
        row = await self._connection.first(_BY_EMAIL, address=address)
        return MembershipRequest(*row) if row else None

    async def remove(self, request: MembershipRequest) -> bool:
        """Forget a request; False when somebody else was quicker."""
        return bool(await self._connection.run(_REMOVE, row_id=request.id))
