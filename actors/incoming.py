"""What another node published, cleaned and in the words that local publications use."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.kinds import Kind, Visibility


@dataclass(frozen=True, slots=True)
class IncomingQuote:
    """What a publication quotes. `is_bare`: by a property of software that asks nobody for consent."""

    uri: str
    authorization: str | None = None
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class IncomingPoll:
    """What can be chosen, as (title, votes), and how far it has come; `voters` is None where nobody says."""

    options: tuple[tuple[str, int], ...]
    multiple: bool = False
    voters: int | None = None
    ends_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """Everything a publication's row keeps of it but its number, its author and when it came.

    All HTML is sanitised, all else plain text; see `storage.publications.Publication` for the fields.
    `published_at` is None where nothing usable is said. `mentions` are the ids of the actors whom the text
    names; whom it is addressed to is in `recipients`.
    """

    uri: str
    kind: Kind
    type: str
    visibility: Visibility
    published_at: datetime | None = None
    updated_at: datetime | None = None
    url: str | None = None
    language: str | None = None
    title: str = ""
    title_map: dict[str, str] | None = None
    summary: str = ""
    summary_map: dict[str, str] | None = None
    content: str = ""
    content_map: dict[str, str] | None = None
    details: dict[str, Any] = field(default_factory=dict)
    sensitive: bool = False
    indexable: bool = False
    recipients: dict[str, list[str]] = field(default_factory=dict)
    tags: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    jurisdiction: list[str] = field(default_factory=list)
    concepts: list[dict[str, str]] = field(default_factory=list)
    license: str | None = None
    in_reply_to: str | None = None
    context: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    document: dict[str, Any] | None = None
    mentions: tuple[str, ...] = ()
    quote: IncomingQuote | None = None
    poll: IncomingPoll | None = None
