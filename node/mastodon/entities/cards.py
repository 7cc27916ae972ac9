"""Link cards, built from what is known here: no page is fetched for them (`rich-objects.md` §4)."""

from html import unescape
from typing import Any, Final

from actors.links import safe_url
from actors.markup import tokens
from actors.text import plain
from node.mastodon.entities.media import attachment_entities
from node.mastodon.replies import stamp
from storage.actors import Actor
from storage.kinds import ActorType
from storage.publications import Publication

_WIDTH, _HEIGHT = 1200, 630
_BODIES: Final = frozenset({ActorType.ORGANIZATION, ActorType.GROUP})
_NO_PAGES: Final = frozenset({"mention", "hashtag"})


def card_of(publication: Publication, author: Actor, base_url: str) -> dict[str, Any] | None:
    """Return the link card of something that has a title, and so a page of its own.

    The account of its one author is for the caller to add: it changes more often than the card.
    """
    if not publication.title:
        return None
    pictures = attachment_entities(publication.id, publication.attachments, base_url)
    picture = next((each for each in pictures if each["type"] == "image"), {})
    image = picture.get("preview_url")
    name, url = author.display_name, author.url or author.uri
    return {
        "url": publication.url or publication.uri,
        "title": publication.title,
        "description": plain(publication.summary),
        "language": publication.language,
        "type": "link",
        "author_name": name,
        "author_url": url,
        "provider_name": name if author.type in _BODIES else author.host,
        "provider_url": f"https://{author.host}",
        "html": "",
        "width": _WIDTH if image else 0,
        "height": _HEIGHT if image else 0,
        "image": image,
        "image_description": str(picture.get("description") or "") if image else "",
        "embed_url": "",
        "blurhash": picture.get("blurhash") if image else None,
        "published_at": stamp(publication.published_at),
        "authors": [{"name": name, "url": url}],
    }


def page_linked_by(publication: Publication) -> str | None:
    """Return the address of the first page that a post links to, other than those of people and hashtags."""
    if publication.title or "<a " not in publication.content:
        return None
    for token in tokens(publication.content):
        if token.kind != "open" or token.value != "a":
            continue
        if _NO_PAGES.isdisjoint(token.attributes.get("class", "").split()):
            return safe_url(unescape(token.attributes.get("href", "")))
    return None
