"""The smaller values inside actors and objects: links, media, tags, sources."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from federation.errors import Malformed
from federation.vocabulary import reading
from federation.vocabulary.reading import Document

MAX_TAGS: Final = 100
MAX_ATTACHMENTS: Final = 64
MAX_LINKS: Final = 64

_HTML: Final = "text/html"
_FOCAL_AXES: Final = 2


@dataclass(frozen=True, slots=True)
class Link:
    """An address with what is said about it."""

    href: str
    media_type: str | None = None
    rel: tuple[str, ...] = ()
    name: str | None = None
    width: int | None = None
    height: int | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, recording or file: an attachment, an icon, a banner. `name` is the alternative text."""

    url: str
    type: str = "Document"
    media_type: str | None = None
    name: str | None = None
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focal_point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Hashtag:
    """A hashtag; `name` is without the sign."""

    name: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor that a text names; `href` is the actor's id."""

    href: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Emoji:
    """A picture that stands for `:name:` (FEP-9098)."""

    name: str
    url: str
    id: str | None = None
    media_type: str | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class OtherTag:
    """A tag of another kind: an object link (FEP-e232, type `Link`), a community's tag, a book."""

    type: str
    href: str | None = None
    name: str | None = None
    media_type: str | None = None
    rel: tuple[str, ...] = ()


Tag = Hashtag | Mention | Emoji | OtherTag


@dataclass(frozen=True, slots=True)
class Source:
    """The text as its author typed it."""

    content: str
    media_type: str | None = None


def read_link(document: Document) -> Link:
    """Read a Link, or raise Malformed where it leads nowhere on the web."""
    href = reading.web_address(document, "href")
    if href is None:
        raise Malformed("href: expected an http(s) address")
    return Link(
        href,
        _media_type(document),
        reading.strings(document, "rel", MAX_LINKS),
        _label(document, reading.NAME_LENGTH),
        reading.count(document, "width"),
        reading.count(document, "height"),
        reading.count(document, "size"),
    )


def read_addresses(document: Document, field: str = "url") -> tuple[str | None, tuple[Link, ...]]:
    """Return the address of the page for people, and every Link given.

    Of several addresses the one marked `text/html` counts, else the first; what is not http(s) is dropped.
    """
    value = document.get(field)
    if type(value) is str:
        return (value if reading.is_web_address(value) else None), ()
    links: list[Link] = []
    plain: list[str] = []
    for entry in reading.many(document, field, MAX_LINKS):
        if type(entry) is dict and reading.web_address(entry, "href"):
            links.append(read_link(entry))
        elif reading.is_web_address(entry):
            plain.append(entry)
    pages = [link.href for link in links if link.media_type == _HTML]
    return next(iter(pages + plain + [link.href for link in links]), None), tuple(links)


def read_media(value: Any) -> Media | None:
    """Read a picture or file: an address, a Link or an object with `url`; None where there is no address."""
    if reading.is_web_address(value):
        return Media(value)
    if type(value) is not dict:
        return None
    url, links = read_addresses(value)
    url = url or reading.web_address(value, "href")
    if url is None:
        return None
    link = next((link for link in links if link.href == url), None)
    return Media(
        url,
        reading.kind(value) or "Document",
        _media_type(value) or (link.media_type if link else None),
        _label(value, reading.ALT_TEXT_LENGTH),
        reading.count(value, "width") or (link.width if link else None),
        reading.count(value, "height") or (link.height if link else None),
        reading.string(value, "blurhash"),
        _focal_point(value.get("focalPoint")),
    )


def read_attachments(document: Document, field: str = "attachment") -> tuple[Media, ...]:
    """Return what is attached; entries without an address (PropertyValue and the like) are left out."""
    entries = reading.many(document, field, MAX_ATTACHMENTS)
    return tuple(media for media in map(_tolerant_media, entries) if media is not None)


def read_picture(document: Document, field: str) -> Media | None:
    """Return the largest of the pictures in a field (PeerTube sends several), or None."""
    pictures = read_attachments(document, field)
    return max(pictures, key=lambda picture: picture.width or 0, default=None)


def read_tags(document: Document) -> tuple[Tag, ...]:
    """Return the tags that can be read, in their order."""
    found: list[Tag] = []
    for entry in reading.many(document, "tag", MAX_TAGS):
        if type(entry) is dict:
            try:
                found.append(_TAGS.get(reading.kind(entry) or "", read_other_tag)(entry))
            except Malformed:
                # One odd tag must not cost the text it belongs to.
                continue
    return tuple(found)


def read_hashtag(document: Document) -> Hashtag:
    """Read a Hashtag, or raise Malformed where it has no name."""
    return Hashtag(_required_label(document, "#"), reading.web_address(document, "href", "url"))


def read_mention(document: Document) -> Mention:
    """Read a Mention, or raise Malformed where it names nobody."""
    return Mention(reading.required_id(document, "href"), _label(document, reading.NAME_LENGTH))


def read_emoji(document: Document) -> Emoji:
    """Read an Emoji, or raise Malformed where it has no name or no picture."""
    picture = read_picture(document, "icon")
    if picture is None:
        raise Malformed("icon: expected a picture")
    return Emoji(
        _required_label(document, ":"),
        picture.url,
        reading.linked_id(document, "id"),
        picture.media_type,
        reading.timestamp(document, "updated"),
    )


def read_other_tag(document: Document) -> OtherTag:
    """Read a tag of any other kind."""
    return OtherTag(
        reading.types(document)[0],
        reading.linked_id(document, "href", "id"),
        _label(document, reading.NAME_LENGTH),
        _media_type(document),
        reading.strings(document, "rel", MAX_LINKS),
    )


def read_source(document: Document) -> Source | None:
    """Read the source of a text, or None where there is none."""
    value = document.get("source")
    if type(value) is str and value:
        return Source(value[: reading.CONTENT_LENGTH])
    inner = reading.mapping(document, "source")
    content = reading.string(inner, "content", reading.CONTENT_LENGTH)
    return Source(content, _media_type(inner)) if content else None


_TAGS: Final[dict[str, Callable[[Document], Tag]]] = {
    "Hashtag": read_hashtag,
    "Mention": read_mention,
    "Emoji": read_emoji,
}


def _tolerant_media(value: Any) -> Media | None:
    try:
        return read_media(value)
    except Malformed:
        # One odd attachment must not cost the text it belongs to.
        return None


def _media_type(document: Document) -> str | None:
    """`mimeType` is what PeerTube and old Mastodon say."""
    return reading.string(document, "mediaType") or reading.string(document, "mimeType")


def _label(document: Document, limit: int) -> str | None:
    return reading.texts(document, "name", limit)[0]


def _required_label(document: Document, sign: str) -> str:
    label = (_label(document, reading.NAME_LENGTH) or "").strip().strip(sign)
    if not label:
        raise Malformed("name: expected text")
    return label


def _focal_point(value: Any) -> tuple[float, float] | None:
    if type(value) is not list or len(value) != _FOCAL_AXES:
        return None
    horizontal, vertical = value
    if not all(type(axis) in {int, float} and -1 <= axis <= 1 for axis in value):
        return None
    return float(horizontal), float(vertical)
