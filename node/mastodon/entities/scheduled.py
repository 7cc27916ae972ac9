"""What is to be published later, as clients read it."""

from collections.abc import Mapping
from typing import Any

from node.mastodon.entities.media import media_entity
from node.mastodon.replies import stamp
from storage.media import Media
from storage.scheduled import ScheduledStatus


def scheduled_entity(status: ScheduledStatus, media: Mapping[int, Media]) -> dict[str, Any]:
    """Return a scheduled status; `media` are those of its author, by their numbers."""
    said = status.parameters
    named = [int(number) for number in said.get("media_ids") or ()]
    return {
        "id": str(status.id),
        "scheduled_at": stamp(status.due_at),
        "params": {
            "text": said.get("text") or "",
            "poll": said.get("poll"),
            "media_ids": said.get("media_ids"),
            "sensitive": said.get("sensitive"),
            "spoiler_text": said.get("spoiler_text"),
            "visibility": said.get("visibility"),
            "in_reply_to_id": said.get("in_reply_to_id"),
            "language": said.get("language"),
            "application_id": None,
            "scheduled_at": None,
            "idempotency": None,
            "with_rate_limit": False,
            "quoted_status_id": said.get("quoted_status_id"),
            "quote_approval_policy": said.get("quote_approval_policy"),
            "allowed_mentions": said.get("allowed_mentions"),
        },
        "media_attachments": [media_entity(media[number]) for number in named if number in media],
    }
