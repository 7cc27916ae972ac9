"""Notifications, one by one and in groups, and how they are sifted and sent."""

from collections.abc import Iterable
from typing import Any, Literal

from tests.clients.entities.accounts import Account, PartialAccount
from tests.clients.entities.reports import Report
from tests.clients.entities.statuses import Status
from tests.clients.entities.values import Count, Html, Id, NumberText, Positive, Timestamp, Url, Word
from tests.clients.validation import Entity, Sometimes

WITH_STATUS = frozenset(
    {"mention", "status", "reblog", "favourite", "poll", "update", "quote", "quoted_update"}
)
Decision = Literal["accept", "filter", "drop"]


class SeveranceEvent(Entity):
    id: Id
    type: Literal["domain_block", "user_domain_block", "account_suspension"]
    purged: bool
    target_name: Word
    followers_count: Count
    following_count: Count
    created_at: Timestamp


class Appeal(Entity):
    text: str
    state: Literal["approved", "rejected", "pending"]


class AccountWarning(Entity):
    id: Id
    action: str
    text: str
    status_ids: list[Id] | None
    created_at: Timestamp
    target_account: Account
    appeal: Appeal | None


class Fallback(Entity):
    """What an app shows that does not know a type of ours (4.6)."""

    title: Html
    summary: Html | None
    description: Html | None


class Notification(Entity):
    may_be_ours = True

    id: Id
    type: Word
    created_at: Timestamp
    group_key: Word
    filtered: Sometimes[bool]
    account: Account
    status: Sometimes[Status]
    report: Sometimes[Report]
    event: Sometimes[SeveranceEvent]
    moderation_warning: Sometimes[AccountWarning]
    fallback: Sometimes[Fallback]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        kind = document.get("type")
        if kind in WITH_STATUS and document.get("status") is None:
            yield "status", f"is missing from a {kind}, which crashes Tusky"
        if kind == "admin.report" and document.get("report") is None:
            yield "report", "is missing"


class NotificationGroup(Entity):
    may_be_ours = True

    group_key: Word
    notifications_count: Positive
    type: Word
    most_recent_notification_id: Positive
    page_min_id: Sometimes[Id]
    page_max_id: Sometimes[Id]
    latest_page_notification_at: Sometimes[Timestamp]
    sample_account_ids: list[Id]
    status_id: Sometimes[Id]
    report: Sometimes[Report]
    event: Sometimes[SeveranceEvent]
    moderation_warning: Sometimes[AccountWarning]
    fallback: Sometimes[Fallback]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        if document.get("type") in WITH_STATUS and document.get("status_id") is None:
            yield "status_id", f"is missing from a group of {document.get('type')}"


class GroupedNotifications(Entity):
    """A page of groups; whom and what they name is beside them, once each."""

    accounts: list[Account]
    partial_accounts: Sometimes[list[PartialAccount]]
    statuses: list[Status]
    notification_groups: list[NotificationGroup]

    @classmethod
    def also(cls, document: dict[str, Any], *, member: bool) -> Iterable[tuple[str, str]]:  # noqa: ARG003 - not needed here
        people = {each["id"] for each in [*document["accounts"], *document.get("partial_accounts", [])]}
        statuses = {each["id"] for each in document["statuses"]}
        keys = [each["group_key"] for each in document["notification_groups"]]
        for group in document["notification_groups"]:
            if not set(group["sample_account_ids"]) <= people:
                yield "accounts", f"does not have everybody of {group['group_key']}"
            if group.get("status_id") is not None and group["status_id"] not in statuses:
                yield "statuses", f"does not have the status of {group['group_key']}"
            if not group.get("page_min_id"):
                yield "notification_groups", "has a group that does not say where its page begins"
        if len(keys) != len(set(keys)):
            yield "notification_groups", "names a group twice"


class UnreadCount(Entity):
    count: Count


class Summary(Entity):
    pending_requests_count: Count
    pending_notifications_count: Count


class NotificationPolicy(Entity):
    for_not_following: Decision
    for_not_followers: Decision
    for_new_accounts: Decision
    for_private_mentions: Decision
    for_limited_accounts: Decision
    summary: Summary


class NotificationPolicyV1(Entity):
    filter_not_following: bool
    filter_not_followers: bool
    filter_new_accounts: bool
    filter_private_mentions: bool
    summary: Summary


class NotificationRequest(Entity):
    id: Id
    created_at: Timestamp
    updated_at: Timestamp
    notifications_count: NumberText
    account: Account
    last_status: Sometimes[Status | None]


class Alerts(Entity):
    written = {"admin_sign_up": "admin.sign_up", "admin_report": "admin.report"}  # noqa: RUF012 - as in the class above

    mention: bool
    status: bool
    reblog: bool
    follow: bool
    follow_request: bool
    favourite: bool
    poll: bool
    update: bool
    quote: Sometimes[bool]
    quoted_update: Sometimes[bool]
    admin_sign_up: Sometimes[bool]
    admin_report: Sometimes[bool]


class WebPushSubscription(Entity):
    id: int | Id
    endpoint: Url
    standard: bool
    alerts: Alerts
    server_key: Word
    policy: Literal["all", "followed", "follower", "none"]
