"""Flag: the people of another node report somebody of this one."""

from actors.reporting import MAX_PUBLICATIONS, receive
from actors.text import plain
from federation import vocabulary as as2
from federation.handlers.handler import Ignored, Known
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction

_MOST_OBJECTS = 4 * MAX_PUBLICATIONS


async def on_flag(tx: Transaction, activity: as2.Flag, sender: Actor, _known: Known) -> None:
    """Tell the moderators; whom it is about is never told.

    It names accounts, publications or both. What is not of this node, or not known here, does not count.
    """
    named = list(activity.objects) or ([activity.object.id] if activity.object.id else [])
    named = list(dict.fromkeys(named))[:_MOST_OBJECTS]
    targets = {actor.id: actor for actor in (await tx.actors.by_uris(named)).values() if actor.is_local}
    publications: dict[int, list[Publication]] = {}
    for found in (await tx.publications.by_uris(named)).values():
        if found.is_local:
            publications.setdefault(found.author_id, []).append(found)
    missing = publications.keys() - targets.keys()
    targets |= await tx.actors.by_ids(sorted(missing)) if missing else {}
    if not targets:
        raise Ignored("It reports nobody of this node.")
    uri = activity.id or f"{sender.uri}#flags/{tx.new_id()}"
    for target in targets.values():
        await receive(tx, sender, target, publications.get(target.id, []), plain(activity.content or ""), uri)
