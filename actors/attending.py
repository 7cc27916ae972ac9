"""Taking part in events: the same functions for local actors and remote ones, and for events of either."""

from datetime import datetime
from typing import Any, Final

from actors.errors import Conflict, Forbidden, NotFound
from actors.kinds.event import CALLED_OFF
from actors.recording import record
from storage.actors import Actor
from storage.attendance import Attendance, AttendanceState
from storage.kinds import Kind
from storage.publications import Publication
from storage.transaction import Transaction

EVENTS: Final = frozenset({Kind.EVENT, Kind.TRAINING})

_JOINABLE: Final = frozenset({"free", "restricted"})
_LAST_OF_A_DAY: Final = "T23:59:59+00:00"
_DAY: Final = 10  # Characters of 2027-03-02.


def takes_answers(event: Publication) -> bool:
    """Whether people say on this network that they take part, and not on some page or not at all."""
    mode = event.details.get("join_mode", "free" if event.is_local else None)
    return event.kind in EVENTS and mode in _JOINABLE


def closing_of(event: Publication) -> datetime | None:
    """Return until when somebody can say that they take part: the deadline, or when it begins."""
    closes = event.details.get("closes")
    if isinstance(closes, str) and closes:
        try:
            moment = datetime.fromisoformat(closes if len(closes) > _DAY else closes + _LAST_OF_A_DAY)
        except ValueError:
            return event.starts_at
        return moment if moment.tzinfo else event.starts_at
    return event.starts_at


def is_closed(event: Publication, now: datetime) -> bool:
    """Whether nobody can say any more that they take part."""
    closing = closing_of(event)
    return event.details.get("status") in CALLED_OFF or (closing is not None and closing <= now)


async def join(
    tx: Transaction, actor: Actor, event: Publication, *, uri: str | None = None
) -> AttendanceState:
    """Take part in an event, or ask to; doing it twice only repeats the answer.

    An open event of ours accepts at once while there is room. Raises Conflict with the reason where it is too
    late or full, Forbidden between two who block, and NotFound for what is no event that takes answers.
    """
    author = await tx.actors.get(event.author_id)
    if not takes_answers(event):
        raise NotFound("This event takes no registrations here.")
    if await tx.follows.blocked_either_way(actor, author):
        raise Forbidden("This event is not open to you.")
    if is_closed(event, tx.now):
        raise Conflict("Registration for this event is closed.")
    known = await tx.attendance.find(event, actor)
    if known is not None and known.state in {AttendanceState.REQUESTED, AttendanceState.ACCEPTED}:
        if uri is not None and known.state == AttendanceState.ACCEPTED:
            await _answer(tx, author, actor, event, uri, "Accept")
        return AttendanceState(known.state)
    is_open = event.is_local and event.details.get("join_mode", "free") == "free"
    if event.is_local:
        if known is not None and known.state == AttendanceState.REJECTED:
            raise Forbidden("The organisers of this event have decided otherwise.")
        await _check_room(tx, event)
    activity = await record(tx, actor, "Join", event.uri, publication=event, target=author)
    name = uri or (activity.uri if activity else f"{actor.uri}#joins/{event.id}")
    state = AttendanceState.ACCEPTED if is_open else AttendanceState.REQUESTED
    await tx.attendance.keep(Attendance(event.id, actor.id, tx.new_id(), name, state, tx.now))
    if is_open:
        await _answer(tx, author, actor, event, name, "Accept")
    return state


async def decline(tx: Transaction, actor: Actor, event: Publication) -> None:
    """Say that one cannot this time; whoever was to take part leaves, which is never too late.

    Raises Conflict where it is too late to answer, and NotFound for what is no event that takes answers.
    """
    if not takes_answers(event):
        raise NotFound("This event takes no registrations here.")
    known = await tx.attendance.find(event, actor)
    if known is not None and known.state == AttendanceState.REJECTED:
        return
    if is_closed(event, tx.now) and (known is None or known.state == AttendanceState.DECLINED):
        raise Conflict("Registration for this event is closed.")
    await leave(tx, actor, event)
    await tx.attendance.keep(
        Attendance(event.id, actor.id, tx.new_id(), "", AttendanceState.DECLINED, tx.now)
    )


async def leave(tx: Transaction, actor: Actor, event: Publication) -> bool:
    """Take part no more; False for somebody who did not, or whom the organisers had refused."""
    known = await tx.attendance.find(event, actor)
    if known is None or known.state == AttendanceState.REJECTED:
        return False
    await tx.attendance.remove(event, actor)
    if known.state in {AttendanceState.REQUESTED, AttendanceState.ACCEPTED}:
        author = await tx.actors.get(event.author_id)
        await record(tx, actor, "Leave", event.uri, publication=event, target=author)
    return True


async def accept(tx: Transaction, event: Publication, actor: Actor) -> None:
    """Let somebody take part who asked to; NotFound for who never did."""
    await _decide(tx, event, actor, AttendanceState.ACCEPTED, "Accept")


async def reject(tx: Transaction, event: Publication, actor: Actor) -> None:
    """Do not let somebody take part, or no more; NotFound for who never asked."""
    await _decide(tx, event, actor, AttendanceState.REJECTED, "Reject")


async def refuse(tx: Transaction, event: Publication, actor: Actor, uri: str) -> None:
    """Answer a Join, known by its id, that cannot be."""
    await _answer(tx, await tx.actors.get(event.author_id), actor, event, uri, "Reject")


async def _decide(
    tx: Transaction, event: Publication, actor: Actor, state: AttendanceState, verb: str
) -> None:
    known = await tx.attendance.find(event, actor)
    if known is None or known.state == AttendanceState.DECLINED:
        raise NotFound(f"{actor.handle} never asked to take part.")
    await tx.attendance.keep(Attendance(event.id, actor.id, known.id, known.uri, state, tx.now))
    await _answer(tx, await tx.actors.get(event.author_id), actor, event, known.uri, verb)


async def _check_room(tx: Transaction, event: Publication) -> None:
    capacity = event.details.get("capacity")
    if isinstance(capacity, int):
        await tx.attendance.lock(event)
        turnout = (await tx.attendance.of([event.id]))[event.id]
        if turnout.accepted >= capacity:
            raise Conflict("There is no place left at this event.")


async def _answer(
    tx: Transaction, author: Actor, actor: Actor, event: Publication, uri: str, verb: str
) -> None:
    embedded: dict[str, Any] = {"id": uri, "type": "Join", "actor": actor.uri, "object": event.uri}
    await record(tx, author, verb, uri, target=actor, details={"activity": embedded})
