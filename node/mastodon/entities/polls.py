"""Polls as clients read them."""

from datetime import datetime
from typing import Any

from node.mastodon.replies import stamp_or_none
from storage.polls import PollView


def poll_entity(view: PollView, now: datetime) -> dict[str, Any]:
    """Return a poll as one reader sees it.

    While a poll hides how it stands, options have no counts; what the reader did is there for readers only.
    """
    is_over = view.is_over(now)
    is_hidden = view.poll.hides_totals and not is_over
    entity: dict[str, Any] = {
        "id": str(view.poll.publication_id),
        "expires_at": stamp_or_none(view.poll.ends_at),
        "expired": is_over,
        "multiple": view.poll.multiple,
        "votes_count": sum(option.votes for option in view.options),
        "voters_count": view.poll.voters,
        "options": [
            {"title": option.title, "votes_count": None if is_hidden else option.votes}
            for option in view.options
        ],
        "emojis": [],
    }
    if view.is_voter is not None:
        entity |= {"voted": view.is_voter, "own_votes": list(view.choices)}
    return entity
