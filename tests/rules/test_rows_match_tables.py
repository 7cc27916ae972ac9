"""Every row is a table's row: the same names in the same order, and empty where the column may be."""

import types
from dataclasses import fields
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import Table

from storage.account_lists import AccountList
from storage.activities import Activity
from storage.actors import Actor
from storage.announcements import Announcement
from storage.answered import AnsweredRequest
from storage.applications import Application, AuthorizationCode
from storage.attendance import Attendance
from storage.backfills import Backfill
from storage.conversations import Conversation
from storage.copies import Copy
from storage.deliveries import Delivery
from storage.documents import Document, HouseRule
from storage.domain_blocks import DomainBlock
from storage.endorsements import Endorsement
from storage.featured_tags import FeaturedTag
from storage.filters import Filter, FilterKeyword, FilterStatus
from storage.followed_tags import FollowedTag
from storage.follows import Follow
from storage.history import Revision, Tombstone
from storage.markers import Marker
from storage.media import Media
from storage.members import AccessToken, Invitation, Member
from storage.membership_requests import MembershipRequest
from storage.moderation import HostDecision, ModerationAction
from storage.mutes import Mute
from storage.notification_policies import NotificationPolicy, NotificationRequest
from storage.notification_rows import Notification
from storage.peers import Peer
from storage.polls import Poll
from storage.preferences import Preferences
from storage.profiles import Profile
from storage.publications import Publication
from storage.push_subscriptions import PushMessage, PushSubscription
from storage.quotes import Quote
from storage.received import Received
from storage.reports import Report
from storage.scheduled import ScheduledStatus
from storage.schema import metadata
from storage.search import SearchDocument
from storage.sessions import Session
from storage.severances import Severance
from storage.signing_keys import SigningKey
from storage.stream_events import StreamEvent
from storage.verified_links import VerifiedLink

ROWS: dict[str, type[Any]] = {
    "access_tokens": AccessToken,
    "account_lists": AccountList,
    "activities": Activity,
    "actors": Actor,
    "announcements": Announcement,
    "answered_requests": AnsweredRequest,
    "applications": Application,
    "attendance": Attendance,
    "authorization_codes": AuthorizationCode,
    "backfills": Backfill,
    "conversations": Conversation,
    "deliveries": Delivery,
    "documents": Document,
    "domain_blocks": DomainBlock,
    "endorsements": Endorsement,
    "featured_tags": FeaturedTag,
    "filter_keywords": FilterKeyword,
    "filter_statuses": FilterStatus,
    "filters": Filter,
    "followed_tags": FollowedTag,
    "follows": Follow,
    "host_decisions": HostDecision,
    "house_rules": HouseRule,
    "invitations": Invitation,
    "markers": Marker,
    "media": Media,
    "members": Member,
    "membership_requests": MembershipRequest,
    "moderation_actions": ModerationAction,
    "mutes": Mute,
    "notification_policies": NotificationPolicy,
    "notification_requests": NotificationRequest,
    "notifications": Notification,
    "peers": Peer,
    "polls": Poll,
    "preferences": Preferences,
    "profiles": Profile,
    "publications": Publication,
    "push_messages": PushMessage,
    "push_subscriptions": PushSubscription,
    "quotes": Quote,
    "received": Received,
    "reports": Report,
    "remote_media": Copy,
    "revisions": Revision,
    "scheduled_statuses": ScheduledStatus,
    "search_documents": SearchDocument,
    "sessions": Session,
    "severances": Severance,
    "signing_keys": SigningKey,
    "stream_events": StreamEvent,
    "tombstones": Tombstone,
    "verified_links": VerifiedLink,
}
#: Tables of pairs, and others that are only written and joined: nobody needs a row of them.
WITHOUT_ROWS = {
    "account_list_members",
    "account_notes",
    "actor_words",
    "announcement_dismissals",
    "announcement_reactions",
    "blocks",
    "bookmarks",
    "conversation_mutes",
    "facts",
    "home_items",
    "likes",
    "mentions",
    "notification_permissions",
    "pins",
    "poll_options",
    "poll_votes",
    "publication_tags",
    "shares",
    "suggestion_dismissals",
}


def may_be_none(annotation: Any) -> bool:
    is_union = get_origin(annotation) in {Union, types.UnionType}
    return annotation is Any or (is_union and type(None) in get_args(annotation))


def test_every_table_has_its_row() -> None:
    assert set(metadata.tables) == ROWS.keys() | WITHOUT_ROWS


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_has_the_columns_of_its_table_in_order(name: str) -> None:
    table, row = metadata.tables[name], ROWS[name]
    assert [field.name for field in fields(row)] == [column.name for column in table.columns]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_field_may_be_none_exactly_where_its_column_may_be_null(name: str) -> None:
    table: Table = metadata.tables[name]
    hints = get_type_hints(ROWS[name])
    assert {column.name: may_be_none(hints[column.name]) for column in table.columns} == {
        column.name: bool(column.nullable) for column in table.columns
    }
