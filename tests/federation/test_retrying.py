from datetime import UTC, datetime, timedelta

import pytest

from federation.answers import Answer
from federation.errors import FederationError, Malformed, Refused, Unreachable
from federation.retrying import (
    MOST_TRIES,
    MOST_UNSIGNED_TRIES,
    Health,
    Verdict,
    is_dead,
    judge,
    next_attempt,
    rest_after_failure,
)
from storage.deliveries import Delivery
from storage.kinds import DeliveryState, Policy
from storage.peers import Peer

NOW = datetime(2026, 8, 23, 10, 0, 0, tzinfo=UTC)
INBOX = "https://remote.example/inbox"
WAITING, SENT, REFUSED, GIVEN_UP = (
    DeliveryState.WAITING,
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.GIVEN_UP,
)


def wait(attempts: int, retry_after: float | None = None, chance: float = 0.0) -> timedelta:
    due = next_attempt(attempts, NOW, retry_after=retry_after, random=lambda: chance)
    assert due is not None
    return due - NOW


def judged(outcome: Answer | FederationError, *, attempts: int = 0) -> Verdict:
    delivery = Delivery(1, 2, 3, "remote.example", INBOX, "key", WAITING, NOW, NOW, attempts)
    return judge(delivery, outcome, NOW, lambda: 0.0)


def answered(status: int, body: bytes = b"", **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body, INBOX)


def peer(**record: object) -> Peer:
    return Peer("remote.example", Policy.KNOWN, NOW, **record)  # type: ignore[arg-type]


def test_the_waits_grow_from_seconds_to_many_hours() -> None:
    waits = [wait(attempts) for attempts in range(1, MOST_TRIES)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (16, 31, 96, 271)]
    assert waits == sorted(waits)
    assert timedelta(hours=13) < waits[-1] < timedelta(hours=15)


def test_sixteen_tries_take_about_three_days() -> None:
    on_average = sum((wait(attempts, chance=0.5) for attempts in range(1, MOST_TRIES)), timedelta())
    assert timedelta(days=2.9) < on_average < timedelta(days=3.3)
    assert next_attempt(MOST_TRIES, NOW, retry_after=None, random=lambda: 0.0) is None


def test_what_failed_together_is_not_tried_together() -> None:
    assert wait(5, chance=0.999) > 1.9 * wait(5)


def test_nobody_is_tried_before_the_time_they_asked_for_which_is_a_day_at_most() -> None:
    assert wait(1, retry_after=3600) == timedelta(hours=1)
    assert wait(10, retry_after=60) == wait(10)
    assert wait(1, retry_after=10**9) == timedelta(days=1)


def test_a_restart_is_no_reason_to_rest_but_an_outage_is_and_ever_longer() -> None:
    assert rest_after_failure(peer(), NOW) is None
    assert rest_after_failure(peer(failures=1), NOW) is None
    rests = [rest_after_failure(peer(failures=failures), NOW) for failures in range(2, 12)]
    minutes = [(rest - NOW) / timedelta(minutes=1) for rest in rests if rest]
    assert minutes == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert rest_after_failure(peer(failures=10_000), NOW) == NOW + timedelta(hours=1)


def test_a_host_that_failed_on_seven_days_is_probed_once_a_day() -> None:
    yesterday, today = "2026-08-22", "2026-08-23"
    assert rest_after_failure(peer(failures=9, failed_days=6, failed_day=yesterday), NOW) == NOW + timedelta(
        days=1
    )
    assert rest_after_failure(peer(failures=2, failed_days=6, failed_day=today), NOW) == NOW + timedelta(
        minutes=1
    )
    assert is_dead(peer(failed_days=7))
    assert not is_dead(peer(failed_days=6, failed_day=yesterday))


@pytest.mark.parametrize(
    ("status", "state", "health"),
    [
        (200, SENT, Health.WELL),
        (202, SENT, Health.WELL),
        (204, SENT, Health.WELL),
        (301, WAITING, Health.FAULTY),
        (302, WAITING, Health.FAULTY),
        (307, WAITING, Health.FAULTY),
        (400, REFUSED, Health.ANSWERS),
        (401, WAITING, Health.ANSWERS),
        (403, REFUSED, Health.ANSWERS),
        (404, REFUSED, Health.ANSWERS),
        (408, WAITING, Health.DOWN),
        (410, REFUSED, Health.ANSWERS),
        (413, REFUSED, Health.ANSWERS),
        (422, REFUSED, Health.ANSWERS),
        (429, WAITING, Health.DOWN),
        (500, WAITING, Health.FAULTY),
        (501, REFUSED, Health.ANSWERS),
        (502, WAITING, Health.DOWN),
        (503, WAITING, Health.DOWN),
        (504, WAITING, Health.DOWN),
        (520, WAITING, Health.FAULTY),
    ],
)
def test_an_answer_says_what_becomes_of_the_delivery_and_the_host(
    status: int, state: DeliveryState, health: Health
) -> None:
    verdict = judged(answered(status))
    assert (verdict.conclusion.state, verdict.health) == (state, health)
    assert verdict.conclusion.status == status
    assert verdict.conclusion.due_at == (NOW + wait(1) if state is WAITING else NOW)
    assert verdict.inbox_is_gone is (status == 410)


@pytest.mark.parametrize(
    ("error", "state", "health"),
    [
        (Unreachable("It cannot be reached."), WAITING, Health.DOWN),
        (Refused("It is blocked."), REFUSED, Health.ANSWERS),
        (Malformed("It is no address."), REFUSED, Health.ANSWERS),
        (FederationError("There is no key."), GIVEN_UP, Health.ANSWERS),
    ],
)
def test_the_lack_of_an_answer_says_so_too(
    error: FederationError, state: DeliveryState, health: Health
) -> None:
    verdict = judged(error)
    assert (verdict.conclusion.state, verdict.health, verdict.conclusion.error) == (state, health, str(error))


@pytest.mark.parametrize("status", [408, 429, 503])
def test_the_host_rests_as_long_as_it_asks(status: int) -> None:
    for value in ("600", "Sun, 23 Aug 2026 10:10:00 GMT"):
        verdict = judged(answered(status, retry_after=value))
        assert verdict.conclusion.due_at == NOW + timedelta(minutes=10)
        assert verdict.rest == timedelta(minutes=10)
    assert judged(answered(status, retry_after="soon")).rest == timedelta()
    assert judged(answered(500, retry_after="600")).rest == timedelta()


def test_a_signature_that_is_not_believed_is_tried_only_a_few_times() -> None:
    last = MOST_UNSIGNED_TRIES - 1
    assert judged(answered(401), attempts=last - 1).conclusion.state == WAITING
    assert judged(answered(401), attempts=last).conclusion.state == REFUSED


def test_after_the_last_try_a_delivery_is_given_up() -> None:
    for outcome in (answered(500), Unreachable("It cannot be reached.")):
        assert judged(outcome, attempts=MOST_TRIES - 2).conclusion.state == WAITING
        assert judged(outcome, attempts=MOST_TRIES - 1).conclusion.state == GIVEN_UP


def test_the_other_nodes_own_words_are_kept_short_and_on_one_line() -> None:
    error = judged(answered(400, b"\x1b[2J{\n  bad: \xff" + b"x" * 9999)).conclusion.error
    assert error is not None
    assert error.startswith("The answer was status 400: [2J{ bad: \N{REPLACEMENT CHARACTER}xxx")
    assert len(error) < 250
    assert error.isprintable()
    assert judged(answered(400)).conclusion.error == "The answer was status 400."
