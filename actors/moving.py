"""Moving house: followers go along when an account continues under another address."""

from datetime import timedelta

from actors.errors import Conflict, Forbidden
from actors.following import follow, unfollow
from storage.actors import Actor
from storage.transaction import Transaction


async def move(tx: Transaction, old: Actor, new: Actor, *, cool_down: timedelta) -> None:
    """Let every local follower of `old` follow `new` instead.

    Raises Conflict when followers of `old` were moved within the cool-down already.
    """
    fact = f"moved {old.id}"
    last = await tx.facts.moment(fact)
    if last is not None and last + cool_down > tx.now:
        raise Conflict(f"{old.handle} moved a short while ago; another move is not followed yet.")
    await tx.facts.set(fact, tx.now.isoformat())
    for follower in await tx.follows.local_followers(old):
        await unfollow(tx, follower, old)
        try:
            await follow(tx, follower, new)
        except Forbidden:
            # It is the new account itself, or the two block each other: the others move all the same.
            continue
