"""Letting go of what is no longer needed, a little at a time, so that nobody waits for it."""

from dataclasses import dataclass
from datetime import timedelta

from storage import upkeep
from storage.transaction import Transaction

AT_ONCE = 500
#: How long what was sent and received stays for an operator to look at, and spent secrets with it.
HISTORY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Prunable:
    """How much may go: other nodes' posts, records of sending and receiving, spent tokens and links."""

    posts: int
    deliveries: int
    received: int
    secrets: int

    @property
    def total(self) -> int:
        """How much may go altogether."""
        return self.posts + self.deliveries + self.received + self.secrets


async def prune_posts(tx: Transaction, keep_for: timedelta) -> int:
    """Forget the next few of other nodes' posts that are old and mean nothing here; returns how many."""
    ids = await upkeep.forgettable(tx, tx.now - keep_for, AT_ONCE)
    await upkeep.forget(tx, ids)
    return len(ids)


async def prune_history(tx: Transaction) -> Prunable:
    """Forget how old deliveries and received activities went, and secrets that open nothing any more."""
    before = tx.now - HISTORY
    return Prunable(
        posts=0,
        deliveries=await tx.deliveries.prune(before),
        received=await tx.received.prune(before),
        secrets=await upkeep.forget_spent_secrets(tx, before),
    )
