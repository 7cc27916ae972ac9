"""Moving house: followers go along when an account continues under another address."""

from datetime import timedelta

from actors.errors import Conflict, Forbidden
from actors.following import NO_WISHES, Wishes, follow, unfollow
from storage.actors import Actor
from storage.transaction import Transaction


async def move(tx: Transaction, old: Actor, new: Actor, *, cool_down: timedelta) -> None:
    """Let every local follower of `old` follow `new` instead, as they followed before.

    Raises Conflict when followers of `old` were moved within the cool-down already.
    """
    fact = f"moved {old.id}"
    last = await tx.facts.moment(fact)
    if last is not None and last + cool_down > tx.now:
        raise Conflict(f"{old.handle} moved a short while ago; another move is not followed yet.")
    await tx.facts.set(fact, tx.now.isoformat())
    for follower in await tx.follows.local_followers(old):
        known = await tx.follows.find(follower, old)
        wishes = Wishes(known.notify, known.show_reblogs, known.languages) if known else NO_WISHES
        lists = await tx.account_lists.with_member(follower, old)
        await unfollow(tx, follower, old)
        try:
            await follow(tx, follower, new, wishes=wishes)
        except Forbidden:
            # It is the new account itself, or the two block each other: the others move all the same.
            continue
        for each in lists:
            await tx.account_lists.add_member(each, new, tx.new_id())
