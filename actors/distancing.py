"""Not wanting to hear somebody: muting actors, and keeping whole hosts away. Nobody is told."""

from datetime import timedelta
from typing import Final

from actors.errors import Forbidden, Invalid
from actors.following import dismiss, unfollow
from actors.notifying import About, notify
from storage.actors import Actor
from storage.domain_blocks import DomainBlock
from storage.mutes import Mute
from storage.severances import Severance, SeveranceCause
from storage.transaction import Transaction

_LONGEST_HOST: Final = 253
_LONGEST_MUTE: Final = timedelta(days=36_500)


async def mute(
    tx: Transaction,
    owner: Actor,
    target: Actor,
    *,
    notifications: bool = True,
    duration: timedelta | None = None,
) -> Mute:
    """Hide what an actor publishes from one's own lists, and (`notifications`) what it does to oneself.

    It ends by itself after `duration` (None: never); muting again changes what was said before. Raises
    Forbidden for oneself.
    """
    if owner.id == target.id:
        raise Forbidden("Nobody can mute themselves.")
    expires = None if not duration else tx.now + min(duration, _LONGEST_MUTE)
    muted = Mute(tx.new_id(), owner.id, target.id, notifications, tx.now, expires)
    await tx.mutes.keep(muted)
    return muted


async def unmute(tx: Transaction, owner: Actor, target: Actor) -> None:
    """Hear an actor again."""
    await tx.mutes.remove(owner, target)


async def block_domain(tx: Transaction, owner: Actor, host: str) -> None:
    """Want nothing from a host: follows in both directions end, and nothing from there is shown any more.

    Those who are shown out see a Reject. Raises Invalid for what is no name of a host, or is this node's own.
    """
    host = read_host(host)
    if host == owner.host:
        raise Invalid("This is your own node.", {"domain": "is this node's own"})
    if not await tx.domain_blocks.add(DomainBlock(tx.new_id(), owner.id, host, tx.now)):
        return
    followers = await tx.follow_lists.followers_from(owner, host)
    following = await tx.follow_lists.followed_at(owner, host)
    for follower in followers:
        await dismiss(tx, owner, follower)
    for followed in following:
        await unfollow(tx, owner, followed)
    await tx.notifications.remove_from_host(owner.id, host)
    if followers or following:
        await _tell_of_losses(tx, owner, host, len(followers), len(following))


async def _tell_of_losses(tx: Transaction, owner: Actor, host: str, followers: int, following: int) -> None:
    lost = Severance(
        tx.new_id(), owner.id, SeveranceCause.USER_DOMAIN_BLOCK, host, followers, following, tx.now
    )
    await tx.severances.add(lost)
    await notify(tx, owner, About.SEVERED, owner, subject=lost.id)


async def unblock_domain(tx: Transaction, owner: Actor, host: str) -> None:
    """Let a host be heard again; follows do not come back by themselves."""
    await tx.domain_blocks.remove(owner, read_host(host))


def read_host(text: str) -> str:
    """Return the name of a host as handles have it; Invalid for what cannot be one."""
    host = text.strip().rstrip(".").lower()
    try:
        name, _, port = host.partition(":")
        host = name.encode("idna").decode() + (f":{int(port)}" if port else "") if name else ""
    except (UnicodeError, ValueError):
        host = ""
    labels = host.partition(":")[0].split(".")
    is_name = all(
        label and label.replace("-", "").isalnum() and label.strip("-") == label for label in labels
    )
    if not is_name or len(host) > _LONGEST_HOST:
        raise Invalid("Validation failed: Domain is not valid", {"domain": "is not the name of a host"})
    return host
