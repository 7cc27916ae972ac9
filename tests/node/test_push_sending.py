"""Waking members' programs: what is sent, to whom, and what becomes of it, over real sockets on loopback."""

import asyncio
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from actors.notifying import About, notify
from node.push import sending
from node.push.keys import vapid_public_key
from node.push.sending import push_due
from node.workers import Bell, run_workers, upkeep, work_once
from storage.actors import Actor
from storage.kinds import Visibility
from storage.publications import Publication
from tests.node.client_calls import Calls, calls_of
from tests.node.pushing import PUSH, Pushed, Reader, claims_of, parameters, pushing
from tests.node.served import ServedNode

ALL = dict.fromkeys(("mention", "favourite", "follow", "reblog", "poll", "status", "update"), True)
SOON = 10.0


@dataclass(frozen=True, slots=True)
class Woken:
    """A member's program that is woken."""

    actor: Actor
    calls: Calls
    reader: Reader

    def read(self, message: Pushed) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.reader.read(message.headers, message.body))
        return said


async def woken(
    one: ServedNode,
    endpoint: str,
    name: str = "amina",
    *,
    standard: bool = True,
    policy: str = "all",
    alerts: dict[str, bool] | None = None,
    actor: Actor | None = None,
) -> Woken:
    """Add a member, and a program of theirs that is woken."""
    actor = actor or await one.member(name)
    calls, reader = await calls_of(one, actor, ("read", "write", "push")), Reader.new()
    subscription = reader.subscription(endpoint, standard=standard)
    data = {"alerts": ALL if alerts is None else alerts, "policy": policy}
    await calls.post(PUSH, json={"subscription": subscription, "data": data})
    return Woken(actor, calls, reader)


async def tell(
    one: ServedNode,
    owner: Actor,
    about: About,
    doer: Actor,
    publication: Publication | None = None,
) -> None:
    async with one.node.database.begin() as tx:
        await notify(tx, owner, about, doer, publication)


async def waiting(one: ServedNode, **later: float) -> int:
    """Return how many messages would be due by then."""
    one.clock.forward(**later)
    async with one.node.database.begin() as tx:
        found = await tx.push_subscriptions.due(tx.now, 100)
    one.clock.forward(**{name: -value for name, value in later.items()})
    return len(found)


@pytest.mark.parametrize("standard", [True, False])
async def test_a_notification_is_decrypted_by_the_program_it_is_for(tmp_path: Path, standard: bool) -> None:
    async with pushing(tmp_path, {"node": {"contact_email": "office@node.example"}}) as (one, service):
        amina = await woken(one, service.endpoint(), standard=standard)
        chen = await one.stranger("chen")
        note = await one.publish(chen, content="<p>Hello <b>you</b> &amp; all</p>", mentioned=[amina.actor])
        await tell(one, amina.actor, About.MENTION, chen, note)
        assert await push_due(one.node) == 1
        [message] = service.arrived
        assert message.path == "/push/one"
        assert message.headers["content-encoding"] == ("aes128gcm" if standard else "aesgcm")
        assert message.headers["content-type"] == "application/octet-stream"
        assert message.headers["ttl"] == "172800"
        assert message.headers["urgency"] == "normal"
        said = amina.read(message)
        [notification] = await amina.calls.get("/api/v1/notifications")
        assert said == {
            "access_token": amina.calls.token,
            "preferred_locale": "en",
            "notification_id": int(notification["id"]),
            "notification_type": "mention",
            "icon": notification["account"]["avatar"],
            "title": "chen mentioned you",
            "body": "Hello you & all",
        }
        public = await vapid_public_key(one.node)
        scheme, _, token = message.headers["authorization"].partition(" ")
        if standard:
            assert (scheme, parameters(token)["k"]) == ("vapid", public)
            claims = claims_of(parameters(token)["t"], public)
        else:
            assert (scheme, parameters(message.headers["crypto-key"])["p256ecdsa"]) == ("WebPush", public)
            claims = claims_of(token, public)
        assert (claims["aud"], claims["sub"]) == (service.origin, "mailto:office@node.example")
        assert await push_due(one.node) == 0
        assert await waiting(one, days=1) == 0


async def test_it_speaks_the_members_language_and_is_short(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        async with one.node.database.begin() as tx:
            member = await tx.members.of(amina.actor)
            assert member is not None
            await tx.members.change(replace(member, language="fr"))
        chen = await one.stranger("chen")
        note = await one.publish(amina.actor, content=f"<p>{'long ' * 100}</p>")
        await tell(one, amina.actor, About.FAVOURITE, chen, note)
        await push_due(one.node)
        said = amina.read(service.arrived[0])
        assert said["preferred_locale"] == "fr"
        assert said["title"] == "chen aime votre message"
        assert len(said["body"]) <= 140
        assert said["body"].endswith("…")


@pytest.mark.parametrize("visibility", [Visibility.DIRECT, Visibility.PRIVATE])
async def test_what_is_private_is_not_shown_on_a_locked_screen(tmp_path: Path, visibility: str) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        other = await one.member("baraka")
        await one.accept(amina.actor, other)
        note = await one.publish(
            other, visibility, content="<p>The client is called X</p>", mentioned=[amina.actor]
        )
        await tell(one, amina.actor, About.MENTION, other, note)
        await push_due(one.node)
        assert amina.read(service.arrived[0])["body"] == "Private message"


async def test_a_content_warning_stands_before_the_text(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        chen = await one.stranger("chen")
        note = await one.publish(chen, summary="Violence", content="<p>Details</p>", mentioned=[amina.actor])
        await tell(one, amina.actor, About.MENTION, chen, note)
        await push_due(one.node)
        assert amina.read(service.arrived[0])["body"] == "Violence"


async def test_it_reaches_every_program_that_wants_this_and_no_other(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        first = await woken(one, service.endpoint("first"), alerts={"follow": True})
        await woken(one, service.endpoint("second"), alerts={"mention": True}, actor=first.actor)
        await woken(one, service.endpoint("third"), alerts={"follow": True}, actor=first.actor)
        await woken(one, service.endpoint("baraka"), "baraka")
        await tell(one, first.actor, About.FOLLOW, await one.stranger("chen"))
        await push_due(one.node)
        assert {each.path for each in service.arrived} == {"/push/first", "/push/third"}
        said = first.read(next(each for each in service.arrived if each.path == "/push/first"))
        assert said["notification_type"] == "follow"


async def test_a_policy_says_whose_doings_wake(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        actor = await one.member()
        for policy in ("all", "followed", "follower", "none"):
            await woken(one, service.endpoint(policy), policy=policy, actor=actor)
        followed, follower, nobody = [await one.stranger(name) for name in ("followed", "follower", "nobody")]
        await one.accept(actor, followed)
        await one.accept(follower, actor)
        reached = {}
        for doer in (followed, follower, nobody):
            service.arrived.clear()
            await tell(one, actor, About.FOLLOW, doer)
            await push_due(one.node)
            reached[doer.username] = sorted(each.path.removeprefix("/push/") for each in service.arrived)
        assert reached == {
            "followed": ["all", "followed"],
            "follower": ["all", "follower"],
            "nobody": ["all"],
        }


@pytest.mark.parametrize(
    "status", [b"400 Bad Request", b"401 Unauthorized", b"403 No", b"404 Not Found", b"410 Gone"]
)
async def test_a_service_that_refuses_ends_the_subscription(tmp_path: Path, status: bytes) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        service.answers = [status + b"\r\n"]
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        await push_due(one.node)
        await amina.calls.get(PUSH, status=404)
        assert await waiting(one, days=1) == 0


@pytest.mark.parametrize(
    "status", [b"408 Request Timeout", b"429 Too Many", b"500 Fault", b"503 Later", b"302 Found"]
)
async def test_what_a_service_cannot_take_now_is_sent_again(tmp_path: Path, status: bytes) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        service.answers = [status + b"\r\n", b"201 Created\r\n"]
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        assert await push_due(one.node) == 1
        assert await push_due(one.node) == 0
        one.clock.forward(minutes=1)
        assert await push_due(one.node) == 1
        assert len(service.arrived) == 2
        assert amina.read(service.arrived[1]) == amina.read(service.arrived[0])
        assert await waiting(one, days=1) == 0
        await amina.calls.get(PUSH)


async def test_a_service_that_asks_for_patience_gets_it(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        service.answers = [b"429 Too Many\r\nRetry-After: 600\r\n"]
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        await push_due(one.node)
        assert await waiting(one, minutes=9) == 0
        assert await waiting(one, minutes=11) == 1


async def test_it_is_given_up_after_some_attempts(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        service.answers = [b"503 Later\r\n"]
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        for _ in range(10):
            await push_due(one.node)
            one.clock.forward(hours=2)
        assert len(service.arrived) == sending.MOST_ATTEMPTS
        assert await waiting(one, days=1) == 0
        await amina.calls.get(PUSH)


async def test_a_service_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, "http://127.0.0.1:9/nobody")
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        await push_due(one.node)
        assert await waiting(one, minutes=2) == 1
        await amina.calls.get(PUSH)
        assert not service.arrived


async def test_a_name_that_leads_to_a_private_address_is_not_contacted(tmp_path: Path) -> None:
    async with pushing(tmp_path, {"federation": {"allow_networks": []}}) as (one, service):
        amina = await woken(one, f"http://push.example:{service.port}/push/one")

        async def lead_home(_host: str) -> list[str]:
            return ["127.0.0.1"]

        one.node.federation.transport._resolve = lead_home
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        await push_due(one.node)
        assert not service.arrived
        await amina.calls.get(PUSH, status=404)


async def test_whom_the_node_talks_to_makes_no_difference(tmp_path: Path) -> None:
    async with pushing(tmp_path, {"federation": {"mode": "allow-list"}}) as (one, service):
        amina = await woken(one, service.endpoint())
        await tell(one, amina.actor, About.FOLLOW, await one.member("baraka"))
        await push_due(one.node)
        assert len(service.arrived) == 1


async def test_who_is_muted_or_blocked_meanwhile_wakes_nobody(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        service.answers = [b"503 Later\r\n"]
        muted, blocked, liked = [await one.stranger(name) for name in ("muted", "blocked", "liked")]
        for doer in (muted, blocked, liked):
            await tell(one, amina.actor, About.FOLLOW, doer)
        await push_due(one.node)
        service.arrived.clear()
        await amina.calls.post(f"/api/v1/accounts/{muted.id}/mute")
        await amina.calls.post(f"/api/v1/accounts/{blocked.id}/block")
        one.clock.forward(minutes=1)
        await push_due(one.node)
        assert [amina.read(each)["title"] for each in service.arrived] == ["liked follows you now"]


async def test_a_member_who_is_out_is_not_woken(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        other = await woken(one, service.endpoint("baraka"), "baraka")
        for each in (amina, other):
            await tell(
                one, each.actor, About.FOLLOW, await one.stranger(f"follower-of-{each.actor.username}")
            )
        async with one.node.database.begin() as tx:
            member = await tx.members.of(amina.actor)
            assert member is not None
            await tx.members.change(replace(member, disabled_at=tx.now))
        await push_due(one.node)
        assert [each.path for each in service.arrived] == ["/push/baraka"]
        one.clock.forward(days=3)
        await upkeep(one.node)
        async with one.node.database.read() as tx:
            assert not await tx.push_subscriptions.is_any_due(tx.now)


async def test_a_notification_that_is_taken_back_wakes_nobody(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        await amina.calls.post("/api/v1/notifications/clear")
        assert await push_due(one.node) == 0
        assert not service.arrived


async def test_what_a_crash_interrupts_is_sent_again(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        async with one.node.database.begin() as tx:
            [(message, _)] = await tx.push_subscriptions.due(tx.now, 10)
            await tx.push_subscriptions.postpone(message, tx.now.replace(minute=tx.now.minute + 1))
        assert await push_due(one.node) == 0
        one.clock.forward(minutes=1)
        assert await push_due(one.node) == 1
        assert len(service.arrived) == 1


async def test_a_slow_service_holds_up_no_other(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        stuck = await asyncio.start_server(_never_answer, "127.0.0.1", 0)
        port = stuck.sockets[0].getsockname()[1]
        slow = await woken(one, f"http://127.0.0.1:{port}/push", "slow")
        quick = await woken(one, service.endpoint(), "quick")
        for number in range(2 * sending.AT_ONCE):
            await tell(one, slow.actor, About.FOLLOW, await one.stranger(f"s{number}"))
        await tell(one, quick.actor, About.FOLLOW, await one.stranger("quickly"))
        stop, bell = asyncio.Event(), asyncio.Event()
        sender = sending.Sender(one.node, bell)
        running = asyncio.create_task(sender.run(stop))
        await service.is_reached()
        assert len(sender._under_way) <= sending.PER_SERVICE + 1
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        stuck.close()


async def _never_answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        writer.close()


async def test_the_workers_send_what_the_bell_tells_them_of(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        stop, bell = asyncio.Event(), Bell()
        working = asyncio.create_task(run_workers(one.node, stop, bell))
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        bell.ring()
        await service.is_reached()
        stop.set()
        await asyncio.wait_for(working, SOON)


async def test_a_pass_over_everything_sends_as_well(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        assert await work_once(one.node) >= 1
        assert len(service.arrived) == 1


async def test_a_post_of_one_member_wakes_another_in_the_end(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        baraka = await calls_of(one, await one.member("baraka"))
        posted = await baraka.post("/api/v1/statuses", json={"status": "Good morning, @amina"})
        await push_due(one.node)
        said = amina.read(service.arrived[0])
        assert said["body"].startswith("Good morning")
        found = await amina.calls.get(f"/api/v1/notifications/{said['notification_id']}")
        assert found["status"]["id"] == posted["id"]


async def test_keys_that_were_spoilt_end_the_subscription(tmp_path: Path) -> None:
    async with pushing(tmp_path) as (one, service):
        amina = await woken(one, service.endpoint())
        async with one.node.database.begin() as tx:
            await tx._connection.raw("UPDATE push_subscriptions SET p256dh = 'spoilt'")
        await tell(one, amina.actor, About.FOLLOW, await one.stranger())
        await push_due(one.node)
        await amina.calls.get(PUSH, status=404)
