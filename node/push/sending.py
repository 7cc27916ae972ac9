"""Sending what wakes members' programs: a few at a time, so that a slow push service delays only its own.

A message is put off before it is sent and forgotten afterwards. So what a crash interrupts is sent again:
woken twice is better than not at all.
"""

import asyncio
import logging
from collections import Counter
from datetime import timedelta
from http import HTTPStatus
from time import time
from typing import Final

from federation.answers import Answer, retry_after
from federation.errors import FederationError, Malformed, Refused
from federation.origins import read_url
from node.context import Node
from node.push.encryption import encrypt, encrypt_in_the_old_way, signed
from node.push.keys import decoded, vapid_private_key
from node.push.letters import Letter, write_letters
from storage.push_subscriptions import PushMessage, PushSubscription
from storage.transaction import Transaction

log = logging.getLogger(__name__)

AT_ONCE: Final = 32
PER_SERVICE: Final = 4
"""How many messages are on their way to one push service."""

MOST_ATTEMPTS: Final = 5
LIVES_SECONDS: Final = 48 * 3600
"""How long a push service may keep a message for a program that sleeps."""

SECONDS: Final = 10.0
"""How long a push service may take."""

GRACE: Final = 5.0
LOOK_EVERY: Final = 1.0

_FIRST_PAUSE: Final = timedelta(minutes=1)
#: A push service that says one of these may take it later; with any other 4xx the subscription is over.
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


async def push_due(node: Node) -> int:
    """Send everything that is due now; return how many messages there were, once all have an outcome."""
    sender = Sender(node)
    while await sender.turn() or sender.is_busy:
        if sender.is_busy:
            await sender.pause()
    return sender.taken


class Sender:
    """Sends what is due, as long as it runs. Belongs to one event loop."""

    def __init__(self, node: Node, bell: asyncio.Event | None = None) -> None:
        """`bell` is set when there may be something to send."""
        self.taken = 0
        self._node = node
        self._bell = bell or asyncio.Event()
        self._under_way: dict[asyncio.Task[None], str] = {}

    @property
    def is_busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._under_way)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep sending until `stop` is set; what is on its way then gets a few seconds."""
        try:
            while not stop.is_set():
                self._bell.clear()
                try:
                    has_more = await self.turn()
                except Exception:
                    log.exception("What is to be pushed could not be read")
                    has_more = False
                if not has_more and not stop.is_set():
                    await self.pause(LOOK_EVERY)
            if self._under_way:
                await asyncio.wait(self._under_way, timeout=GRACE)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def turn(self) -> int:
        """Take what is due and there is room for, and let it leave; return how much that was."""
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        # An ordinary look writes nothing, and so waits for nobody who does.
        async with self._node.database.read() as tx:
            if not await tx.push_subscriptions.is_any_due(tx.now):
                return 0
        async with self._node.database.begin() as tx:
            taken = self._choose(await tx.push_subscriptions.due(tx.now, 4 * AT_ONCE), room)
            for message, _ in taken:
                await tx.push_subscriptions.postpone(message, tx.now + _FIRST_PAUSE * 4**message.attempts)
        async with self._node.database.read() as tx:
            letters, done = await write_letters(tx, self._node, taken)
        if done:
            async with self._node.database.begin() as tx:
                for message in done:
                    await tx.push_subscriptions.done(message)
        for letter in letters:
            task = asyncio.create_task(self._send(letter))
            self._under_way[task] = service_of(letter.subscription)
            task.add_done_callback(self._arrived)
        self.taken += len(taken)
        return len(taken)

    async def pause(self, seconds: float | None = None) -> None:
        """Wait until something has arrived or the bell rings, at most so long."""
        ringing = asyncio.create_task(self._bell.wait())
        try:
            await asyncio.wait(
                [ringing, *self._under_way], timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ringing.cancel()
            await asyncio.gather(ringing, return_exceptions=True)

    def _choose(
        self, due: list[tuple[PushMessage, PushSubscription]], room: int
    ) -> list[tuple[PushMessage, PushSubscription]]:
        """Return what may leave now: not too much to one service."""
        busy = Counter(self._under_way.values())
        taken: list[tuple[PushMessage, PushSubscription]] = []
        for message, subscription in due:
            service = service_of(subscription)
            if len(taken) < room and busy[service] < PER_SERVICE:
                busy[service] += 1
                taken.append((message, subscription))
        return taken

    def _arrived(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.error("A message could not be pushed; trying again later", exc_info=fault)

    async def _send(self, letter: Letter) -> None:
        """Send one letter, and keep how that went."""
        answer: Answer | None = None
        is_over = False
        try:
            answer = await post(self._node, letter)
        except (Refused, ValueError) as error:
            log.info("A push subscription cannot be used and is forgotten: %s", error)
            is_over = True
        except FederationError as error:
            log.info("A push service could not be reached: %s", error)
        async with self._node.database.begin() as tx:
            await _conclude(tx, letter, answer, is_over=is_over)


async def post(node: Node, letter: Letter) -> Answer:
    """Encrypt a letter for its subscription and give it to the push service; return what that answers.

    Raises ValueError for keys that are none, and what `Transport.post` raises.
    """
    subscription = letter.subscription
    way = encrypt if subscription.standard else encrypt_in_the_old_way
    message = way(letter.text, decoded(subscription.p256dh), decoded(subscription.auth))
    key = await vapid_private_key(node)
    message = signed(message, key, service_of(subscription), _subject(node))
    return await node.federation.transport.post(
        subscription.endpoint,
        message.body,
        content_type="application/octet-stream",
        headers={**message.headers, "TTL": str(LIVES_SECONDS), "Urgency": "normal"},
        seconds=SECONDS,
        to_peer=False,
    )


def service_of(subscription: PushSubscription) -> str:
    """Return the origin of the push service."""
    try:
        return read_url(subscription.endpoint, allow_http=True).origin
    except Malformed:
        return subscription.endpoint


def _subject(node: Node) -> str:
    email = node.settings.node.contact_email
    return f"mailto:{email}" if email else node.base_url


async def _conclude(tx: Transaction, letter: Letter, answer: Answer | None, *, is_over: bool) -> None:
    """Forget what arrived or never will, and the subscription that the service does not know any more."""
    status = answer.status if answer is not None else None
    if is_over or (status is not None and _is_final(status)):
        await tx.push_subscriptions.remove(letter.subscription.id)
    elif (answer is not None and answer.is_success) or letter.message.attempts + 1 >= MOST_ATTEMPTS:
        await tx.push_subscriptions.done(letter.message)
    elif answer is not None and (wait := retry_after(answer.headers.get("retry-after"), time())):
        await tx.push_subscriptions.put_off(letter.message, tx.now + timedelta(seconds=wait))


def _is_final(status: int) -> bool:
    is_refusal = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return is_refusal and status not in _LATER
