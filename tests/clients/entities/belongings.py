"""What a member keeps: lists, markers, preferences, announcements they have read."""

from typing import Literal

from tests.clients.entities.accounts import CustomEmoji, QuotePolicy, Visibility
from tests.clients.entities.statuses import Mention, ShallowTag
from tests.clients.entities.values import Count, Html, Id, Language, Timestamp, Url, Word
from tests.clients.validation import Entity, ForMembers, Sometimes


class List(Entity):
    id: Id
    title: Word
    replies_policy: Literal["followed", "list", "none"]
    exclusive: bool


class Marker(Entity):
    last_read_id: Id
    version: Count
    updated_at: Timestamp


class Markers(Entity):
    home: Sometimes[Marker]
    notifications: Sometimes[Marker]


class Preferences(Entity):
    written = {  # noqa: RUF012 - as in the class above
        "posting_visibility": "posting:default:visibility",
        "posting_sensitive": "posting:default:sensitive",
        "posting_language": "posting:default:language",
        "posting_quote_policy": "posting:default:quote_policy",
        "expand_media": "reading:expand:media",
        "expand_spoilers": "reading:expand:spoilers",
        "autoplay_gifs": "reading:autoplay:gifs",
    }

    posting_visibility: Visibility
    posting_sensitive: bool
    posting_language: Language | None
    posting_quote_policy: QuotePolicy
    expand_media: Literal["default", "show_all", "hide_all"]
    expand_spoilers: bool
    autoplay_gifs: bool


class AnnouncedStatus(Entity):
    id: Id
    url: Url


class Reaction(Entity):
    name: Word
    count: Count
    me: ForMembers[bool]
    url: Sometimes[Url]
    static_url: Sometimes[Url]


class Announcement(Entity):
    id: Id
    content: Html
    starts_at: Timestamp | None
    ends_at: Timestamp | None
    all_day: bool
    published_at: Timestamp
    updated_at: Timestamp
    read: ForMembers[bool]
    mentions: list[Mention]
    statuses: list[AnnouncedStatus]
    tags: list[ShallowTag]
    emojis: list[CustomEmoji]
    reactions: list[Reaction]
