"""The memory of keys: bounded, short, and no help to whoever floods it (K3, K4, SSRF-26)."""

from datetime import datetime, timedelta

import pytest

from federation.keyring import (
    MOST_FAILURES,
    MOST_SILENCES,
    MOST_STRANGERS,
    MOST_SUBDOMAINS,
    Failure,
    Keyring,
    Remembered,
)
from storage.actors import Actor
from storage.signing_keys import SigningKey
from tests.fediverse import START
from tests.key_pool import rsa_pair

MINUTE = timedelta(minutes=1)


def later(**much: float) -> datetime:
    return START + timedelta(**much)


def known(ring: Keyring, name: str) -> None:
    uri = f"https://remote.example/users/{name}"
    actor = Actor(1, uri, "Person", name, "remote.example", False, START, f"{uri}/inbox")
    ring.put(SigningKey(f"{uri}#main-key", 1, "rsa", rsa_pair().public, None, START), actor, START)


def test_what_is_remembered_is_forgotten_in_time() -> None:
    memory: Remembered[int] = Remembered(MINUTE)
    memory.put("a", 1, START)
    assert memory.get("a", later(seconds=59)) == 1
    assert memory.get("a", later(seconds=60)) is None
    assert memory.get("b", START) is None


def test_the_memory_never_grows_beyond_its_size() -> None:
    memory: Remembered[int] = Remembered(MINUTE, size=3)
    for number in range(10):
        memory.put(str(number), number, START)
        memory.get("0", START)  # What is used stays.
    assert len(memory) == 3
    assert memory.get("0", START) == 0
    assert memory.get("9", START) == 9
    assert memory.get("5", START) is None


def test_a_key_is_kept_ready_for_five_minutes() -> None:
    ring = Keyring()
    known(ring, "alice")
    uri = "https://remote.example/users/alice#main-key"
    found = ring.get(uri, later(minutes=4))
    assert found is not None
    assert found.key.algorithm == "rsa"
    assert ring.get(uri, later(minutes=5)) is None


def test_only_the_keys_of_the_one_who_changed_are_forgotten() -> None:
    ring = Keyring()
    known(ring, "alice")
    known(ring, "bob")
    ring.forget("https://remote.example/users/alice")
    assert ring.get("https://remote.example/users/alice#main-key", START) is None
    assert ring.get("https://remote.example/users/bob#main-key", START) is not None


@pytest.mark.parametrize(("kind", "minutes"), [(Failure.REFUSED, 5), (Failure.GONE, 5), (Failure.SILENT, 1)])
def test_a_failure_is_remembered_for_minutes(kind: Failure, minutes: int) -> None:
    ring = Keyring()
    ring.failed("https://a.example/k", "a.example", kind, "why", START)
    assert ring.failure("https://a.example/k", "a.example", later(minutes=minutes, seconds=-1)) == (
        kind,
        "why",
    )
    assert ring.failure("https://a.example/k", "a.example", later(minutes=minutes)) is None
    assert ring.failure("https://a.example/other", "a.example", START) is None


@pytest.mark.parametrize(("kind", "most"), [(Failure.SILENT, MOST_SILENCES), (Failure.GONE, MOST_FAILURES)])
def test_a_host_that_fails_often_is_left_alone_for_a_while(kind: Failure, most: int) -> None:
    ring = Keyring()
    for number in range(most):
        assert ring.failure("https://a.example/k", "a.example", START) is None
        ring.failed(f"https://a.example/{number}", "a.example", kind, "why", START)
    failure = ring.failure("https://a.example/k", "a.example", START)
    assert failure is not None
    assert failure[0] is Failure.SILENT
    assert ring.failure("https://b.example/k", "b.example", START) is None
    assert ring.failure("https://a.example/k", "a.example", later(minutes=5)) is None


def test_strangers_are_met_a_few_at_a_time() -> None:
    ring = Keyring()
    names = [f"x{number}.evil.example" for number in range(MOST_SUBDOMAINS + 1)]
    assert [ring.may_meet(name, START) for name in names] == [True] * MOST_SUBDOMAINS + [False]
    assert ring.may_meet(names[0], START)  # Who was let in stays in.
    assert ring.may_meet(names[-1], later(minutes=10))


def test_not_even_different_domains_are_met_without_end() -> None:
    ring = Keyring()
    met = [ring.may_meet(f"evil{number}.example", START) for number in range(MOST_STRANGERS + 1)]
    assert met == [True] * MOST_STRANGERS + [False]
    assert not ring.may_meet("good.example", later(minutes=9))
    assert ring.may_meet("good.example", later(minutes=10))


def test_a_key_is_asked_for_anew_once_in_five_minutes() -> None:
    ring = Keyring()
    assert ring.may_refresh("k", START)
    assert not ring.may_refresh("k", later(minutes=4))
    ring.could_not_refresh("k")
    assert ring.may_refresh("k", later(minutes=4))
    assert ring.may_refresh("k", later(minutes=9))
