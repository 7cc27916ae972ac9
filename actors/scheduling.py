"""Posts for later: kept as their author's app sent them, and published at their time as if sent then."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from actors.attaching import hold
from actors.composing import Composition, PollWords, Usual, compose, invalid, read_composition
from actors.errors import Invalid
from storage.actors import Actor
from storage.members import Member
from storage.publications import Publication
from storage.scheduled import ScheduledStatus
from storage.transaction import Transaction

SOONEST: Final = timedelta(minutes=5)
MOST: Final = 300
MOST_A_DAY: Final = 25

#: How often publishing is tried; what then still cannot be published waits for its author.
ATTEMPTS: Final = 5
_NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


async def schedule(
    tx: Transaction,
    member: Member,
    author: Actor,
    composition: Composition,
    usual: Usual,
    moment: datetime,
) -> ScheduledStatus:
    """Keep a composition to be published at a moment.

    Raises Invalid for what cannot be posted, for a moment too soon, and for too many of them; NotFound for
    what cannot be answered or quoted.
    """
    await read_composition(tx, author, composition, usual)
    await _check_moment(tx, member, moment)
    if await tx.scheduled.count(member.id) >= MOST:
        raise Invalid(f"Validation failed: You have exceeded the limit of {MOST} scheduled posts")
    await hold(tx, author, composition.media_ids, _days(tx, moment))
    return await tx.scheduled.add(
        ScheduledStatus(
            id=tx.new_id(),
            member_id=member.id,
            due_at=moment,
            created_at=tx.now,
            parameters=parameters_of(composition),
            try_at=moment,
        )
    )


async def reschedule(
    tx: Transaction, member: Member, author: Actor, status: ScheduledStatus, moment: datetime
) -> ScheduledStatus:
    """Publish something at another moment; Invalid as `schedule`."""
    await _check_moment(tx, member, moment, status)
    await tx.scheduled.move(status.id, moment)
    await hold(tx, author, composition_of(status.parameters).media_ids, _days(tx, moment))
    return replace(status, due_at=moment, try_at=moment, attempts=0, error=None)


async def publish_scheduled(
    tx: Transaction,
    author: Actor,
    status: ScheduledStatus,
    usual: Usual,
    mentioned: Mapping[str, Actor],
) -> Publication | None:
    """Publish what is due and take it out, in this one transaction; None where somebody else did.

    Raises as `actors.composing.compose`; then nothing has changed.
    """
    claimed = await tx.scheduled.claim(status.id, tx.now)
    if claimed is None or not await tx.scheduled.remove(status.id):
        return None
    return await compose(tx, author, composition_of(claimed.parameters), usual, mentioned)


async def postpone(tx: Transaction, status: ScheduledStatus, reason: str) -> None:
    """Try to publish something again later; after some attempts it stays until its author changes it."""
    attempts = status.attempts + 1
    moment = _NEVER if attempts >= ATTEMPTS else tx.now + timedelta(minutes=2**attempts)
    await tx.scheduled.postpone(status.id, moment, reason)


def parameters_of(composition: Composition) -> dict[str, Any]:
    """Return a composition in the words of the client API, as JSON keeps it."""
    written = asdict(composition)
    poll = written["poll"]
    return {
        "text": composition.text,
        "spoiler_text": composition.spoiler_text or None,
        "sensitive": composition.sensitive,
        "visibility": composition.visibility,
        "language": composition.language,
        "in_reply_to_id": composition.reply_to,
        "media_ids": [str(number) for number in composition.media_ids] or None,
        "poll": {**poll, "options": list(poll["options"])} if poll else None,
        "quoted_status_id": None if composition.quoted is None else str(composition.quoted),
        "quote_approval_policy": composition.quote_policy,
        "allowed_mentions": None
        if composition.allowed_mentions is None
        else [str(number) for number in composition.allowed_mentions],
        "application": composition.application and dict(composition.application),
    }


def composition_of(parameters: Mapping[str, Any]) -> Composition:
    """Return the composition that `parameters_of` wrote down."""
    poll = parameters.get("poll")
    quoted, allowed = parameters.get("quoted_status_id"), parameters.get("allowed_mentions")
    return Composition(
        text=parameters.get("text") or "",
        spoiler_text=parameters.get("spoiler_text") or "",
        sensitive=parameters.get("sensitive"),
        visibility=parameters.get("visibility"),
        language=parameters.get("language"),
        reply_to=parameters.get("in_reply_to_id"),
        media_ids=tuple(int(number) for number in parameters.get("media_ids") or ()),
        poll=PollWords(**{**poll, "options": tuple(poll["options"])}) if poll else None,
        quoted=None if quoted is None else int(quoted),
        quote_policy=parameters.get("quote_approval_policy"),
        application=parameters.get("application"),
        allowed_mentions=None if allowed is None else tuple(int(number) for number in allowed),
    )


async def _check_moment(
    tx: Transaction, member: Member, moment: datetime, moved: ScheduledStatus | None = None
) -> None:
    if moment < tx.now + SOONEST:
        raise invalid("Scheduled at date must be in the future", "scheduled_at")
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    count = await tx.scheduled.count_between(member.id, day, day + timedelta(days=1))
    if moved is not None and day <= moved.due_at < day + timedelta(days=1):
        count -= 1
    if count >= MOST_A_DAY:
        raise Invalid(
            f"Validation failed: You have exceeded the limit of {MOST_A_DAY} scheduled posts for today"
        )


def _days(tx: Transaction, moment: datetime) -> float:
    return (moment - tx.now) / timedelta(days=1)
