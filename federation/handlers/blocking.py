"""Block: a remote actor wants nothing to do with a local one."""

from actors.errors import NotFound
from actors.following import block
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.handlers.handler import Known, check_not_undone
from storage.actors import Actor
from storage.transaction import Transaction


async def on_block(tx: Transaction, activity: as2.Block, sender: Actor, _known: Known) -> None:
    """Let neither follow nor read the other any more; nobody is told."""
    if activity.object.id is None:
        raise Malformed("object: expected the id of an actor")
    blocked = await tx.actors.by_uri(activity.object.id)
    if blocked is None or not blocked.is_local:
        raise NotFound(f"{activity.object.id} is not an actor of this node.")
    await check_not_undone(tx, activity, sender)
    await block(tx, sender, blocked, uri=activity.id or f"{sender.uri}#blocks/{blocked.id}")
