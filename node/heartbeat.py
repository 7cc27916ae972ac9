"""The sign of life of whatever does a node's background work, as commands in other processes read it.

`node.workers` gives it; this module is apart, so that commands need not import all that workers do.
"""

from datetime import datetime, timedelta

from storage.transaction import Transaction

HEARTBEAT = "heartbeat"
"""The fact that is renewed every minute."""

SILENCE = timedelta(minutes=3)
"""After so long without a sign nobody is at work."""


async def last_heartbeat(tx: Transaction) -> datetime | None:
    """Return when the background work last gave a sign."""
    return await tx.facts.moment(HEARTBEAT)


async def is_at_work(tx: Transaction) -> bool:
    """Say whether what is recorded now is sent soon."""
    last = await last_heartbeat(tx)
    return last is not None and tx.now - last <= SILENCE
