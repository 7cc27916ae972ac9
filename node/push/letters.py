"""Letters: what a message to a member's program says, in the member's language.

The push service cannot read it, but whoever holds the telephone can: of what is private only that is told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from actors.labels import label
from actors.notifying import About
from actors.pushing import title_of
from actors.text import plain_line
from node.context import Node
from node.files.portraits import picture
from storage.actors import Actor
from storage.notifications import Notification
from storage.publications import Publication
from storage.push_subscriptions import PushMessage, PushSubscription
from storage.transaction import Transaction

LONGEST_LINE: Final = 140
"""How many characters the title and the body may have."""

_LONGEST_ADDRESS: Final = 1000
#: These say something about who did it, and the others about what was published.
_OF_PEOPLE: Final = frozenset({About.FOLLOW, About.FOLLOW_REQUEST})


@dataclass(frozen=True, slots=True)
class Letter:
    """One message with its text, which fits into the 3993 bytes that a push service takes."""

    message: PushMessage
    subscription: PushSubscription
    text: bytes


async def write_letters(
    tx: Transaction, node: Node, due: Sequence[tuple[PushMessage, PushSubscription]]
) -> tuple[list[Letter], list[PushMessage]]:
    """Return the letters, and those messages that nobody is to get any more.

    What has waited is judged again: whom the member blocks or mutes by now is not heard.
    """
    numbers = {message.notification_id for message, _ in due}
    notifications = {each.id: each for each in await tx.notifications.by_ids(sorted(numbers))}
    people = {number for each in notifications.values() for number in (each.owner_id, each.from_id)}
    actors = await tx.actors.by_ids(sorted(people))
    publications = await tx.publications.by_ids(
        sorted({each.publication_id for each in notifications.values() if each.publication_id})
    )
    languages = await _languages(tx, node, [actors[each.owner_id] for each in notifications.values()])
    letters, done = [], []
    for message, subscription in due:
        notification = notifications.get(message.notification_id)
        if notification is None or not await _is_wanted(tx, message, notification, actors):
            done.append(message)
            continue
        owner, doer = actors[notification.owner_id], actors[notification.from_id]
        publication = publications.get(notification.publication_id or 0)
        language = languages[owner.id]
        icon = picture(doer, "avatar", node.base_url)
        body: dict[str, Any] = {
            "access_token": subscription.token,
            "preferred_locale": language,
            "notification_id": notification.id,
            "notification_type": notification.type,
            "icon": icon if len(icon) <= _LONGEST_ADDRESS else "",
            "title": title_of(notification.type, doer, language)[:LONGEST_LINE],
            "body": _body(notification, doer, publication, language),
        }
        letters.append(Letter(message, subscription, orjson.dumps(body)))
    return letters, done


def _body(notification: Notification, doer: Actor, publication: Publication | None, language: str) -> str:
    if publication is None:
        return plain_line(doer.summary, LONGEST_LINE) if notification.type in _OF_PEOPLE else ""
    if not publication.is_public:
        return label("push.private", language)
    return plain_line(publication.summary or publication.title or publication.content, LONGEST_LINE)


async def _languages(tx: Transaction, node: Node, owners: Sequence[Actor]) -> dict[int, str]:
    """Return the language of each member."""
    found = {}
    for owner in {each.id: each for each in owners}.values():
        member = await tx.members.of(owner)
        found[owner.id] = (member.language if member else None) or node.settings.node.languages[0]
    return found


async def _is_wanted(
    tx: Transaction, message: PushMessage, notification: Notification, actors: Mapping[int, Actor]
) -> bool:
    """Say whether a message is still to be sent; what has only just happened was judged then."""
    if not message.attempts or notification.owner_id == notification.from_id:
        return True
    if await tx.mutes.hides_notifications(notification.owner_id, notification.from_id):
        return False
    return not await tx.follows.blocked_either_way(
        actors[notification.owner_id], actors[notification.from_id]
    )
