"""Keeping copies of what other nodes publish, and letting go of them: the same rows as for our own."""

from dataclasses import replace
from datetime import datetime

from actors import notifying, polling, quoting
from actors.announcing import announce_deletion, announce_edit, announce_publication
from actors.audience import PUBLIC_NAMES, narrower
from actors.conversing import converse, fall_silent
from actors.errors import Forbidden
from actors.incoming import Incoming
from actors.indexing import index
from actors.revising import snapshot
from actors.tags import tag_names
from storage.actors import Actor
from storage.history import Tombstone
from storage.publications import Publication
from storage.transaction import Transaction

_AT_ONCE = 200


async def keep(tx: Transaction, author: Actor, incoming: Incoming) -> Publication | None:
    """Keep what another node published; None when its author deleted it before it came (I5).

    One that is here already stays as it is: changes come as Update.
    """
    buried = await tx.tombstones.by_uri(incoming.uri)
    # What somebody else on that server said of it means nothing (I4).
    if buried is not None and buried.actor_id == author.id:
        return None
    if known := await tx.publications.by_uri(incoming.uri):
        return known
    published = min(incoming.published_at or tx.now, tx.now)
    fresh = Publication(
        id=await _free_id(tx, published),
        uri=incoming.uri,
        author_id=author.id,
        kind=incoming.kind,
        type=incoming.type,
        is_local=False,
        visibility=incoming.visibility,
        published_at=published,
        created_at=tx.now,
    )
    publication = await tx.publications.add(_received(fresh, incoming, author, tx.now))
    mentioned = await _mention(tx, author, publication, incoming, fresh=True)
    await tx.publications.set_tags(publication, tag_names(publication.tags), fresh=True)
    if incoming.poll is not None:
        await polling.receive(tx, publication, incoming.poll)
    if incoming.quote is not None:
        await quoting.receive(tx, author, publication, incoming.quote)
    await index(tx, publication)
    await tx.home.place(publication)
    await converse(tx, publication, author)
    await announce_publication(tx, publication)
    await notifying.of_publication(tx, publication, author, mentioned)
    return publication


async def revise(tx: Transaction, author: Actor, publication: Publication, incoming: Incoming) -> Publication:
    """Let a remote publication be what its author now says; an older version than ours changes nothing (I5).

    Author, address and date never change, and it does not become more visible (O8). Raises Forbidden when
    somebody else's work is meant.
    """
    if publication.author_id != author.id:
        raise Forbidden(f"{author.uri} did not write {publication.uri}.")
    known = publication.updated_at or publication.published_at
    if incoming.updated_at is not None and incoming.updated_at < known:
        return publication
    await polling.receive(tx, publication, incoming.poll)
    await quoting.receive(tx, author, publication, incoming.quote)
    changed = replace(
        _received(publication, incoming, author, tx.now),
        visibility=narrower(publication.visibility, incoming.visibility),
    )
    if incoming.updated_at in {None, publication.updated_at} and _says_the_same(changed, publication):
        if changed.details != publication.details:
            await tx.publications.change(
                replace(publication, details=changed.details, revision=publication.revision + 1)
            )
        return publication
    await tx.revisions.add(snapshot(publication, tx.now))
    changed = replace(changed, revision=publication.revision + 1, updated_at=changed.updated_at or tx.now)
    await tx.publications.change(changed)
    mentioned = await _mention(tx, author, changed, incoming)
    await tx.publications.set_tags(changed, tag_names(changed.tags))
    await index(tx, changed)
    await converse(tx, changed, author)
    await announce_edit(tx, changed)
    await notifying.of_edit(tx, changed, author, mentioned)
    return changed


async def forget(tx: Transaction, author: Actor, uri: str) -> None:
    """Delete what a remote author deleted, and remember that, should it only come later (I5).

    Raises Forbidden when somebody else's work is meant.
    """
    publication = await tx.publications.by_uri(uri)
    if publication is None:
        await tx.tombstones.add(Tombstone(uri, "Object", author.id, tx.now, was_public=False))
        return
    if publication.author_id != author.id:
        raise Forbidden(f"{author.uri} did not write {uri}.")
    await bury(tx, author, publication)


async def forget_all(tx: Transaction, author: Actor) -> None:
    """Delete everything of a remote actor that is gone, and all follows from and to it."""
    while batch := await tx.publications.page(author, author=author, size=_AT_ONCE):
        for publication, _ in batch:
            await bury(tx, author, publication)
    for _, followed in await tx.follows.followed_by(author):
        await tx.follows.remove(author, followed)
    for follower in await tx.follows.local_followers(author):
        await tx.follows.remove(follower, author)
    await tx.notifications.remove_sender(author.id)
    await tx.actors.mark_gone(author, tx.now)


async def bury(tx: Transaction, author: Actor, publication: Publication, page: str | None = None) -> None:
    """Delete a publication with all that hangs on it, out of the search index at once; a tombstone stays.

    `page` is the path of its page, for a local one.
    """
    await fall_silent(tx, publication)
    await announce_deletion(tx, publication)
    await tx.search.forget(publication.id)
    await tx.quotes.bury(publication)
    await tx.publications.remove(publication)
    await tx.tombstones.add(
        Tombstone(publication.uri, publication.type, author.id, tx.now, publication.is_public, page)
    )


def _says_the_same(changed: Publication, publication: Publication) -> bool:
    """Whether only votes of a poll were counted, or who may quote was changed: that is no edit."""
    details = {name: value for name, value in changed.details.items() if name != "quote_policy"}
    before = {name: value for name, value in publication.details.items() if name != "quote_policy"}
    same = replace(
        changed,
        updated_at=publication.updated_at,
        document=publication.document,
        details=publication.details,
    )
    return same == publication and details == before


async def _free_id(tx: Transaction, moment: datetime) -> int:
    # Other nodes' times are whole seconds, so ids made of them meet more often than ours.
    while await tx.publications.find(number := tx.new_id(moment)):
        pass
    return number


def _received(publication: Publication, incoming: Incoming, author: Actor, now: datetime) -> Publication:
    return replace(
        publication,
        kind=incoming.kind,
        type=incoming.type,
        # A moment in the future would make every later version look old.
        updated_at=min(incoming.updated_at, now) if incoming.updated_at else None,
        url=incoming.url,
        language=incoming.language,
        title=incoming.title,
        title_map=incoming.title_map,
        summary=incoming.summary,
        summary_map=incoming.summary_map,
        content=incoming.content,
        content_map=incoming.content_map,
        details=incoming.details,
        sensitive=incoming.sensitive or author.sensitized_at is not None,
        indexable=incoming.indexable,
        recipients=incoming.recipients,
        tags=incoming.tags,
        attachments=incoming.attachments,
        jurisdiction=incoming.jurisdiction,
        concepts=incoming.concepts,
        license=incoming.license,
        in_reply_to=incoming.in_reply_to,
        context=incoming.context,
        starts_at=incoming.starts_at,
        ends_at=incoming.ends_at,
        document=incoming.document,
    )


async def _mention(
    tx: Transaction, author: Actor, publication: Publication, incoming: Incoming, *, fresh: bool = False
) -> list[Actor]:
    """Let a publication mention those known here whom it names or is addressed to, and return them."""
    # Only actors known here can read or be notified; the others are on their own nodes.
    recipients = incoming.recipients
    named = {*incoming.mentions, *recipients.get("to", []), *recipients.get("cc", [])}
    # Most of what comes is for everybody and the author's followers, who are no actors to look for.
    known = await tx.actors.by_uris(sorted(named - PUBLIC_NAMES - {author.followers}))
    await tx.publications.set_mentions(publication, [actor.id for actor in known.values()], fresh=fresh)
    return list(known.values())
