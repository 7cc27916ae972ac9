"""Where the programs of members want to be woken: one subscription for each access token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.actors import actors
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.members import access_tokens, members
from storage.statements import Statement

WAITS_FOR: Final = timedelta(days=2)
"""How long a message is worth sending."""

push_subscriptions = Table(
    "push_subscriptions",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "token_id",
        BigInteger,
        ForeignKey("access_tokens.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("token", Text, nullable=False),
    Column("endpoint", Text, nullable=False),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("standard", Boolean(create_constraint=False), nullable=False),
    Column("alerts", Json, nullable=False),
    Column("policy", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
)
push_messages = Table(
    "push_messages",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column(
        "subscription_id",
        BigInteger,
        ForeignKey("push_subscriptions.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("notification_id", BigInteger, ForeignKey("notifications.id", ondelete="CASCADE"), nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Index("ix_push_messages_due_at", "due_at"),
    Index("ix_push_messages_subscription_id", "subscription_id"),
    Index("ix_push_messages_notification_id", "notification_id"),
)


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """Where one program of a member is woken, and for what.

    `token` is the program's own access token, in clear, since every message carries it: programs with
    several accounts know by it whom a message is for. `p256dh` and `auth` are in base64url; `standard` wants
    RFC 8291.
    """

    id: int
    token_id: int
    token: str
    endpoint: str
    p256dh: str
    auth: str
    standard: bool
    alerts: dict[str, bool]
    policy: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A notification that is to be sent to one subscription."""

    id: int
    subscription_id: int
    notification_id: int
    due_at: datetime
    attempts: int


_ADD = Statement(insert(push_subscriptions))
_OF_TOKEN = Statement(select(push_subscriptions).where(push_subscriptions.c.token_id == bindparam("wanted")))
_CHANGE = Statement(
    update(push_subscriptions).where(push_subscriptions.c.id == bindparam("row_id")),
    columns=["alerts", "policy"],
)
_REMOVE = Statement(delete(push_subscriptions).where(push_subscriptions.c.id == bindparam("row_id")))
_OF_TOKEN_REMOVE = Statement(
    delete(push_subscriptions).where(push_subscriptions.c.token_id == bindparam("wanted"))
)
_WITH_MEMBERS = (
    push_subscriptions.join(access_tokens, access_tokens.c.id == push_subscriptions.c.token_id)
    .join(members, members.c.id == access_tokens.c.member_id)
    .join(actors, actors.c.id == members.c.actor_id)
)
_IS_GOOD = and_(
    access_tokens.c.revoked_at.is_(None),
    members.c.disabled_at.is_(None),
    actors.c.suspended_at.is_(None),
    actors.c.gone_at.is_(None),
)
_OF_ACTOR = Statement(
    select(push_subscriptions)
    .select_from(_WITH_MEMBERS)
    .where(members.c.actor_id == bindparam("owner"), _IS_GOOD)
    .order_by(push_subscriptions.c.id)
)
_QUEUE = Statement(insert(push_messages))
_DUE = Statement(
    select(push_messages, push_subscriptions)
    .select_from(
        _WITH_MEMBERS.join(push_messages, push_messages.c.subscription_id == push_subscriptions.c.id)
    )
    .where(push_messages.c.due_at <= bindparam("moment", type_=Timestamp()), _IS_GOOD)
    .order_by(push_messages.c.due_at, push_messages.c.id)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True, of=push_messages)
)
_ANY_DUE = Statement(
    select(push_messages.c.id)
    .where(push_messages.c.due_at <= bindparam("moment", type_=Timestamp()))
    .limit(1)
)
_FORGET_REVOKED = Statement(
    delete(push_subscriptions).where(
        push_subscriptions.c.token_id.in_(
            select(access_tokens.c.id).where(access_tokens.c.revoked_at.is_not(None))
        )
    )
)
_FORGET_OLD = Statement(
    delete(push_messages).where(push_messages.c.due_at < bindparam("moment", type_=Timestamp()))
)
_POSTPONE = Statement(
    update(push_messages)
    .where(push_messages.c.id == bindparam("row_id"))
    .values(due_at=bindparam("later", type_=Timestamp()), attempts=push_messages.c.attempts + 1)
)
_PUT_OFF = Statement(
    update(push_messages)
    .where(
        push_messages.c.id == bindparam("row_id"),
        push_messages.c.due_at < bindparam("later", type_=Timestamp()),
    )
    .values(due_at=bindparam("later", type_=Timestamp()))
)
_DONE = Statement(delete(push_messages).where(push_messages.c.id == bindparam("row_id")))
_MESSAGE_COLUMNS = len(push_messages.c)


class PushSubscriptions:
    """Finds and keeps subscriptions, and the messages that wait to be sent to them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(self, new: PushSubscription) -> None:
        """Keep a subscription in place of the one that its token had."""
        await self.remove_of_token(new.token_id)
        await self._connection.run(_ADD, **values(new))

    async def of_token(self, token_id: int) -> PushSubscription | None:
        """Find the subscription of an access token."""
        row = await self._connection.first(_OF_TOKEN, wanted=token_id)
        return PushSubscription(*row) if row else None

    async def change(self, changed: PushSubscription) -> None:
        """Overwrite what a subscription is woken for."""
        await self._connection.run(_CHANGE, row_id=changed.id, **values(changed))

    async def remove(self, subscription_id: int) -> None:
        """Forget a subscription, and what waits for it."""
        await self._connection.run(_REMOVE, row_id=subscription_id)

    async def remove_of_token(self, token_id: int) -> None:
        """Forget the subscription of an access token, if it has one."""
        await self._connection.run(_OF_TOKEN_REMOVE, wanted=token_id)

    async def of(self, owner_id: int) -> list[PushSubscription]:
        """Return all subscriptions of an actor's programs that are still let in."""
        return [PushSubscription(*row) for row in await self._connection.all(_OF_ACTOR, owner=owner_id)]

    async def queue(self, message: PushMessage) -> None:
        """Let a message wait to be sent."""
        await self._connection.run(_QUEUE, **values(message))

    async def is_any_due(self, moment: datetime) -> bool:
        """Whether any message waits to be sent now; of a token that opens nothing any more, too."""
        return await self._connection.first(_ANY_DUE, moment=moment) is not None

    async def due(self, moment: datetime, size: int) -> list[tuple[PushMessage, PushSubscription]]:
        """Return messages that are to be sent now; whoever takes them postpones them first."""
        rows = await self._connection.all(_DUE, moment=moment, size=size)
        return [
            (PushMessage(*row[:_MESSAGE_COLUMNS]), PushSubscription(*row[_MESSAGE_COLUMNS:])) for row in rows
        ]

    async def postpone(self, message: PushMessage, later: datetime) -> None:
        """Send a message later, and count one attempt more."""
        await self._connection.run(_POSTPONE, row_id=message.id, later=later)

    async def put_off(self, message: PushMessage, later: datetime) -> None:
        """Send a message not before a moment, as the push service asks."""
        await self._connection.run(_PUT_OFF, row_id=message.id, later=later)

    async def done(self, message: PushMessage) -> None:
        """Forget a message that was sent, or never can be."""
        await self._connection.run(_DONE, row_id=message.id)

    async def forget_stale(self, now: datetime) -> None:
        """Forget the subscriptions of tokens that were taken back, and messages that wait for too long."""
        await self._connection.run(_FORGET_REVOKED)
        await self._connection.run(_FORGET_OLD, moment=now - WAITS_FOR)
