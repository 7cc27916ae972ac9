"""Join and Leave: who takes part in events, and what is answered to those who ask."""

from actors import attending
from actors.errors import ActorsError, NotFound
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.handlers.handler import Ignored, Known, check_not_undone
from storage.actors import Actor
from storage.attendance import Attendance
from storage.publications import Publication
from storage.transaction import Transaction


async def on_join(tx: Transaction, activity: as2.Join, sender: Actor, _known: Known) -> None:
    """Let a remote actor take part in an event of ours; where that cannot be, the answer is a Reject."""
    event = await _event(tx, activity.object, sender)
    await check_not_undone(tx, activity, sender)
    uri = activity.id or f"{sender.uri}#joins/{event.id}"
    try:
        await attending.join(tx, sender, event, uri=uri)
    except ActorsError:
        await attending.refuse(tx, event, sender, uri)


async def on_leave(tx: Transaction, activity: as2.Leave, sender: Actor, _known: Known) -> None:
    """Let a remote actor take part no more."""
    event = await _event(tx, activity.object, sender)
    if not await attending.leave(tx, sender, event):
        raise Ignored("They did not take part.")


async def undo_join(tx: Transaction, sender: Actor, event_uri: str) -> bool:
    """Let a remote actor take part no more who takes the Join back (as Leave); False where they did not."""
    event = await tx.publications.by_uri(event_uri)
    return event is not None and event.is_local and await attending.leave(tx, sender, event)


async def join_meant(tx: Transaction, answered: as2.Reference) -> Attendance | None:
    """Return what a local actor said of an event, where an Accept or Reject is about that."""
    if answered.id is not None:
        known = await tx.attendance.by_uri(answered.id)
        if known is not None:
            return known
    embedded = answered.embedded
    if not isinstance(embedded, as2.Join) or embedded.object.id is None:
        return None
    event = await tx.publications.by_uri(embedded.object.id)
    actor = await tx.actors.by_uri(embedded.actor)
    return await tx.attendance.find(event, actor) if event and actor else None


async def on_answer(tx: Transaction, sender: Actor, known: Attendance, *, accepted: bool) -> None:
    """Note that the organisers of a remote event let a local actor in, or did not.

    Mobilizon answers in the name of the person who made the event, where a group is its author.
    """
    event = await tx.publications.get(known.publication_id)
    is_organiser = (event.document or {}).get("actor") == sender.uri
    if event.author_id != sender.id and not is_organiser:
        raise NotFound("Only the organiser of an event says who takes part.")
    actor = await tx.actors.get(known.actor_id)
    await (attending.accept if accepted else attending.reject)(tx, event, actor)


async def _event(tx: Transaction, subject: as2.Reference, sender: Actor) -> Publication:
    if subject.id is None:
        raise Malformed("object: expected the id of an event")
    found = await tx.publications.readable(subject.id, sender)
    if found is None or not found[0].is_local or found[0].kind not in attending.EVENTS:
        raise NotFound(f"{subject.id} is not an event of this node.")
    return found[0]
