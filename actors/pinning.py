"""Pinning: what a profile shows first. The same functions serve local actors and remote ones."""

from typing import Final

from actors.errors import Forbidden, Invalid
from actors.recording import record
from storage.actors import Actor
from storage.kinds import Visibility
from storage.publications import Publication
from storage.transaction import Transaction

MAX_PINS: Final = 5

TOO_MANY: Final = "You have already pinned the maximum number of posts"
NOT_OWN: Final = "Someone else's post cannot be pinned"
DIRECT: Final = "Posts that are only visible to mentioned users cannot be pinned"


async def pin(tx: Transaction, actor: Actor, publication: Publication) -> None:
    """Show something of one's own first; pinning twice changes nothing.

    Raises Invalid, for a local actor with the sentence that clients show, for what cannot be pinned. Of a
    remote actor's pins the latest are kept.
    """
    if publication.author_id != actor.id:
        raise Invalid(NOT_OWN) if actor.is_local else Forbidden(f"{NOT_OWN}.")
    if publication.visibility == Visibility.DIRECT:
        raise Invalid(DIRECT)
    if await tx.pins.has(actor, publication):
        return
    if actor.is_local and await tx.pins.count(actor) >= MAX_PINS:
        raise Invalid(TOO_MANY)
    if not await tx.pins.add(actor, publication, tx.now):
        return
    await _tell(tx, "Add", actor, publication)


async def unpin(tx: Transaction, actor: Actor, publication: Publication) -> None:
    """Show something no more first; does nothing where it is not pinned."""
    if await tx.pins.remove(actor, publication):
        await _tell(tx, "Remove", actor, publication)


async def _tell(tx: Transaction, verb: str, actor: Actor, publication: Publication) -> None:
    await record(
        tx,
        actor,
        verb,
        publication.uri,
        publication=publication,
        is_public=publication.is_public,
        details={
            "to": publication.recipients.get("to", []),
            "cc": publication.recipients.get("cc", []),
            "target": actor.featured,
        },
    )
