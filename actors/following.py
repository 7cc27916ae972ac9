"""Following and blocking. The same functions serve local actors and remote ones.

A remote actor's verbs come with the `uri` of the activity that was received; a local one's mint their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from actors import notifying
from actors.addresses import SERVER
from actors.errors import Forbidden, NotFound
from actors.recording import record
from storage.actors import Actor
from storage.follows import Follow
from storage.kinds import FollowState
from storage.transaction import Transaction

_SHOWN_AT_FIRST: Final = 40
"""How many of an actor's newest publications whoever starts following finds in the home timeline."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a follower wants to see of somebody; None leaves it as it is.

    `notify`: be told of every post. `show_reblogs`: shares too. `languages`: only these, or all where empty.
    """

    notify: bool | None = None
    show_reblogs: bool | None = None
    languages: Sequence[str] | None = None


NO_WISHES: Final = Wishes()


async def follow(
    tx: Transaction,
    follower: Actor,
    followed: Actor,
    *,
    uri: str | None = None,
    needs_approval: bool = False,
    wishes: Wishes = NO_WISHES,
) -> Follow:
    """Ask to follow. An open local actor accepts at once, and says so again when it is asked again.

    With `needs_approval` even an open one decides for itself; `wishes` may change what a known follow shows.
    Raises Forbidden for oneself, for whoever is gone, between two who block, and where the one followed wants
    nothing from the follower's host.
    """
    if follower.id == followed.id:
        raise Forbidden("An actor cannot follow itself.")
    if followed.gone_at is not None or followed.moved_to is not None:
        raise Forbidden(f"{followed.handle} is no longer there to be followed.")
    is_kept_out = followed.is_local and await tx.domain_blocks.has(followed, follower.host)
    if is_kept_out or await tx.follows.blocked_either_way(follower, followed):
        raise Forbidden(f"{follower.handle} cannot follow {followed.handle}.")
    known = await tx.follows.find(follower, followed)
    was_accepted = known is not None and known.state == FollowState.ACCEPTED
    if known is None or known.state == FollowState.REJECTED or (uri is not None and uri != known.uri):
        known = await _ask(tx, follower, followed, known, uri)
    known = await _wish(tx, known, wishes)
    is_open = not (needs_approval or followed.manually_approves_followers)
    if followed.is_local and (was_accepted or is_open):
        return await _let_in(tx, followed, follower, known)
    return known


async def _wish(tx: Transaction, known: Follow, wishes: Wishes) -> Follow:
    changed = replace(
        known,
        notify=known.notify if wishes.notify is None else wishes.notify,
        show_reblogs=known.show_reblogs if wishes.show_reblogs is None else wishes.show_reblogs,
        languages=known.languages if wishes.languages is None else list(wishes.languages) or None,
    )
    if changed != known:
        await tx.follows.set_options(changed)
    return changed


async def _ask(
    tx: Transaction, follower: Actor, followed: Actor, known: Follow | None, uri: str | None
) -> Follow:
    activity = await record(tx, follower, "Follow", followed.uri, target=followed)
    uri = uri or (activity.uri if activity else followed.uri)
    if known is None:
        asked = await tx.follows.add(
            Follow(tx.new_id(), follower.id, followed.id, uri, FollowState.REQUESTED, tx.now)
        )
        if followed.manually_approves_followers:
            await notifying.notify(tx, followed, notifying.About.FOLLOW_REQUEST, follower)
        return asked
    await tx.follows.renew(known, uri)
    return replace(known, uri=uri, state=FollowState.REQUESTED, decided_at=None)


async def accept(tx: Transaction, followed: Actor, follower: Actor) -> None:
    """Let a follower in; NotFound when it never asked. Doing it twice only repeats the answer."""
    await _let_in(tx, followed, follower, await _asked(tx, follower, followed))


async def decide(tx: Transaction, followed: Actor, follower: Actor, *, lets_in: bool) -> None:
    """Answer whoever waits to be let in; NotFound where nobody does, as after it was answered."""
    known = await _asked(tx, follower, followed)
    if known.state != FollowState.REQUESTED:
        raise NotFound(f"{follower.handle} does not wait for an answer of {followed.handle}.")
    await (accept if lets_in else reject)(tx, followed, follower)


async def _asked(tx: Transaction, follower: Actor, followed: Actor) -> Follow:
    known = await tx.follows.find(follower, followed)
    if known is None:
        raise NotFound(f"{follower.handle} never asked to follow {followed.handle}.")
    return known


async def _let_in(tx: Transaction, followed: Actor, follower: Actor, known: Follow) -> Follow:
    if known.state != FollowState.ACCEPTED:
        await tx.follows.decide(known, FollowState.ACCEPTED, tx.now)
        if follower.is_local and follower.username == SERVER:
            # Our node now follows another one: read its catalogue back.
            await tx.backfills.start(followed.id, tx.now)
        elif follower.is_local:
            await tx.home.fill(follower, followed, _SHOWN_AT_FIRST)
        await notifying.take_back(tx, followed, notifying.About.FOLLOW_REQUEST, follower)
        await notifying.notify(tx, followed, notifying.About.FOLLOW, follower)
    await record(
        tx,
        followed,
        "Accept",
        known.uri,
        target=follower,
        details={"activity": _activity(known.uri, follower, followed)},
    )
    return replace(known, state=FollowState.ACCEPTED, decided_at=tx.now)


async def reject(tx: Transaction, followed: Actor, follower: Actor) -> None:
    """Refuse a follower, or show an accepted one out; NotFound when it never asked."""
    known = await _asked(tx, follower, followed)
    await tx.follows.decide(known, FollowState.REJECTED, tx.now)
    await _forget_notices(tx, followed, follower)
    if follower.is_local:
        await tx.home.clear(follower, followed)
    await _say_no(tx, followed, follower, known.uri)


async def _forget_notices(tx: Transaction, followed: Actor, follower: Actor) -> None:
    for about in (notifying.About.FOLLOW, notifying.About.FOLLOW_REQUEST):
        await notifying.take_back(tx, followed, about, follower)


async def refuse(tx: Transaction, followed: Actor, follower: Actor, uri: str) -> None:
    """Answer a Follow, known by its id, that cannot be; what may stand between the two is not told."""
    known = await tx.follows.find(follower, followed)
    if known is not None:
        await tx.follows.decide(known, FollowState.REJECTED, tx.now)
    await _say_no(tx, followed, follower, uri)


async def _say_no(tx: Transaction, followed: Actor, follower: Actor, uri: str) -> None:
    await record(
        tx,
        followed,
        "Reject",
        uri,
        target=follower,
        details={"activity": _activity(uri, follower, followed)},
    )


async def unfollow(tx: Transaction, follower: Actor, followed: Actor) -> None:
    """Stop following; does nothing when there is nothing to stop."""
    known = await tx.follows.find(follower, followed)
    if known is None:
        return
    await tx.follows.remove(follower, followed)
    await _forget_notices(tx, followed, follower)
    if follower.is_local:
        await tx.home.clear(follower, followed)
        await tx.account_lists.remove_from_all(follower, followed)
        await tx.endorsements.remove(follower, followed)
    await record(
        tx,
        follower,
        "Undo",
        known.uri,
        target=followed,
        details={"activity": _activity(known.uri, follower, followed)},
    )


async def dismiss(tx: Transaction, followed: Actor, follower: Actor) -> None:
    """Show a follower out, or refuse whoever waits; does nothing where nobody follows."""
    known = await tx.follows.find(follower, followed)
    if known is not None and known.state != FollowState.REJECTED:
        await reject(tx, followed, follower)


async def block(tx: Transaction, blocker: Actor, blocked: Actor, *, uri: str | None = None) -> None:
    """Have nothing to do with another actor: both follows end, and neither reads the other.

    Nothing is sent: whom somebody blocks is nobody's business (`federation.md` §9, Block); a follower who
    is shown out sees a Reject. Raises Forbidden for oneself.
    """
    if blocker.id == blocked.id:
        raise Forbidden("Nobody can block themselves.")
    if await tx.follows.find(blocked, blocker):
        await reject(tx, blocker, blocked)
        await tx.follows.remove(blocked, blocker)
    await unfollow(tx, blocker, blocked)
    for one, other in ((blocker, blocked), (blocked, blocker)):
        if one.is_local:
            await tx.home.clear_author(one, other)
            await tx.notifications.remove_between(one.id, other.id)
            await tx.conversations.remove_with(one.id, other.id)
            await tx.account_lists.remove_from_all(one, other)
            await tx.endorsements.remove(one, other)
    await tx.follows.block(blocker, blocked, uri or f"{blocker.uri}#blocks/{blocked.id}", tx.now)


async def unblock(tx: Transaction, blocker: Actor, blocked: Actor) -> None:
    """End a block; follows do not come back by themselves."""
    await tx.follows.unblock(blocker, blocked)


def _activity(uri: str, follower: Actor, followed: Actor) -> dict[str, str]:
    return {"id": uri, "type": "Follow", "actor": follower.uri, "object": followed.uri}
