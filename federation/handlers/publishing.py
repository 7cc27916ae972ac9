"""Create, Update and Delete: what other actors publish, change and take back."""

from dataclasses import replace

from actors import publishing
from actors.errors import Forbidden
from actors.incoming import Incoming
from federation import vocabulary as as2
from federation.errors import Malformed, Untrusted
from federation.handlers.handler import NOTHING, Ignored, Known, Needs
from federation.handlers.quoting import take_back_stamp
from federation.handlers.voting import take_vote
from federation.origins import same_origin
from federation.resolving import author_of
from federation.translate.publications import read_incoming
from storage.actors import Actor
from storage.transaction import Transaction

_NOBODY = "Nobody here follows the author, is addressed, quoted or takes part in the conversation."


async def needs_of_create(tx: Transaction, activity: as2.Create, sender: Actor) -> Needs:
    """Fetch an object that came only by its id (I9), when it is of the sender's server and concerns us.

    Of what somebody we follow answers, one step back is fetched as well (I5, I11).
    """
    uri, value = activity.object.id, activity.object.embedded
    if isinstance(value, as2.Object):
        parent = value.in_reply_to
        if parent is None or await tx.publications.by_uri(parent):
            return NOTHING
        return Needs(wished=(parent,)) if await tx.follows.has_local_follower(sender) else NOTHING
    if uri is None or not same_origin(uri, sender.uri):
        return NOTHING
    if await tx.publications.by_uri(uri):
        return NOTHING
    return Needs(publications=(uri,)) if await _concerns_us(tx, activity, None, sender) else NOTHING


async def on_create(tx: Transaction, activity: as2.Create, sender: Actor, known: Known) -> None:
    """Keep what the sender published, when it concerns somebody here (I7)."""
    value = activity.object.embedded
    if not isinstance(value, as2.Object):
        await _keep_fetched(tx, activity, sender, known)
        return
    _check_author(value, sender)
    if await take_vote(tx, value, sender):
        return
    if not await _concerns_us(tx, activity, value, sender):
        raise Ignored(_NOBODY)
    parent = known.publication(value.in_reply_to)
    if parent is not None and parent.incoming is not None:
        await publishing.keep(tx, parent.author, parent.incoming)
    await publishing.keep(tx, sender, _incoming(tx, activity, value, sender, trusted=known.is_trusted))


async def needs_of_update(tx: Transaction, activity: as2.Update, sender: Actor) -> Needs:
    """Fetch the sender anew when it says that it changed, and an object that came only by its id."""
    uri = activity.object.id
    if uri == sender.uri:
        return Needs(actors=(sender.uri,))
    if uri is None or isinstance(activity.object.embedded, as2.Object) or not same_origin(uri, sender.uri):
        return NOTHING
    return Needs(changed=(uri,)) if await tx.publications.by_uri(uri) else NOTHING


async def on_update(tx: Transaction, activity: as2.Update, sender: Actor, known: Known) -> None:
    """Let what the sender published be what it now says.

    What we do not have is kept as if it were new, when it concerns somebody here: its Create may come
    later, and then finds the newer state (I5).
    """
    if activity.object.id == sender.uri:
        return  # The sender was fetched anew, and that is all there is to do.
    value = activity.object.embedded
    if not isinstance(value, as2.Object):
        await _revise_fetched(tx, activity, sender, known)
        return
    publication = await tx.publications.by_uri(value.id)
    _check_author(value, sender)
    if publication is not None:
        trusted = publication.indexable or known.is_trusted
        await publishing.revise(
            tx, sender, publication, _incoming(tx, activity, value, sender, trusted=trusted)
        )
        return
    if not await _concerns_us(tx, activity, value, sender):
        raise Ignored("This node does not hold that object.")
    await publishing.keep(tx, sender, _incoming(tx, activity, value, sender, trusted=known.is_trusted))


async def on_delete(tx: Transaction, activity: as2.Delete, sender: Actor, _known: Known) -> None:
    """Forget what the sender deleted, or the sender; it then cannot come back (I5)."""
    uri = activity.object.id
    if uri is None:
        raise Malformed("object: expected the id of what is deleted")
    if uri == sender.uri:
        await publishing.forget_all(tx, sender)
        await tx.signing_keys.replace(sender, [])
        return
    if not same_origin(uri, sender.uri):
        raise Forbidden(f"{sender.uri} did not write {uri}.")
    if await take_back_stamp(tx, uri, sender):
        return
    await publishing.forget(tx, sender, uri)


async def _keep_fetched(tx: Transaction, activity: as2.Create, sender: Actor, known: Known) -> None:
    resolved = known.publication(activity.object.id)
    if resolved is None or resolved.incoming is None:
        raise Ignored("It is kept already, was deleted, or concerns nobody here.")
    if resolved.author.id != sender.id:
        raise Untrusted(f"{sender.uri} sent the work of {resolved.author.uri}.")
    await publishing.keep(tx, sender, resolved.incoming)


async def _revise_fetched(tx: Transaction, activity: as2.Update, sender: Actor, known: Known) -> None:
    resolved = known.publication(activity.object.id)
    if resolved is None or resolved.incoming is None:
        raise Ignored("This node does not hold that object.")
    publication = await tx.publications.by_uri(resolved.incoming.uri)
    if publication is None:
        raise Ignored("This node does not hold that object (any more).")
    await publishing.revise(tx, sender, publication, resolved.incoming)


def _check_author(value: as2.Object, sender: Actor) -> None:
    if not same_origin(value.id, sender.uri):
        raise Untrusted(f"{value.id} belongs to another server than {sender.uri}.")
    if not value.authors and value.actor is None:
        return  # It came from its server, in the hands of an actor of that server.
    author_of(value)
    if sender.uri not in value.authors and value.actor != sender.uri:
        raise Untrusted(f"{sender.uri} sent the work of {value.attributed_to}.")


def _incoming(
    tx: Transaction, activity: as2.Activity, value: as2.Object, sender: Actor, *, trusted: bool
) -> Incoming:
    incoming = read_incoming(
        value, sender, activity_to=activity.to, activity_cc=activity.cc, trusted=trusted, now=tx.now
    )
    if not isinstance(activity, as2.Update) or incoming.updated_at is not None or activity.published is None:
        return incoming
    # An object that says nothing of its age is as new as the activity that brings it.
    return replace(incoming, updated_at=min(activity.published, tx.now))


async def _concerns_us(
    tx: Transaction, activity: as2.Activity, value: as2.Object | None, sender: Actor
) -> bool:
    if await tx.follows.has_local_follower(sender):
        return True
    named = {*activity.to, *activity.cc}
    if value is not None:
        named |= {*value.to, *value.cc}
        named |= {tag.href for tag in value.tags if isinstance(tag, as2.Mention) and tag.href}
    named.discard(as2.PUBLIC)
    if any(actor.is_local for actor in (await tx.actors.by_uris(sorted(named))).values()):
        return True
    return value is not None and await _takes_part(tx, value)


async def _takes_part(tx: Transaction, value: as2.Object) -> bool:
    """Whether an object quotes something of ours, or answers somebody of whom something is kept here."""
    quoted = await tx.publications.by_uri(value.quote) if value.quote is not None else None
    if quoted is not None and quoted.is_local:
        return True
    parent = await tx.publications.by_uri(value.in_reply_to) if value.in_reply_to is not None else None
    if parent is None:
        return False
    return parent.is_local or await tx.follows.has_local_follower(await tx.actors.get(parent.author_id))
