"""Fanning out: what local actors did becomes one delivery for each inbox, all or nothing."""

import logging
from typing import NamedTuple

import orjson

from federation.addressing import Addressing
from federation.context import Federation
from federation.translate.activities import Deed, activity_document, load_deeds
from storage.activities import Activity
from storage.deliveries import Delivery
from storage.kinds import DeliveryState
from storage.transaction import Transaction

log = logging.getLogger(__name__)

MOST_ACTIVITIES = 50
#: After so many deliveries a transaction ends, so that nobody else waits long for the database.
MANY_DELIVERIES = 5000
_ROWS_AT_ONCE = 500


class _Parcel(NamedTuple):
    activity: Activity
    ordering_key: str
    inbox: str
    host: str


async def fan_out(federation: Federation) -> int:
    """Turn every waiting activity into deliveries; return how many activities there were.

    No network. What a crash interrupts is done again as if for the first time.
    """
    await federation.policy.refresh()
    total = 0
    while True:
        async with federation.database.begin() as tx:
            count = await _fan_out_some(tx, federation)
        if not count:
            return total
        total += count


async def _fan_out_some(tx: Transaction, federation: Federation) -> int:
    """Fan out the oldest waiting activities; return how many."""
    addressing = Addressing(tx, federation)
    parcels: list[_Parcel] = []
    count = 0
    for deed in await load_deeds(tx, await tx.activities.waiting(MOST_ACTIVITIES)):
        if deed.activity.verb == "Delete":
            parcels = await _cancel(tx, addressing, deed, parcels)
        fresh, document = await _address(tx, addressing, deed)
        await tx.activities.mark_fanned_out(deed.activity, tx.now, document)
        parcels += fresh
        count += 1
        if len(parcels) >= MANY_DELIVERIES:
            break
    await _queue(tx, parcels)
    return count


async def _address(tx: Transaction, addressing: Addressing, deed: Deed) -> tuple[list[_Parcel], str | None]:
    """Return where an activity goes, and its document where it goes anywhere."""
    recipients = None if deed.is_void else await addressing.recipients(deed)
    document = await _render(tx, deed) if recipients and recipients.inboxes else None
    if recipients is None or document is None:
        return [], None
    key = _ordering_key(deed)
    return [_Parcel(deed.activity, key, inbox, host) for inbox, host in recipients.inboxes.items()], document


async def _render(tx: Transaction, deed: Deed) -> str | None:
    """Return the JSON of an activity, the same for all who get it (V2); None where there can be none."""
    keys = await tx.signing_keys.of(deed.actor) if deed.is_about_its_actor else []
    try:
        document = activity_document(
            deed.activity,
            deed.actor,
            publication=deed.publication,
            author=deed.author,
            target=deed.target,
            attached=deed.attached,
            keys=keys,
        )
        return orjson.dumps(document).decode()
    except Exception:
        # One activity that cannot be written must not hold up all the others for ever.
        log.exception("%s cannot be written as a document, so it is not sent", deed.activity.uri)
        return None


async def _cancel(
    tx: Transaction, addressing: Addressing, deed: Deed, parcels: list[_Parcel]
) -> list[_Parcel]:
    """Let nothing leave any more about an object that is deleted (V8); return what stays of the parcels.

    Also towards those whom the Delete does not reach, such as who stopped following in the meantime.
    """
    key = deed.activity.object
    for host in await addressing.waiting_hosts():
        await tx.deliveries.cancel_older(key, host, deed.activity.id, tx.now)
    return [parcel for parcel in parcels if parcel.ordering_key != key]


async def _queue(tx: Transaction, parcels: list[_Parcel]) -> None:
    """Keep deliveries, numbered in the order in which they must arrive, and open their lanes."""
    # Numbers made within a millisecond may start again from the lowest, so they are sorted.
    numbers = sorted(tx.new_id() for _ in parcels)
    for start in range(0, len(parcels), _ROWS_AT_ONCE):
        rows = [
            Delivery(
                id=number,
                activity_id=parcel.activity.id,
                sender_id=parcel.activity.actor_id,
                host=parcel.host,
                inbox=parcel.inbox,
                ordering_key=parcel.ordering_key,
                state=DeliveryState.WAITING,
                created_at=tx.now,
                due_at=tx.now,
            )
            for number, parcel in zip(numbers[start:], parcels[start : start + _ROWS_AT_ONCE], strict=False)
        ]
        await tx.deliveries.add(rows)
        await tx.peers.open_lanes({row.host for row in rows}, tx.now)


def _ordering_key(deed: Deed) -> str:
    """Return the object whose news must arrive in order; taking something back is news of the same object."""
    embedded = deed.activity.details.get("activity")
    if (
        deed.activity.verb == "Undo"
        and isinstance(embedded, dict)
        and isinstance(embedded.get("object"), str)
    ):
        return str(embedded["object"])
    return deed.activity.object
