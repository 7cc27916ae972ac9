"""Pushing: which of a member's programs are woken for a notification."""

from typing import Final

from actors.labels import label
from storage.actors import Actor
from storage.kinds import FollowState
from storage.push_subscriptions import PushMessage
from storage.transaction import Transaction

POLICIES: Final = ("all", "followed", "follower", "none")
"""Whose doings wake a program: everybody's, of those one follows, of one's followers, nobody's."""

ALERTS: Final = (
    "mention",
    "status",
    "reblog",
    "follow",
    "follow_request",
    "favourite",
    "poll",
    "update",
    "quote",
    "quoted_update",
    "admin.sign_up",
    "admin.report",
)
"""What a program can be woken for."""

_NAMED: Final = frozenset(
    {"mention", "status", "reblog", "favourite", "follow", "follow_request", "poll", "update", "quote"}
)


async def wake(tx: Transaction, owner: Actor, about: str, doer: Actor, notification_id: int) -> None:
    """Let a message wait for each program of a member that wants to know, to be sent after the commit."""
    wanting = [each for each in await tx.push_subscriptions.of(owner.id) if each.alerts.get(about)]
    met = {policy: await _is_met(tx, policy, owner, doer) for policy in {each.policy for each in wanting}}
    for subscription in wanting:
        if met[subscription.policy]:
            await tx.push_subscriptions.queue(
                PushMessage(tx.new_id(), subscription.id, notification_id, tx.now, 0)
            )


def title_of(about: str, doer: Actor, language: str) -> str:
    """Return what a message says in its first line."""
    key = about if about in _NAMED else "other"
    return label(f"push.{key}", language, name=doer.display_name)


async def _is_met(tx: Transaction, policy: str, owner: Actor, doer: Actor) -> bool:
    if policy in {"all", "none"}:
        return policy == "all"
    pair = (owner, doer) if policy == "followed" else (doer, owner)
    known = await tx.follows.find(*pair)
    return known is not None and known.state == FollowState.ACCEPTED
