"""The node as clients see it: what it is, what it allows, what it promises."""

from collections.abc import Iterable
from typing import Any, Literal

from tests.clients.entities.accounts import Account
from tests.clients.entities.values import (
    Blurhash,
    Count,
    Language,
    NumberText,
    Positive,
    SocketUrl,
    Timestamp,
    Url,
    Word,
)
from tests.clients.validation import Entity, Sometimes

Access = Literal["public", "authenticated", "disabled"]


class RuleTranslation(Entity):
    text: str
    hint: str


class Rule(Entity):
    id: NumberText
    text: Word
    hint: str
    translations: dict[str, RuleTranslation]


class _Users(Entity):
    active_month: Count


class _Usage(Entity):
    users: _Users


class _Versions(Entity):
    written = {"once": "@1x", "twice": "@2x"}  # noqa: RUF012 - as in the class above

    once: Sometimes[Url]
    twice: Sometimes[Url]


class Thumbnail(Entity):
    url: Url
    blurhash: Sometimes[Blurhash | None]
    versions: Sometimes[_Versions]
    description: Sometimes[str]


class Icon(Entity):
    src: Url
    size: Word


class _Urls(Entity):
    streaming: SocketUrl
    status: Url | None
    about: Url
    privacy_policy: Url | None
    terms_of_service: Url | None


class _Vapid(Entity):
    public_key: Word


class _Accounts(Entity):
    max_featured_tags: Count
    max_pinned_statuses: Count
    max_profile_fields: Sometimes[Positive]
    profile_field_name_limit: Sometimes[Positive]
    profile_field_value_limit: Sometimes[Positive]
    max_display_name_length: Sometimes[Positive]
    max_note_length: Sometimes[Positive]
    max_avatar_description_length: Sometimes[Positive]
    max_header_description_length: Sometimes[Positive]


class _AccountsV1(Entity):
    max_featured_tags: Count


class _Statuses(Entity):
    max_characters: Positive
    max_media_attachments: Positive
    characters_reserved_per_url: Positive


class _Media(Entity):
    supported_mime_types: list[Word]
    image_size_limit: Positive
    image_matrix_limit: Positive
    video_size_limit: Positive
    video_frame_rate_limit: Positive
    video_matrix_limit: Positive


class _MediaV2(_Media):
    description_limit: Positive


class _Polls(Entity):
    max_options: Positive
    max_characters_per_option: Positive
    min_expiration: Positive
    max_expiration: Positive


class _Translation(Entity):
    enabled: bool


class _Feeds(Entity):
    local: Access
    remote: Access


class _TimelinesAccess(Entity):
    live_feeds: _Feeds
    hashtag_feeds: _Feeds
    trending_link_feeds: _Feeds


class Configuration(Entity):
    urls: _Urls
    vapid: _Vapid
    accounts: _Accounts
    statuses: _Statuses
    media_attachments: _MediaV2
    polls: _Polls
    translation: _Translation
    timelines_access: _TimelinesAccess
    limited_federation: bool


class Registrations(Entity):
    enabled: bool
    approval_required: bool
    reason_required: bool | None
    message: str | None
    min_age: Positive | None
    url: Url | None


class _ApiVersions(Entity):
    mastodon: Positive


class Contact(Entity):
    email: str
    account: Account | None


class Instance(Entity):
    may_be_ours = True

    domain: Word
    title: str
    version: Word
    source_url: Url
    description: str
    usage: _Usage
    thumbnail: Thumbnail
    icon: list[Icon]
    languages: list[Language]
    configuration: Configuration
    registrations: Registrations
    api_versions: _ApiVersions
    contact: Contact
    rules: list[Rule]
    wrapstodon: Sometimes[str | None]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        numbers = str(document.get("version")).split(" ")[0].split(".")
        if len(numbers) != 3 or not all(each.isdecimal() for each in numbers):
            yield "version", f"is {document.get('version')!r}, should begin with a version of Mastodon"


class _Stats(Entity):
    user_count: Count
    status_count: Count
    domain_count: Count


class _UrlsV1(Entity):
    streaming_api: SocketUrl


class _ConfigurationV1(Entity):
    accounts: _AccountsV1
    statuses: _Statuses
    media_attachments: _Media
    polls: _Polls


class _PollLimits(Entity):
    max_options: Positive
    max_option_chars: Positive
    min_expiration: Positive
    max_expiration: Positive


class InstanceV1(Entity):
    may_be_ours = True

    uri: Word
    title: str
    short_description: str
    description: str
    email: str
    version: Word
    urls: _UrlsV1
    stats: _Stats
    thumbnail: Url | None
    languages: list[Language]
    registrations: bool
    approval_required: bool
    invites_enabled: bool
    configuration: _ConfigurationV1
    contact_account: Account | None
    rules: list[Rule]
    max_toot_chars: Sometimes[Positive]
    poll_limits: Sometimes[_PollLimits]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        if "/" in str(document.get("uri")):
            yield "uri", f"is {document['uri']!r}, should be the bare domain"


class ExtendedDescription(Entity):
    updated_at: Timestamp | None
    content: str


class PrivacyPolicy(Entity):
    updated_at: Timestamp
    content: str


class NamedLanguage(Entity):
    code: Language
    name: Word


class _Software(Entity):
    name: Word
    version: Word


class _Services(Entity):
    inbound: list[str]
    outbound: list[str]


class _NodeUsers(Entity):
    total: Count
    activeMonth: Count  # noqa: N815 - NodeInfo's name
    activeHalfyear: Count  # noqa: N815 - NodeInfo's name


class _NodeUsage(Entity):
    users: _NodeUsers
    localPosts: Count  # noqa: N815 - NodeInfo's name
    localComments: Sometimes[Count]  # noqa: N815 - NodeInfo's name


class NodeInfo(Entity):
    version: Literal["2.0"]
    software: _Software
    protocols: list[Word]
    services: _Services
    openRegistrations: bool  # noqa: N815 - NodeInfo's name
    usage: _NodeUsage
    metadata: dict[str, Any]


class _Link(Entity):
    rel: Word
    type: Sometimes[str]
    href: Sometimes[Url]
    template: Sometimes[Word]


class WebFinger(Entity):
    subject: Word
    aliases: Sometimes[list[Url]]
    links: list[_Link]


class _NodeInfoLink(Entity):
    rel: Url
    href: Url
    type: Sometimes[Word]


class NodeInfoLinks(Entity):
    links: list[_NodeInfoLink]
