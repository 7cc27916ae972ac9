"""What other nodes may read of this one: actors, objects, activities, and what is left of deleted ones.

Everything hidden is exactly as absent: the same NotFound (N6, PRV-03). `Served` says who may keep a copy.
"""

from dataclasses import dataclass
from typing import Any

from actors.addresses import activity_uri
from actors.consenting import stamp_facts, stamp_uri
from actors.errors import NotFound
from federation.translate.activities import activity_document, load_deeds
from federation.translate.actors import actor_document
from federation.translate.attached import attached_to
from federation.translate.publications import publication_document, tombstone_document
from federation.translate.quotes import stamp_document
from storage.activities import Activity
from storage.actors import Actor
from storage.publications import Publication
from storage.quotes import QuoteState
from storage.transaction import Transaction

NOTHING_HERE = "There is nothing here."

LARGEST_ID = 2**63 - 1
_LONGEST_ID = 19


@dataclass(frozen=True, slots=True)
class Served:
    """A document, ready to be sent.

    `page` is the address of the page that people see instead; a document that is only `is_gone` is what is
    left of a deleted thing; what is not `is_public` depends on who asked.
    """

    document: dict[str, Any]
    page: str | None = None
    is_gone: bool = False
    is_public: bool = True


async def local_actor(tx: Transaction, username: str) -> Actor:
    """Find an actor that this node hosts or hosted (see `gone_at`); NotFound for any other."""
    actor = await tx.actors.local(username)
    if actor is None or (actor.suspended_at is not None and actor.gone_at is None):
        raise NotFound(NOTHING_HERE)
    return actor


async def actor_at(tx: Transaction, username: str) -> Served:
    """Return an actor's document; NotFound where there is none."""
    actor = await local_actor(tx, username)
    if actor.gone_at is not None:
        return grave_of(actor)
    return Served(actor_document(actor, await tx.signing_keys.of(actor)), page=actor.url)


def grave_of(actor: Actor) -> Served:
    """Return what is left of an actor that is gone."""
    assert actor.gone_at is not None
    document = tombstone_document(actor.uri, former_type=actor.type, deleted=actor.gone_at)
    return Served(document, is_gone=True)


async def publication_at(tx: Transaction, base_url: str, number: str, reader: Actor | None) -> Served:
    """Return what was published under a number, to whoever may read it, or the tombstone of what was public.

    NotFound for everything else.
    """
    uri = f"{base_url}/o/{read_number(number)}"
    found = await readable(tx, uri, reader)
    if found is None:
        tombstone = await tx.tombstones.by_uri(uri)
        if tombstone is None or not tombstone.was_public:
            raise NotFound(NOTHING_HERE)
        document = tombstone_document(uri, former_type=tombstone.former_type, deleted=tombstone.deleted_at)
        return Served(document, is_gone=True)
    publication, author = found
    attached = (await attached_to(tx, [publication]))[publication.id]
    document = publication_document(publication, author, attached=attached)
    return Served(document, page=publication.url, is_public=publication.is_public)


async def readable(tx: Transaction, uri: str, reader: Actor | None) -> tuple[Publication, Actor] | None:
    """Find what a local author published, if `reader` may read it, with its author."""
    found = await tx.publications.readable(uri, reader)
    if found is None:
        return None
    publication, author = found
    is_served = publication.is_local and author.suspended_at is None and author.gone_at is None
    return (publication, author) if is_served else None


async def activity_at(tx: Transaction, username: str, number: str, reader: Actor | None) -> Served:
    """Return something a local actor did, to whoever may know of it; NotFound for everything else.

    What is public is anybody's. The rest is for the one it was done to and, where it is about a publication,
    for those who may read that.
    """
    actor = await local_actor(tx, username)
    activity = await tx.activities.by_uri(activity_uri(actor, read_number(number)))
    if activity is None or actor.gone_at is not None:
        raise NotFound(NOTHING_HERE)
    if not await _may_know(tx, activity, reader):
        raise NotFound(NOTHING_HERE)
    deed = (await load_deeds(tx, [activity]))[0]
    if deed.is_void:
        raise NotFound(NOTHING_HERE)
    document = activity_document(
        activity,
        actor,
        publication=deed.publication,
        author=deed.author,
        target=deed.target,
        attached=deed.attached,
        keys=await tx.signing_keys.of(actor) if deed.is_about_its_actor else (),
    )
    return Served(document, is_public=activity.is_public)


async def stamp_at(tx: Transaction, username: str, number: str) -> Served:
    """Return the stamp by which a local actor agreed to a quote (FEP-044f), as long as it holds.

    It names two objects and embeds none, so that anybody may look it up; NotFound where there is none.
    """
    author = await local_actor(tx, username)
    quote = await tx.quotes.by_id(read_number(number))
    if quote is None or author.gone_at is not None or quote.state != QuoteState.ACCEPTED:
        raise NotFound(NOTHING_HERE)
    quoting = await tx.publications.get(quote.publication_id)
    stamp = stamp_uri(author, quote.id)
    if quote.approval != stamp:
        raise NotFound(NOTHING_HERE)
    return Served(stamp_document(stamp_facts(stamp, author, quoting.uri, quote.quoted_uri)))


async def _may_know(tx: Transaction, activity: Activity, reader: Actor | None) -> bool:
    if activity.publication_id is not None and activity.verb in {"Create", "Update", "Announce"}:
        publication = await tx.publications.find(activity.publication_id)
        if publication is None or await tx.publications.readable(publication.uri, reader) is None:
            return False
        return activity.is_public or reader is not None
    return activity.is_public or (reader is not None and reader.id == activity.target_id)


def read_number(text: str) -> int:
    """Read the number in an address; NotFound for what is none, or is written in another way than ours."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID) or (
        text[0] == "0" and text != "0"
    ):
        raise NotFound(NOTHING_HERE)
    number = int(text)
    if number > LARGEST_ID:
        raise NotFound(NOTHING_HERE)
    return number
