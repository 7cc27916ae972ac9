"""Accounts and what a reader has to do with them."""

from collections.abc import Iterable
from typing import Any, Literal

from tests.clients.entities.values import (
    Acct,
    Count,
    Day,
    HiddenCount,
    Html,
    Id,
    Language,
    Midnight,
    NumberText,
    Timestamp,
    Url,
    Word,
)
from tests.clients.validation import Entity, Sometimes

Visibility = Literal["public", "unlisted", "private", "direct"]
QuotePolicy = Literal["public", "followers", "nobody"]


class CustomEmoji(Entity):
    shortcode: Word
    url: Url
    static_url: Url
    visible_in_picker: bool
    category: Sometimes[str]


class Field(Entity):
    name: str
    value: Html
    verified_at: Timestamp | None


class PlainField(Entity):
    """A field as its owner wrote it."""

    name: str
    value: str
    verified_at: Timestamp | None


class AccountRole(Entity):
    id: Id
    name: str
    color: str


class Role(Entity):
    id: Id
    name: str
    permissions: NumberText
    color: str
    highlighted: bool
    collection_limit: Sometimes[Count]


class FeatureApproval(Entity):
    """Who may put an account into a collection (4.6)."""

    automatic: list[str]
    manual: list[str]
    current_user: Literal["automatic", "manual", "denied", "missing"]


class Account(Entity):
    may_be_ours = True

    id: Id
    username: Word
    acct: Acct
    display_name: str
    locked: bool
    bot: bool
    discoverable: bool | None
    indexable: bool
    group: bool
    created_at: Midnight
    note: Html
    url: Url
    uri: Url
    avatar: Url
    avatar_static: Url
    avatar_description: str
    header: Url
    header_static: Url
    header_description: str
    feature_approval: FeatureApproval
    followers_count: HiddenCount
    following_count: HiddenCount
    statuses_count: Count
    last_status_at: Day | None
    hide_collections: bool | None
    moved: Sometimes["Account | None"]
    emojis: list[CustomEmoji]
    suspended: Sometimes[bool]
    limited: Sometimes[bool]
    noindex: Sometimes[bool | None]
    memorial: Sometimes[bool]
    roles: Sometimes[list[AccountRole]]
    fields: list[Field]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        username, acct = str(document.get("username")), str(document.get("acct"))
        if acct.partition("@")[0] != username:
            yield "acct", f"is {acct!r}, should begin with the username {username!r}"
        local = "@" not in acct
        for name in ("noindex", "roles"):
            if local != (name in document):
                where = "is missing from a local account" if local else "is there for a remote account"
                yield name, where
        if isinstance(moved := document.get("moved"), dict) and moved.get("moved"):
            yield "moved", "nests another account that moved"


class Source(Entity):
    """What a member said of themselves, for editing."""

    privacy: Literal["public", "unlisted", "private", "direct"]
    sensitive: bool
    language: Language | None
    note: str
    fields: list[PlainField]
    follow_requests_count: Count
    hide_collections: bool | None
    discoverable: bool | None
    indexable: bool
    attribution_domains: list[Word]
    quote_policy: QuotePolicy


class CredentialAccount(Account):
    source: Source
    role: Role


class MutedAccount(Account):
    mute_expires_at: Timestamp | None


class PartialAccount(Entity):
    """An account of which only the face is needed."""

    id: Id
    acct: Acct
    locked: bool
    bot: bool
    url: Url
    avatar: Url
    avatar_static: Url


class Relationship(Entity):
    id: Id
    following: bool
    showing_reblogs: bool
    notifying: bool
    languages: list[Language] | None
    followed_by: bool
    blocking: bool
    blocked_by: bool
    muting: bool
    muting_notifications: bool
    muting_expires_at: Timestamp | None
    requested: bool
    requested_by: bool
    domain_blocking: bool
    endorsed: bool
    note: str

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        if document.get("muting_expires_at") and not document.get("muting"):
            yield "muting_expires_at", "is set, though nobody is muted"


class FamiliarFollowers(Entity):
    id: Id
    accounts: list[Account]


class Suggestion(Entity):
    source: Literal["staff", "past_interactions", "global"]
    sources: list[
        Literal[
            "featured",
            "most_followed",
            "most_interactions",
            "similar_to_recently_followed",
            "friends_of_friends",
        ]
    ]
    account: Account


class FeaturedTag(Entity):
    id: Id
    name: Word
    url: Url
    statuses_count: NumberText
    last_status_at: Day | None


class Profile(Entity):
    """One's own profile as written (4.6)."""

    id: Id
    display_name: str
    note: str
    fields: list[PlainField]
    avatar: Url | None
    avatar_static: Url | None
    avatar_description: str
    header: Url | None
    header_static: Url | None
    header_description: str
    locked: bool
    bot: bool
    hide_collections: bool | None
    discoverable: bool | None
    indexable: bool
    show_media: bool
    show_media_replies: bool
    show_featured: bool
    attribution_domains: list[Word]
    featured_tags: Sometimes[list[FeaturedTag]]
    formatted_note: Sometimes[Html]
    formatted_fields: Sometimes[list[Field]]
