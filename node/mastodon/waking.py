"""Sending what wakes members' programs: a pass over what waits, a few at a time."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from actors.pushing import title_of
from actors.text import plain_line
from federation.errors import FederationError, Malformed, Refused
from node.context import Node
from node.mastodon.entities.accounts import picture
from node.push.encryption import encrypt, encrypt_in_the_old_way, signed
from node.push.keys import decoded, vapid_private_key
from storage.push_subscriptions import PushMessage, PushSubscription
from storage.transaction import Transaction

log = logging.getLogger(__name__)

AT_ONCE: Final = 20
MOST_ATTEMPTS: Final = 5
LIVES_SECONDS: Final = 48 * 3600
LONGEST_BODY: Final = 140

_FIRST_PAUSE: Final = timedelta(minutes=1)
#: A push service that says one of these may take it later; with any other 4xx the subscription is over.
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True, slots=True)
class _Letter:
    """One message with what it says."""

    message: PushMessage
    subscription: PushSubscription
    text: bytes


async def push_due(node: Node) -> int:
    """Send what waits; return how many messages there were.

    What a crash interrupts is sent again, since a message is forgotten only afterwards: woken twice is
    better than not at all.
    """
    async with node.database.begin() as tx:
        due = await tx.push_subscriptions.due(tx.now, AT_ONCE)
        for message, _ in due:
            await tx.push_subscriptions.postpone(message, tx.now + _FIRST_PAUSE * 4**message.attempts)
        letters = [letter for pair in due if (letter := await _write(tx, node, *pair))]
    if letters:
        outcomes = await asyncio.gather(*(_send(node, letter) for letter in letters))
        async with node.database.begin() as tx:
            for letter, outcome in zip(letters, outcomes, strict=True):
                await _conclude(tx, letter, outcome)
    return len(due)


async def _write(
    tx: Transaction, node: Node, message: PushMessage, subscription: PushSubscription
) -> _Letter | None:
    found = await tx.notifications.by_ids([message.notification_id])
    if not found:
        await tx.push_subscriptions.done(message)
        return None
    notification = found[0]
    actors = await tx.actors.by_ids([notification.owner_id, notification.from_id])
    owner, doer = actors[notification.owner_id], actors[notification.from_id]
    member = await tx.members.of(owner)
    language = (member.language if member else None) or node.settings.node.languages[0]
    publication = (
        await tx.publications.find(notification.publication_id) if notification.publication_id else None
    )
    said = ""
    if publication is not None:
        said = publication.summary or publication.title or publication.content
    body: dict[str, Any] = {
        "access_token": subscription.token,
        "preferred_locale": language,
        "notification_id": notification.id,
        "notification_type": notification.type,
        "icon": picture(doer, "avatar", node.base_url),
        "title": title_of(notification.type, doer, language),
        "body": plain_line(said or doer.summary, LONGEST_BODY),
    }
    return _Letter(message, subscription, orjson.dumps(body))


async def _send(node: Node, letter: _Letter) -> int | None:
    """Return the status that the push service answers with; None where it does not answer."""
    subscription = letter.subscription
    key = await vapid_private_key(node)
    parts = urlsplit(subscription.endpoint)
    try:
        way = encrypt if subscription.standard else encrypt_in_the_old_way
        message = way(letter.text, decoded(subscription.p256dh), decoded(subscription.auth))
        message = signed(message, key, f"{parts.scheme}://{parts.netloc}", _subject(node))
        answer = await node.federation.transport.post(
            subscription.endpoint,
            message.body,
            content_type="application/octet-stream",
            headers={**message.headers, "TTL": str(LIVES_SECONDS), "Urgency": "normal"},
        )
    except (Malformed, Refused, ValueError) as error:
        log.info("A push subscription cannot be reached: %s", error)
        return int(HTTPStatus.GONE)
    except FederationError:
        return None
    return answer.status


def _subject(node: Node) -> str:
    email = node.settings.node.contact_email
    return f"mailto:{email}" if email else node.base_url


async def _conclude(tx: Transaction, letter: _Letter, status: int | None) -> None:
    is_refused = (
        status is not None
        and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in _LATER
    )
    if is_refused:
        await tx.push_subscriptions.remove(letter.subscription.id)
    elif (
        status is not None and status < HTTPStatus.BAD_REQUEST
    ) or letter.message.attempts + 1 >= MOST_ATTEMPTS:
        await tx.push_subscriptions.done(letter.message)
