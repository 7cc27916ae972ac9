"""What moderators did and why, and the accounts that they look through."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.kinds import ActorType, Role
from storage.lists import Among
from storage.members import Member, members
from storage.paging import Page, Paged
from storage.publication_rows import publications
from storage.statements import Statement, insert_or_update

moderation_actions = Table(
    "moderation_actions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("moderator_id", BigInteger, ForeignKey("actors.id", ondelete="SET NULL")),
    Column("verb", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("target_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE")),
    Column("host", Text),
    Column("report_id", BigInteger),
    Column("comment", Text, nullable=False),
    Index("ix_moderation_actions_target_id", "target_id", "id"),
    Index("ix_moderation_actions_moderator_id", "moderator_id"),
)

host_decisions = Table(
    "host_decisions",
    metadata,
    Column("host", Text, primary_key=True),
    Column("id", BigInteger, nullable=False, unique=True),
    Column("created_at", Timestamp, nullable=False),
    Column("public_comment", Text, nullable=False),
    Column("private_comment", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ModerationAction:
    """Something that a moderator did, for those who ask later; `comment` is why."""

    id: int
    moderator_id: int | None
    verb: str
    created_at: datetime
    target_id: int | None = None
    host: str | None = None
    report_id: int | None = None
    comment: str = ""


@dataclass(frozen=True, slots=True)
class HostDecision:
    """When and why it was decided how to treat a host; the decision itself is the policy in `peers`."""

    host: str
    id: int
    created_at: datetime
    public_comment: str = ""
    private_comment: str = ""


@dataclass(frozen=True, slots=True)
class WantedAccounts:
    """Which accounts are wanted; what is None or empty is all the same.

    `status` is active, disabled, silenced or suspended; `username` and `name` are how they begin.
    """

    is_local: bool | None = None
    status: str = ""
    only_staff: bool = False
    username: str = ""
    name: str = ""
    host: str = ""
    email: str = ""


def _text(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Text())


def _begins(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    # Not LIKE: the lines in user names are no wildcards.
    beginning = func.substr(func.lower(column), 1, func.length(_text(name)))
    return or_(_text(name) == "", beginning == _text(name))


_STAFF = (Role.MODERATOR.value, Role.ADMIN.value)
_status = _text("status")
_matches_status = or_(
    _status == "",
    and_(
        _status == "active",
        actors.c.suspended_at.is_(None),
        actors.c.silenced_at.is_(None),
        members.c.disabled_at.is_(None),
    ),
    and_(_status == "disabled", members.c.disabled_at.is_not(None)),
    and_(_status == "silenced", actors.c.silenced_at.is_not(None)),
    and_(_status == "suspended", actors.c.suspended_at.is_not(None)),
)
_origin = bindparam("origin", type_=Integer())
_ACCOUNTS = Paged(
    select(actors, members)
    .outerjoin(members, members.c.actor_id == actors.c.id)
    .where(
        actors.c.gone_at.is_(None),
        actors.c.type != ActorType.APPLICATION.value,
        or_(_origin == 0, and_(_origin == 1, actors.c.is_local), and_(_origin == 2, ~actors.c.is_local)),  # noqa: PLR2004 - elsewhere
        _matches_status,
        or_(bindparam("anybody"), *(members.c.role == role for role in _STAFF)),
        _begins(actors.c.username, "username"),
        _begins(actors.c.name, "name"),
        or_(_text("host") == "", actors.c.host == _text("host")),
        or_(_text("email") == "", func.lower(members.c.email) == _text("email")),
    ),
    actors.c.id,
)
_MEMBERS_OF = Statement(select(members).where(Among(members.c.actor_id, "ids")))
_ADD = Statement(insert(moderation_actions))
_OF_TARGET = Statement(
    select(moderation_actions)
    .where(moderation_actions.c.target_id == bindparam("target"))
    .order_by(moderation_actions.c.id.desc())
)
_BY_IDS = Statement(select(moderation_actions).where(Among(moderation_actions.c.id, "ids")))
_MARK_ALL = Statement(
    update(publications)
    .where(publications.c.author_id == bindparam("author"), ~publications.c.sensitive)
    .values(sensitive=True, revision=publications.c.revision + 1)
)
_DECIDE = insert_or_update(host_decisions, ["host"], ["public_comment", "private_comment"])
_DECISIONS = Statement(select(host_decisions).where(Among(host_decisions.c.host, "hosts")))
_DECISION = Statement(select(host_decisions).where(host_decisions.c.id == bindparam("row_id")))

_WIDTH = len(actors.c)


class Moderation:
    """Keeps what moderators did, and finds the accounts that they ask for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, action: ModerationAction) -> ModerationAction:
        """Keep what a moderator did."""
        await self._connection.run(_ADD, **values(action))
        return action

    async def about(self, actor: Actor) -> list[ModerationAction]:
        """Return what was done about an actor, the latest first."""
        rows = await self._connection.all(_OF_TARGET, target=actor.id)
        return [ModerationAction(*row) for row in rows]

    async def by_ids(self, ids: Collection[int]) -> dict[int, ModerationAction]:
        """Find several actions at once."""
        rows = await self._connection.all(_BY_IDS, ids=sorted(set(ids))) if ids else []
        return {row[0]: ModerationAction(*row) for row in rows}

    async def accounts(self, page: Page, wanted: WantedAccounts) -> list[tuple[Actor, Member | None]]:
        """Return a page of accounts with the members behind them, the newest first."""
        rows = await _ACCOUNTS.rows(
            self._connection,
            page,
            origin=0 if wanted.is_local is None else 1 if wanted.is_local else 2,
            status=wanted.status,
            anybody=not wanted.only_staff,
            username=wanted.username.lower(),
            name=wanted.name.lower(),
            host=wanted.host.lower(),
            email=wanted.email.lower(),
        )
        return [
            (Actor(*row[:_WIDTH]), None if row[_WIDTH] is None else Member(*row[_WIDTH:])) for row in rows
        ]

    async def members_of(self, ids: Collection[int]) -> dict[int, Member]:
        """Return the members behind several actors, by the numbers of the actors."""
        rows = await self._connection.all(_MEMBERS_OF, ids=sorted(set(ids))) if ids else []
        found = (Member(*row) for row in rows)
        return {member.actor_id: member for member in found}

    async def mark_all_sensitive(self, actor: Actor) -> None:
        """Put everything that an actor has published behind a warning."""
        await self._connection.run(_MARK_ALL, author=actor.id)

    async def decide(self, decision: HostDecision) -> None:
        """Keep why a host is treated as it is; one that was decided before keeps its number."""
        await self._connection.run(_DECIDE, **values(decision))

    async def decisions(self, hosts: Collection[str]) -> dict[str, HostDecision]:
        """Return what is known of decisions about several hosts."""
        rows = await self._connection.all(_DECISIONS, hosts=sorted(set(hosts))) if hosts else []
        return {row[0]: HostDecision(*row) for row in rows}

    async def decision(self, number: int) -> HostDecision | None:
        """Find a decision by its number."""
        row = await self._connection.first(_DECISION, row_id=number)
        return HostDecision(*row) if row else None
