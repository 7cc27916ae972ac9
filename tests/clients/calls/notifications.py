"""How notifications are read, sifted and sent."""

from tests.clients.calls.kinds import Call, Nothing, listed
from tests.clients.entities.accounts import (
    Account,
)
from tests.clients.entities.belongings import Announcement
from tests.clients.entities.notifications import (
    GroupedNotifications,
    Notification,
    NotificationPolicy,
    NotificationPolicyV1,
    NotificationRequest,
    UnreadCount,
    WebPushSubscription,
)

NOTIFICATIONS: dict[str, Call] = {
    "GET /api/v1/notifications": listed(
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
    "GET /api/v2/notifications/:group_key/accounts": listed(
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
    "GET /api/v1/notifications/requests": listed(
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
        "/api/v1/push/subscription", WebPushSubscription, "push", needs=("new_push_subscription",)
    ),
    "PUT /api/v1/push/subscription": Call(
        "/api/v1/push/subscription",
        WebPushSubscription,
        "push",
        needs=("new_push_subscription",),
        body={"data": {"alerts": {"mention": True, "follow": False}, "policy": "followed"}},
    ),
    "DELETE /api/v1/push/subscription": Call(
        "/api/v1/push/subscription", Nothing, "push", needs=("new_push_subscription",)
    ),
    "GET /api/v1/announcements": Call("/api/v1/announcements", list[Announcement], needs=("announcement",)),
    "POST /api/v1/announcements/:id/dismiss": Call(
        "/api/v1/announcements/{announcement}/dismiss", Nothing, "write:accounts"
    ),
}
