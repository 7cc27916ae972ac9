"""How statuses and what hangs on them are written, read and kept."""

from tests.clients.calls.kinds import Call, Nothing, Who, listed, public, toggle
from tests.clients.entities.accounts import (
    Account,
)
from tests.clients.entities.media import MediaAttachment, PendingAttachment
from tests.clients.entities.statuses import (
    Context,
    Conversation,
    DeletedStatus,
    Poll,
    ScheduledStatus,
    Status,
    StatusEdit,
    StatusSource,
)
from tests.clients.pictures import PNG

STATUSES: dict[str, Call] = {
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
    "GET /api/v1/statuses/:id": public("/api/v1/statuses/{status_with_all}", Status, "read:statuses"),
    "GET /api/v1/statuses": public(
        "/api/v1/statuses",
        list[Status],
        "read:statuses",
        **{"id[]": ["{status_with_all}", "{remote_status}", "{poll_status}", "{quoting_status}"]},
    ),
    "DELETE /api/v1/statuses/:id": Call("/api/v1/statuses/{new_status}", DeletedStatus, "write:statuses"),
    "GET /api/v1/statuses/:id/context": public(
        "/api/v1/statuses/{answered_status}/context", Context, "read:statuses"
    ),
    "GET /api/v1/statuses/:id/reblogged_by": public(
        "/api/v1/statuses/{liked_status}/reblogged_by", list[Account], "read:statuses"
    ),
    "GET /api/v1/statuses/:id/favourited_by": public(
        "/api/v1/statuses/{liked_status}/favourited_by", list[Account], "read:statuses"
    ),
    "GET /api/v1/statuses/:id/quotes": listed(
        "/api/v1/statuses/{quoted_status}/quotes", Status, "read:statuses"
    ),
    "POST /api/v1/statuses/:id/favourite": toggle("favourite", "write:favourites"),
    "POST /api/v1/statuses/:id/unfavourite": toggle("unfavourite", "write:favourites"),
    "POST /api/v1/statuses/:id/reblog": toggle("reblog", "write:statuses"),
    "POST /api/v1/statuses/:id/unreblog": toggle("unreblog", "write:statuses"),
    "POST /api/v1/statuses/:id/bookmark": toggle("bookmark", "write:bookmarks"),
    "POST /api/v1/statuses/:id/unbookmark": toggle("unbookmark", "write:bookmarks"),
    "POST /api/v1/statuses/:id/quotes/:quoting_status_id/revoke": Call(
        "/api/v1/statuses/{quoted_status}/quotes/{new_quoting_status}/revoke", Status, "write:statuses"
    ),
    "POST /api/v1/statuses/:id/mute": toggle("mute", "write:mutes", "status"),
    "POST /api/v1/statuses/:id/unmute": toggle("unmute", "write:mutes", "status"),
    "POST /api/v1/statuses/:id/pin": toggle("pin", "write:accounts", "pinned_status"),
    "POST /api/v1/statuses/:id/unpin": toggle("unpin", "write:accounts", "pinned_status"),
    "PUT /api/v1/statuses/:id": Call(
        "/api/v1/statuses/{new_status}", Status, "write:statuses", body={"status": "Another text"}
    ),
    "PUT /api/v1/statuses/:id/interaction_policy": Call(
        "/api/v1/statuses/{new_status}/interaction_policy",
        Status,
        "write:statuses",
        body={"quote_approval_policy": "nobody"},
    ),
    "GET /api/v1/statuses/:id/history": public(
        "/api/v1/statuses/{edited_status}/history", list[StatusEdit], "read:statuses"
    ),
    "GET /api/v1/statuses/:id/source": Call(
        "/api/v1/statuses/{status}/source", StatusSource, "read:statuses", Who.PROGRAMS
    ),
    "GET /api/v1/polls/:id": public("/api/v1/polls/{poll}", Poll, "read:statuses"),
    "POST /api/v1/polls/:id/votes": Call(
        "/api/v1/polls/{new_poll}/votes", Poll, "write:statuses", body={"choices": [1]}
    ),
    "GET /api/v1/scheduled_statuses": listed(
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
    "GET /api/v1/bookmarks": listed("/api/v1/bookmarks", Status, "read:bookmarks", "kept"),
    "GET /api/v1/favourites": listed("/api/v1/favourites", Status, "read:favourites", "kept"),
    "GET /api/v1/conversations": listed(
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
