"""Publishing, editing and withdrawing: what local authors do.

One table and one path for every kind, local and remote. What a local author writes is a `Draft`, what another
node sent is an `Incoming` (`actors.replicating`, in reach from here); both become the same row, indexed for
search in the same transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from actors import notifying, polling, quoting
from actors.addresses import SERVER, base_of, object_uri, page_path, page_url
from actors.announcing import announce_edit, announce_publication
from actors.audience import PUBLIC_NAMES, recipients_of
from actors.conversing import converse
from actors.drafts import Draft, draft_of
from actors.errors import Invalid
from actors.files import FILE_FIELDS
from actors.indexing import index
from actors.kinds import render
from actors.mentions import MentionTarget
from actors.recording import record
from actors.replicating import bury, forget, forget_all, keep, revise
from actors.revising import snapshot
from actors.slugs import free_slug
from actors.tags import tag_names
from storage.actors import Actor
from storage.kinds import CATALOGUE, ActorType, Visibility
from storage.publications import Publication
from storage.transaction import Transaction

__all__ = ["edit", "forget", "forget_all", "keep", "publish", "revise", "withdraw"]

_UNCHANGED_WHEN_QUOTED = "/:?#[]@!$&'()*+,;=%-._~"


async def publish(
    tx: Transaction,
    author: Actor,
    draft: Draft,
    *,
    mentioned: Mapping[str, Actor] | None = None,
) -> Publication:
    """Publish a draft, index it and record that it happened; the server's actor announces the catalogue.

    `mentioned` are the actors that a note's mentions were resolved to before the transaction, by what
    `actors.mentions.find_mentions` returned; all others stay text. Raises Invalid for a group that this node
    does not know, and for an answer to something that is not there; NotFound for what may not be quoted.
    """
    draft = await _with_group(tx, author, draft)
    context = await _context_of(tx, author, draft)
    number = tx.new_id()
    slug = await free_slug(tx, draft.kind, draft.title.get(draft.language, ""), number)
    fresh = Publication(
        id=number,
        uri=object_uri(author, number),
        author_id=author.id,
        kind=draft.kind,
        type="",
        is_local=True,
        visibility=draft.visibility,
        published_at=tx.now,
        created_at=tx.now,
        slug=slug,
        url=quote(page_url(author, draft.kind, number, slug), safe=_UNCHANGED_WHEN_QUOTED),
        context=context,
    )
    publication = await tx.publications.add(_written(fresh, author, draft, mentioned or {}))
    await _keep_mentions(tx, publication, mentioned or {})
    if said := draft.details.get("poll"):
        await polling.attach(tx, publication, said)
    await tx.publications.set_tags(publication, tag_names(publication.tags), fresh=True)
    await index(tx, publication)
    await tx.home.place(publication)
    await converse(tx, publication, author)
    await announce_publication(tx, publication)
    await notifying.of_publication(tx, publication, author, [*(mentioned or {}).values()])
    await record(
        tx, author, "Create", publication.uri, publication=publication, is_public=publication.is_public
    )
    if quoted := draft.details.get("quote"):
        # After the Create, so that who is asked for consent may know the quote already.
        await quoting.attach(tx, author, publication, quoted)
    await _announce(tx, author, publication)
    return publication


async def edit(
    tx: Transaction,
    author: Actor,
    publication: Publication,
    draft: Draft,
    *,
    reason: str = "",
    mentioned: Mapping[str, Actor] | None = None,
) -> Publication:
    """Publish a new text in place of the old one, and keep the old one as a revision with the reason.

    Address, kind, page, date and what it answers stay; publishing the same again changes nothing. Raises
    Invalid for a draft of another kind, and for another audience: who has a copy keeps it, and to show it to
    others would betray those who answered it (O8). What is public may become unlisted.
    """
    former = draft_of(publication.source) if publication.source else None
    draft = _with_uploads(former, _quoting_the_same(former, draft))
    _check_edit(publication, draft)
    draft = await _with_group(tx, author, draft)
    written = _written(publication, author, draft, mentioned or {})
    if written == publication:
        return publication
    await tx.revisions.add(snapshot(publication, tx.now, reason))
    changed = replace(written, revision=publication.revision + 1, updated_at=tx.now)
    await tx.publications.change(changed)
    await polling.change(
        tx, changed, former.details.get("poll") if former else None, draft.details.get("poll")
    )
    await _keep_mentions(tx, changed, mentioned or {})
    await tx.publications.set_tags(changed, tag_names(changed.tags))
    await index(tx, changed)
    await converse(tx, changed, author)
    await announce_edit(tx, changed)
    await notifying.of_edit(tx, changed, author, [*(mentioned or {}).values()])
    await record(tx, author, "Update", changed.uri, publication=changed, is_public=changed.is_public)
    return changed


async def describe_files(
    tx: Transaction, author: Actor, publication: Publication, descriptions: Mapping[str, str]
) -> Publication:
    """Say something else of files, by their addresses, for those who do not see them; all else stays."""
    assert publication.source is not None, "what is published here has a source"
    draft = draft_of(publication.source)
    attachments = _described(draft.attachments, descriptions)
    materials = _described(draft.details.get("materials", []), descriptions)
    details = draft.details | ({"materials": materials} if materials else {})
    return await edit(tx, author, publication, replace(draft, attachments=attachments, details=details))


async def withdraw(tx: Transaction, author: Actor, publication: Publication) -> None:
    """Delete a publication and tell everybody who has it; a tombstone stays."""
    await record(
        tx,
        author,
        "Delete",
        publication.uri,
        is_public=publication.is_public,
        details={
            **publication.recipients,
            "former_type": publication.type,
            "kind": publication.kind,
            "deleted": tx.now.isoformat(),
        },
    )
    await tx.activities.conceal(publication.id)
    page = page_path(author, publication.kind, publication.id, publication.slug)
    await bury(tx, author, publication, page)


def _described(files: Iterable[Mapping[str, Any]], descriptions: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {**each, "name": descriptions[each["url"]]} if each["url"] in descriptions else dict(each)
        for each in files
    ]


def _quoting_the_same(former: Draft | None, draft: Draft) -> Draft:
    """Return a draft that quotes what it did: consent was given to that; Invalid where it names another."""
    quoted = former.details.get("quote") if former else None
    if draft.details.get("quote") not in {None, quoted}:
        raise Invalid(
            "What a post quotes cannot change.",
            {"quote": "must stay as it was; withdraw this and publish it anew"},
        )
    return replace(draft, details={**draft.details, "quote": quoted}) if quoted else draft


def _with_uploads(former: Draft | None, draft: Draft) -> Draft:
    """Return a draft with what was known of those of its files that were there before."""
    known = {each["url"]: each for each in former.attachments} if former else {}
    files = [
        {name: value for name, value in known.get(each["url"], {}).items() if name not in FILE_FIELDS} | each
        for each in draft.attachments
    ]
    return replace(draft, attachments=files)


async def _announce(tx: Transaction, author: Actor, publication: Publication) -> None:
    if publication.kind not in CATALOGUE or publication.visibility != Visibility.PUBLIC:
        return
    server = await tx.actors.local(SERVER)
    if server is not None and server.id != author.id:
        await record(tx, server, "Announce", publication.uri, publication=publication, is_public=True)


async def _context_of(tx: Transaction, author: Actor, draft: Draft) -> str | None:
    """Return the conversation that an answer belongs to, which is that of what it answers (FEP-7888)."""
    if not draft.in_reply_to:
        return None
    parent = await tx.publications.readable(draft.in_reply_to, author)
    if parent is not None:
        return parent[0].context or parent[0].uri
    if draft.in_reply_to.startswith(f"{base_of(author)}/"):
        raise Invalid(
            "There is nothing to answer at that address.",
            {"in_reply_to": "there is nothing at that address that you could answer"},
        )
    # Elsewhere there may be more than this node knows; of what its author may not read it tells nothing.
    return None


async def _with_group(tx: Transaction, author: Actor, draft: Draft) -> Draft:
    """Return the draft with the address of its group.

    It must be a group's, or of somebody else's server and unknown here: an address such as that of everybody,
    or of the author's followers, would open what is for few to many.
    """
    named = (draft.audience_group or "").strip()
    if not named:
        return draft
    if "://" in named:
        group = await tx.actors.by_uri(named)
        may_be = group is None and named not in PUBLIC_NAMES and not named.startswith(f"{base_of(author)}/")
    else:
        username, _, host = named.lstrip("@!").partition("@")
        group = await tx.actors.by_handle(username, host.lower() or author.host)
        may_be = False
    if group is not None and group.type == ActorType.GROUP and group.gone_at is None:
        return replace(draft, audience_group=group.uri)
    if may_be:
        return draft
    raise Invalid(
        "There is no such group.",
        {"audience_group": "must be the handle or the address of a group that this node knows"},
    )


def _check_edit(publication: Publication, draft: Draft) -> None:
    faults: dict[str, str] = {}
    if draft.kind != publication.kind:
        faults["kind"] = f"must stay {publication.kind}; withdraw this and publish it anew"
    allowed = {publication.visibility}
    if publication.visibility == Visibility.PUBLIC:
        allowed.add(Visibility.UNLISTED)
    if draft.visibility not in allowed:
        faults["visibility"] = f"must stay {publication.visibility}; withdraw this and publish it anew"
    if (draft.in_reply_to or None) != publication.in_reply_to:
        faults["in_reply_to"] = "must stay as it was; withdraw this and publish it anew"
    if faults:
        raise Invalid("These cannot change once something is published.", faults)


async def _keep_mentions(tx: Transaction, publication: Publication, mentioned: Mapping[str, Actor]) -> None:
    # Only those whom the text names in the end; in an article nobody is mentioned.
    named = {tag.get("href") for tag in publication.tags if tag.get("type") == "Mention"}
    known = [actor.id for actor in mentioned.values() if actor.uri in named]
    await tx.publications.set_mentions(publication, known)


def _written(
    publication: Publication, author: Actor, draft: Draft, mentioned: Mapping[str, Actor]
) -> Publication:
    targets = {
        name: MentionTarget(actor.uri, actor.url or actor.uri, actor.handle)
        for name, actor in mentioned.items()
    }
    rendered = render(draft, author, targets, url=publication.url or "")
    return replace(
        publication,
        type=rendered.type,
        visibility=draft.visibility,
        language=draft.language,
        title=rendered.title,
        title_map=rendered.title_map,
        summary=rendered.summary,
        summary_map=rendered.summary_map,
        content=rendered.content,
        content_map=rendered.content_map,
        source=rendered.source,
        details=rendered.details,
        sensitive=draft.sensitive or author.sensitized_at is not None,
        indexable=author.indexable,
        recipients=recipients_of(author, draft.visibility, rendered.mentions, draft.audience_group),
        tags=rendered.tags,
        attachments=rendered.attachments,
        jurisdiction=list(draft.jurisdiction),
        concepts=rendered.concepts,
        license=draft.license,
        in_reply_to=draft.in_reply_to,
        starts_at=rendered.starts_at,
        ends_at=rendered.ends_at,
    )
