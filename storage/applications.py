"""Programs that members use, and the codes by which members let them in (OAuth 2)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.members import Member
from storage.statements import Statement

applications = Table(
    "applications",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("client_id", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("website", Text),
    Column("redirect_uris", Json, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Timestamp, nullable=False),
)

authorization_codes = Table(
    "authorization_codes",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("application_id", BigInteger, ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
    Column("redirect_uri", Text, nullable=False),
    Column("scopes", Json, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Column("challenge", Text),
    Column("used_at", Timestamp),
    # Which token came of it, so that it can be revoked when the code comes again.
    Column("token_id", BigInteger),
    Index("ix_authorization_codes_application_id", "application_id"),
    Index("ix_authorization_codes_member_id", "member_id"),
)


@dataclass(frozen=True, slots=True)
class Application:
    """A program that was registered. It never expires: programs keep their registration for good.

    `secret` is the SHA-256 of what the program proves itself with.
    """

    id: int
    client_id: str
    secret: str
    name: str
    website: str | None
    redirect_uris: list[str]
    scopes: list[str]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuthorizationCode:
    """A member's consent on its way to a program, which exchanges it for a token once.

    Only the SHA-256 of the code is kept. `challenge` is PKCE's, by the method S256.
    """

    id: int
    digest: str
    application_id: int
    member_id: int
    redirect_uri: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime
    challenge: str | None = None
    used_at: datetime | None = None
    token_id: int | None = None


_ADD = Statement(insert(applications))
_BY_CLIENT_ID = Statement(select(applications).where(applications.c.client_id == bindparam("wanted")))
_ADD_CODE = Statement(insert(authorization_codes))
_CODE = Statement(select(authorization_codes).where(authorization_codes.c.digest == bindparam("wanted")))
_USE_CODE = Statement(
    update(authorization_codes)
    .where(authorization_codes.c.id == bindparam("row_id"), authorization_codes.c.used_at.is_(None))
    .values(used_at=bindparam("moment"), token_id=bindparam("token"))
    .returning(authorization_codes.c.id)
)
_DROP_CODES = Statement(
    delete(authorization_codes).where(
        authorization_codes.c.member_id == bindparam("member"), authorization_codes.c.used_at.is_(None)
    )
)
_DROP_CODES_FOR = Statement(
    delete(authorization_codes).where(
        authorization_codes.c.member_id == bindparam("member"),
        authorization_codes.c.application_id == bindparam("application"),
        authorization_codes.c.used_at.is_(None),
    )
)


class Applications:
    """Finds and keeps programs and codes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, application: Application) -> None:
        """Keep a new program."""
        await self._connection.run(_ADD, **values(application))

    async def by_client_id(self, client_id: str) -> Application | None:
        """Find a program by the name that it calls itself by in requests."""
        row = await self._connection.first(_BY_CLIENT_ID, wanted=client_id)
        return Application(*row) if row else None

    async def add_code(self, code: AuthorizationCode) -> None:
        """Keep a new code."""
        await self._connection.run(_ADD_CODE, **values(code))

    async def code(self, digest: str) -> AuthorizationCode | None:
        """Find a code, used and expired ones too."""
        row = await self._connection.first(_CODE, wanted=digest)
        return AuthorizationCode(*row) if row else None

    async def use_code(self, code: AuthorizationCode, token_id: int, moment: datetime) -> bool:
        """Use a code up for a token; False when somebody else was quicker."""
        return bool(await self._connection.run(_USE_CODE, row_id=code.id, token=token_id, moment=moment))

    async def drop_codes(self, member: Member, application_id: int | None = None) -> None:
        """Forget the codes that a member gave, all or those for one program, and nobody has used yet."""
        if application_id is None:
            await self._connection.run(_DROP_CODES, member=member.id)
        else:
            await self._connection.run(_DROP_CODES_FOR, member=member.id, application=application_id)
