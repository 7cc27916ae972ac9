"""Polls on the wire: Question, with its options in `oneOf` or `anyOf` (FEP-9967)."""

from datetime import UTC, datetime
from typing import Any, Final

from actors.incoming import IncomingPoll
from actors.text import plain_line
from federation import vocabulary as as2
from storage.polls import PollView

_LONGEST_OPTION: Final = 500
_MOST_OPTIONS: Final = 100
_MOST_VOTES: Final = 2**31 - 1


def poll_properties(view: PollView | None) -> dict[str, Any]:
    """Return what a poll adds to what asks it; one that hides how it stands does so until its end."""
    if view is None:
        return {}
    poll = view.poll
    is_hidden = poll.hides_totals and poll.concluded_at is None
    options = [
        {
            "type": "Note",
            "name": option.title,
            "replies": {"type": "Collection", "totalItems": 0 if is_hidden else option.votes},
        }
        for option in view.options
    ]
    return {
        "anyOf" if poll.multiple else "oneOf": options,
        "endTime": _stamp(poll.ends_at),
        "closed": _stamp(poll.ends_at if poll.concluded_at else None),
        "votersCount": poll.voters,
    }


def read_poll(value: as2.Object, now: datetime | None) -> IncomingPoll | None:
    """Return the poll that another node's publication asks, if it does."""
    poll = value.poll
    if poll is None:
        return None
    titles: dict[str, int] = {}
    for option in poll.options[:_MOST_OPTIONS]:
        title = plain_line(option.name, _LONGEST_OPTION)
        if title:
            titles.setdefault(title, min(option.votes, _MOST_VOTES))
    if not titles:
        return None
    closed_at = poll.closed_at
    if closed_at is None and poll.closed:
        closed_at = value.end_time or now
    if closed_at is not None and now is not None and closed_at > now:
        # Some say beforehand when it will be closed.
        closed_at = None
    return IncomingPoll(
        options=tuple(titles.items()),
        multiple=poll.multiple,
        voters=None if poll.voters is None else min(poll.voters, _MOST_VOTES),
        ends_at=value.end_time or poll.closed_at,
        closed_at=closed_at,
    )


def vote_in(value: as2.Object) -> str | None:
    """Return what a note votes for: one that has a name and no text answers a poll."""
    is_vote = value.type == "Note" and value.in_reply_to is not None and value.name and not value.content
    return plain_line(value.name or "", _LONGEST_OPTION) if is_vote else None


def _stamp(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
