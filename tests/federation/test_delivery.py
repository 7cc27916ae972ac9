import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from federation.delivery import LANES, LEASE, PER_LANE, Deliverer, deliver_due
from federation.outbox import fan_out
from federation.retrying import DAYS_BEFORE_DEATH, MOST_TRIES
from storage.activities import Activity
from storage.actors import Actor
from storage.database import is_writing, system_clock
from storage.deliveries import Delivery
from storage.kinds import DeliveryState, Policy, Visibility
from storage.peers import Peer
from storage.publications import Publication
from tests.federation.outgoing import (
    Node,
    act,
    add_follower,
    add_publication,
    add_remote,
    keys,
    node,
    withdraw,
)
from tests.strangers import Script, Stranger, reply
from tests.strict_verifier import judge

WAITING, SENT, REFUSED, GIVEN_UP, CANCELLED = (
    DeliveryState.WAITING,
    DeliveryState.SENT,
    DeliveryState.REFUSED,
    DeliveryState.GIVEN_UP,
    DeliveryState.CANCELLED,
)
DOWN = httpx.ConnectError("nobody is there")


async def follow_from(home: Node, *hosts: str, **more: object) -> list[Actor]:
    async with home.database.begin() as tx:
        return [await add_follower(tx, home.office, host, **more) for host in hosts]


async def publish(home: Node, count: int = 1) -> list[Publication]:
    """Publish notes and queue their deliveries."""
    async with home.database.begin() as tx:
        posts = [await add_publication(tx, home.office) for _ in range(count)]
        for post in posts:
            await act(tx, home.office, "Create", post)
    await fan_out(home.federation)
    return posts


async def say(home: Node, verb: str, post: Publication) -> Activity:
    """Do one more thing, a moment later, and queue its deliveries."""
    home.clock.forward(seconds=1)
    async with home.database.begin() as tx:
        made = await (
            withdraw(tx, home.office, post) if verb == "Delete" else act(tx, home.office, verb, post)
        )
    await fan_out(home.federation)
    return made


async def states(home: Node) -> list[str]:
    return [row.state for row in await home.deliveries()]


async def peer(home: Node, host: str) -> Peer:
    async with home.database.read() as tx:
        found = await tx.peers.by_host(host)
    assert found is not None
    return found


def told(home: Node, host: str) -> list[str]:
    """Return what a host was told, in order."""
    return [json.loads(heard.body)["type"] for heard in home.servers.heard_by(host)]


async def test_a_strict_server_believes_every_delivery_and_all_get_the_same_bytes(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example", "b.example")
        await publish(home)
        home.clock.forward(hours=2)
        assert await deliver_due(home.federation) == 2
        for heard in home.servers.heard:
            judge("POST", heard.url, heard.headers, heard.body, keys().public, home.clock.now)
            assert heard.headers["content-type"] == "application/activity+json"
        assert {heard.url for heard in home.servers.heard} == {
            "https://a.example/inbox",
            "https://b.example/inbox",
        }
        assert len({heard.body for heard in home.servers.heard}) == 1
        for row in await home.deliveries():
            assert (row.state, row.status, row.attempts, row.error) == (SENT, 202, 1, None)
            assert row.concluded_at == home.clock.now
        assert (await peer(home, "a.example")).last_success_at == home.clock.now
        assert await deliver_due(home.federation) == 0


async def test_followers_only_news_say_who_may_read_them_and_nothing_hidden(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        async with home.database.begin() as tx:
            friend = await add_remote(tx, "friend.example")
            for visibility in Visibility:
                secret = {"bto": [friend.uri], "bcc": [friend.uri]}
                post = await add_publication(
                    tx, home.office, visibility=visibility, mentioned=[friend], details=secret
                )
                await act(tx, home.office, "Create", post)
        await fan_out(home.federation)
        await deliver_due(home.federation)
        assert home.servers.heard
        for heard in home.servers.heard:
            assert b'"bto"' not in heard.body
            assert b'"bcc"' not in heard.body


async def test_news_of_one_object_arrive_in_order_even_when_the_first_fails(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example", "b.example")
        home.servers.answer("a.example", 500, 202)
        (post,) = await publish(home)
        await deliver_due(home.federation)
        await say(home, "Update", post)
        await deliver_due(home.federation)
        await say(home, "Delete", post)
        await deliver_due(home.federation)
        assert told(home, "a.example") == ["Create"]
        assert told(home, "b.example") == ["Create", "Update", "Delete"]
        home.clock.forward(minutes=1)
        await deliver_due(home.federation)
        # The update never left, so it need not arrive before the deletion.
        assert told(home, "a.example") == ["Create", "Create", "Delete"]


async def test_news_of_one_object_never_overtake_each_other(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        answering = asyncio.Event()
        home.servers.answer("a.example", answering, 202)
        (post,) = await publish(home)
        async with running(home) as deliverer:
            await home.servers.have_heard(1)
            await say(home, "Update", post)
            await say(home, "Delete", post)
            deliverer.prompt()
            await some_turns(home, deliverer)
            assert told(home, "a.example") == ["Create"]
            answering.set()
            await until_delivered(home, deliverer)
        assert told(home, "a.example") == ["Create", "Delete"]


async def test_other_objects_do_not_wait_for_one_that_fails(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", 202, 500, 202)
        await publish(home, 3)
        assert await deliver_due(home.federation) == 3
        assert sorted(await states(home)) == [SENT, SENT, WAITING]
        # A host that takes most of it is no failing host.
        assert (await peer(home, "a.example")).failures == 0


async def test_a_host_gets_four_requests_at_once_and_all_of_what_waits_for_it(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        await publish(home, 5 * PER_LANE + 1)
        assert await deliver_due(home.federation) == 5 * PER_LANE + 1
        assert set(await states(home)) == {SENT}
        assert home.servers.busiest == {"a.example": 4}


async def test_more_hosts_than_lanes_are_all_served(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, *(f"h{number}.example" for number in range(LANES + 20)))
        await publish(home)
        assert await deliver_due(home.federation) == LANES + 20
        assert set(await states(home)) == {SENT}


async def test_two_passes_at_once_send_nothing_twice(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, *(f"h{number}.example" for number in range(20)))
        await publish(home, 10)
        tried = await asyncio.gather(*(deliver_due(home.federation) for _ in range(3)))
        assert sum(tried) == len(home.servers.heard) == 200
        assert len({(heard.url, heard.body) for heard in home.servers.heard}) == 200
        assert max(home.servers.busiest.values()) <= 3 * 4
        assert set(await states(home)) == {SENT}


@pytest.mark.parametrize("status", [400, 403, 404, 410, 501])
async def test_a_final_no_is_not_asked_again_and_is_no_fault_of_the_host(tmp_path: Path, status: int) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", status)
        await publish(home)
        await deliver_due(home.federation)
        (row,) = await home.deliveries()
        assert (row.state, row.status, row.error) == (
            REFUSED,
            status,
            f"The answer was status {status}: because",
        )
        home.clock.forward(days=3)
        assert await deliver_due(home.federation) == 0
        assert (await peer(home, "a.example")).failures == 0


async def test_an_inbox_that_is_gone_is_reported_once_that_is_written_down(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example", "b.example", shared=False, username="gone")
        gone = "https://a.example/users/gone/inbox"
        home.servers.answer(gone, 410)
        await publish(home)
        reported: list[tuple[str, list[str]]] = []

        async def look_again(inbox: str) -> None:
            assert not is_writing()
            reported.append((inbox, await states(home)))

        await Deliverer(home.federation, on_gone=look_again).deliver_due()
        # The other host is served at the same time, and may be done by then or not.
        assert [(inbox, REFUSED in written) for inbox, written in reported] == [(gone, True)]
        assert sorted(await states(home)) == [REFUSED, SENT]


async def test_a_failing_report_of_a_gone_inbox_is_only_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", 410)
        await publish(home)

        async def fail(inbox: str) -> None:
            raise LookupError(inbox)

        await Deliverer(home.federation, on_gone=fail).deliver_due()
        assert "LookupError: https://a.example/inbox" in caplog.text


async def test_a_host_that_asks_for_time_gets_it(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", (429, {"retry-after": "600"}), 202)
        (post,) = await publish(home)
        await deliver_due(home.federation)
        await publish(home)
        home.clock.forward(seconds=590)
        assert await deliver_due(home.federation) == 0
        assert (await peer(home, "a.example")).resting_until is not None
        home.clock.forward(seconds=10)
        assert await deliver_due(home.federation) == 2
        assert set(await states(home)) == {SENT}
        assert {heard.host for heard in home.servers.heard} == {"a.example"}
        assert len(home.servers.heard) == 3
        assert post.uri.encode() in home.servers.heard[1].body


async def test_what_fails_is_tried_again_later_and_given_up_after_days(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", 500)
        await publish(home)
        start = home.clock.now
        tries = []
        while (await states(home)) == [WAITING]:
            tries.append(home.clock.now - start)
            assert await Deliverer(home.federation, random=lambda: 0.5).deliver_due() == 1
            (row,) = await home.deliveries()
            home.clock.now = max(row.due_at, (await peer(home, "a.example")).resting_until or row.due_at)
        assert len(tries) == MOST_TRIES
        assert tries[1] < timedelta(minutes=1)
        assert timedelta(days=2) < tries[-1] < timedelta(days=5)
        assert await states(home) == [GIVEN_UP]
        assert (await peer(home, "a.example")).next_delivery_at is None


async def fail_for_days(home: Node, days: int) -> None:
    """Let a host fail once on each of so many days."""
    for _ in range(days):
        await deliver_due(home.federation)
        home.clock.forward(days=1)


async def test_a_dead_host_gets_one_probe_a_day_however_much_waits_for_it(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", DOWN)
        await publish(home, 10)
        await fail_for_days(home, DAYS_BEFORE_DEATH)
        before = len(home.servers.heard)
        for _ in range(5 * 24):
            await deliver_due(home.federation)
            home.clock.forward(hours=1)
        assert len(home.servers.heard) - before == 5
        assert (await peer(home, "a.example")).failed_days >= DAYS_BEFORE_DEATH


async def test_a_short_outage_is_probed_with_single_requests(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", DOWN)
        await publish(home, 50)
        for _ in range(10 * 60 // 5):
            await deliver_due(home.federation)
            home.clock.forward(seconds=5)
        # In ten minutes: twice within seconds, then after 1, 2, 4 minutes.
        assert len(home.servers.heard) <= 7
        assert home.servers.busiest == {"a.example": 1}


async def test_a_host_that_is_back_gets_everything_at_once_and_is_forgiven(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", DOWN)
        await publish(home, 20)
        await fail_for_days(home, DAYS_BEFORE_DEATH)
        home.servers.answer("a.example", 202)
        home.servers.heard.clear()
        await deliver_due(home.federation)
        await deliver_due(home.federation)
        assert set(await states(home)) == {SENT}
        assert len(home.servers.heard) == 20
        after = await peer(home, "a.example")
        assert (after.failures, after.failed_days, after.resting_until, after.last_error) == (
            0,
            0,
            None,
            None,
        )


async def test_after_an_outage_nothing_sits_out_its_own_back_off(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", DOWN)
        await publish(home)
        for _ in range(7):
            await deliver_due(home.federation)
            (row,) = await home.deliveries()
            home.clock.now = max(row.due_at, (await peer(home, "a.example")).resting_until or row.due_at)
        await deliver_due(home.federation)
        home.servers.answer("a.example", 202)
        (row,) = await home.deliveries()
        rest = (await peer(home, "a.example")).resting_until
        assert rest is not None
        assert rest < row.due_at
        await publish(home)
        home.clock.now = rest
        assert await deliver_due(home.federation) == 2
        assert set(await states(home)) == {SENT}


async def test_a_resting_host_is_tried_as_soon_as_it_gives_a_sign_of_life(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", DOWN)
        await publish(home)
        await fail_for_days(home, DAYS_BEFORE_DEATH)
        await deliver_due(home.federation)
        home.clock.forward(hours=12)
        home.servers.answer("a.example", 202)
        assert await deliver_due(home.federation) == 0
        async with home.database.begin() as tx:
            await tx.peers.wake("a.example", tx.now)
        assert await deliver_due(home.federation) == 1
        assert await states(home) == [SENT]


async def test_what_was_taken_when_the_node_died_is_sent_after_its_lease(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example", "b.example")
        home.servers.answer("a.example", asyncio.Event())
        home.servers.answer("b.example", asyncio.Event())
        await publish(home)
        dying = asyncio.create_task(deliver_due(home.federation))
        await home.servers.have_heard(2)
        dying.cancel()
        with suppress(asyncio.CancelledError):
            await dying
        now, url = home.clock.now, home.database.url
    async with node(tmp_path, url=url) as home:
        home.clock.now = now + LEASE - timedelta(seconds=1)
        assert await deliver_due(home.federation) == 0
        home.clock.forward(seconds=1)
        assert await deliver_due(home.federation) == 2
        assert set(await states(home)) == {SENT}


async def test_back_off_and_rest_survive_a_restart(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", (503, {"retry-after": "3600"}))
        await publish(home)
        await deliver_due(home.federation)
        now, url = home.clock.now, home.database.url
    async with node(tmp_path, url=url) as home:
        home.clock.now = now + timedelta(minutes=59)
        assert await deliver_due(home.federation) == 0
        home.clock.forward(minutes=1)
        assert await deliver_due(home.federation) == 1


async def test_a_host_that_was_blocked_in_the_meantime_gets_nothing(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example", "b.example")
        await publish(home)
        async with home.database.begin() as tx:
            await tx.peers.set_policy("a.example", Policy.BLOCKED, tx.now)
        await home.federation.policy.refresh()
        await deliver_due(home.federation)
        assert {heard.host for heard in home.servers.heard} == {"b.example"}
        assert {row.host: row.state for row in await home.deliveries()} == {
            "a.example": REFUSED,
            "b.example": SENT,
        }


async def test_with_an_allow_list_only_trusted_hosts_are_contacted(tmp_path: Path) -> None:
    async with node(tmp_path, allow_list=True) as home:
        async with home.database.begin() as tx:
            await tx.peers.set_policy("a.example", Policy.TRUSTED, tx.now)
        await follow_from(home, "a.example", "b.example")
        await publish(home)
        assert await deliver_due(home.federation) == 1
        assert {heard.host for heard in home.servers.heard} == {"a.example"}


async def test_an_actor_without_a_key_cannot_send_and_says_so(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        async with home.database.begin() as tx:
            await tx.signing_keys.retire(home.office, tx.now)
        await publish(home)
        await deliver_due(home.federation)
        (row,) = await home.deliveries()
        assert row.state == GIVEN_UP
        assert "no private RSA key" in (row.error or "")
        assert home.servers.heard == []


async def test_an_unforeseen_error_is_logged_and_the_delivery_tried_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        home.servers.answer("a.example", ZeroDivisionError("a mistake of ours"), 202)
        await publish(home)
        await deliver_due(home.federation)
        assert "a mistake of ours" in caplog.text
        assert await states(home) == [WAITING]
        home.clock.forward(minutes=1)
        await deliver_due(home.federation)
        assert await states(home) == [SENT]


@asynccontextmanager
async def running(home: Node) -> AsyncIterator[Deliverer]:
    """Run the worker that keeps delivering."""
    stop = asyncio.Event()
    deliverer = Deliverer(home.federation)
    worker = asyncio.create_task(deliverer.run(stop))
    try:
        yield deliverer
    finally:
        stop.set()
        await worker


async def some_turns(home: Node, deliverer: Deliverer) -> None:
    """Let the worker look around a few times; a bystander's delivery shows that it did."""
    for number in range(3):
        heard = len(home.servers.heard)
        async with home.database.begin() as tx:
            bystander = await add_remote(tx, f"by{number}.stander.example")
            await act(tx, home.office, "Follow", bystander, target=bystander)
        await fan_out(home.federation)
        deliverer.prompt()
        await home.servers.have_heard(heard + 1)


async def until_delivered(
    home: Node, deliverer: Deliverer, wanted: Callable[[Delivery], bool] = bool
) -> None:
    """Wait until no delivery that is wanted waits any more."""
    async with asyncio.timeout(10):
        while any(row.state == WAITING for row in await home.deliveries() if wanted(row)):
            deliverer.prompt()
            await asyncio.sleep(0.01)


async def test_hosts_that_stall_delay_nobody_else(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        live = [f"live{number}.example" for number in range(20)]
        stalled = [f"slow{number}.example" for number in range(10)]
        await follow_from(home, *live, *stalled)
        answering = asyncio.Event()
        for host in stalled:
            home.servers.answer(host, answering)
        await publish(home)
        async with running(home) as deliverer:
            for _ in range(3):
                await until_delivered(home, deliverer, lambda row: row.host in live)
                home.clock.forward(seconds=1)
                await publish(home)
                deliverer.prompt()
            await until_delivered(home, deliverer, lambda row: row.host in live)
            assert all(home.servers.busy[host] == 1 for host in stalled)
            answering.set()
            await until_delivered(home, deliverer)
        assert len(home.servers.heard) == 4 * 30


async def test_dead_hosts_do_not_take_the_place_of_those_that_answer(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        dead = [f"dead{number}.example" for number in range(150)]
        await follow_from(home, *dead)
        for host in dead:
            home.servers.answer(host, DOWN)
        await publish(home)
        never = asyncio.Event()
        async with running(home) as deliverer:
            await home.servers.have_heard(len(dead))
            await home.servers.until(lambda: not any(home.servers.busy.values()))
            for host in dead:
                home.servers.answer(host, never)
            home.clock.forward(minutes=1)
            deliverer.prompt()
            await home.servers.have_heard(len(dead) + 20)
            await follow_from(home, "live.example")
            await publish(home)
            deliverer.prompt()
            await until_delivered(home, deliverer, lambda row: row.host == "live.example")
            never.set()


async def test_stopping_lets_what_is_under_way_finish_and_starts_nothing(tmp_path: Path) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        answering = asyncio.Event()
        home.servers.answer("a.example", answering)
        await publish(home, 3)
        stop = asyncio.Event()
        worker = asyncio.create_task(Deliverer(home.federation).run(stop))
        await home.servers.have_heard(1)
        stop.set()
        asyncio.get_running_loop().call_later(0.2, answering.set)
        await worker
        assert sorted(await states(home)) == [SENT, WAITING, WAITING]
        assert len(home.servers.heard) == 1


async def test_the_worker_goes_on_when_the_database_fails_for_a_moment_and_forgets_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with node(tmp_path) as home:
        await follow_from(home, "a.example")
        answering = asyncio.Event()
        home.servers.answer("a.example", answering)
        await publish(home)
        async with running(home) as deliverer:
            await home.servers.have_heard(1)
            async with home.database.begin() as tx:
                await tx._connection.raw("ALTER TABLE deliveries RENAME TO away")
            answering.set()
            async with asyncio.timeout(10):
                while "could not be read or written" not in caplog.text:
                    deliverer.prompt()
                    await asyncio.sleep(0.01)
            async with home.database.begin() as tx:
                await tx._connection.raw("ALTER TABLE away RENAME TO deliveries")
            await until_delivered(home, deliverer)
            home.clock.forward(minutes=5)
            await some_turns(home, deliverer)
        assert told(home, "a.example") == ["Create"]


def after(event: asyncio.Event) -> Script:
    """Answer once something happened."""

    async def script(writer: asyncio.StreamWriter) -> None:
        await event.wait()
        writer.write(reply(202))

    return script


@asynccontextmanager
async def strangers(count: int) -> AsyncIterator[list[Stranger]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Stranger()) for _ in range(count)]


async def follow_from_strangers(home: Node, remote: Iterable[Stranger]) -> None:
    await follow_from(home, *(stranger.domain for stranger in remote), scheme="http")


async def test_over_real_sockets_hosts_are_served_side_by_side(tmp_path: Path) -> None:
    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(reply(202))

    async with node(tmp_path, sockets=True, clock=system_clock) as home, strangers(50) as remote:
        await follow_from_strangers(home, remote)
        for stranger in remote:
            stranger.on("/inbox", late)
        stalled = asyncio.Event()
        for stranger in remote[:5]:
            stranger.on("/inbox", after(stalled))
        await publish(home)
        async with running(home) as deliverer:
            start = time.perf_counter()
            answering = {stranger.domain for stranger in remote[5:]}
            await until_delivered(home, deliverer, lambda row: row.host in answering)
            took = time.perf_counter() - start
            # One after the other would be nine seconds.
            assert took < 3
            stalled.set()
        print(f"45 of 50 hosts at 200 ms, five silent: {took:.2f} s")
        for stranger in remote[5:]:
            (heard,) = stranger.heard
            judge("POST", stranger.url("/inbox"), heard.headers, heard.body, keys().public, system_clock())
            assert heard.headers["user-agent"] == "tests"


async def test_over_real_sockets_a_closed_port_is_a_failure_to_be_repeated(tmp_path: Path) -> None:
    async with node(tmp_path, sockets=True) as home:
        async with strangers(1) as (stranger,):
            await follow_from_strangers(home, [stranger])
        await publish(home)
        await deliver_due(home.federation)
        (row,) = await home.deliveries()
        assert (row.state, row.status, row.attempts) == (WAITING, None, 1)
        assert "cannot be reached" in (row.error or "")
        assert (await peer(home, row.host)).last_error == row.error
