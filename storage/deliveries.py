"""Activities on their way to other nodes: one row for each distinct inbox, in one lane for each host.

A lane is a row of `peers`; `next_delivery_at` says when anything in it is due, so a dead host with a
hundred thousand waiting deliveries costs one index entry and not a scan.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    not_,
    select,
    update,
)

from storage.activities import activities
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.kinds import DeliveryState
from storage.lists import Among
from storage.peers import peers
from storage.statements import Statement, insert_or_ignore

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("activity_id", BigInteger, ForeignKey("activities.id", ondelete="CASCADE"), nullable=False),
    Column("sender_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("host", Text, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("ordering_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("due_at", Timestamp, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("concluded_at", Timestamp),
    Column("status", Integer),
    Column("error", Text),
    UniqueConstraint("activity_id", "inbox"),
)
_waiting = deliveries.c.state == DeliveryState.WAITING
Index(
    "ix_deliveries_lane",
    deliveries.c.host,
    deliveries.c.due_at,
    deliveries.c.id,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)
Index(
    "ix_deliveries_order",
    deliveries.c.host,
    deliveries.c.ordering_key,
    deliveries.c.id,
    sqlite_where=_waiting,
    postgresql_where=_waiting,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One activity on its way to one inbox.

    Deliveries to one inbox with the same `ordering_key` (the URI of the object) leave in the order of
    their ids. `status` and `error` are the last answer's.
    """

    id: int
    activity_id: int
    sender_id: int
    host: str
    inbox: str
    ordering_key: str
    state: str
    created_at: datetime
    due_at: datetime
    attempts: int = 0
    concluded_at: datetime | None = None
    status: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How one attempt went. A delivery that stays WAITING is due again at `due_at`."""

    delivery: Delivery
    state: DeliveryState
    due_at: datetime
    status: int | None = None
    error: str | None = None


_ADD = insert_or_ignore(deliveries, conflict=["activity_id", "inbox"])
_DOCUMENTS = Statement(select(activities.c.id, activities.c.document).where(Among(activities.c.id, "ids")))
_CONCLUDE = Statement(
    update(deliveries)
    .where(deliveries.c.id == bindparam("row_id"), _waiting)
    .values(
        state=bindparam("new_state"),
        due_at=bindparam("new_due"),
        attempts=deliveries.c.attempts + 1,
        concluded_at=bindparam("moment"),
        status=bindparam("new_status"),
        error=bindparam("new_error"),
    )
)
_CANCEL = Statement(
    update(deliveries)
    .where(
        deliveries.c.ordering_key == bindparam("key"),
        deliveries.c.host == bindparam("lane"),
        deliveries.c.activity_id < bindparam("older_than"),
        deliveries.c.attempts == 0,
        # What is being sent at this moment is leased, and so not due.
        deliveries.c.due_at <= bindparam("moment"),
        _waiting,
    )
    .values(state=DeliveryState.CANCELLED, concluded_at=bindparam("moment"))
)
_LEASE = Statement(
    update(deliveries).where(deliveries.c.id == bindparam("row_id")).values(due_at=bindparam("lease"))
)
_NEXT = (
    select(func.min(deliveries.c.due_at))
    .where(deliveries.c.host == bindparam("lane"), _waiting)
    .scalar_subquery()
)
_RESCHEDULE = Statement(update(peers).where(peers.c.host == bindparam("lane")).values(next_delivery_at=_NEXT))
_DUE_LANES = Statement(
    select(peers.c.host)
    .where(peers.c.next_delivery_at <= bindparam("moment"), not_(Among(peers.c.host, "excluded")))
    .order_by(peers.c.next_delivery_at)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)


def _due() -> Statement:
    """Build what takes, of each of some lanes, the first few that are due and wait for no older one."""
    older = deliveries.alias("older")
    blocked = (
        select(older.c.id)
        .where(
            older.c.host == deliveries.c.host,
            older.c.ordering_key == deliveries.c.ordering_key,
            older.c.inbox == deliveries.c.inbox,
            older.c.id < deliveries.c.id,
            older.c.state == DeliveryState.WAITING,
        )
        .exists()
    )
    place = func.row_number().over(partition_by=deliveries.c.host, order_by=deliveries.c.id).label("place")
    ranked = (
        select(deliveries, place)
        .where(
            Among(deliveries.c.host, "lanes"), _waiting, deliveries.c.due_at <= bindparam("moment"), ~blocked
        )
        .subquery()
    )
    columns = [ranked.c[column.name] for column in deliveries.columns]
    return Statement(select(*columns).where(ranked.c.place <= bindparam("most")).order_by(ranked.c.id))


_DUE = _due()
_RETRY = Statement(
    update(deliveries)
    .where(deliveries.c.id == bindparam("row_id"), deliveries.c.state != DeliveryState.SENT)
    .values(state=DeliveryState.WAITING, due_at=bindparam("moment"), attempts=0, concluded_at=None)
    .returning(deliveries.c.host)
)
_HASTEN = Statement(
    update(deliveries)
    .where(deliveries.c.host == bindparam("lane"), _waiting, deliveries.c.due_at > bindparam("moment"))
    .values(due_at=bindparam("moment"))
)
_LEASED = Statement(
    update(deliveries)
    .where(_waiting, deliveries.c.attempts == 0, deliveries.c.due_at > bindparam("moment"))
    .values(due_at=bindparam("moment"))
    .returning(deliveries.c.host)
)
_COUNTS = Statement(select(deliveries.c.state, func.count()).group_by(deliveries.c.state))
_OLDEST = Statement(select(deliveries.c.created_at).where(_waiting).order_by(deliveries.c.id).limit(1))
_PRUNE = Statement(
    delete(deliveries)
    .where(~_waiting, deliveries.c.concluded_at < bindparam("moment"))
    .returning(deliveries.c.id)
)


class Deliveries:
    """Keeps deliveries, lends those that are due, and remembers how they went."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, rows: Sequence[Delivery]) -> None:
        """Keep new deliveries; the same activity to the same inbox is kept once."""
        await self._connection.run_many(_ADD, [values(row) for row in rows])

    async def cancel_older(self, key: str, host: str, activity_id: int, moment: datetime) -> None:
        """Cancel what has not left yet about an object, before `activity_id`: it is being deleted."""
        await self._connection.run(_CANCEL, key=key, lane=host, older_than=activity_id, moment=moment)

    async def claim(
        self, moment: datetime, lease: datetime, *, lanes: int, per_lane: int, excluded: Collection[str] = ()
    ) -> list[Delivery]:
        """Take what is due, fairly: at most `per_lane` from each of at most `lanes` hosts.

        What is taken is not due again before `lease`, so a crash loses nothing and another worker does not
        send it too. A delivery waits while an older one about the same object waits for the same host.
        """
        found = await self._connection.all(_DUE_LANES, moment=moment, excluded=sorted(excluded), size=lanes)
        if not found:
            return []
        hosts = [row[0] for row in found]
        taken = await self._connection.all(_DUE, lanes=hosts, moment=moment, most=per_lane)
        rows = [Delivery(*row) for row in taken]
        await self._connection.run_many(_LEASE, [{"row_id": row.id, "lease": lease} for row in rows])
        await self._connection.run_many(_RESCHEDULE, [{"lane": host} for host in hosts])
        return rows

    async def documents(self, activity_ids: Collection[int]) -> dict[int, str]:
        """Return the JSON of activities, by id."""
        if not activity_ids:
            return {}
        found = await self._connection.all(_DOCUMENTS, ids=sorted(activity_ids))
        return {row[0]: row[1] for row in found}

    async def conclude(self, conclusions: Sequence[Conclusion], moment: datetime) -> None:
        """Remember how attempts went."""
        await self._connection.run_many(
            _CONCLUDE,
            [
                {
                    "row_id": each.delivery.id,
                    "new_state": each.state,
                    "new_due": each.due_at,
                    "moment": None if each.state == DeliveryState.WAITING else moment,
                    "new_status": each.status,
                    "new_error": each.error,
                }
                for each in conclusions
            ],
        )

    async def reschedule(self, hosts: Collection[str]) -> None:
        """Set when the lanes of hosts are due next, from what waits in them."""
        await self._connection.run_many(_RESCHEDULE, [{"lane": host} for host in sorted(hosts)])

    async def hasten(self, host: str, moment: datetime) -> None:
        """Let everything that waits for a host be due now: it is back."""
        await self._connection.run(_HASTEN, lane=host, moment=moment)

    async def reclaim(self, moment: datetime) -> None:
        """Let what somebody took and never sent be due now; only for who is alone in sending.

        What was never tried is due at once, so one that is not was taken by a process that has ended.
        """
        hosts = {row[0] for row in await self._connection.all(_LEASED, moment=moment)}
        await self.reschedule(hosts)

    async def retry(self, delivery_id: int, moment: datetime) -> str | None:
        """Let a delivery that was not sent be tried now; returns its host, None when there is none such."""
        host: str | None = await self._connection.value(_RETRY, row_id=delivery_id, moment=moment)
        return host

    async def list(
        self,
        *,
        states: Collection[str],
        host: str | None = None,
        activity_id: int | None = None,
        size: int = 100,
    ) -> list[Delivery]:
        """Deliveries in these states, newest first."""
        query = (
            select(deliveries)
            .where(deliveries.c.state.in_(sorted(states)))
            .order_by(deliveries.c.id.desc())
            .limit(size)
        )
        if host is not None:
            query = query.where(deliveries.c.host == host)
        if activity_id is not None:
            query = query.where(deliveries.c.activity_id == activity_id)
        return [Delivery(*row) for row in await self._connection.all(query)]

    async def counts(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        return {row[0]: row[1] for row in await self._connection.all(_COUNTS)}

    async def oldest_waiting(self) -> datetime | None:
        """Since when the oldest waiting delivery waits."""
        found: datetime | None = await self._connection.value(_OLDEST)
        return found

    async def prune(self, before: datetime) -> int:
        """Forget deliveries that were concluded before a moment; returns how many."""
        return await self._connection.run(_PRUNE, moment=before)
