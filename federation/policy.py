"""Which hosts this node has anything to do with, and how it treats them."""

import asyncio
from collections.abc import Collection
from datetime import datetime, timedelta

from federation.errors import Malformed
from federation.origins import read_url
from storage.database import Database
from storage.kinds import Policy

#: How long a decision of an operator in another process may take to be noticed here.
FRESH_FOR = timedelta(seconds=5)


class PeerPolicy:
    """Answers from memory how a host is treated; asks the database every few seconds.

    A decision about a domain means its subdomains and all its ports too. In `allow_list` mode only hosts
    that are trusted are talked to. Nobody talks to `ours`, the hosts that are this node. Belongs to one
    event loop.
    """

    def __init__(
        self, database: Database, *, allow_list: bool, allow_http: bool, ours: Collection[str] = ()
    ) -> None:
        self._database = database
        self._allow_list = allow_list
        self._allow_http = allow_http
        self._ours = frozenset(ours)
        self._blocked: frozenset[str] = frozenset()
        self._trusted: frozenset[str] = frozenset()
        self._limited: frozenset[str] = frozenset()
        self._known_at: datetime | None = None
        self._reading = asyncio.Lock()

    def host_of(self, uri: str) -> str:
        """Return the host of a URI, with its port where that is not the usual one; Malformed for no URL."""
        return read_url(uri, allow_http=self._allow_http).domain

    async def allows(self, host: str) -> bool:
        """Whether we talk to a host: one that is not blocked or, in allow-list mode, one that is trusted."""
        if not self._is_fresh():
            await self.keep_fresh()
        return self.last_known(host)

    async def allows_uri(self, uri: str) -> bool:
        """Whether we talk to the host of a URI; an unreadable one has none."""
        try:
            return await self.allows(self.host_of(uri))
        except Malformed:
            return False

    def last_known(self, host: str) -> bool:
        """Say the same from memory alone, for the transport, which asks about each hop."""
        if host in self._ours or (self._blocked and _covers(self._blocked, host)):
            return False
        return not self._allow_list or _covers(self._trusted, host)

    def trusts(self, host: str) -> bool:
        """Whether operators trust a host, as far as memory knows."""
        return bool(self._trusted) and _covers(self._trusted, host)

    def limits(self, host: str) -> bool:
        """Whether operators keep a host at a distance, as far as memory knows."""
        return bool(self._limited) and _covers(self._limited, host)

    async def keep_fresh(self) -> None:
        """Read the operators' decisions anew when that was some seconds ago; then ask memory alone."""
        async with self._reading:
            # Those who waited for the one who read find it done.
            if not self._is_fresh():
                await self.refresh()

    async def refresh(self) -> None:
        """Read the operators' decisions anew."""
        now = self._database.clock()
        async with self._database.read() as tx:
            self._blocked = await tx.peers.with_policy(Policy.BLOCKED)
            self._trusted = await tx.peers.with_policy(Policy.TRUSTED)
            self._limited = await tx.peers.with_policy(Policy.LIMITED)
        self._known_at = now

    def _is_fresh(self) -> bool:
        known_at = self._known_at
        return known_at is not None and known_at <= self._database.clock() < known_at + FRESH_FOR


def _covers(listed: frozenset[str], host: str) -> bool:
    if host in listed:
        return True
    name = host.partition(":")[0] if host.count(":") == 1 else host
    labels = name.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels)))
