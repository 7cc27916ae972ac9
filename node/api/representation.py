"""A publication as this API shows it: one function for every route, so that it looks the same everywhere."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from actors import taxonomy
from actors.drafts import document_of, draft_of
from actors.kinds.event import PRIVATE
from storage.actors import Actor
from storage.history import Revision
from storage.kinds import Kind
from storage.publications import Publication
from storage.showing import Tally

_UNDETERMINED = "und"
#: Kinds without a title: their text is all there is to show.
_UNTITLED = frozenset({Kind.NOTE, Kind.POST})


def publication_json(
    publication: Publication,
    author: Actor,
    tally: Tally | None = None,
    *,
    is_card: bool = False,
    is_for_editors: bool = False,
) -> dict[str, Any]:
    """Return a publication as JSON.

    A card, as lists have it, lacks the text of what has a title. Editors see the source as well, with what is
    for organisers alone, such as the link to join an event: nobody else ever does.
    """
    tally = tally or Tally()
    language = publication.language
    found: dict[str, Any] = {
        "id": str(publication.id),
        "uri": publication.uri,
        "url": publication.url or publication.uri,
        "kind": publication.kind,
        "local": publication.is_local,
        "node": author.host,
        "author": author_json(author),
        "title": _by_language(publication.title, publication.title_map, language),
        "summary": _by_language(publication.summary, publication.summary_map, language),
        "content": _by_language(publication.content, publication.content_map, language),
        "language": language,
        "visibility": publication.visibility,
        "sensitive": publication.sensitive,
        "published": stamp(publication.published_at),
        "updated": stamp(publication.updated_at) if publication.updated_at else None,
        "revision": publication.revision,
        "jurisdiction": publication.jurisdiction,
        "concepts": _concepts(publication.concepts),
        "license": publication.license,
        "attachments": _attachments(publication.attachments),
        "hashtags": [tag["name"].lstrip("#") for tag in publication.tags if tag.get("type") == "Hashtag"],
        "in_reply_to": publication.in_reply_to,
        "details": _details(publication.details),
        "likes": tally.likes,
        "shares": tally.shares,
    }
    if is_card and publication.kind not in _UNTITLED:
        del found["content"]
    if is_for_editors and publication.source is not None:
        found["source"] = document_of(draft_of(publication.source), private=True)
    return found


def author_json(actor: Actor) -> dict[str, Any]:
    """Return who published something."""
    return {
        "id": str(actor.id),
        "uri": actor.uri,
        "handle": actor.handle,
        "name": actor.display_name,
        "url": actor.url or actor.uri,
    }


def present_json(publication: Publication, reason: str) -> dict[str, Any]:
    """Return the present state of a publication as the newest of its revisions."""
    return {
        "revision": publication.revision,
        "at": stamp(publication.updated_at or publication.published_at),
        "reason": reason,
        "language": publication.language,
        "title": _by_language(publication.title, publication.title_map, publication.language),
        "summary": _by_language(publication.summary, publication.summary_map, publication.language),
        "content": _by_language(publication.content, publication.content_map, publication.language),
        "jurisdiction": publication.jurisdiction,
        "concepts": _concepts(publication.concepts),
        "license": publication.license,
        "attachments": _attachments(publication.attachments),
        "details": _details(publication.details),
    }


def revision_json(revision: Revision, reason: str) -> dict[str, Any]:
    """Return what a publication was; `reason` is why it became so."""
    kept = revision.snapshot
    language = kept.get("language")
    return {
        "revision": revision.revision,
        "at": stamp(datetime.fromisoformat(kept["updated"])),
        "reason": reason,
        "language": language,
        "title": _by_language(kept["title"], None, language),
        "summary": _by_language(kept["summary"], None, language),
        "content": _by_language(kept["content"], None, language),
        "jurisdiction": kept["jurisdiction"],
        "concepts": _concepts(kept["concepts"]),
        "license": kept["license"],
        "attachments": _attachments(kept["attachments"]),
        "details": _details(kept["details"]),
    }


def concept_json(concept: taxonomy.Concept, language: str) -> dict[str, Any]:
    """Return a concept of the network's vocabularies, with its name in a language."""
    return {
        "id": concept.iri,
        "reference": concept.reference,
        "scheme": taxonomy.schemes()[concept.reference.partition("/")[0]].iri,
        "label": concept.label(language),
    }


def stamp(moment: datetime) -> str:
    """Return a moment as Mastodon's API writes it: in UTC, with milliseconds."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _by_language(
    text: str | Mapping[str, str], by_language: Mapping[str, str] | None, language: str | None
) -> dict[str, str]:
    """Return a text by language, its own first; `und` where nobody said which that is."""
    if not isinstance(text, str):
        return dict(text)
    versions = dict(by_language or {})
    if text and text not in versions.values():
        return {language or _UNDETERMINED: text} | versions
    return versions


def _concepts(concepts: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "id": concept["id"],
            "reference": known.reference if (known := taxonomy.find(concept["id"])) else None,
            "scheme": concept.get("scheme"),
            "label": concept.get("name", ""),
        }
        for concept in concepts
    ]


def _attachments(attachments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    written = [
        {
            "url": attachment.get("url") or attachment.get("href"),
            "media_type": attachment.get("mediaType"),
            "name": attachment.get("name"),
            "width": attachment.get("width"),
            "height": attachment.get("height"),
        }
        for attachment in attachments
    ]
    return [{name: value for name, value in each.items() if value is not None} for each in written]


def _details(details: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if name not in PRIVATE}
