"""Publications as other nodes see them: one document for all, in which each reader finds its part.

The rules that each piece of software sets are in `domain.md` §4.2 and `rich-objects.md`; those that a list of
properties cannot show are said where they are kept.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from actors.addresses import PUBLIC
from actors.files import media_type_of
from actors.licences import licence_url
from actors.text import plain
from federation.translate.attached import NOTHING, Attached
from federation.translate.contexts import with_context
from federation.translate.incoming import read_incoming
from federation.translate.kinds import TRANSLATIONS, Translation
from federation.translate.kinds.event import ONLINE
from federation.translate.kinds.rules import one_or_many, present
from federation.translate.polls import poll_properties
from federation.translate.quotes import policy_document, quote_properties, quote_tag
from storage.actors import Actor
from storage.history import Tombstone
from storage.kinds import Kind, Visibility
from storage.publications import Publication

__all__ = ["publication_document", "read_incoming", "tombstone_document"]

WEBSITE: Final = "Website"
"""The name by which Mobilizon knows the link to the page."""

_HERE_ALONE: Final = frozenset({"mediaId", "mediaKind", "preview", "size"})
"""What the files of a publication say for this node alone (`actors.attaching`)."""

BANNER: Final = "Banner"
"""The name by which Mobilizon knows an event's picture."""

_NOTE: Final = "Note"
_NOTES: Final = frozenset({_NOTE, "Question"})
# Mobilizon wants `actor` beside `attributedTo` on these.
_WITH_ACTOR: Final = frozenset({"Article", "Event"})
_EVENTS: Final = frozenset({Kind.EVENT, Kind.TRAINING})


def publication_document(
    publication: Publication, author: Actor, *, attached: Attached = NOTHING, context: bool = True
) -> dict[str, Any]:
    """Return a local publication as it travels, to be embedded in an activity where `context` is false."""
    translation = TRANSLATIONS[Kind(publication.kind)]
    recipients, uri = publication.recipients, publication.uri
    document = {
        "id": uri,
        "type": publication.type,
        "additionalType": one_or_many(list(translation.additional_types)),
        # One string: Mastodon takes the first of a list, Takahē and Mobilizon no list at all.
        "attributedTo": author.uri,
        "actor": author.uri if publication.type in _WITH_ACTOR else None,
        "to": recipients.get("to"),
        "cc": recipients.get("cc"),
        "audience": publication.details.get("audience_group"),
        "inReplyTo": publication.in_reply_to,
        "context": publication.context,
        **_texts(publication),
        "url": publication.url,
        "published": _stamp(publication.published_at),
        # GoToSocial refuses what was changed before it was published.
        "updated": _stamp(publication.updated_at and max(publication.updated_at, publication.published_at)),
        "inLanguage": publication.language,
        "license": licence_url(publication.license),
        "jurisdiction": publication.jurisdiction,
        **translation.write(publication, author),
        "about": [_concept(concept) for concept in publication.concepts],
        "tag": [*publication.tags, *quote_tag(attached.quote)],
        **_files(publication, translation),
        **poll_properties(attached.poll),
        **quote_properties(attached.quote),
        "preview": _preview(publication, author),
        "interactionPolicy": policy_document(publication, author),
        "searchableBy": PUBLIC if _is_searchable(publication) else author.uri,
        "replies": f"{uri}/replies",
        "likes": f"{uri}/likes",
        "shares": f"{uri}/shares",
        "sensitive": publication.sensitive,
    }
    found = present(document)
    return with_context(found) if context else found


def tombstone_document(
    tombstone: Tombstone | str,
    *,
    former_type: str | None = None,
    deleted: datetime | None = None,
    context: bool = True,
) -> dict[str, Any]:
    """Return what is left of a deleted publication.

    Where there is no row of it yet its address will do, with its type in ActivityStreams and the moment.
    """
    if isinstance(tombstone, Tombstone):
        uri, former_type, deleted = tombstone.uri, tombstone.former_type, tombstone.deleted_at
    else:
        uri = tombstone
    found = present({"id": uri, "type": "Tombstone", "formerType": former_type, "deleted": _stamp(deleted)})
    return with_context(found) if context else found


def _texts(publication: Publication) -> dict[str, Any]:
    """Return the texts and their translations, the original's language first: Mastodon takes it from there.

    A Note has no `name`, and a `summary` only as the content warning that others take it for.
    """
    is_note = publication.type in _NOTES
    language = publication.language
    summary = plain(publication.summary) if is_note else publication.summary
    return {
        "name": None if is_note else publication.title,
        "nameMap": _map(publication.title, publication.title_map, language),
        "summary": summary,
        "summaryMap": None if is_note else _several(publication.summary_map, language),
        "content": publication.content,
        "contentMap": _map(publication.content, publication.content_map, language),
    }


def _map(text: str, by_language: Mapping[str, str] | None, language: str | None) -> dict[str, str] | None:
    if not text or not language:
        return dict(by_language) if by_language else None
    return {language: text, **(by_language or {})}


def _several(by_language: Mapping[str, str] | None, language: str | None) -> dict[str, str] | None:
    """Return the texts by language where there is more than the original's."""
    if not by_language or len(by_language) < 2:  # noqa: PLR2004 - the original and another one
        return None
    return {tag: by_language[tag] for tag in sorted(by_language, key=lambda tag: tag != language)}


def _concept(concept: Mapping[str, str]) -> dict[str, Any]:
    return present(
        {
            "type": "Concept",
            "id": concept["id"],
            "inScheme": concept.get("scheme"),
            "name": concept.get("name"),
        }
    )


def _files(publication: Publication, translation: Translation) -> dict[str, Any]:
    """Return what is attached and what belongs to it.

    Each entry has a mediaType and the picture comes first (Gancio, Takahē, Lemmy). What is attached as media
    costs a post its card (Mastodon), so that documents are links in the text, named here for our own nodes.
    """
    files = [_file(entry) for entry in publication.attachments]
    if translation.attaches_files:
        return {"attachment": files}
    pictures = [entry for entry in files if entry["type"] == "Image"]
    documents = [entry for entry in files if entry["type"] != "Image"]
    links = [{"type": "Link", "mediaType": "text/html", "href": publication.url, "name": WEBSITE}]
    if publication.kind in _EVENTS:
        pictures = [{**entry, "name": entry.get("name") or BANNER} for entry in pictures[:1]] + pictures[1:]
        links = [*pictures[:1], *links, *_online_link(publication)]
    media = [*(pictures[1:]), *documents, *map(_link, publication.details.get("links", ()))]
    return {"image": pictures[0] if pictures else None, "attachment": links, "associatedMedia": media}


def _file(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return a file without what is for this node alone; a recording's still is its icon (Mastodon)."""
    written = {name: value for name, value in entry.items() if name not in _HERE_ALONE}
    still = entry.get("preview")
    if still and entry["type"] != "Image":
        written["icon"] = {"type": "Image", "mediaType": media_type_of(still) or "image/webp", "url": still}
    return written


def _online_link(publication: Publication) -> list[dict[str, Any]]:
    """Return the link to an event that has a place as well: its one location is the place."""
    details = publication.details
    if not details.get("place") or not details.get("online_url"):
        return []
    return [{"type": "Link", "mediaType": "text/html", "href": details["online_url"], "name": ONLINE}]


def _link(link: Mapping[str, str]) -> dict[str, Any]:
    return present({"type": "Link", "mediaType": "text/html", "href": link["url"], "name": link.get("name")})


def _preview(publication: Publication, author: Actor) -> dict[str, Any] | None:
    """Return an article in short, for readers that show no long texts (FEP-b2b8)."""
    if publication.type != "Article":
        return None
    title = publication.content.partition("</p>")[0]
    return {"type": _NOTE, "attributedTo": author.uri, "content": f"{title}</p>{publication.summary}"}


def _is_searchable(publication: Publication) -> bool:
    return publication.indexable and publication.visibility == Visibility.PUBLIC


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
