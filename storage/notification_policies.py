"""Whose notifications a member wants: policies, requests of those who wait, and threads that are silent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.notifications import notifications
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_ignore, insert_or_update

notification_policies = Table(
    "notification_policies",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("for_not_following", Text, nullable=False),
    Column("for_not_followers", Text, nullable=False),
    Column("for_new_accounts", Text, nullable=False),
    Column("for_private_mentions", Text, nullable=False),
    Column("for_limited_accounts", Text, nullable=False),
)
notification_permissions = Table(
    "notification_permissions",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("from_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
)
notification_requests = Table(
    "notification_requests",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("from_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("last_id", BigInteger, ForeignKey("publications.id", ondelete="SET NULL")),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
    Index("uq_notification_requests", "owner_id", "from_id", unique=True),
)
conversation_mutes = Table(
    "conversation_mutes",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    # The address of what the thread starts with.
    Column("thread", Text, primary_key=True),
)


@dataclass(frozen=True, slots=True)
class NotificationPolicy:
    """What becomes of notifications from five sorts of actors: `accept`, `filter` or `drop`."""

    owner_id: int
    for_not_following: str = "accept"
    for_not_followers: str = "accept"
    for_new_accounts: str = "accept"
    for_private_mentions: str = "filter"
    for_limited_accounts: str = "filter"


@dataclass(frozen=True, slots=True)
class NotificationRequest:
    """That notifications of an actor wait to be let through; `last_id` is the latest publication of them."""

    id: int
    owner_id: int
    from_id: int
    last_id: int | None
    created_at: datetime
    updated_at: datetime


_POLICY = Statement(
    select(notification_policies).where(notification_policies.c.owner_id == bindparam("owner"))
)
_KEEP_POLICY = insert_or_update(
    notification_policies,
    ("owner_id",),
    [column.name for column in notification_policies.c if column.name != "owner_id"],
)
_own = notification_requests.c.owner_id == bindparam("owner")
_waiting = (
    select(func.count())
    .select_from(notifications)
    .where(
        notifications.c.owner_id == notification_requests.c.owner_id,
        notifications.c.from_id == notification_requests.c.from_id,
        notifications.c.filtered,
    )
    .correlate(notification_requests)
    .scalar_subquery()
)
_anything = (
    select(notifications.c.id)
    .where(
        notifications.c.owner_id == notification_requests.c.owner_id,
        notifications.c.from_id == notification_requests.c.from_id,
        notifications.c.filtered,
    )
    .correlate(notification_requests)
    .exists()
)
# What waited may be taken back or deleted, and then nobody waits.
_open = (_own, _anything)
_REQUESTS = Paged(
    select(notification_requests, _waiting.label("waiting"), actors)
    .join(actors, actors.c.id == notification_requests.c.from_id)
    .where(*_open, actors.c.suspended_at.is_(None)),
    notification_requests.c.id,
)
_REQUEST = Statement(
    select(notification_requests, _waiting.label("waiting"), actors)
    .join(actors, actors.c.id == notification_requests.c.from_id)
    .where(*_open, Among(notification_requests.c.id, "ids"))
)
_COUNT_REQUESTS = Statement(
    select(func.count(), func.coalesce(func.sum(_waiting), 0))
    .select_from(notification_requests)
    .where(*_open)
)


def _keep_request() -> Statement:
    """Return what keeps a request; that of the same two gets a new moment, and what it is about if any."""
    key = ("owner_id", "from_id")
    lite, post = sqlite.insert(notification_requests), postgresql.insert(notification_requests)
    return Statement(
        lite.on_conflict_do_update(index_elements=key, set_=_renewed(lite.excluded)),
        postgresql=post.on_conflict_do_update(index_elements=key, set_=_renewed(post.excluded)),
    )


def _renewed(given: Any) -> dict[str, Any]:
    last = func.coalesce(given.last_id, notification_requests.c.last_id)
    return {"last_id": last, "updated_at": given.updated_at}


_KEEP_REQUEST = _keep_request()
_REMOVE_REQUESTS = Statement(
    delete(notification_requests).where(_own, Among(notification_requests.c.id, "ids"))
)
_PERMIT = insert_or_ignore(notification_permissions)
_of_thread = (
    conversation_mutes.c.owner_id == bindparam("owner"),
    conversation_mutes.c.thread == bindparam("wanted"),
)
_MUTE = insert_or_ignore(conversation_mutes)
_UNMUTE = Statement(delete(conversation_mutes).where(*_of_thread))
_muted_before = select(conversation_mutes.c.owner_id, bindparam("known", type_=Text())).where(
    conversation_mutes.c.thread == bindparam("guessed")
)


def _mute_also() -> Statement:
    """Return what mutes a thread for everybody who muted a part of it."""
    lite, post = (
        engine.insert(conversation_mutes).from_select(["owner_id", "thread"], _muted_before)
        for engine in (sqlite, postgresql)
    )
    return Statement(lite.on_conflict_do_nothing(), postgresql=post.on_conflict_do_nothing())


_MUTE_ALSO = _mute_also()
_UNMUTE_ALL = Statement(delete(conversation_mutes).where(conversation_mutes.c.thread == bindparam("guessed")))
_REQUEST_COLUMNS = len(notification_requests.c)
Waiting = tuple[NotificationRequest, int, Actor]
"""A request, how many notifications wait, and whose they are."""


class NotificationPolicies:
    """Finds and keeps whose notifications a member wants."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def of(self, owner_id: int) -> NotificationPolicy:
        """Return a member's policy, the usual one where they never chose."""
        row = await self._connection.first(_POLICY, owner=owner_id)
        return NotificationPolicy(*row) if row else NotificationPolicy(owner_id)

    async def keep(self, policy: NotificationPolicy) -> None:
        """Keep a policy in place of the one before."""
        await self._connection.run(_KEEP_POLICY, **values(policy))

    async def permit(self, owner_id: int, from_id: int) -> None:
        """Let an actor's notifications through from now on."""
        await self._connection.run(_PERMIT, owner_id=owner_id, from_id=from_id)

    async def request(self, new: NotificationRequest) -> None:
        """Note that a notification of an actor waits; without a `last_id` that of an earlier one stays."""
        await self._connection.run(_KEEP_REQUEST, **values(new))

    async def requests(self, owner_id: int, page: Page) -> list[Waiting]:
        """Return who waits to be let through."""
        rows = await _REQUESTS.rows(self._connection, page, owner=owner_id)
        return [_waiting_of(row) for row in rows]

    async def find(self, owner_id: int, ids: Collection[int]) -> list[Waiting]:
        """Find some of an owner's requests."""
        rows = await self._connection.all(_REQUEST, owner=owner_id, ids=sorted(set(ids)))
        return [_waiting_of(row) for row in rows]

    async def count(self, owner_id: int) -> tuple[int, int]:
        """Return how many wait to be let through, and how many notifications of theirs."""
        row = await self._connection.first(_COUNT_REQUESTS, owner=owner_id)
        return (int(row[0]), int(row[1])) if row else (0, 0)

    async def remove(self, owner_id: int, ids: Collection[int]) -> None:
        """Forget some of an owner's requests."""
        await self._connection.run(_REMOVE_REQUESTS, owner=owner_id, ids=sorted(ids))

    async def mute(self, owner_id: int, thread: str) -> None:
        """Tell a member nothing more of a thread."""
        await self._connection.run(_MUTE, owner_id=owner_id, thread=thread)

    async def unmute(self, owner_id: int, thread: str) -> None:
        """Tell a member of a thread again."""
        await self._connection.run(_UNMUTE, owner=owner_id, wanted=thread)

    async def join_threads(self, guessed: str, known: str) -> None:
        """Mute a thread for those who muted what turns out to be a part of it."""
        await self._connection.run(_MUTE_ALSO, guessed=guessed, known=known)
        await self._connection.run(_UNMUTE_ALL, guessed=guessed)


def _waiting_of(row: tuple[object, ...]) -> Waiting:
    request = NotificationRequest(*row[:_REQUEST_COLUMNS])  # type: ignore[arg-type]
    return request, int(str(row[_REQUEST_COLUMNS])), Actor(*row[_REQUEST_COLUMNS + 1 :])  # type: ignore[arg-type]
