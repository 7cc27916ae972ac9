"""Follow, Accept and Reject: who may hear whom."""

from actors import following
from actors.errors import Forbidden, NotFound
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.handlers.handler import Ignored, Known, check_not_undone, remember_undone
from federation.origins import same_origin
from storage.actors import Actor
from storage.follows import Follow
from storage.kinds import FollowState
from storage.transaction import Transaction


async def on_follow(tx: Transaction, activity: as2.Follow, sender: Actor, known: Known) -> None:
    """Let a remote actor ask to follow a local one; where that cannot be, the answer is a Reject.

    Asking again under a new id replaces the old one, and whoever was let in before is let in again. From a
    node that operators limited nobody is let in unasked.
    """
    if activity.object.id is None:
        raise Malformed("object: expected the id of an actor")
    followed = await tx.actors.by_uri(activity.object.id)
    if followed is None or not followed.is_local:
        raise NotFound(f"{activity.object.id} is not an actor of this node.")
    await check_not_undone(tx, activity, sender)
    uri = activity.id or f"{sender.uri}#follows/{followed.id}"
    before = await tx.follows.find(sender, followed)
    try:
        await following.follow(tx, sender, followed, uri=uri, needs_approval=known.is_limited)
    except Forbidden:
        await following.refuse(tx, followed, sender, uri)
        return
    if before is not None and before.uri != uri:
        # Its Undo may still be on the way, and must not end the new one.
        await remember_undone(tx, before.uri, "Follow", sender)


async def on_accept(tx: Transaction, activity: as2.Accept, sender: Actor, _known: Known) -> None:
    """Note that a remote actor let a local one in; matched by the two actors, not only by an id (I5)."""
    follower, known = await _answered(tx, activity.object, sender)
    if known.state == FollowState.ACCEPTED:
        raise Ignored("The follow was accepted already.")
    await following.accept(tx, sender, follower)


async def on_reject(tx: Transaction, activity: as2.Reject, sender: Actor, _known: Known) -> None:
    """Note that a remote actor refused a local one, or showed it out."""
    follower, _ = await _answered(tx, activity.object, sender)
    await following.reject(tx, sender, follower)


async def _answered(tx: Transaction, follow: as2.Reference, sender: Actor) -> tuple[Actor, Follow]:
    """Return the follow that is answered, and who asked: by its full id, or by what is embedded.

    An embedded Follow is believed as far as the sender may speak of it: it must be about the sender. Raises
    NotFound when no follow of ours is meant, Ignored when it is one that a newer one replaced.
    """
    known = await tx.follows.by_uri(follow.id) if follow.id is not None else None
    if known is not None and known.followed_id == sender.id:
        follower = await tx.actors.get(known.follower_id)
        if follower.is_local:
            return follower, known
    embedded = follow.embedded
    if not isinstance(embedded, as2.Follow) or embedded.object.id != sender.uri:
        raise NotFound(f"No follow of {sender.uri} is meant.")
    asker = await tx.actors.by_uri(embedded.actor)
    if asker is None or not asker.is_local:
        raise NotFound("The follower is not an actor of this node.")
    known = await tx.follows.find(asker, sender)
    if known is None:
        raise NotFound(f"{asker.handle} does not ask to follow {sender.uri} (any more).")
    if embedded.id is not None and same_origin(embedded.id, asker.uri):
        # We know the names that we gave: this is another one than is open now.
        raise Ignored("That follow is over, and a newer one not answered yet.")
    return asker, known
