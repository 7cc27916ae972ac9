import asyncio
import threading
import time

import pytest
from argon2 import PasswordHasher

from actors.errors import Invalid
from actors.passwords import (
    LONGEST,
    Passwords,
    check_password,
    hash_password,
    is_outdated,
    verify_password,
)

GOOD = "four plain words here"


def test_a_password_is_verified_against_its_hash_and_no_other() -> None:
    kept = hash_password(GOOD)
    assert verify_password(kept, GOOD)
    assert not verify_password(kept, GOOD + " ")
    assert not verify_password(kept, "")


def test_the_hash_is_argon2id_with_19_mib_two_passes_and_one_lane() -> None:
    assert hash_password(GOOD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password(GOOD) != hash_password(GOOD)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "has 11 characters"),
        ("", "has 0 characters"),
        ("a b c d e " * 21, f"more than {LONGEST}"),
        ("a b c d e " * 100_000, f"more than {LONGEST}"),
        ("aaaaaaaaaaaabbbb", "different characters"),
        ("tabs\tare no good here", "cannot be typed"),
        ("nul\x00nul\x00nul\x00nul", "cannot be typed"),
        ("lone surrogate \ud800 here", "cannot be typed"),
    ],
)
def test_a_bad_password_is_refused_with_what_is_wrong(password: str, reason: str) -> None:
    with pytest.raises(Invalid, match=reason) as caught:
        hash_password(password)
    assert "password" in caught.value.fields
    assert password == "" or password not in str(caught.value)


def test_twelve_characters_of_any_script_are_enough() -> None:
    check_password("مساعدة قانونية")
    check_password("法律援助法律援助公平正义")
    check_password("x" * (LONGEST - 5) + "abcde")


def test_what_two_keyboards_write_differently_is_one_password() -> None:
    composed, decomposed = "café crème brûlée", "cafe\u0301 cre\u0300me bru\u0302le\u0301e"
    assert composed != decomposed
    assert verify_password(hash_password(composed), decomposed)
    assert verify_password(hash_password("four plain words"), "four\u00a0plain\u3000words")


def test_a_huge_password_is_answered_without_being_hashed() -> None:
    kept = hash_password(GOOD)
    started = time.process_time()
    for _ in range(20):
        assert not verify_password(kept, "a" * 1_000_000)
    # Hashing, or even only reading, twenty such passwords takes much longer.
    assert time.process_time() - started < 0.1


def test_nobody_is_let_in_without_a_hash_or_with_a_damaged_one() -> None:
    assert not verify_password(None, GOOD)
    assert not verify_password("", GOOD)
    assert not verify_password("$argon2id$nonsense", GOOD)
    assert not verify_password(hash_password(GOOD), "\ud800" * 12)


def test_a_missing_account_takes_as_long_as_a_wrong_password() -> None:
    kept = hash_password(GOOD)

    def fastest(hashed: str | None) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            verify_password(hashed, "some wrong password")
            times.append(time.perf_counter() - started)
        return min(times)

    assert fastest(None) > fastest(kept) / 3


def test_a_hash_with_older_parameters_is_outdated() -> None:
    assert not is_outdated(hash_password(GOOD))
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD))
    assert is_outdated("not a hash")


async def test_an_outdated_hash_is_renewed_and_a_fresh_one_is_left() -> None:
    passwords = Passwords()
    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
    assert await passwords.verify(old, GOOD)
    renewed = await passwords.renewed(old, GOOD)
    assert renewed is not None
    assert await passwords.verify(renewed, GOOD)
    assert await passwords.renewed(renewed, GOOD) is None


async def test_a_crowd_is_hashed_two_at_a_time_and_off_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once, most = 0, 0
    lock = threading.Lock()
    together = threading.Event()

    def hashing(_password: str) -> str:
        nonlocal at_once, most
        assert threading.current_thread() is not threading.main_thread()
        with lock:
            at_once += 1
            most = max(most, at_once)
            if at_once == 2:
                together.set()
        together.wait(timeout=10)
        with lock:
            at_once -= 1
        return "hash"

    monkeypatch.setattr("actors.passwords.hash_password", hashing)
    passwords = Passwords()
    assert await asyncio.gather(*(passwords.hash(GOOD) for _ in range(8))) == ["hash"] * 8
    assert most == 2


async def test_a_bad_password_waits_for_nobody() -> None:
    passwords = Passwords(at_once=1)
    async with passwords._places:
        with pytest.raises(Invalid):
            await asyncio.wait_for(passwords.hash("short"), 5)
