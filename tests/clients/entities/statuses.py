"""Statuses and everything that hangs on them."""

import html
from collections.abc import Iterable
from typing import Any, Literal

from tests.clients.entities.accounts import Account, CustomEmoji, Visibility
from tests.clients.entities.filters import FilterResult
from tests.clients.entities.media import MediaAttachment
from tests.clients.entities.values import (
    Acct,
    Blurhash,
    Count,
    DayStamp,
    Html,
    Id,
    Language,
    NumberText,
    Timestamp,
    Url,
    UrlOrNothing,
    Word,
)
from tests.clients.validation import Entity, ForMembers, Sometimes


class Mention(Entity):
    id: Id
    username: Word
    url: Url
    acct: Acct


class ShallowTag(Entity):
    """A hashtag inside a status."""

    name: Word
    url: Url


class History(Entity):
    day: DayStamp
    uses: NumberText
    accounts: NumberText


class Tag(Entity):
    id: Id
    name: Word
    url: Url
    history: list[History]
    following: ForMembers[bool]
    featuring: ForMembers[bool]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        if len(document.get("history", ())) != 7:
            yield "history", f"has {len(document.get('history', ()))} days, should have 7"


class PollOption(Entity):
    title: Word
    votes_count: Count | None


class Poll(Entity):
    id: Id
    expires_at: Timestamp | None
    expired: bool
    multiple: bool
    votes_count: Count
    voters_count: Count | None
    options: list[PollOption]
    emojis: list[CustomEmoji]
    voted: ForMembers[bool]
    own_votes: ForMembers[list[Count]]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:
        options = document.get("options") or []
        if len(options) < 2:
            yield "options", f"has {len(options)} entries, should have 2 at least"
        own = document.get("own_votes") or []
        if any(isinstance(each, int) and each >= len(options) for each in own):
            yield "own_votes", f"is {own}, which names options that are not there"
        if member and bool(own) and not document.get("voted"):
            yield "voted", "is false, though there are own votes"


class PreviewCardAuthor(Entity):
    name: str
    url: str
    account: Account | None


class PreviewCard(Entity):
    url: Url
    title: str
    description: str
    language: Language | None
    type: Literal["link", "photo", "video", "rich"]
    authors: list[PreviewCardAuthor]
    author_name: str
    author_url: UrlOrNothing
    provider_name: str
    provider_url: UrlOrNothing
    html: str
    width: Count
    height: Count
    image: Url | None
    image_description: str
    embed_url: UrlOrNothing
    blurhash: Blurhash | None
    published_at: Timestamp | None
    missing_attribution: Sometimes[bool | None]


class TrendsLink(PreviewCard):
    history: list[History]


class QuoteApproval(Entity):
    automatic: list[Literal["public", "followers", "following", "unsupported_policy"]]
    manual: list[Literal["public", "followers", "following", "unsupported_policy"]]
    current_user: Literal["automatic", "manual", "denied", "unknown"]


class _BaseQuote(Entity):
    state: Literal[
        "pending",
        "accepted",
        "rejected",
        "revoked",
        "deleted",
        "unauthorized",
        "blocked_account",
        "blocked_domain",
        "muted_account",
    ]


class Quote(_BaseQuote):
    quoted_status: "ShallowStatus | None"

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        is_there, state = document.get("quoted_status") is not None, document.get("state")
        if is_there != (state in {"accepted", "blocked_account", "blocked_domain", "muted_account"}):
            yield "quoted_status", f"is {'there' if is_there else 'null'}, though the state is {state!r}"


class ShallowQuote(_BaseQuote):
    """A quote inside a quote: only its number."""

    quoted_status_id: Id | None


class StatusApplication(Entity):
    name: Word
    website: Url | None


class _BaseStatus(Entity):
    may_be_ours = True

    id: Id
    created_at: Timestamp
    in_reply_to_id: Id | None
    in_reply_to_account_id: Id | None
    sensitive: bool
    spoiler_text: str
    visibility: Visibility
    language: Language | None
    uri: Url
    url: Url | None
    replies_count: Count
    reblogs_count: Count
    favourites_count: Count
    quotes_count: Count
    edited_at: Timestamp | None
    favourited: ForMembers[bool]
    reblogged: ForMembers[bool]
    muted: ForMembers[bool]
    bookmarked: ForMembers[bool]
    pinned: Sometimes[bool]
    filtered: ForMembers[list[FilterResult]]
    reblog: "Status | None"
    application: Sometimes[StatusApplication | None]
    account: Account
    media_attachments: list[MediaAttachment]
    mentions: list[Mention]
    tags: list[ShallowTag]
    emojis: list[CustomEmoji]
    card: PreviewCard | None
    poll: Poll | None
    quote_approval: QuoteApproval

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:
        if "pinned" in document and not member:
            yield "pinned", "is there, though nobody has signed in"
        boosted = document.get("reblog")
        if isinstance(boosted, dict):
            if boosted.get("id") == document.get("id"):
                yield "reblog.id", "is the id of the boost itself, which crashes Ivory"
            if boosted.get("reblog"):
                yield "reblog.reblog", "is a boost of a boost"
            if "pinned" in document:
                yield "pinned", "is there, though a boost cannot be pinned"
        if document["in_reply_to_account_id"] is not None and document["in_reply_to_id"] is None:
            yield "in_reply_to_id", "is null, though somebody is replied to"
        yield from _links(document)


def _links(document: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """Say which mentions and hashtags stand in the text with another link than the one apps look for."""
    content = str(document.get("content", "")).lower()
    for name, sign, word in (("mentions", "@", "username"), ("tags", "#", "name")):
        for each in document[name]:
            link = html.escape(each["url"], quote=False).lower()
            if f"{sign}<span>{each[word].lower()}</span>" in content and f'href="{link}"' not in content:
                yield name, f"has {each['url']}, which is no link of the content"


class ShallowStatus(_BaseStatus):
    """A status that another one quotes."""

    content: Html
    quote: ShallowQuote | None


class Status(_BaseStatus):
    content: Html
    quote: Quote | None


class DeletedStatus(_BaseStatus):
    """What is answered to who deletes a status: the text as it was typed, to be written anew."""

    text: str
    quote: Quote | None


class Context(Entity):
    ancestors: list[Status]
    descendants: list[Status]


class StatusSource(Entity):
    id: Id
    text: str
    spoiler_text: str


class _EditedOption(Entity):
    title: str


class _EditedPoll(Entity):
    options: list[_EditedOption]


class StatusEdit(Entity):
    account: Account
    content: Html
    spoiler_text: str
    sensitive: bool
    created_at: Timestamp
    media_attachments: list[MediaAttachment]
    emojis: list[CustomEmoji]
    quote: Sometimes[Quote]
    poll: Sometimes[_EditedPoll]


class ScheduledPoll(Entity):
    options: list[str]
    expires_in: NumberText | int
    multiple: Sometimes[bool | None]
    hide_totals: Sometimes[bool | None]


class ScheduledParams(Entity):
    text: str
    poll: ScheduledPoll | None
    media_ids: list[Id] | None
    sensitive: bool | None
    spoiler_text: str | None
    visibility: Visibility | None
    in_reply_to_id: int | Id | None
    language: Language | None
    application_id: int | Id | None
    scheduled_at: None
    idempotency: str | None
    with_rate_limit: bool
    quoted_status_id: Id | None
    quote_approval_policy: Literal["public", "followers", "nobody"] | None
    allowed_mentions: Sometimes[list[Id] | None]


class ScheduledStatus(Entity):
    id: Id
    scheduled_at: Timestamp
    params: ScheduledParams
    media_attachments: list[MediaAttachment]


class TranslatedOption(Entity):
    title: str


class TranslatedPoll(Entity):
    id: Id
    options: list[TranslatedOption]


class TranslatedMedia(Entity):
    id: Id
    description: str


class Translation(Entity):
    content: Html
    spoiler_text: str
    language: Language
    poll: Sometimes[TranslatedPoll | None]
    media_attachments: list[TranslatedMedia]
    detected_source_language: Language
    provider: str


class Search(Entity):
    accounts: list[Account]
    statuses: list[Status]
    hashtags: list[Tag]


class Conversation(Entity):
    id: Id
    unread: bool
    accounts: list[Account]
    last_status: Status | None
