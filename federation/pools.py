"""Connections kept ready: a few per host, for a bounded number of hosts.

Every step costs the same however many hosts there are.
"""

import asyncio
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar


class Connection(Protocol):
    """What a pool keeps."""

    def is_ready(self) -> bool:
        """Say whether the connection can carry another request."""

    def close(self) -> None:
        """Close the connection at once."""


C = TypeVar("C", bound=Connection)


class _Host(Generic[C]):
    """The connections of one host: those in use are counted, the others are here."""

    __slots__ = ("idle", "resting_since", "slots", "users")

    def __init__(self, most: int) -> None:
        self.slots = asyncio.Semaphore(most)
        self.idle: list[C] = []
        self.users = 0
        self.resting_since = 0.0


class Pools(Generic[C]):
    """Lends out connections by host, at most `per_host` of each at a time.

    Hosts that nobody uses rest, at most `hosts` of them and for `rest` seconds, the ones used longest ago
    leaving first; hosts in use are never closed. Belongs to one event loop.
    """

    def __init__(self, *, per_host: int, hosts: int, rest: float) -> None:
        self._per_host = per_host
        self._most = hosts
        self._rest = rest
        self._busy: dict[str, _Host[C]] = {}
        self._resting: OrderedDict[str, _Host[C]] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._busy) + len(self._resting)

    async def take(self, name: str) -> C | None:
        """Wait for a turn with a host; return a connection that is ready, or None where one must be opened.

        Each turn must be ended by `give_back`.
        """
        host = self._busy.get(name)
        if host is None:
            host = self._resting.pop(name) if name in self._resting else _Host[C](self._per_host)
            self._busy[name] = host
        host.users += 1
        try:
            await host.slots.acquire()
        except BaseException:
            self._leave(name, host)
            raise
        while host.idle:
            connection = host.idle.pop()
            if connection.is_ready():
                return connection
            connection.close()
        return None

    def give_back(self, name: str, connection: C | None) -> None:
        """End a turn, with the connection it used unless there is none."""
        host = self._busy[name]
        if connection is not None:
            if connection.is_ready() and not self._is_closed:
                host.idle.append(connection)
            else:
                connection.close()
        host.slots.release()
        self._leave(name, host)

    def close(self) -> None:
        """Close every connection, those in use when they are given back."""
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        for host in (*self._resting.values(), *self._busy.values()):
            _close_all(host)
        self._resting.clear()

    def _leave(self, name: str, host: _Host[C]) -> None:
        """Let a host rest once nobody uses it."""
        host.users -= 1
        if host.users:
            return
        del self._busy[name]
        if not host.idle:
            return
        loop = asyncio.get_running_loop()
        host.resting_since = loop.time()
        self._resting[name] = host
        while len(self._resting) > self._most:
            _close_all(self._resting.popitem(last=False)[1])
        if self._timer is None:
            self._timer = loop.call_later(self._rest, self._sweep)

    def _sweep(self) -> None:
        """Close the hosts that have rested long enough."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._timer = None
        while self._resting:
            name, oldest = next(iter(self._resting.items()))
            remaining = oldest.resting_since + self._rest - now
            if remaining > 0:
                self._timer = loop.call_later(remaining, self._sweep)
                return
            del self._resting[name]
            _close_all(oldest)


def _close_all(host: _Host[C]) -> None:
    """Close the idle connections of a host."""
    while host.idle:
        host.idle.pop().close()
