"""Everything that is published and is no actor: notes, articles, events, videos, questions, tombstones.

Source: https://www.w3.org/TR/activitystreams-vocabulary/#object-types and the extensions named at the fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from federation.errors import Malformed
from federation.vocabulary import reading
from federation.vocabulary.parts import (
    Link,
    Media,
    OtherTag,
    Source,
    Tag,
    read_addresses,
    read_attachments,
    read_picture,
    read_source,
    read_tags,
)
from federation.vocabulary.reading import Document

MAX_OPTIONS: Final = 500
MAX_AUTHORS: Final = 64

_QUOTES: Final = ("quote", "quoteUrl", "quoteUri", "quoteURL", "_misskey_quote")
_QUOTE_RELATION: Final = "https://misskey-hub.net/ns#_misskey_quote"


@dataclass(frozen=True, slots=True)
class PollOption:
    """One answer, and how many have chosen it."""

    name: str
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Poll:
    """The answers of a Question (FEP-9967); it ends at the object's `end_time`."""

    options: tuple[PollOption, ...]
    multiple: bool = False
    closed: bool = False
    closed_at: datetime | None = None
    voters: int | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """A publication, in the fields that all kinds share.

    `authors` are all ids in `attributedTo`, the one that counts first. `url` is the page for people, `links`
    are all Links given as `url`. `content`, `name` and `summary` are the first of their map where only that
    is given. `document` is the whole document as it came; what only one kind has is read from there.
    """

    id: str
    type: str
    authors: tuple[str, ...] = ()
    actor: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    name: str | None = None
    name_map: Mapping[str, str] = field(default_factory=dict)
    summary: str | None = None
    summary_map: Mapping[str, str] = field(default_factory=dict)
    content: str | None = None
    content_map: Mapping[str, str] = field(default_factory=dict)
    media_type: str | None = None
    source: Source | None = None
    published: datetime | None = None
    updated: datetime | None = None
    url: str | None = None
    links: tuple[Link, ...] = ()
    in_reply_to: str | None = None
    context: str | None = None
    conversation: str | None = None
    sensitive: bool = False
    in_language: str | None = None
    tags: tuple[Tag, ...] = ()
    attachments: tuple[Media, ...] = ()
    icon: Media | None = None
    image: Media | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    poll: Poll | None = None
    replies: str | None = None
    likes: str | None = None
    shares: str | None = None
    quote: str | None = None
    quote_authorization: str | None = None
    former_type: str | None = None
    deleted: datetime | None = None
    additional_types: tuple[str, ...] = ()
    document: Document = field(default_factory=dict, compare=False, repr=False)

    @property
    def attributed_to(self) -> str | None:
        """The author."""
        return self.authors[0] if self.authors else None

    @property
    def language(self) -> str | None:
        """The BCP 47 tag of the original: what the first language map begins with, else `inLanguage`."""
        for translations in (self.content_map, self.name_map, self.summary_map):
            for tag in translations:
                return tag
        return self.in_language


def read_object(document: Document, object_type: str, *other_types: str) -> Object:
    """Read a publication, or raise Malformed.

    Without an id there is nothing to store, and an author who is given but is no id (a number, an object
    without one) is an attempt to be taken for somebody else.
    """
    name, name_map = reading.texts(document, "name")
    summary, summary_map = reading.texts(document, "summary", reading.SUMMARY_LENGTH)
    content, content_map = reading.texts(document, "content", reading.CONTENT_LENGTH)
    url, links = read_addresses(document)
    tags = read_tags(document)
    return Object(
        id=reading.required_id(document, "id"),
        type=object_type,
        authors=_authors(document),
        actor=reading.linked_id(document, "actor"),
        to=reading.ids(document, "to"),
        cc=reading.ids(document, "cc"),
        audience=reading.ids(document, "audience"),
        name=name,
        name_map=name_map,
        summary=summary,
        summary_map=summary_map,
        content=content,
        content_map=content_map,
        media_type=reading.string(document, "mediaType"),
        source=read_source(document),
        published=reading.timestamp(document, "published"),
        updated=reading.timestamp(document, "updated"),
        url=url,
        links=links,
        in_reply_to=reading.linked_id(document, "inReplyTo"),
        context=reading.linked_id(document, "context"),
        conversation=reading.string(document, "conversation"),
        sensitive=reading.boolean(document, "sensitive", "as:sensitive"),
        in_language=reading.language(document, "inLanguage") or reading.language(document, "language"),
        tags=tags,
        attachments=read_attachments(document),
        icon=read_picture(document, "icon"),
        image=read_picture(document, "image"),
        start_time=reading.timestamp(document, "startTime"),
        end_time=reading.timestamp(document, "endTime"),
        poll=_poll(document),
        replies=reading.linked_id(document, "replies"),
        likes=reading.linked_id(document, "likes"),
        shares=reading.linked_id(document, "shares"),
        quote=reading.linked_id(document, *_QUOTES) or _linked_quote(tags),
        quote_authorization=reading.linked_id(document, "quoteAuthorization"),
        former_type=reading.string(document, "formerType") or reading.string(document, "former_type"),
        deleted=reading.timestamp(document, "deleted"),
        additional_types=reading.additional_types(document, other_types),
        document=document,
    )


def _authors(document: Document) -> tuple[str, ...]:
    values = reading.many(document, "attributedTo", MAX_AUTHORS)
    if any(reading.id_of(value) is None for value in values):
        raise Malformed("attributedTo: expected an identifier")
    found = reading.ids(document, "attributedTo", MAX_AUTHORS)
    # PeerTube names the account and the channel, in either order; the activities come from the account.
    persons = [
        author.get("id")
        for author in reading.mappings(document, "attributedTo", MAX_AUTHORS)
        if reading.kind(author) == "Person"
    ]
    return tuple(sorted(found, key=lambda author: author not in persons)) if persons else found


def _poll(document: Document) -> Poll | None:
    field_name = "anyOf" if "anyOf" in document else "oneOf"
    options = tuple(
        PollOption(label, reading.count(reading.mapping(option, "replies"), "totalItems") or 0)
        for option in reading.mappings(document, field_name, MAX_OPTIONS)
        if (label := reading.string(option, "name"))
    )
    if not options:
        return None
    closed_at = reading.timestamp(document, "closed")
    return Poll(
        options,
        multiple=field_name == "anyOf",
        closed=closed_at is not None or reading.boolean(document, "closed"),
        closed_at=closed_at,
        voters=reading.count(document, "votersCount"),
    )


def _linked_quote(tags: tuple[Tag, ...]) -> str | None:
    """Find a quote that is given as an object link (FEP-e232)."""
    return next((tag.href for tag in tags if isinstance(tag, OtherTag) and _QUOTE_RELATION in tag.rel), None)
