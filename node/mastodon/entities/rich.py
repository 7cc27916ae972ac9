"""Practices, events, offers and articles in programs that know only posts (`rich-objects.md` §4)."""

from html import escape
from typing import Any, Final

from actors.text import plain
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

_SHORT: Final = 1500
"""Characters of a text that is shown whole; of a longer one only the summary is, and where the rest stands."""

_POSTS: Final = frozenset({"Note", "Question"})


def text_of(publication: Publication, _author: Actor) -> str:
    """Return what stands as the text of a publication's status."""
    if publication.type in _POSTS or not publication.title:
        return publication.content
    title = f"<p><strong>{escape(publication.title, quote=False)}</strong></p>"
    if len(plain(publication.content)) <= _SHORT:
        starts_so = publication.content.startswith(title)
        return publication.content if starts_so else f"{title}{publication.content}"
    url = escape(publication.url or publication.uri)
    return f'{title}{publication.summary}<p><a href="{url}" rel="nofollow noopener">{url}</a></p>'


def card_of(publication: Publication, author: Actor, _base_url: str) -> dict[str, Any] | None:
    """Return the link card of something that has a page of its own."""
    if publication.type in _POSTS or not publication.title:
        return None
    return {
        "url": publication.url or publication.uri,
        "title": publication.title,
        "description": plain(publication.summary),
        "language": publication.language,
        "type": "link",
        "author_name": author.display_name,
        "author_url": author.url or author.uri,
        "provider_name": author.host,
        "provider_url": f"https://{author.host}",
        "html": "",
        "width": 0,
        "height": 0,
        "image": None,
        "image_description": "",
        "embed_url": "",
        "blurhash": None,
        "published_at": None,
        "authors": [],
        "missing_attribution": False,
    }


def facts_of(publication: Publication) -> dict[str, Any]:
    """Return our own part of a status: what kind of thing it is."""
    kind = Kind(publication.kind)
    return {"kind": str(kind)}
