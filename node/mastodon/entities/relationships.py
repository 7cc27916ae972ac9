"""How the reader stands to an account, as clients read it."""

from typing import Any

from node.mastodon.replies import stamp_or_none
from storage.kinds import FollowState
from storage.relationships import Relationship


def relationship_entity(relation: Relationship) -> dict[str, Any]:
    """Return a Relationship."""
    is_following = relation.following == FollowState.ACCEPTED
    is_muting = relation.muting is not None
    return {
        "id": str(relation.id),
        "following": is_following,
        "showing_reblogs": is_following and bool(relation.show_reblogs),
        "notifying": is_following and bool(relation.notify),
        "languages": relation.languages if is_following else None,
        "followed_by": relation.followed_by == FollowState.ACCEPTED,
        "blocking": relation.blocking is not None,
        "blocked_by": relation.blocked_by is not None,
        "muting": is_muting,
        "muting_notifications": is_muting and bool(relation.muting_notifications),
        "muting_expires_at": stamp_or_none(relation.muting_expires_at),
        "requested": relation.following == FollowState.REQUESTED,
        "requested_by": relation.followed_by == FollowState.REQUESTED,
        "domain_blocking": relation.domain_blocking is not None,
        "endorsed": relation.endorsed is not None,
        "note": relation.note or "",
    }
