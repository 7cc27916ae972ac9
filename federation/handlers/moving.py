"""Move: an account continues under another address (W1)."""

from datetime import timedelta

from actors.moving import move
from federation import vocabulary as as2
from federation.errors import Malformed, Untrusted
from federation.handlers.handler import NOTHING, Ignored, Known, Needs
from storage.actors import Actor
from storage.transaction import Transaction

#: A second Move of the same account within this time is not followed.
COOL_DOWN = timedelta(days=7)


async def needs_of_move(tx: Transaction, activity: as2.Move, sender: Actor) -> Needs:
    """Fetch both ends anew: each must name the other (O7)."""
    old, new = activity.object.id, activity.target.id
    if old is None or new is None or sender.uri not in {old, new}:
        return NOTHING
    known = await tx.actors.by_uris([old, new])
    # Nobody's move concerns us whose followers are all elsewhere.
    if old not in known or not await tx.follows.has_local_follower(known[old]):
        return NOTHING
    return Needs(actors=tuple(uri for uri in (old, new) if uri not in known or not known[uri].is_local))


async def on_move(tx: Transaction, activity: as2.Move, sender: Actor, known: Known) -> None:
    """Let local followers of the old account follow the new one; either of the two may say so (FEP-7628)."""
    if activity.object.id is None or activity.target.id is None:
        raise Malformed("target: expected the id of an actor")
    if sender.uri not in {activity.object.id, activity.target.id}:
        raise Untrusted("Only an account itself can say where it moves.")
    old = known.actor(activity.object.id)
    if old is None:
        raise Ignored("Nobody here follows the old account.")
    new = known.actor(activity.target.id) or await tx.actors.by_uri(activity.target.id)
    if new is None or old.uri not in new.also_known_as or old.moved_to != new.uri:
        raise Untrusted("The two accounts do not name each other.")
    if new.moved_to is not None:
        raise Ignored("The new account has moved on itself.")
    await move(tx, old, new, cool_down=COOL_DOWN)
