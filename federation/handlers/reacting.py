"""Like, Announce and Undo: what other actors think of things, share, and take back."""

from actors import following, publishing, reacting
from actors.audience import visibility_of
from actors.errors import NotFound
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.handlers.attending import undo_join
from federation.handlers.handler import (
    NOTHING,
    Ignored,
    Known,
    Needs,
    check_not_undone,
    is_undone,
    remember_undone,
)
from storage.actors import Actor
from storage.transaction import Transaction


async def on_like(tx: Transaction, activity: as2.Like | as2.EmojiReact, sender: Actor, _known: Known) -> None:
    """Keep a like of what is known here; an emoji reaction counts as one."""
    if activity.object.id is None:
        raise Malformed("object: expected the id of what is liked")
    publication = await tx.publications.by_uri(activity.object.id)
    if publication is None:
        raise Ignored("This node does not hold what is liked.")
    if not publication.is_public and await tx.publications.readable(publication.uri, sender) is None:
        raise NotFound("There is no such publication.")
    await check_not_undone(tx, activity, sender)
    await reacting.like(tx, sender, publication, uri=activity.id or f"{sender.uri}#likes/{publication.id}")


async def needs_of_announce(tx: Transaction, activity: as2.Announce, sender: Actor) -> Needs:
    """Fetch what somebody we follow shares from its own origin, whatever came embedded (O4)."""
    uri = activity.object.id
    if uri is None or isinstance(activity.object.embedded, as2.Activity):
        return NOTHING
    if await tx.publications.by_uri(uri):
        return NOTHING
    return Needs(publications=(uri,)) if await tx.follows.has_local_follower(sender) else NOTHING


async def on_announce(tx: Transaction, activity: as2.Announce, sender: Actor, known: Known) -> None:
    """Keep a share, and what is shared when somebody here follows whoever shares it."""
    uri = activity.object.id
    if uri is None:
        raise Malformed("object: expected the id of what is shared")
    if isinstance(activity.object.embedded, as2.Activity):
        raise Ignored("Groups are not here yet, and only they announce activities.")
    await check_not_undone(tx, activity, sender)
    resolved = known.publication(uri)
    if resolved is not None and resolved.incoming is not None:
        # What was fetched may stand under another id than the one that was shared.
        publication = await publishing.keep(tx, resolved.author, resolved.incoming)
        if publication is None:
            raise Ignored("What is shared was deleted.")
    else:
        publication = await tx.publications.by_uri(uri)
        if publication is None:
            raise Ignored("Nobody here follows whoever shares this, or it was deleted.")
    await reacting.share(
        tx,
        sender,
        publication,
        uri=activity.id or f"{sender.uri}#shares/{publication.id}",
        visibility=visibility_of(activity.to, activity.cc, sender.followers) if activity.to else None,
    )


async def on_undo(tx: Transaction, activity: as2.Undo, sender: Actor, _known: Known) -> None:
    """Take back a Follow, Like, Announce, Join or Block of the sender: by its id, or by what is embedded.

    What is not known (yet) is remembered as taken back.
    """
    undone = activity.object.embedded
    if isinstance(undone, as2.Activity) and undone.actor != sender.uri:
        raise NotFound("Only one's own activities can be taken back.")
    if isinstance(undone, as2.Follow | as2.Block | as2.Like | as2.EmojiReact | as2.Announce | as2.Join):
        is_known = await _undo_embedded(tx, undone, sender)
    elif activity.object.id is not None:
        is_known = await _undo_by_id(tx, activity.object.id, sender)
    else:
        raise Malformed("object: expected the activity that is taken back, or its id")
    verb = undone.type if isinstance(undone, as2.Activity) else "Activity"
    if not is_known and not await remember_undone(tx, activity.object.id, verb, sender):
        raise Ignored("This node does not know the activity that is taken back.")


async def _undo_embedded(tx: Transaction, undone: as2.Activity, sender: Actor) -> bool:
    """Take back what two actors, or an actor and a publication, say; False where there is no such thing."""
    if undone.object.id is None:
        raise Malformed("object.object: expected an id")
    if isinstance(undone, as2.Follow | as2.Block):
        other = await tx.actors.by_uri(undone.object.id)
        if other is None or not other.is_local:
            raise NotFound(f"{undone.object.id} is not an actor of this node.")
        if isinstance(undone, as2.Follow):
            return await _undo_follow(tx, undone.id, sender, other)
        if not await tx.follows.blocked_either_way(sender, other):
            return False
        await following.unblock(tx, sender, other)
        return True
    if isinstance(undone, as2.Join):
        return await undo_join(tx, sender, undone.object.id)
    return await _undo_reaction(tx, undone.object.id, sender, is_share=isinstance(undone, as2.Announce))


async def _undo_reaction(tx: Transaction, uri: str, sender: Actor, *, is_share: bool) -> bool:
    publication = await tx.publications.by_uri(uri)
    reactions = tx.shares if is_share else tx.likes
    if publication is None or not await reactions.has(sender, publication):
        return False
    await (reacting.unshare if is_share else reacting.unlike)(tx, sender, publication)
    return True


async def _undo_follow(tx: Transaction, uri: str | None, sender: Actor, followed: Actor) -> bool:
    known = await tx.follows.find(sender, followed)
    if known is None:
        return False
    if uri is not None and uri != known.uri and await is_undone(tx, uri, sender):
        raise Ignored("That follow was replaced by a newer one.")
    # Some servers do not remember the ids of their follows, so another id will do.
    await following.unfollow(tx, sender, followed)
    return True


async def _undo_by_id(tx: Transaction, uri: str, sender: Actor) -> bool:
    follow = await tx.follows.by_uri(uri)
    if follow is not None and follow.follower_id == sender.id:
        await following.unfollow(tx, sender, await tx.actors.get(follow.followed_id))
        return True
    for reactions, take_back in ((tx.likes, reacting.unlike), (tx.shares, reacting.unshare)):
        publication_id = await reactions.publication_of(sender, uri)
        if publication_id is not None:
            await take_back(tx, sender, await tx.publications.get(publication_id))
            return True
    attendance = await tx.attendance.by_uri(uri)
    if attendance is not None and attendance.actor_id == sender.id:
        event = await tx.publications.get(attendance.publication_id)
        return await undo_join(tx, sender, event.uri)
    return await tx.follows.unblock_by_uri(sender, uri)
