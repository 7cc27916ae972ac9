"""Applying what was received: once, a moment later, several at a time, each in a savepoint of its own."""

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from actors.errors import ActorsError
from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import FederationError, Malformed, Unreachable
from federation.handlers import HANDLERS, NOTHING, Handler, Ignored, Known, Needs
from federation.resolving import Found, resolve_all
from storage.actors import Actor
from storage.errors import Busy, Conflict
from storage.kinds import Outcome
from storage.received import Received
from storage.transaction import Transaction

log = logging.getLogger(__name__)

BATCH = 50
ATTEMPTS = 8
HEARD_EVERY = timedelta(minutes=10)
PROBED_EVERY = timedelta(seconds=2)
#: How long other workers leave alone what one of them has taken.
LEASE = timedelta(minutes=2)
#: Seconds in which what a batch needs must come; what is missing then is tried again later.
PATIENCE = 15.0
#: The same for what a batch can do without.
SHORT_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class _Step:
    """One received activity on its way to being applied."""

    row: Received
    activity: as2.Activity
    handler: Handler
    host: str
    needs: Needs = NOTHING


#: What may still be said in the name of a suspended account: that something is over (KEY-19).
FAREWELLS = (as2.Delete, as2.Undo, as2.Reject)


class _Batch:
    """What one pass knows: the senders as they are now, and what policy says of their hosts."""

    def __init__(self, federation: Federation, senders: Mapping[int, Actor]) -> None:
        self.federation = federation
        self.senders = dict(senders)
        self.departed: set[str] = set()

    def known(self, step: _Step, found: Mapping[str, Found]) -> Known:
        """Return what a handler is told."""
        policy = self.federation.policy
        return Known(found, is_trusted=policy.trusts(step.host), is_limited=policy.limits(step.host))


async def apply_due(federation: Federation, size: int = BATCH) -> int:
    """Apply every activity that is due, at most `size`; return how many were tried.

    What needs nothing from elsewhere never waits for what does.
    """
    rows, senders = await _take(federation, size)
    if not rows:
        return 0
    batch = _Batch(federation, senders)
    steps, unreadable = _read(federation, rows, senders)
    await federation.policy.keep_fresh()
    try:
        async with federation.database.read() as tx:
            steps = [await _with_needs(tx, step, batch) for step in steps]
        await _apply(batch, [step for step in steps if not step.needs], unreadable=unreadable)
        waiting = [step for step in steps if step.needs]
        if waiting:
            # What was just applied and is needed here is found without asking anybody.
            await _apply(batch, waiting, await _resolve(federation, waiting))
    except Busy as error:
        log.warning("activities are applied again in a moment: %s", error)
        return 0
    for uri in batch.departed:
        federation.keyring.forget(uri)
    return len(rows)


async def _take(federation: Federation, size: int) -> tuple[list[Received], dict[int, Actor]]:
    database = federation.database
    if database.is_sqlite:
        # One process does the work, so nobody else has to be kept away.
        async with database.read() as tx:
            return await _due(tx, size)
    async with database.begin() as tx:
        rows, senders = await _due(tx, size)
        await tx.received.lease(rows, tx.now + LEASE)
    return rows, senders


async def _due(tx: Transaction, size: int) -> tuple[list[Received], dict[int, Actor]]:
    rows = await tx.received.due(tx.now, size)
    return rows, await tx.actors.by_ids([row.sender_id for row in rows])


async def _resolve(federation: Federation, steps: Sequence[_Step]) -> Mapping[str, Found]:
    needs = Needs.together(step.needs for step in steps)
    needed, wished = await asyncio.gather(
        resolve_all(federation, needs.actors, needs.publications, needs.changed, within=PATIENCE),
        resolve_all(federation, (), needs.wished, within=SHORT_PATIENCE),
    )
    return wished | needed


def _read(
    federation: Federation, rows: Sequence[Received], senders: Mapping[int, Actor]
) -> tuple[list[_Step], list[tuple[Received, str]]]:
    """Return what can be applied, and the rest with the reason why it cannot.

    All of it was readable when it was kept, but another version of this program may have kept it.
    """
    steps: list[_Step] = []
    unreadable: list[tuple[Received, str]] = []
    for row in rows:
        try:
            activity = as2.read_activity(as2.parse(row.body.encode()))
            host = federation.policy.host_of(senders[row.sender_id].uri)
        except Malformed as error:
            unreadable.append((row, str(error)))
            continue
        handler = None if isinstance(activity, as2.Unknown) else HANDLERS.get(type(activity))
        if isinstance(activity, as2.Unknown) or handler is None:
            unreadable.append((row, f"This node does not know what to do with {row.verb}."))
            continue
        steps.append(_Step(row, activity, handler, host))
    return steps, unreadable


async def _with_needs(tx: Transaction, step: _Step, batch: _Batch) -> _Step:
    if step.handler.needs is None:
        return step
    return replace(step, needs=await step.handler.needs(tx, step.activity, batch.senders[step.row.sender_id]))


async def _apply(
    batch: _Batch,
    steps: Sequence[_Step],
    found: Mapping[str, Found] | None = None,
    unreadable: Sequence[tuple[Received, str]] = (),
) -> None:
    if not steps and not unreadable:
        return
    async with batch.federation.database.begin() as tx:
        for step in steps:
            await _apply_one(tx, batch, step, found or {})
        await _note_signs_of_life(tx, {step.host for step in steps})
        for row, reason in unreadable:
            await tx.received.conclude(row, Outcome.REFUSED, reason, tx.now)


async def _note_signs_of_life(tx: Transaction, hosts: Collection[str]) -> None:
    """Remember who sent something, and probe who could not be reached: whoever sends is likely back (V6).

    Its record stays until a delivery succeeds, since a host can send and still not be reachable.
    """
    for peer in await tx.peers.by_hosts(hosts):
        if peer.last_received_at is None or peer.last_received_at < tx.now - HEARD_EVERY:
            await tx.peers.heard(peer.host, tx.now, tx.now - HEARD_EVERY)
        if peer.failures and (peer.last_failure_at is None or peer.last_failure_at < tx.now - PROBED_EVERY):
            await tx.deliveries.hasten(peer.host, tx.now)
            await tx.peers.wake(peer.host, tx.now)


async def _apply_one(tx: Transaction, batch: _Batch, step: _Step, found: Mapping[str, Found]) -> None:
    failure = step.needs.failure(found)
    if isinstance(failure, Unreachable) and not failure.is_final:
        await _postpone(tx, step.row, str(failure))
        return
    try:
        async with tx.savepoint():
            await _attempt(tx, batch, step, found, failure)
    except Busy:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it was, the others of the batch are applied
        await _explain(tx, step, error)


async def _attempt(
    tx: Transaction,
    batch: _Batch,
    step: _Step,
    found: Mapping[str, Found],
    failure: FederationError | None,
) -> None:
    # The outcome first: whoever else is applying the same activity finds it concluded.
    if not await tx.received.conclude(step.row, Outcome.APPLIED, None, tx.now):
        return
    sender = batch.senders[step.row.sender_id]
    _check_welcome(batch, step, sender)
    if failure is not None:
        raise failure
    await step.handler.apply(tx, step.activity, sender, batch.known(step, found))
    if isinstance(step.activity, as2.Delete) and step.activity.object.id == sender.uri:
        batch.senders[sender.id] = replace(sender, gone_at=tx.now)
        batch.departed.add(sender.uri)


async def _explain(tx: Transaction, step: _Step, error: Exception) -> None:
    """Keep why an activity was not applied, or let it be tried again."""
    match error:
        case Ignored():
            await tx.received.conclude(step.row, Outcome.IGNORED, str(error), tx.now)
        case ActorsError() | FederationError():
            log.info("%s is refused: %s", step.row.uri, error)
            await tx.received.conclude(step.row, Outcome.REFUSED, str(error), tx.now)
        case Conflict():
            # Another process did the same at the same moment; next time its effect is there to be seen.
            await _postpone(tx, step.row, str(error))
        case _:
            log.error("applying %s failed", step.row.uri, exc_info=error)
            await _postpone(tx, step.row, f"{type(error).__name__} while applying; see the log.")


def _check_welcome(batch: _Batch, step: _Step, sender: Actor) -> None:
    """Raise Ignored for whom this node has nothing to do with any more."""
    if not batch.federation.policy.last_known(step.host):
        raise Ignored(f"This node has nothing to do with {step.host}.")
    if isinstance(step.activity, FAREWELLS):
        return
    if sender.suspended_at is not None:
        raise Ignored("The sender is suspended here.")
    if sender.gone_at is not None:
        raise Ignored("The sender has said goodbye.")


async def _postpone(tx: Transaction, row: Received, reason: str) -> None:
    if row.attempts + 1 >= ATTEMPTS:
        await tx.received.conclude(row, Outcome.GIVEN_UP, reason, tx.now)
    else:
        await tx.received.postpone(row, tx.now + timedelta(minutes=2**row.attempts), reason)
