"""Token buckets: how much, how soon again, and that their memory is bounded."""

from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from node.http import rates
from node.http.rates import Quota, Rates, address_of
from node.settings import LimitSettings


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def buckets(**limits: int) -> tuple[Rates, Seconds]:
    seconds = Seconds()
    return Rates(LimitSettings(**limits), seconds), seconds


def refusal(these: Rates, quota: Quota, who: str) -> HTTPException:
    with pytest.raises(HTTPException) as caught:
        these.take(quota, who)
    return caught.value


def test_a_bucket_empties_and_fills_again_at_its_rate() -> None:
    these, seconds = buckets(requests_per_minute=60)
    assert [these.take(Quota.REQUESTS, "one").left for _ in range(60)] == list(range(59, -1, -1))
    error = refusal(these, Quota.REQUESTS, "one")
    assert error.status_code == 429
    assert error.headers is not None
    assert error.headers["Retry-After"] == "1"
    seconds.now = 1.0
    assert these.take(Quota.REQUESTS, "one").left == 0
    assert refusal(these, Quota.REQUESTS, "one").status_code == 429
    seconds.now = 1000.0
    assert these.take(Quota.REQUESTS, "one").left == 59


def test_askers_and_quotas_do_not_share_buckets() -> None:
    these, _ = buckets(requests_per_minute=1, search_per_minute=1)
    these.take(Quota.REQUESTS, "one")
    these.take(Quota.REQUESTS, "two")
    these.take(Quota.SEARCH, "one")
    assert refusal(these, Quota.REQUESTS, "one").status_code == 429


def test_an_hourly_quota_says_how_long_to_wait() -> None:
    these, _ = buckets(sign_ins_per_hour=2)
    these.take(Quota.SIGN_INS, "one")
    these.take(Quota.SIGN_INS, "one")
    error = refusal(these, Quota.SIGN_INS, "one")
    assert error.headers is not None
    assert error.headers["Retry-After"] == "1800"
    assert "1800 seconds" in error.detail


def test_looking_takes_nothing_and_remembers_nobody() -> None:
    these, _ = buckets(requests_per_minute=1)
    for _ in range(5):
        these.take(Quota.REQUESTS, "one", amount=0)
    assert len(these) == 0
    these.take(Quota.REQUESTS, "one")
    with pytest.raises(HTTPException):
        these.take(Quota.REQUESTS, "one", amount=0)


def test_memory_is_bounded_and_whoever_asked_last_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "REMEMBERED", 100)
    these, _ = buckets(requests_per_minute=1)
    these.take(Quota.REQUESTS, "first")
    for number in range(1000):
        these.take(Quota.REQUESTS, f"address {number}")
    assert len(these) == 100
    assert refusal(these, Quota.REQUESTS, "address 999").status_code == 429
    these.take(Quota.REQUESTS, "first")


@pytest.mark.parametrize("quota", Quota)
def test_every_quota_is_a_setting(quota: Quota) -> None:
    assert quota.limit(LimitSettings()) > 0


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("198.51.100.7", 1), "198.51.100.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:0db8:0001:0002"),
        (("2001:db8:1:2::1", 1), "2001:0db8:0001:0002"),
        (("::ffff:198.51.100.7", 1), "198.51.100.7"),
        (("fe80::1%eth0", 1), "fe80:0000:0000:0000"),
        (None, ""),
        (("testclient", 1), "testclient"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(client: Any, address: str) -> None:
    assert address_of(HTTPConnection({"type": "http", "client": client, "headers": []})) == address
