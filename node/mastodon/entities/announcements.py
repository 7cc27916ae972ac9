"""Announcements of the operators as clients see them."""

from collections.abc import Sequence
from typing import Any

from node.mastodon.replies import stamp, stamp_or_none
from storage.announcements import Announcement, ReactionCount


def announcement_entity(
    announcement: Announcement, reactions: Sequence[ReactionCount] = (), *, is_read: bool | None = None
) -> dict[str, Any]:
    """Return an Announcement. `is_read` is for one reader; without it, it is as everybody sees it."""
    entity: dict[str, Any] = {
        "id": str(announcement.id),
        "content": announcement.content,
        "starts_at": stamp_or_none(announcement.starts_at),
        "ends_at": stamp_or_none(announcement.ends_at),
        "all_day": announcement.all_day,
        "published_at": stamp(announcement.published_at),
        "updated_at": stamp(announcement.updated_at),
        "mentions": [],
        "statuses": [],
        "tags": [],
        "emojis": [],
        "reactions": [_reaction(each, is_reader=is_read is not None) for each in reactions],
    }
    if is_read is not None:
        entity["read"] = is_read
    return entity


def _reaction(reaction: ReactionCount, *, is_reader: bool) -> dict[str, Any]:
    entity: dict[str, Any] = {"name": reaction.name, "count": reaction.count}
    return entity | {"me": reaction.is_mine} if is_reader else entity
