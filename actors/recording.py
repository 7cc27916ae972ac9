"""Recording what local actors do, in the same transaction as its effects."""

from collections.abc import Mapping
from typing import Any

from actors.addresses import activity_uri
from storage.activities import Activity
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction


async def record(
    tx: Transaction,
    actor: Actor,
    verb: str,
    object_uri: str,
    *,
    publication: Publication | None = None,
    target: Actor | None = None,
    is_public: bool = False,
    details: Mapping[str, Any] | None = None,
) -> Activity | None:
    """Record that an actor did something, to be sent after the commit; None when the actor is remote.

    Local and remote actors do things through the same functions, which all call this: what a remote actor
    did is recorded by its own node. Whoever needs the activity knows that the actor is local.

    `target` is told besides whom the document addresses. `is_public` lets the actor's outbox show it. What
    `details` must hold: {"activity": the embedded one} for Accept, Reject and Undo; {"to", "cc",
    "former_type"} for the Delete of a publication; {"target": URI} for Move.
    """
    if not actor.is_local:
        return None
    number = tx.new_id()
    return await tx.activities.record(
        Activity(
            id=number,
            uri=activity_uri(actor, number),
            actor_id=actor.id,
            verb=verb,
            object=object_uri,
            is_public=is_public,
            created_at=tx.now,
            publication_id=publication.id if publication else None,
            target_id=target.id if target else None,
            details=dict(details or {}),
        )
    )
