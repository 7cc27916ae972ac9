"""When to try again: what an answer means, how long to wait, and when to leave a host alone (V4, V5, V6).

Everything here is pure. Two clocks run beside each other: each delivery has its own back-off, and each host
has a record. A host that fails again and again rests, however many deliveries wait for it, and then gets
one probe; so a dead host costs one request now and then, and not one for each delivery.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from federation.answers import Answer, retry_after
from federation.errors import FederationError, Malformed, Refused, Unreachable
from storage.deliveries import Conclusion, Delivery
from storage.kinds import DeliveryState
from storage.peers import Peer

#: How often a delivery is tried: with the waits between, over about three days.
MOST_TRIES = 16
#: How often one is tried that the other node says is not (rightly) signed.
MOST_UNSIGNED_TRIES = 5
LONGEST_WAIT = timedelta(days=1)

#: After so many failures in a row it is no restart any more: the host rests for minutes, then longer.
FAILURES_BEFORE_REST = 3
FIRST_REST = timedelta(minutes=1)
LONGEST_REST = timedelta(hours=1)

#: After failures on so many different days, without one success between, a host is taken for dead.
DAYS_BEFORE_DEATH = 7
REST_OF_THE_DEAD = timedelta(days=1)

_FEW_SECONDS = 15
_REDIRECTS = range(300, 400)
_FAULTS = range(500, 600)
_LATER = frozenset({408, 429, 503})
_DOWN = _LATER | {502, 504}
_KEPT_OF_ANSWER = 200
_NOT_PRINTED = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class Health(Enum):
    """What an attempt says of the host."""

    #: It took the delivery.
    WELL = auto()
    #: It answered, and did not want this delivery.
    ANSWERS = auto()
    #: It failed at this delivery; it may take others.
    FAULTY = auto()
    #: It cannot take anything now.
    DOWN = auto()

    @property
    def is_sound(self) -> bool:
        """Whether the host is in order, whatever it thinks of the delivery."""
        return self in {Health.WELL, Health.ANSWERS}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one attempt means for the delivery and for the host. `rest` is what the host asked for."""

    conclusion: Conclusion
    health: Health
    rest: timedelta = timedelta()

    @property
    def inbox_is_gone(self) -> bool:
        """Whether the other node said that this inbox was there and is no more."""
        return self.conclusion.status == 410  # noqa: PLR2004 - 410 Gone


def next_attempt(
    attempts: int, now: datetime, *, retry_after: float | None, random: Callable[[], float]
) -> datetime | None:
    """Return when to try again after so many attempts that failed; None when it was often enough.

    The wait is attempts⁴ + 15 seconds, stretched by up to a double so that what failed together is not tried
    together, and never shorter than the `retry_after` seconds that the other node asked for (a day at most).
    `random` returns numbers from 0 to below 1.
    """
    if attempts >= MOST_TRIES:
        return None
    wait = timedelta(seconds=(attempts**4 + _FEW_SECONDS) * (1 + random()))
    return now + max(wait, _asked(retry_after))


def rest_after_failure(peer: Peer, now: datetime) -> datetime | None:
    """Return until when to leave a host alone that failed just now; None while it may only be restarting.

    `peer` is the record before this failure. The rest doubles with each failure in a row, up to an hour; a
    host that is taken for dead is probed once a day.
    """
    if peer.failed_on(now.date()) >= DAYS_BEFORE_DEATH:
        return now + REST_OF_THE_DEAD
    beyond = peer.failures + 1 - FAILURES_BEFORE_REST
    if beyond < 0:
        return None
    return now + min(FIRST_REST * (1 << min(beyond, MOST_TRIES)), LONGEST_REST)


def is_dead(peer: Peer) -> bool:
    """Whether a host is taken for dead until it takes something again."""
    return peer.failed_days >= DAYS_BEFORE_DEATH


def judge(
    delivery: Delivery, outcome: Answer | FederationError, now: datetime, random: Callable[[], float]
) -> Verdict:
    """Return what an answer, or the lack of one, means (V4)."""
    if isinstance(outcome, Answer):
        return _judge_answer(delivery, outcome, now, random)
    why = str(outcome)
    if isinstance(outcome, Unreachable):
        conclusion = _again(delivery, now, random, outcome.retry_after, None, why)
        return Verdict(conclusion, Health.DOWN, _asked(outcome.retry_after))
    if isinstance(outcome, Refused | Malformed):
        # It was never sent: policy forbids it, or the inbox is no address. That will not change by itself.
        return Verdict(Conclusion(delivery, DeliveryState.REFUSED, now, None, why), Health.ANSWERS)
    return Verdict(Conclusion(delivery, DeliveryState.GIVEN_UP, now, None, why), Health.ANSWERS)


def _judge_answer(delivery: Delivery, answer: Answer, now: datetime, random: Callable[[], float]) -> Verdict:
    status = answer.status
    if answer.is_success:
        return Verdict(Conclusion(delivery, DeliveryState.SENT, now, status), Health.WELL)
    why = _describe(answer)
    unsigned = status == 401 and delivery.attempts + 1 < MOST_UNSIGNED_TRIES  # noqa: PLR2004 - 401 Unauthorized
    # 501 Not Implemented is no fault that passes.
    faulty = status in _REDIRECTS or (status in _FAULTS and status != 501)  # noqa: PLR2004
    if not (unsigned or faulty or status in _LATER):
        return Verdict(Conclusion(delivery, DeliveryState.REFUSED, now, status, why), Health.ANSWERS)
    seconds = retry_after(answer.headers.get("retry-after"), now.timestamp()) if status in _LATER else None
    conclusion = _again(delivery, now, random, seconds, status, why)
    if unsigned:
        return Verdict(conclusion, Health.ANSWERS)
    return Verdict(conclusion, Health.DOWN if status in _DOWN else Health.FAULTY, _asked(seconds))


def _again(
    delivery: Delivery,
    now: datetime,
    random: Callable[[], float],
    seconds: float | None,
    status: int | None,
    why: str,
) -> Conclusion:
    due = next_attempt(delivery.attempts + 1, now, retry_after=seconds, random=random)
    if due is None:
        return Conclusion(delivery, DeliveryState.GIVEN_UP, now, status, why)
    return Conclusion(delivery, DeliveryState.WAITING, due, status, why)


def _asked(seconds: float | None) -> timedelta:
    return min(timedelta(seconds=seconds or 0), LONGEST_WAIT)


def _describe(answer: Answer) -> str:
    """Say what a host answered, with the start of its own words: they are often the only explanation."""
    said = _NOT_PRINTED.sub(" ", answer.body[: 4 * _KEPT_OF_ANSWER].decode(errors="replace")).strip()
    status = f"The answer was status {answer.status}"
    return f"{status}: {said[:_KEPT_OF_ANSWER]}" if said else f"{status}."
