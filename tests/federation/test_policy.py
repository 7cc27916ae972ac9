"""Which hosts a node talks to: block lists, allow lists, subdomains, ports, and how soon it notices."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from federation.errors import Malformed
from federation.policy import FRESH_FOR, PeerPolicy
from storage.database import Database
from storage.kinds import Policy
from tests.databases import fresh_database
from tests.fediverse import START


class Clock:
    def __init__(self) -> None:
        self.now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database(tmp_path: Path, clock: Clock) -> AsyncIterator[Database]:
    opened = Database(fresh_database(tmp_path), clock)
    yield opened
    await opened.close()


async def decide(database: Database, host: str, policy: Policy) -> None:
    async with database.begin() as tx:
        await tx.peers.set_policy(host, policy, tx.now)


def policy_of(database: Database, *, allow_list: bool = False, allow_http: bool = False) -> PeerPolicy:
    return PeerPolicy(database, allow_list=allow_list, allow_http=allow_http, ours=["node.example"])


async def test_everybody_is_talked_to_but_those_who_are_blocked(database: Database) -> None:
    policy = policy_of(database)
    await decide(database, "evil.example", Policy.BLOCKED)
    await decide(database, "known.example", Policy.KNOWN)
    await decide(database, "limited.example", Policy.LIMITED)
    assert not await policy.allows("evil.example")
    for host in ("known.example", "limited.example", "unheard.example"):
        assert await policy.allows(host)


async def test_a_decision_means_subdomains_and_ports_too(database: Database) -> None:  # ORG-12
    policy = policy_of(database)
    await decide(database, "evil.example", Policy.BLOCKED)
    for host in ("a.evil.example", "b.a.evil.example", "evil.example:8443", "a.evil.example:8443"):
        assert not await policy.allows(host), host
    for host in ("notevil.example", "evil.example.org", "example", "il.example"):
        assert await policy.allows(host), host


async def test_a_decision_about_a_port_means_that_port(database: Database) -> None:
    policy = policy_of(database, allow_http=True)
    await decide(database, "127.0.0.2:8001", Policy.BLOCKED)
    assert not await policy.allows("127.0.0.2:8001")
    assert await policy.allows("127.0.0.2:8002")
    assert await policy.allows("127.0.0.2")


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/users/x",
        "https://EVIL.example/users/x",
        "https://evil.example:443/users/x",
        "https://sub.evil.example/users/x",
        "HTTPS://evil.example/users/x",
    ],
)
async def test_a_blocked_host_is_blocked_however_it_is_written(
    uri: str, database: Database
) -> None:  # ORG-12
    policy = policy_of(database)
    await decide(database, "evil.example", Policy.BLOCKED)
    assert not await policy.allows_uri(uri)


@pytest.mark.parametrize(
    "uri", ["", "acct:a@good.example", "http://good.example/", "https://a@good.example/"]
)
async def test_what_is_no_address_is_nobodys(uri: str, database: Database) -> None:
    policy = policy_of(database)
    assert not await policy.allows_uri(uri)
    with pytest.raises(Malformed):
        policy.host_of(uri)


async def test_with_an_allow_list_only_the_trusted_are_talked_to(database: Database) -> None:  # J2
    policy = policy_of(database, allow_list=True)
    assert not policy.last_known("good.example")  # Before anything is known, nobody is.
    await decide(database, "good.example", Policy.TRUSTED)
    await decide(database, "known.example", Policy.KNOWN)
    await decide(database, "bad.good.example", Policy.BLOCKED)
    for host, expected in {
        "good.example": True,
        "sub.good.example": True,
        "bad.good.example": False,
        "known.example": False,
        "unheard.example": False,
    }.items():
        assert await policy.allows(host) is expected, host
        assert policy.last_known(host) is expected, host


async def test_nobody_talks_to_itself(database: Database) -> None:
    policy = policy_of(database)
    assert not await policy.allows("node.example")
    assert await policy.allows("sub.node.example")


async def test_memory_answers_whom_operators_trust_and_limit(database: Database) -> None:
    policy = policy_of(database)
    await decide(database, "good.example", Policy.TRUSTED)
    await decide(database, "odd.example", Policy.LIMITED)
    assert not policy.trusts("good.example")
    await policy.keep_fresh()
    assert policy.trusts("sub.good.example")
    assert policy.limits("odd.example:8443")
    assert not policy.trusts("odd.example")
    assert not policy.limits("good.example")


async def test_a_decision_of_another_process_is_noticed_within_seconds(
    database: Database, clock: Clock
) -> None:
    policy = policy_of(database)
    assert await policy.allows("evil.example")
    await decide(database, "evil.example", Policy.BLOCKED)
    assert await policy.allows("evil.example")
    clock.now += FRESH_FOR
    assert not await policy.allows("evil.example")
    # A clock that is set back is no reason to believe old news.
    await decide(database, "evil.example", Policy.KNOWN)
    clock.now -= timedelta(days=1)
    assert await policy.allows("evil.example")


async def test_many_who_ask_at_once_cost_one_look(database: Database, clock: Clock) -> None:

    policy = policy_of(database)
    looks = 0
    read = database.read

    def counted() -> object:
        nonlocal looks
        looks += 1
        return read()

    object.__setattr__(database, "read", counted)
    for _ in range(2):
        assert all(await asyncio.gather(*(policy.allows("good.example") for _ in range(50))))
        clock.now += FRESH_FOR
    assert looks == 2
