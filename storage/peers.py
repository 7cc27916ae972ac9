"""The other nodes and servers, one row for each host: how we treat them and how they fare."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    case,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.kinds import Policy
from storage.lists import Among
from storage.statements import Statement, insert_or_ignore

peers = Table(
    "peers",
    metadata,
    Column("host", Text, primary_key=True),
    Column("policy", Text, nullable=False),
    Column("first_seen_at", Timestamp, nullable=False),
    Column("actor", Text),
    Column("software", Text),
    Column("software_version", Text),
    Column("name", Text),
    Column("failures", Integer, nullable=False),
    Column("failed_days", Integer, nullable=False),
    Column("failed_day", Text),
    Column("last_success_at", Timestamp),
    Column("last_failure_at", Timestamp),
    Column("last_error", Text),
    Column("last_received_at", Timestamp),
    Column("resting_until", Timestamp),
    Column("next_delivery_at", Timestamp),
)
Index(
    "ix_peers_next_delivery_at",
    peers.c.next_delivery_at,
    sqlite_where=peers.c.next_delivery_at.is_not(None),
    postgresql_where=peers.c.next_delivery_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Peer:
    """What we know of another server.

    `failures` counts attempts that failed since the last success, `failed_days` the distinct days on
    which that happened. While it rests nothing is sent before `resting_until`, and then one probe.
    """

    host: str
    policy: str
    first_seen_at: datetime
    actor: str | None = None
    software: str | None = None
    software_version: str | None = None
    name: str | None = None
    failures: int = 0
    failed_days: int = 0
    failed_day: str | None = None
    last_success_at: datetime | None = None
    last_failure_at: datetime | None = None
    last_error: str | None = None
    last_received_at: datetime | None = None
    resting_until: datetime | None = None
    next_delivery_at: datetime | None = None

    def failed_on(self, day: date) -> int:
        """On how many distinct days it has failed, `day` included."""
        return self.failed_days + (self.failed_day != day.isoformat())


_MEET = insert_or_ignore(peers)
_BY_HOST = Statement(select(peers).where(peers.c.host == bindparam("wanted")))
_BY_HOSTS = Statement(select(peers).where(Among(peers.c.host, "hosts")))
_ALL = Statement(select(peers).order_by(peers.c.host))
_SET_POLICY = Statement(
    update(peers).where(peers.c.host == bindparam("wanted")).values(policy=bindparam("new_policy"))
)
_DESCRIBE = Statement(
    update(peers)
    .where(peers.c.host == bindparam("wanted"))
    .values(
        actor=bindparam("new_actor"),
        software=bindparam("new_software"),
        software_version=bindparam("new_version"),
        name=bindparam("new_name"),
    )
)
_SUCCEEDED = Statement(
    update(peers)
    .where(peers.c.host == bindparam("wanted"))
    .values(
        failures=0,
        failed_days=0,
        failed_day=None,
        resting_until=None,
        last_error=None,
        last_success_at=bindparam("moment"),
    )
)
_FAILED = Statement(
    update(peers)
    .where(peers.c.host == bindparam("wanted"))
    .values(
        failures=peers.c.failures + 1,
        failed_days=case(
            (peers.c.failed_day == bindparam("day"), peers.c.failed_days), else_=peers.c.failed_days + 1
        ),
        failed_day=bindparam("day"),
        last_failure_at=bindparam("moment"),
        last_error=bindparam("why"),
        resting_until=bindparam("until"),
    )
)
_REST = Statement(
    update(peers)
    .where(peers.c.host == bindparam("wanted"), peers.c.next_delivery_at < bindparam("until"))
    .values(next_delivery_at=bindparam("until"))
)
_HEARD = Statement(
    update(peers)
    .where(
        peers.c.host == bindparam("wanted"),
        or_(peers.c.last_received_at.is_(None), peers.c.last_received_at < bindparam("stale")),
    )
    .values(last_received_at=bindparam("moment"))
)
_WAKE = Statement(
    update(peers)
    .where(peers.c.host == bindparam("wanted"))
    .values(
        resting_until=None,
        next_delivery_at=case(
            (peers.c.next_delivery_at.is_not(None), bindparam("moment", type_=Timestamp()))
        ),
    )
)
_WITH_POLICY = Statement(select(peers.c.host).where(peers.c.policy == bindparam("wanted")))


def _open_lane() -> Statement:
    # A lane that rests keeps resting; any other is due at once.
    def due(moment: ColumnElement[datetime]) -> dict[str, object]:
        return {
            "next_delivery_at": case(
                (peers.c.resting_until > moment, peers.c.resting_until),
                (peers.c.next_delivery_at < moment, peers.c.next_delivery_at),
                else_=moment,
            )
        }

    lite, post = sqlite.insert(peers), postgresql.insert(peers)
    return Statement(
        lite.on_conflict_do_update(index_elements=["host"], set_=due(lite.excluded.next_delivery_at)),
        postgresql=post.on_conflict_do_update(
            index_elements=["host"], set_=due(post.excluded.next_delivery_at)
        ),
    )


_OPEN_LANE = _open_lane()


class Peers:
    """Finds and keeps what we know of other servers."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def meet(self, host: str, moment: datetime) -> None:
        """Know a host from now on; one already known is left as it is."""
        await self._connection.run(_MEET, **values(Peer(host, Policy.KNOWN, moment)))

    async def by_host(self, host: str) -> Peer | None:
        """Find a host."""
        row = await self._connection.first(_BY_HOST, wanted=host)
        return Peer(*row) if row else None

    async def by_hosts(self, hosts: Collection[str]) -> list[Peer]:
        """Find several hosts at once."""
        if not hosts:
            return []
        return [Peer(*row) for row in await self._connection.all(_BY_HOSTS, hosts=sorted(set(hosts)))]

    async def all(self) -> list[Peer]:
        """Every host we know, in alphabetical order."""
        return [Peer(*row) for row in await self._connection.all(_ALL)]

    async def with_policy(self, policy: Policy) -> frozenset[str]:
        """Return the hosts that are treated so; a decision about a domain means its subdomains too."""
        return frozenset(row[0] for row in await self._connection.all(_WITH_POLICY, wanted=policy))

    async def set_policy(self, host: str, policy: Policy, moment: datetime) -> None:
        """Decide how to treat a host."""
        await self.meet(host, moment)
        await self._connection.run(_SET_POLICY, wanted=host, new_policy=policy)

    async def describe(
        self, host: str, *, actor: str | None, software: str | None, version: str | None, name: str | None
    ) -> None:
        """Keep what a host says of itself: its server actor's URI, its software, its name."""
        await self._connection.run(
            _DESCRIBE, wanted=host, new_actor=actor, new_software=software, new_version=version, new_name=name
        )

    async def open_lanes(self, hosts: Collection[str], moment: datetime) -> None:
        """Let what was just queued for these hosts be sent, now or when they stop resting."""
        await self._connection.run_many(
            _OPEN_LANE,
            [values(Peer(host, Policy.KNOWN, moment, next_delivery_at=moment)) for host in sorted(hosts)],
        )

    async def succeeded(self, host: str, moment: datetime) -> None:
        """Remember that a host took a delivery; whatever it did before is forgiven."""
        await self._connection.run(_SUCCEEDED, wanted=host, moment=moment)

    async def failed(self, host: str, moment: datetime, why: str, *, resting_until: datetime | None) -> None:
        """Remember that a host failed, and until when to leave it alone."""
        await self._connection.run(
            _FAILED,
            wanted=host,
            day=moment.date().isoformat(),
            moment=moment,
            why=why,
            until=resting_until,
        )
        if resting_until is not None:
            await self._connection.run(_REST, wanted=host, until=resting_until)

    async def heard(self, host: str, moment: datetime, stale: datetime) -> None:
        """Remember that a host sent something authentic; not written when the last time is after `stale`."""
        await self._connection.run(_HEARD, wanted=host, moment=moment, stale=stale)

    async def wake(self, host: str, moment: datetime) -> None:
        """Let a host be tried now: it gave a sign of life, or an operator asks for it."""
        await self._connection.run(_WAKE, wanted=host, moment=moment)
