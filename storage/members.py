"""The people of this body: who may sign in, with what role, and by which tokens."""

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
    func,
    insert,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement

members = Table(
    "members",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id"), nullable=False, unique=True),
    Column("email", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("password", Text),
    Column("language", Text),
    Column("disabled_at", Timestamp),
    Column("signed_in_at", Timestamp),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    # A program's own token is nobody's.
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE")),
    Column("scopes", Json, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("used_at", Timestamp),
    Column("revoked_at", Timestamp),
    # Those that operators make for scripts belong to no program.
    Column("application_id", BigInteger, ForeignKey("applications.id", ondelete="CASCADE")),
    # Of somebody who asked to become a member; the request is gone once it is decided.
    Column("request_id", BigInteger),
    Index("ix_access_tokens_member_id", "member_id"),
    Index("ix_access_tokens_application_id", "application_id"),
    Index("ix_access_tokens_request_id", "request_id"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("expires_at", Timestamp, nullable=False),
    Column("member_id", BigInteger, ForeignKey("members.id", ondelete="CASCADE")),
    Column("used_at", Timestamp),
)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of this body. `password` is an argon2 hash; without one no password signs in."""

    id: int
    actor_id: int
    email: str
    role: str
    created_at: datetime
    password: str | None = None
    language: str | None = None
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a program may do in a member's name, or in its own. Only the SHA-256 of the token itself is kept.

    One with a `request_id` and no `member_id` is of somebody whose request to join is not decided yet.
    """

    id: int
    digest: str
    member_id: int | None
    scopes: list[str]
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    application_id: int | None = None
    request_id: int | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link that works once: to join with a role, or (with `member_id`) to set that member's password."""

    id: int
    digest: str
    role: str
    created_at: datetime
    expires_at: datetime
    member_id: int | None = None
    used_at: datetime | None = None


_ADD = Statement(insert(members))
_CHANGE = Statement(
    update(members).where(members.c.id == bindparam("row_id")),
    columns=["email", "role", "password", "language", "disabled_at", "signed_in_at"],
)
_BY_ID = Statement(select(members).where(members.c.id == bindparam("wanted")))
_OF_ACTOR = Statement(select(members).where(members.c.actor_id == bindparam("actor")))
_BY_EMAIL = Statement(select(members).where(func.lower(members.c.email) == func.lower(bindparam("address"))))
_ALL = Statement(
    select(members, actors).join(actors, actors.c.id == members.c.actor_id).order_by(members.c.id)
)
_ADD_TOKEN = Statement(insert(access_tokens))
_BY_TOKEN = Statement(
    select(access_tokens, members, actors)
    .join(members, members.c.id == access_tokens.c.member_id)
    .join(actors, actors.c.id == members.c.actor_id)
    .where(
        access_tokens.c.digest == bindparam("wanted"),
        access_tokens.c.revoked_at.is_(None),
        members.c.disabled_at.is_(None),
        actors.c.suspended_at.is_(None),
        actors.c.gone_at.is_(None),
    )
)
_REVOKE_ALL = Statement(
    update(access_tokens)
    .where(access_tokens.c.member_id == bindparam("member"), access_tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("moment"))
)
_REVOKE = Statement(
    update(access_tokens)
    .where(access_tokens.c.digest == bindparam("wanted"))
    .values(revoked_at=bindparam("moment"))
)
_ADD_INVITATION = Statement(insert(invitations))
_INVITATION = Statement(select(invitations).where(invitations.c.digest == bindparam("wanted")))
_USE_INVITATION = Statement(
    update(invitations)
    .where(invitations.c.id == bindparam("row_id"), invitations.c.used_at.is_(None))
    .values(used_at=bindparam("moment"))
    .returning(invitations.c.id)
)

_TOKENS = len(access_tokens.c)
_MEMBERS = len(members.c)


class Members:
    """Finds and keeps members, their tokens and their invitations."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, member: Member) -> Member:
        """Keep a new member; Conflict when the e-mail address is taken."""
        await self._connection.run(_ADD, **values(member))
        return member

    async def change(self, member: Member) -> None:
        """Overwrite what is known of a member."""
        await self._connection.run(_CHANGE, row_id=member.id, **values(member))

    async def of(self, actor: Actor) -> Member | None:
        """Find the member behind a local actor, if it is a person's."""
        row = await self._connection.first(_OF_ACTOR, actor=actor.id)
        return Member(*row) if row else None

    async def by_id(self, member_id: int) -> Member:
        """Find a member that must exist."""
        row = await self._connection.first(_BY_ID, wanted=member_id)
        assert row is not None, f"member {member_id} must exist"
        return Member(*row)

    async def by_email(self, address: str) -> Member | None:
        """Find a member by e-mail address, whatever its case."""
        row = await self._connection.first(_BY_EMAIL, address=address)
        return Member(*row) if row else None

    async def all(self) -> list[tuple[Member, Actor]]:
        """Every member with their actor, oldest first."""
        return [(Member(*row[:_MEMBERS]), Actor(*row[_MEMBERS:])) for row in await self._connection.all(_ALL)]

    async def add_token(self, token: AccessToken) -> None:
        """Keep a new access token."""
        await self._connection.run(_ADD_TOKEN, **values(token))

    async def by_token(self, digest: str) -> tuple[AccessToken, Member, Actor] | None:
        """Find who holds a token that is still good; a program's own is nobody's (see `tx.tokens`)."""
        row = await self._connection.first(_BY_TOKEN, wanted=digest)
        if row is None:
            return None
        rest = row[_TOKENS:]
        return AccessToken(*row[:_TOKENS]), Member(*rest[:_MEMBERS]), Actor(*rest[_MEMBERS:])

    async def revoke_token(self, digest: str, moment: datetime) -> None:
        """Let one token open nothing any more."""
        await self._connection.run(_REVOKE, wanted=digest, moment=moment)

    async def revoke_tokens(self, member: Member, moment: datetime) -> None:
        """Let every token of a member open nothing any more."""
        await self._connection.run(_REVOKE_ALL, member=member.id, moment=moment)

    async def add_invitation(self, invitation: Invitation) -> None:
        """Keep a new invitation."""
        await self._connection.run(_ADD_INVITATION, **values(invitation))

    async def invitation(self, digest: str) -> Invitation | None:
        """Find an invitation, used and expired ones too."""
        row = await self._connection.first(_INVITATION, wanted=digest)
        return Invitation(*row) if row else None

    async def use_invitation(self, invitation: Invitation, moment: datetime) -> bool:
        """Use an invitation up; False when somebody else was quicker."""
        return bool(await self._connection.run(_USE_INVITATION, row_id=invitation.id, moment=moment))
