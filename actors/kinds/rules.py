"""What a kind of publication must be able to say of itself, and the values it works on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actors.fields import Fields
from actors.mentions import MentionTarget
from storage.actors import Actor
from storage.kinds import Kind, Visibility


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author wants to publish.

    `title` and `summary` are plain text and `body` is Markdown (plain text for a note), each by language tag,
    that of the draft first. A note's `summary` is its content warning. `concepts` are short names
    (`stage/police-custody`) or addresses, `license` an SPDX name or an address, `attachments` objects
    {"url", "media_type", "name", "width", "height"}. `details` are the fields of the kind, in the words of
    the publications API.
    """

    kind: Kind
    language: str
    title: dict[str, str] = field(default_factory=dict)
    summary: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)
    visibility: Visibility = Visibility.PUBLIC
    jurisdiction: list[str] = field(default_factory=list)
    concepts: list[str] = field(default_factory=list)
    license: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)
    audience_group: str | None = None
    in_reply_to: str | None = None
    sensitive: bool = False
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A draft as a publication's row keeps it; `mentions` are the ids of the actors it names.

    The maps hold every language there is, that of the draft first. `source` is the draft itself, with what is
    nobody else's business: it is for its editors alone.
    """

    type: str
    title: str
    title_map: dict[str, str] | None
    summary: str
    summary_map: dict[str, str] | None
    content: str
    content_map: dict[str, str] | None
    source: dict[str, Any]
    details: dict[str, Any]
    tags: list[dict[str, Any]]
    attachments: list[dict[str, Any]]
    concepts: list[dict[str, str]]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Where a draft will be published: its author, the address of its page and whom its text may mention.

    `hashtags` are those that it will have, without the sign.
    """

    author: Actor
    url: str = ""
    targets: Mapping[str, MentionTarget] = field(default_factory=dict)
    hashtags: tuple[str, ...] = ()


def nothing(_draft: Draft) -> list[str]:
    """Add no concepts to those that the author chose."""
    return []


def no_times(_draft: Draft) -> tuple[datetime | None, datetime | None]:
    """Take place at no time in particular."""
    return None, None


@dataclass(frozen=True, slots=True)
class KindRules:
    """The rules of one kind: pure functions over a draft.

    `read` checks the kind's own fields and returns them as details. `facts` are those of them that everybody
    may know. `summary` and `content` are the texts in one of the draft's languages, as HTML that is yet to
    be sanitised; `concepts` what it is about beyond the author's choice; `times` when it takes place.
    `tag` is the hashtag of everything of this kind, on every node the same. `type_of` is the type on the wire
    where that is not always `type`.
    """

    kind: Kind
    type: str
    tag: str
    read: Callable[[Fields], dict[str, Any]]
    facts: Callable[[Draft], dict[str, Any]]
    summary: Callable[[Draft, str], str]
    content: Callable[[Draft, str, Page], str]
    concepts: Callable[[Draft], list[str]] = nothing
    times: Callable[[Draft], tuple[datetime | None, datetime | None]] = no_times
    type_of: Callable[[Draft], str] | None = None
