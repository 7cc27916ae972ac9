"""How each method of tiers A and B is called, by whom, and what it answers.

Words in braces stand for something in the scene; those that begin with `new_` are made for each call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Any

from tests.clients.entities.accounts import (
    Account,
    CredentialAccount,
    FamiliarFollowers,
    FeaturedTag,
    MutedAccount,
    Profile,
    Relationship,
    Suggestion,
)
from tests.clients.entities.administration import (
    AdminAccount,
    AdminDomainAllow,
    AdminDomainBlock,
    AdminReport,
)
from tests.clients.entities.belongings import Announcement, List, Markers, Preferences
from tests.clients.entities.filters import Filter, FilterKeyword, FilterStatus, FilterV1
from tests.clients.entities.instance import (
    ExtendedDescription,
    Instance,
    InstanceV1,
    NamedLanguage,
    NodeInfo,
    NodeInfoLinks,
    PrivacyPolicy,
    Rule,
    WebFinger,
)
from tests.clients.entities.media import MediaAttachment, PendingAttachment
from tests.clients.entities.notifications import (
    GroupedNotifications,
    Notification,
    NotificationPolicy,
    NotificationPolicyV1,
    NotificationRequest,
    UnreadCount,
    WebPushSubscription,
)
from tests.clients.entities.oauth import Application, CredentialApplication, ServerMetadata
from tests.clients.entities.reports import Report
from tests.clients.entities.statuses import (
    Context,
    Conversation,
    DeletedStatus,
    Poll,
    ScheduledStatus,
    Search,
    Status,
    StatusEdit,
    StatusSource,
    Tag,
    TrendsLink,
)
from tests.clients.entities.values import Word
from tests.clients.pictures import PNG
from tests.clients.validation import Entity


class Who(Enum):
    """Who may call a method at all."""

    ANYBODY = auto()
    PROGRAMS = auto()
    MEMBERS = auto()


class Nothing(Entity):
    """What is answered where there is nothing to say."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that is right."""

    path: str
    answers: Any
    scope: str = ""
    who: Who = Who.MEMBERS
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    statuses: tuple[int, ...] = (200,)
    needs: tuple[str, ...] = ()
    """What must be there before, though the call does not name it."""
    may_be_empty: bool = False
    """Whether a list without entries proves enough."""


def _list(path: str, answers: Any, scope: str, *needs: str, **query: Any) -> Call:
    return Call(path, list[answers], scope, query=query, needs=needs)


def _public(path: str, answers: Any, scope: str = "", *needs: str, **query: Any) -> Call:
    return Call(path, answers, scope, Who.ANYBODY, query=query, needs=needs)


def _constant(path: str, answers: Any) -> Call:
    return Call(path, answers, "", Who.ANYBODY, may_be_empty=True)


def _toggle(verb: str, scope: str, status: str = "new_other_status") -> Call:
    return Call(f"/api/v1/statuses/{{{status}}}/{verb}", Status, scope)


def _towards(verb: str, scope: str, **body: Any) -> Call:
    return Call(f"/api/v1/accounts/{{chebet}}/{verb}", Relationship, scope, body=body or None)


_ACCOUNTS = {
    "GET /api/v1/accounts/verify_credentials": Call(
        "/api/v1/accounts/verify_credentials", CredentialAccount, "read:accounts"
    ),
    "PATCH /api/v1/accounts/update_credentials": Call(
        "/api/v1/accounts/update_credentials",
        CredentialAccount,
        "write:accounts",
        body={
            "display_name": "Amina",
            "note": "Advocate. #LegalAid",
            "fields_attributes": [{"name": "Site", "value": "https://example.org/"}],
        },
    ),
    "GET /api/v1/accounts/:id": _public("/api/v1/accounts/{wanjiru}", Account, "read:accounts"),
    "GET /api/v1/accounts": _public(
        "/api/v1/accounts", list[Account], "read:accounts", **{"id[]": ["{baraka}", "{wanjiru}"]}
    ),
    "GET /api/v1/accounts/:id/statuses": _public(
        "/api/v1/accounts/{baraka_with_all}/statuses", list[Status], "read:statuses"
    ),
    "GET /api/v1/accounts/:id/followers": _public(
        "/api/v1/accounts/{followed}/followers", list[Account], "read:accounts"
    ),
    "GET /api/v1/accounts/:id/following": _public(
        "/api/v1/accounts/{followed}/following", list[Account], "read:accounts"
    ),
    "GET /api/v1/accounts/:id/featured_tags": _public(
        "/api/v1/accounts/{amina}/featured_tags", list[FeaturedTag], "", "featured_tag"
    ),
    "GET /api/v1/accounts/:id/lists": _list("/api/v1/accounts/{listed}/lists", List, "read:lists"),
    "POST /api/v1/accounts/:id/follow": _towards("follow", "write:follows", reblogs=False, notify=True),
    "POST /api/v1/accounts/:id/unfollow": _towards("unfollow", "write:follows"),
    "POST /api/v1/accounts/:id/remove_from_followers": _towards("remove_from_followers", "write:follows"),
    "POST /api/v1/accounts/:id/block": Call("/api/v1/accounts/{wanjiru}/block", Relationship, "write:blocks"),
    "POST /api/v1/accounts/:id/unblock": Call(
        "/api/v1/accounts/{wanjiru}/unblock", Relationship, "write:blocks"
    ),
    "POST /api/v1/accounts/:id/mute": Call(
        "/api/v1/accounts/{wanjiru}/mute", Relationship, "write:mutes", body={"duration": 3600}
    ),
    "POST /api/v1/accounts/:id/unmute": Call(
        "/api/v1/accounts/{wanjiru}/unmute", Relationship, "write:mutes"
    ),
    "POST /api/v1/accounts/:id/note": _towards("note", "write:accounts", comment="Met in Kathmandu"),
    "GET /api/v1/accounts/relationships": _list(
        "/api/v1/accounts/relationships", Relationship, "read:follows", **{"id[]": ["{baraka}", "{wanjiru}"]}
    ),
    "GET /api/v1/accounts/familiar_followers": _list(
        "/api/v1/accounts/familiar_followers", FamiliarFollowers, "read:follows", **{"id[]": ["{followed}"]}
    ),
    "GET /api/v1/accounts/search": _list("/api/v1/accounts/search", Account, "read:accounts", q="baraka"),
    "GET /api/v1/accounts/lookup": _public(
        "/api/v1/accounts/lookup", Account, "read:accounts", acct="{baraka_acct}"
    ),
    "GET /api/v1/profile": Call("/api/v1/profile", Profile, "read:accounts"),
    "PATCH /api/v1/profile": Call(
        "/api/v1/profile", Profile, "write:accounts", body={"display_name": "Amina"}
    ),
    "DELETE /api/v1/profile/avatar": Call("/api/v1/profile/avatar", CredentialAccount, "write:accounts"),
    "DELETE /api/v1/profile/header": Call("/api/v1/profile/header", CredentialAccount, "write:accounts"),
    "GET /api/v1/blocks": _list("/api/v1/blocks", Account, "read:blocks", "blocked"),
    "GET /api/v1/mutes": _list("/api/v1/mutes", MutedAccount, "read:mutes", "muted"),
    "GET /api/v1/domain_blocks": _list("/api/v1/domain_blocks", Word, "read:blocks", "blocked_domain"),
    "POST /api/v1/domain_blocks": Call(
        "/api/v1/domain_blocks", Nothing, "write:blocks", body={"domain": "blocked.example"}
    ),
    "DELETE /api/v1/domain_blocks": Call(
        "/api/v1/domain_blocks", Nothing, "write:blocks", body={"domain": "blocked.example"}
    ),
    "GET /api/v1/follow_requests": _list(
        "/api/v1/follow_requests", Account, "read:follows", "new_follow_request"
    ),
    "POST /api/v1/follow_requests/:account_id/authorize": Call(
        "/api/v1/follow_requests/{new_follow_request}/authorize", Relationship, "write:follows"
    ),
    "POST /api/v1/follow_requests/:account_id/reject": Call(
        "/api/v1/follow_requests/{new_follow_request}/reject", Relationship, "write:follows"
    ),
    "GET /api/v2/suggestions": _list("/api/v2/suggestions", Suggestion, "read"),
    "GET /api/v1/suggestions": _list("/api/v1/suggestions", Account, "read"),
    "GET /api/v1/preferences": Call("/api/v1/preferences", Preferences, "read:accounts"),
    "POST /api/v1/reports": Call(
        "/api/v1/reports",
        Report,
        "write:reports",
        body={
            "account_id": "{baraka}",
            "status_ids": ["{other_status}"],
            "comment": "Not nice",
            "category": "spam",
        },
    ),
}

_STATUSES = {
    "POST /api/v1/statuses": Call(
        "/api/v1/statuses",
        Status,
        "write:statuses",
        body={
            "status": "Which day, @{baraka_acct}? #LegalAid",
            "poll": {"options": ["Monday", "Tuesday"], "expires_in": 3600},
            "spoiler_text": "Meeting",
            "language": "en",
            "quote_approval_policy": "followers",
        },
    ),
    "GET /api/v1/statuses/:id": _public("/api/v1/statuses/{status_with_all}", Status, "read:statuses"),
    "GET /api/v1/statuses": _public(
        "/api/v1/statuses",
        list[Status],
        "read:statuses",
        **{"id[]": ["{status_with_all}", "{remote_status}", "{poll_status}", "{quoting_status}"]},
    ),
    "DELETE /api/v1/statuses/:id": Call("/api/v1/statuses/{new_status}", DeletedStatus, "write:statuses"),
    "GET /api/v1/statuses/:id/context": _public(
        "/api/v1/statuses/{answered_status}/context", Context, "read:statuses"
    ),
    "GET /api/v1/statuses/:id/reblogged_by": _public(
        "/api/v1/statuses/{liked_status}/reblogged_by", list[Account], "read:statuses"
    ),
    "GET /api/v1/statuses/:id/favourited_by": _public(
        "/api/v1/statuses/{liked_status}/favourited_by", list[Account], "read:statuses"
    ),
    "GET /api/v1/statuses/:id/quotes": _list(
        "/api/v1/statuses/{quoted_status}/quotes", Status, "read:statuses"
    ),
    "POST /api/v1/statuses/:id/favourite": _toggle("favourite", "write:favourites"),
    "POST /api/v1/statuses/:id/unfavourite": _toggle("unfavourite", "write:favourites"),
    "POST /api/v1/statuses/:id/reblog": _toggle("reblog", "write:statuses"),
    "POST /api/v1/statuses/:id/unreblog": _toggle("unreblog", "write:statuses"),
    "POST /api/v1/statuses/:id/bookmark": _toggle("bookmark", "write:bookmarks"),
    "POST /api/v1/statuses/:id/unbookmark": _toggle("unbookmark", "write:bookmarks"),
    "POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke": Call(
        "/api/v1/statuses/{quoted_status}/quotes/{new_quoting_status}/revoke", Status, "write:statuses"
    ),
    "POST /api/v1/statuses/:id/mute": _toggle("mute", "write:mutes", "status"),
    "POST /api/v1/statuses/:id/unmute": _toggle("unmute", "write:mutes", "status"),
    "POST /api/v1/statuses/:id/pin": _toggle("pin", "write:accounts", "pinned_status"),
    "POST /api/v1/statuses/:id/unpin": _toggle("unpin", "write:accounts", "pinned_status"),
    "PUT /api/v1/statuses/:id": Call(
        "/api/v1/statuses/{new_status}", Status, "write:statuses", body={"status": "Another text"}
    ),
    "PUT /api/v1/statuses/:id/interaction_policy": Call(
        "/api/v1/statuses/{new_status}/interaction_policy",
        Status,
        "write:statuses",
        body={"quote_approval_policy": "nobody"},
    ),
    "GET /api/v1/statuses/:id/history": _public(
        "/api/v1/statuses/{edited_status}/history", list[StatusEdit], "read:statuses"
    ),
    "GET /api/v1/statuses/:id/source": Call(
        "/api/v1/statuses/{status}/source", StatusSource, "read:statuses", Who.PROGRAMS
    ),
    "GET /api/v1/polls/:id": _public("/api/v1/polls/{poll}", Poll, "read:statuses"),
    "POST /api/v1/polls/:id/votes": Call(
        "/api/v1/polls/{new_poll}/votes", Poll, "write:statuses", body={"choices": [1]}
    ),
    "GET /api/v1/scheduled_statuses": _list(
        "/api/v1/scheduled_statuses", ScheduledStatus, "read:statuses", "scheduled"
    ),
    "GET /api/v1/scheduled_statuses/:id": Call(
        "/api/v1/scheduled_statuses/{scheduled}", ScheduledStatus, "read:statuses"
    ),
    "PUT /api/v1/scheduled_statuses/:id": Call(
        "/api/v1/scheduled_statuses/{scheduled}",
        ScheduledStatus,
        "write:statuses",
        body={"scheduled_at": "{next_week}"},
    ),
    "DELETE /api/v1/scheduled_statuses/:id": Call(
        "/api/v1/scheduled_statuses/{new_scheduled}", Nothing, "write:statuses"
    ),
    "GET /api/v1/bookmarks": _list("/api/v1/bookmarks", Status, "read:bookmarks", "kept"),
    "GET /api/v1/favourites": _list("/api/v1/favourites", Status, "read:favourites", "kept"),
    "GET /api/v1/conversations": _list(
        "/api/v1/conversations", Conversation, "read:statuses", "conversation"
    ),
    "DELETE /api/v1/conversations/:id": Call(
        "/api/v1/conversations/{new_conversation}", Nothing, "write:conversations"
    ),
    "POST /api/v1/conversations/:id/read": Call(
        "/api/v1/conversations/{conversation}/read", Conversation, "write:conversations"
    ),
    "POST /api/v2/media": Call(
        "/api/v2/media",
        MediaAttachment | PendingAttachment,
        "write:media",
        body={"description": "A grey square", "focus": "0.5,-0.5"},
        files={"file": ("square.png", PNG, "image/png")},
        statuses=(200, 202),
    ),
    "POST /api/v1/media": Call(
        "/api/v1/media",
        MediaAttachment,
        "write:media",
        body={"description": "A grey square"},
        files={"file": ("square.png", PNG, "image/png")},
    ),
    "GET /api/v1/media/:id": Call("/api/v1/media/{medium}", MediaAttachment, "write:media"),
    "PUT /api/v1/media/:id": Call(
        "/api/v1/media/{medium}",
        MediaAttachment,
        "write:media",
        body={"description": "Another grey square", "focus": "0,0"},
    ),
}

_TIMELINES = {
    "GET /api/v1/timelines/public": _public("/api/v1/timelines/public", list[Status], "read:statuses"),
    "GET /api/v1/timelines/tag/:hashtag": _public(
        "/api/v1/timelines/tag/LegalAid", list[Status], "read:statuses"
    ),
    "GET /api/v1/timelines/home": _list("/api/v1/timelines/home", Status, "read:statuses"),
    "GET /api/v1/timelines/list/:list_id": _list("/api/v1/timelines/list/{list}", Status, "read:lists"),
    "GET /api/v2/search": _public("/api/v2/search", Search, "read:search", q="baraka"),
    "GET /api/v1/tags/:name": _public("/api/v1/tags/LegalAid", Tag),
    "POST /api/v1/tags/:name/follow": Call("/api/v1/tags/LegalAid/follow", Tag, "write:follows"),
    "POST /api/v1/tags/:name/unfollow": Call("/api/v1/tags/Bail/unfollow", Tag, "write:follows"),
    "GET /api/v1/followed_tags": _list("/api/v1/followed_tags", Tag, "read:follows", "followed_tag"),
    "GET /api/v1/featured_tags": _list("/api/v1/featured_tags", FeaturedTag, "read:accounts", "featured_tag"),
    "GET /api/v1/trends/tags": _public("/api/v1/trends/tags", list[Tag], "", "status_with_all"),
    "GET /api/v1/trends/statuses": _public("/api/v1/trends/statuses", list[Status], "", "liked_status"),
    "GET /api/v1/trends/links": _constant("/api/v1/trends/links", list[TrendsLink]),
    "GET /api/v1/markers": Call(
        "/api/v1/markers", Markers, "read:statuses", query={"timeline[]": ["home", "notifications"]}
    ),
    "POST /api/v1/markers": Call(
        "/api/v1/markers", Markers, "write:statuses", body={"home": {"last_read_id": "{status}"}}
    ),
    "GET /api/v1/lists": _list("/api/v1/lists", List, "read:lists"),
    "GET /api/v1/lists/:id": Call("/api/v1/lists/{list}", List, "read:lists"),
    "POST /api/v1/lists": Call(
        "/api/v1/lists", List, "write:lists", body={"title": "Colleagues", "replies_policy": "none"}
    ),
    "PUT /api/v1/lists/:id": Call(
        "/api/v1/lists/{list}", List, "write:lists", body={"title": "Friends", "exclusive": True}
    ),
    "DELETE /api/v1/lists/:id": Call("/api/v1/lists/{new_list}", Nothing, "write:lists"),
    "GET /api/v1/lists/:id/accounts": _list("/api/v1/lists/{list}/accounts", Account, "read:lists"),
    "POST /api/v1/lists/:id/accounts": Call(
        "/api/v1/lists/{new_list}/accounts", Nothing, "write:lists", body={"account_ids": ["{followed}"]}
    ),
    "DELETE /api/v1/lists/:id/accounts": Call(
        "/api/v1/lists/{new_list}/accounts", Nothing, "write:lists", body={"account_ids": ["{followed}"]}
    ),
}

_FILTERS = {
    "GET /api/v2/filters": _list("/api/v2/filters", Filter, "read:filters", "filter"),
    "GET /api/v2/filters/:id": Call("/api/v2/filters/{filter}", Filter, "read:filters"),
    "POST /api/v2/filters": Call(
        "/api/v2/filters",
        Filter,
        "write:filters",
        body={
            "title": "Weather",
            "context": ["home", "public"],
            "filter_action": "blur",
            "expires_in": 3600,
            "keywords_attributes": [{"keyword": "rainstorm", "whole_word": True}],
        },
    ),
    "PUT /api/v2/filters/:id": Call(
        "/api/v2/filters/{filter}", Filter, "write:filters", body={"title": "Sport", "context": ["thread"]}
    ),
    "DELETE /api/v2/filters/:id": Call("/api/v2/filters/{new_filter}", Nothing, "write:filters"),
    "GET /api/v2/filters/:filter_id/keywords": _list(
        "/api/v2/filters/{filter}/keywords", FilterKeyword, "read:filters"
    ),
    "POST /api/v2/filters/:filter_id/keywords": Call(
        "/api/v2/filters/{new_filter}/keywords",
        FilterKeyword,
        "write:filters",
        body={"keyword": "tennis", "whole_word": False},
    ),
    "GET /api/v2/filters/keywords/:id": Call(
        "/api/v2/filters/keywords/{keyword}", FilterKeyword, "read:filters"
    ),
    "PUT /api/v2/filters/keywords/:id": Call(
        "/api/v2/filters/keywords/{keyword}", FilterKeyword, "write:filters", body={"keyword": "hockey"}
    ),
    "DELETE /api/v2/filters/keywords/:id": Call(
        "/api/v2/filters/keywords/{new_keyword}", Nothing, "write:filters"
    ),
    "GET /api/v1/filters": _list("/api/v1/filters", FilterV1, "read:filters", "filter"),
}

_NOTIFICATIONS = {
    "GET /api/v1/notifications": _list(
        "/api/v1/notifications", Notification, "read:notifications", "notification"
    ),
    "GET /api/v1/notifications/:id": Call(
        "/api/v1/notifications/{notification}", Notification, "read:notifications"
    ),
    "POST /api/v1/notifications/clear": Call("/api/v1/notifications/clear", Nothing, "write:notifications"),
    "POST /api/v1/notifications/:id/dismiss": Call(
        "/api/v1/notifications/{new_notification}/dismiss", Nothing, "write:notifications"
    ),
    "GET /api/v1/notifications/unread_count": Call(
        "/api/v1/notifications/unread_count", UnreadCount, "read:notifications"
    ),
    "GET /api/v2/notifications": Call(
        "/api/v2/notifications", GroupedNotifications, "read:notifications", needs=("notification",)
    ),
    "GET /api/v2/notifications/:group_key": Call(
        "/api/v2/notifications/{group}", GroupedNotifications, "read:notifications"
    ),
    "POST /api/v2/notifications/:group_key/dismiss": Call(
        "/api/v2/notifications/{new_group}/dismiss", Nothing, "write:notifications"
    ),
    "GET /api/v2/notifications/:group_key/accounts": _list(
        "/api/v2/notifications/{group}/accounts", Account, "write:notifications"
    ),
    "GET /api/v2/notifications/unread_count": Call(
        "/api/v2/notifications/unread_count", UnreadCount, "read:notifications"
    ),
    "GET /api/v2/notifications/policy": Call(
        "/api/v2/notifications/policy", NotificationPolicy, "read:notifications"
    ),
    "PATCH /api/v2/notifications/policy": Call(
        "/api/v2/notifications/policy",
        NotificationPolicy,
        "write:notifications",
        body={"for_private_mentions": "accept"},
    ),
    "GET /api/v1/notifications/policy": Call(
        "/api/v1/notifications/policy", NotificationPolicyV1, "read:notifications"
    ),
    "PUT /api/v1/notifications/policy": Call(
        "/api/v1/notifications/policy",
        NotificationPolicyV1,
        "write:notifications",
        body={"filter_private_mentions": False},
    ),
    "GET /api/v1/notifications/requests": _list(
        "/api/v1/notifications/requests", NotificationRequest, "read:notifications", "new_request"
    ),
    "GET /api/v1/notifications/requests/:id": Call(
        "/api/v1/notifications/requests/{new_request}", NotificationRequest, "read:notifications"
    ),
    "POST /api/v1/notifications/requests/:id/accept": Call(
        "/api/v1/notifications/requests/{new_request}/accept", Nothing, "write:notifications"
    ),
    "POST /api/v1/notifications/requests/:id/dismiss": Call(
        "/api/v1/notifications/requests/{new_request}/dismiss", Nothing, "write:notifications"
    ),
    "POST /api/v1/notifications/requests/accept": Call(
        "/api/v1/notifications/requests/accept",
        Nothing,
        "write:notifications",
        body={"id": ["{new_request}"]},
    ),
    "POST /api/v1/notifications/requests/dismiss": Call(
        "/api/v1/notifications/requests/dismiss",
        Nothing,
        "write:notifications",
        body={"id": ["{new_request}"]},
    ),
    "POST /api/v1/push/subscription": Call(
        "/api/v1/push/subscription", WebPushSubscription, "push", body={"subscription": "{push_keys}"}
    ),
    "GET /api/v1/push/subscription": Call(
        "/api/v1/push/subscription{new_push_subscription}", WebPushSubscription, "push"
    ),
    "PUT /api/v1/push/subscription": Call(
        "/api/v1/push/subscription{new_push_subscription}",
        WebPushSubscription,
        "push",
        body={"data": {"alerts": {"mention": True, "follow": False}, "policy": "followed"}},
    ),
    "DELETE /api/v1/push/subscription": Call(
        "/api/v1/push/subscription{new_push_subscription}", Nothing, "push"
    ),
    "GET /api/v1/announcements": Call("/api/v1/announcements", list[Announcement], needs=("announcement",)),
    "POST /api/v1/announcements/:id/dismiss": Call(
        "/api/v1/announcements/{announcement}/dismiss", Nothing, "write:accounts"
    ),
}

_NODE = {
    "GET /api/v2/instance": _public("/api/v2/instance", Instance),
    "GET /api/v1/instance": _public("/api/v1/instance", InstanceV1),
    "GET /api/v1/instance/peers": _constant("/api/v1/instance/peers", list[Word]),
    "GET /api/v1/instance/rules": _public("/api/v1/instance/rules", list[Rule], "", "rule"),
    "GET /api/v1/instance/extended_description": _public(
        "/api/v1/instance/extended_description", ExtendedDescription
    ),
    "GET /api/v1/instance/privacy_policy": _public("/api/v1/instance/privacy_policy", PrivacyPolicy),
    "GET /api/v1/instance/languages": _public("/api/v1/instance/languages", list[NamedLanguage]),
    "GET /api/v1/custom_emojis": _constant("/api/v1/custom_emojis", list[Any]),
    "GET /.well-known/webfinger": _public(
        "/.well-known/webfinger", WebFinger, resource="acct:amina@node.example"
    ),
    "GET /.well-known/nodeinfo": _public("/.well-known/nodeinfo", NodeInfoLinks),
    "GET /nodeinfo/2.0": _public("/nodeinfo/2.0", NodeInfo),
    "GET /.well-known/oauth-authorization-server": _public(
        "/.well-known/oauth-authorization-server", ServerMetadata
    ),
    "POST /api/v1/apps": Call(
        "/api/v1/apps",
        CredentialApplication,
        "",
        Who.ANYBODY,
        body={"client_name": "Example", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write"},
    ),
    "GET /api/v1/apps/verify_credentials": Call(
        "/api/v1/apps/verify_credentials", Application, "", Who.PROGRAMS
    ),
}

CALLS: dict[str, Call] = {
    **_ACCOUNTS,
    **_STATUSES,
    **_TIMELINES,
    **_FILTERS,
    **_NOTIFICATIONS,
    **_NODE,
}

SPECIAL: dict[str, str] = {
    "GET /oauth/authorize": "clients/test_contract.py::test_a_member_signs_in_and_lets_a_program_in",
    "POST /oauth/token": "clients/test_contract.py::test_a_member_signs_in_and_lets_a_program_in",
    "POST /oauth/revoke": "clients/test_contract.py::test_a_revoked_token_opens_nothing",
    "GET /.well-known/host-meta": "clients/test_contract.py::test_host_meta_says_where_webfinger_is",
    "GET /api/v1/streaming/health": "clients/test_contract.py::test_streaming_is_healthy",
    "GET /api/v1/streaming": "clients/test_contract.py::test_streaming_without_an_upgrade_is_not_found",
    "GET /api/v1/streaming/user": "clients/test_mastodon_py_streams.py::test_events_are_sent_as_they_happen",
}
"""Methods that do not answer with JSON alone, and the tests that call them."""

UPDATES: dict[str, Call] = {
    f"{other} {name.partition(' ')[2]}": replace(call)
    for name, call in CALLS.items()
    for verb, other in (("PUT", "PATCH"), ("PATCH", "PUT"))
    if name.startswith(f"{verb} ")
}
"""Every update with the verb that is not documented, which clients send as well."""

FURTHER: dict[str, Any] = {
    "GET /api/v1/accounts/:id/endorsements": list[Account],
    "POST /api/v1/accounts/:id/endorse": Relationship,
    "POST /api/v1/accounts/:id/unendorse": Relationship,
    "POST /api/v1/accounts/:id/pin": Relationship,
    "POST /api/v1/accounts/:id/unpin": Relationship,
    "GET /api/v1/endorsements": list[Account],
    "GET /api/v1/directory": list[Account],
    "POST /api/v1/featured_tags": FeaturedTag,
    "GET /api/v1/featured_tags/suggestions": list[Tag],
    "POST /api/v1/tags/:name/feature": Tag,
    "POST /api/v1/tags/:name/unfeature": Tag,
    "GET /api/v2/filters/:filter_id/statuses": list[FilterStatus],
    "POST /api/v2/filters/:filter_id/statuses": FilterStatus,
    "GET /api/v2/filters/statuses/:id": FilterStatus,
    "DELETE /api/v2/filters/statuses/:id": Nothing,
    "GET /api/v1/filters/:id": FilterV1,
    "POST /api/v1/filters": FilterV1,
    "PUT /api/v1/filters/:id": FilterV1,
    "DELETE /api/v1/filters/:id": Nothing,
    "PUT /api/v1/announcements/:id/reactions/:name": Nothing,
    "DELETE /api/v1/announcements/:id/reactions/:name": Nothing,
    "GET /api/v1/admin/accounts": list[AdminAccount],
    "GET /api/v2/admin/accounts": list[AdminAccount],
    "GET /api/v1/admin/accounts/:id": AdminAccount,
    "POST /api/v1/admin/accounts/:id/action": Nothing,
    "POST /api/v1/admin/accounts/:id/enable": AdminAccount,
    "POST /api/v1/admin/accounts/:id/unsilence": AdminAccount,
    "POST /api/v1/admin/accounts/:id/unsuspend": AdminAccount,
    "POST /api/v1/admin/accounts/:id/unsensitive": AdminAccount,
    "GET /api/v1/admin/reports": list[AdminReport],
    "GET /api/v1/admin/reports/:id": AdminReport,
    "PUT /api/v1/admin/reports/:id": AdminReport,
    "POST /api/v1/admin/reports/:id/assign_to_self": AdminReport,
    "POST /api/v1/admin/reports/:id/unassign": AdminReport,
    "POST /api/v1/admin/reports/:id/resolve": AdminReport,
    "POST /api/v1/admin/reports/:id/reopen": AdminReport,
    "GET /api/v1/admin/domain_blocks": list[AdminDomainBlock],
    "GET /api/v1/admin/domain_blocks/:id": AdminDomainBlock,
    "POST /api/v1/admin/domain_blocks": AdminDomainBlock,
    "PUT /api/v1/admin/domain_blocks/:id": AdminDomainBlock,
    "DELETE /api/v1/admin/domain_blocks/:id": Nothing,
    "GET /api/v1/admin/domain_allows": list[AdminDomainAllow],
    "GET /api/v1/admin/domain_allows/:id": AdminDomainAllow,
    "POST /api/v1/admin/domain_allows": AdminDomainAllow,
    "DELETE /api/v1/admin/domain_allows/:id": Nothing,
}
"""What methods of tier C answer, which only Mastodon.py calls here."""
