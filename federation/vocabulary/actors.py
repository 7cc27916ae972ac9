"""Actors as they are published: who they are, where they are reached, which keys they use.

Source: https://www.w3.org/TR/activitypub/#actor-objects and the extensions named at the fields.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeGuard

from federation.vocabulary import reading
from federation.vocabulary.concepts import Concept, read_concepts
from federation.vocabulary.keys import Key, read_keys
from federation.vocabulary.parts import Media, Tag, read_addresses, read_picture, read_tags
from federation.vocabulary.reading import Document

MAX_FIELDS: Final = 50
MAX_IMPLEMENTS: Final = 64

_MAX_USERNAME_LENGTH: Final = 128
_NOT_IN_USERNAMES: Final = frozenset(" !\"#$%&'()*+,/:;<=>?@[\\]^`{|}")


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a profile; `value` is HTML."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone who acts: a person, a service, an organization, a group or an application.

    `type` is one of `ACTOR_TYPES`. `attributed_to` of a group is the collection of its moderators (FEP-1b12).
    `indexable` is FEP-5feb, `searchable_by` FEP-268d (empty where nothing is said), `webfinger` FEP-2c59,
    `implements` FEP-844e. `document` is the whole document as it came.
    """

    id: str
    type: str
    preferred_username: str
    inbox: str
    outbox: str | None = None
    shared_inbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    name: str | None = None
    name_map: Mapping[str, str] = field(default_factory=dict)
    summary: str | None = None
    summary_map: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None
    icon: Media | None = None
    image: Media | None = None
    published: datetime | None = None
    updated: datetime | None = None
    manually_approves_followers: bool = False
    discoverable: bool = False
    indexable: bool = False
    suspended: bool = False
    memorial: bool = False
    searchable_by: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    moved_to: str | None = None
    also_known_as: tuple[str, ...] = ()
    attribution_domains: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()
    tags: tuple[Tag, ...] = ()
    attributed_to: str | None = None
    webfinger: str | None = None
    generator: str | None = None
    implements: tuple[str, ...] = ()
    additional_types: tuple[str, ...] = ()
    jurisdiction: tuple[str, ...] = ()
    knows_language: tuple[str, ...] = ()
    about: tuple[Concept, ...] = ()
    document: Document = field(default_factory=dict, compare=False, repr=False)


def read_actor(document: Document, actor_type: str, *other_types: str) -> Actor:
    """Read an actor, or raise Malformed: an id and an inbox are what an actor cannot do without."""
    identifier = reading.required_id(document, "id")
    name, name_map = reading.texts(document, "name")
    summary, summary_map = reading.texts(document, "summary", reading.SUMMARY_LENGTH)
    generator = reading.mapping(document, "generator")
    return Actor(
        id=identifier,
        type=actor_type,
        preferred_username=_username(document, identifier),
        inbox=reading.required_id(document, "inbox"),
        outbox=reading.linked_id(document, "outbox"),
        shared_inbox=reading.linked_id(reading.mapping(document, "endpoints"), "sharedInbox")
        or reading.linked_id(document, "sharedInbox"),
        followers=reading.linked_id(document, "followers"),
        following=reading.linked_id(document, "following"),
        featured=reading.linked_id(document, "featured", "toot:featured"),
        name=name,
        name_map=name_map,
        summary=summary,
        summary_map=summary_map,
        url=read_addresses(document)[0],
        icon=read_picture(document, "icon"),
        image=read_picture(document, "image"),
        published=reading.timestamp(document, "published"),
        updated=reading.timestamp(document, "updated"),
        manually_approves_followers=reading.boolean(
            document, "manuallyApprovesFollowers", "as:manuallyApprovesFollowers"
        ),
        discoverable=reading.boolean(document, "discoverable", "toot:discoverable"),
        indexable=reading.boolean(document, "indexable", "toot:indexable"),
        suspended=reading.boolean(document, "suspended", "toot:suspended"),
        memorial=reading.boolean(document, "memorial", "toot:memorial"),
        searchable_by=reading.ids(document, "searchableBy"),
        keys=read_keys(document, identifier),
        moved_to=reading.linked_id(document, "movedTo", "as:movedTo"),
        also_known_as=reading.ids(document, "alsoKnownAs", reading.MAX_ALIASES),
        attribution_domains=reading.strings(document, "attributionDomains"),
        fields=_fields(document),
        tags=read_tags(document),
        attributed_to=reading.linked_id(document, "attributedTo"),
        webfinger=reading.string(document, "webfinger"),
        generator=reading.linked_id(document, "generator"),
        implements=reading.ids(generator, "implements", MAX_IMPLEMENTS)
        or reading.ids(document, "implements", MAX_IMPLEMENTS),
        additional_types=reading.additional_types(document, other_types),
        jurisdiction=reading.strings(document, "jurisdiction"),
        knows_language=tuple(filter(reading.is_language, reading.strings(document, "knowsLanguage"))),
        about=read_concepts(document),
        document=document,
    )


def _username(document: Document, identifier: str) -> str:
    """Return the name for handles; where the document has no usable one, what its address or its id suggests.

    The handle is only believed after WebFinger has confirmed it, so that a guess does no harm.
    """
    stated = reading.string(document, "preferredUsername")
    if _is_username(stated):
        return stated
    path = identifier.partition("://")[2].partition("?")[0].partition("#")[0].rstrip("/")
    guesses = (
        (reading.string(document, "webfinger") or "").removeprefix("acct:").partition("@")[0],
        path.rpartition("/")[2].lstrip("@"),
        path.partition("/")[0],
    )
    return next(filter(_is_username, guesses), "unnamed")


def _is_username(candidate: str | None) -> TypeGuard[str]:
    """Say whether a name can stand in a handle; letters of every script do."""
    return (
        candidate is not None
        and 0 < len(candidate) <= _MAX_USERNAME_LENGTH
        and candidate.isprintable()
        and _NOT_IN_USERNAMES.isdisjoint(candidate)
    )


def _fields(document: Document) -> tuple[Field, ...]:
    """Read `PropertyValue`s; FEP-fb2a's Note and Link only where there are none, since some send both."""
    entries = reading.mappings(document, "attachment", MAX_FIELDS)
    for kind, value in (("PropertyValue", "value"), ("Note", "content"), ("Link", "href")):
        found = [
            Field(label, words)
            for entry in entries
            if reading.kind(entry) == kind
            and (label := reading.string(entry, "name", reading.FIELD_LENGTH))
            and (words := reading.string(entry, value, reading.FIELD_LENGTH))
        ]
        if found:
            return tuple(found)
    return ()
