"""Add and Remove: what an actor pins to its profile."""

from actors import pinning
from actors.replicating import keep
from federation import vocabulary as as2
from federation.handlers.handler import NOTHING, Ignored, Known, Needs
from federation.origins import same_origin
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction


async def needs_of_add(tx: Transaction, activity: as2.Add, sender: Actor) -> Needs:
    """Fetch what somebody we follow pins, where it is not kept yet."""
    uri = activity.object.id
    if uri is None or not _is_about_pins(activity, sender) or not same_origin(uri, sender.uri):
        return NOTHING
    if await tx.publications.by_uri(uri) or not await tx.follows.has_local_follower(sender):
        return NOTHING
    return Needs(publications=(uri,))


async def on_add(tx: Transaction, activity: as2.Add, sender: Actor, known: Known) -> None:
    """Pin something of the sender's own to its profile."""
    if not _is_about_pins(activity, sender):
        raise Ignored("It is not about what the sender pins to its profile.")
    resolved = known.publication(activity.object.id)
    publication = await _meant(tx, activity)
    if publication is None and resolved is not None and resolved.incoming is not None:
        publication = await keep(tx, resolved.author, resolved.incoming)
    if publication is None:
        raise Ignored("This node does not hold what is pinned.")
    await pinning.pin(tx, sender, publication)


async def on_remove(tx: Transaction, activity: as2.Remove, sender: Actor, _known: Known) -> None:
    """Take a pin off the sender's profile."""
    if not _is_about_pins(activity, sender):
        raise Ignored("It is not about what the sender pins to its profile.")
    publication = await _meant(tx, activity)
    if publication is None:
        raise Ignored("This node does not hold what was pinned.")
    await pinning.unpin(tx, sender, publication)


def _is_about_pins(activity: as2.Activity, sender: Actor) -> bool:
    return sender.featured is not None and activity.target.id == sender.featured


async def _meant(tx: Transaction, activity: as2.Activity) -> Publication | None:
    return await tx.publications.by_uri(activity.object.id) if activity.object.id is not None else None
