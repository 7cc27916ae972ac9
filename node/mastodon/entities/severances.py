"""Follows that were lost at once, as clients see them."""

from typing import Any

from node.mastodon.replies import stamp
from storage.severances import Severance


def severance_entity(severance: Severance) -> dict[str, Any]:
    """Return a RelationshipSeveranceEvent."""
    return {
        "id": str(severance.id),
        "type": severance.cause,
        # The list of who was lost is not kept.
        "purged": True,
        "target_name": severance.target,
        "followers_count": severance.followers,
        "following_count": severance.following,
        "created_at": stamp(severance.created_at),
    }
