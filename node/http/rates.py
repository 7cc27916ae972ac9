"""How much one asker may have: token buckets in memory, and what is said to whoever took too much.

Each process counts for itself, and forgets whoever has not asked for longest when there are too many. An
address is counted and forgotten; it is never written down.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from ipaddress import IPv6Address
from math import ceil
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from node.settings import LimitSettings

REMEMBERED = 50_000

_MINUTE = 60.0
_HOUR = 3600.0


class Quota(Enum):
    """What is counted, and under which setting the operator says how much of it there may be."""

    REQUESTS = ("requests_per_minute", _MINUTE)
    INBOX = ("inbox_per_minute", _MINUTE)
    SEARCH = ("search_per_minute", _MINUTE)
    UPLOADS = ("uploads_per_hour", _HOUR)
    SIGN_INS = ("sign_ins_per_hour", _HOUR)
    REGISTRATIONS = ("registrations_per_hour", _HOUR)

    @property
    def seconds(self) -> float:
        """How long an empty bucket takes to fill."""
        return self.value[1]

    def limit(self, limits: LimitSettings) -> int:
        """Return how much there may be in that time."""
        return cast("int", getattr(limits, self.value[0]))


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands: how much there may be, how much is left, when all of it is back (seconds)."""

    limit: int
    left: int
    full_in: float

    @property
    def reset(self) -> str:
        """When all of it is back, as Mastodon's clients read it."""
        return _stamp_in(self.full_in)


class Rates:
    """The buckets of one process."""

    def __init__(self, limits: LimitSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: OrderedDict[tuple[Quota, str], tuple[float, float]] = OrderedDict()

    def take(self, quota: Quota, who: str, *, amount: int = 1) -> Standing:
        """Take from somebody's bucket; HTTPException 429 with Retry-After when it is empty.

        An `amount` of 0 only looks whether there is anything left.
        """
        limit = quota.limit(self._limits)
        now = self._clock()
        key = (quota, who)
        left, then = self._buckets.get(key, (float(limit), now))
        left = min(float(limit), left + (now - then) * limit / quota.seconds)
        if left < 1:
            raise _too_many((1 - left) * quota.seconds / limit, limit)
        left -= amount
        if amount:
            self._buckets[key] = (left, now)
            self._buckets.move_to_end(key)
            if len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return Standing(limit, int(left), (limit - left) * quota.seconds / limit)

    def look(self, quota: Quota, who: str) -> Standing:
        """Return where somebody stands, and take nothing, not even where there is nothing left."""
        limit = quota.limit(self._limits)
        now = self._clock()
        left, then = self._buckets.get((quota, who), (float(limit), now))
        left = min(float(limit), left + (now - then) * limit / quota.seconds)
        return Standing(limit, int(left), (limit - left) * quota.seconds / limit)

    def __len__(self) -> int:
        return len(self._buckets)


def rates_of(connection: HTTPConnection) -> Rates:
    """Return the buckets of the process that serves this request."""
    return cast("Rates", connection.app.state.rates)


def address_of(connection: HTTPConnection) -> str:
    """Return the address that a request comes from; one for all of them where there is none (a socket file).

    Behind a proxy in `server.trusted_proxies` it is the one that the proxy names. A whole IPv6 network of
    64 bits counts as one address, since it is one customer's.
    """
    host = connection.client.host if connection.client else ""
    if ":" not in host:
        return host
    try:
        address = IPv6Address(host)
    except ValueError:
        return host
    return str(address.ipv4_mapped or address.packed[:8].hex(":", 2))


def spend(connection: HTTPConnection, quota: Quota, who: str | None = None, *, amount: int = 1) -> None:
    """Count a request against `who`, or the address it comes from; HTTPException 429 when it is too much.

    The answer to a REQUESTS or SEARCH then says how much is left (X-RateLimit headers, as clients expect).
    """
    standing = rates_of(connection).take(quota, address_of(connection) if who is None else who, amount=amount)
    connection.scope["rate"] = standing


def _too_many(seconds: float, limit: int) -> HTTPException:
    wait = max(1, ceil(seconds))
    return HTTPException(
        429,
        f"Too many requests; please wait {wait} seconds.",
        {
            "Retry-After": str(wait),
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": "0",
            # Clients that wait, wait until then: not for all of it to be back, but for the next request.
            "X-RateLimit-Reset": _stamp_in(wait),
        },
    )


def _stamp_in(seconds: float) -> str:
    """Return the moment in so many seconds as Mastodon writes it: ISO 8601 with six digits of a fraction."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
