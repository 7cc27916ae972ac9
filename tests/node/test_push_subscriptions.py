"""Subscriptions of Web Push: one for each token, in every style in which programs send them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from node.push.keys import vapid_public_key
from node.workers import upkeep
from tests.node.client_calls import Calls, calls_of
from tests.node.pushing import LOOPBACK, PUSH, Reader
from tests.node.served import ServedNode, served

ENDPOINT = "https://push.example/send/1"


async def program(one: ServedNode, name: str = "amina", scopes: tuple[str, ...] = ("read", "push")) -> Calls:
    return await calls_of(one, await one.member(name), scopes)


async def subscribed(amina: Calls, **more: Any) -> dict[str, Any]:
    body = {"subscription": Reader.new().subscription(ENDPOINT), **more}
    made: dict[str, Any] = await amina.post(PUSH, json=body)
    return made


async def test_a_subscription_is_made_shown_changed_and_removed(tmp_path: Path) -> None:
    async with served(tmp_path) as one:  # /api/v1/push/subscription
        amina = await program(one)
        assert (await amina.get(PUSH, status=404))["error"] == "Record not found"
        assert (await amina.put(PUSH, json={}, status=404))["error"] == "Record not found"
        made = await subscribed(amina, data={"alerts": {"mention": True, "poll": "0"}, "policy": "followed"})
        assert made["endpoint"] == ENDPOINT
        assert made["standard"] is False
        assert made["policy"] == "followed"
        assert made["alerts"]["mention"] is True
        assert {name for name, wanted in made["alerts"].items() if wanted} == {"mention"}
        assert made["server_key"] == await vapid_public_key(one.node)
        assert await amina.get(PUSH) == made
        changed = await amina.patch(PUSH, json={"data": {"alerts": {"follow": True, "mention": False}}})
        assert {name for name, wanted in changed["alerts"].items() if wanted} == {"follow"}
        assert changed["policy"] == "followed"
        assert changed["id"] == made["id"]
        assert await amina.delete(PUSH) == {}
        assert await amina.delete(PUSH) == {}
        await amina.get(PUSH, status=404)


async def test_another_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        amina = await program(one)
        first = await subscribed(amina, data={"alerts": {"mention": True}})
        second = await subscribed(amina)
        assert second["id"] != first["id"]
        assert await amina.get(PUSH) == second
        assert not any(second["alerts"].values())


@pytest.mark.parametrize("style", ["json", "form", "query", "multipart"])
@pytest.mark.parametrize("policy", ["data[policy]", "policy"])
async def test_every_style_of_parameters_is_read(tmp_path: Path, style: str, policy: str) -> None:
    async with served(tmp_path) as one:
        amina, reader = await program(one), Reader.new()
        given = reader.subscription(ENDPOINT)
        flat = {
            "subscription[endpoint]": ENDPOINT,
            "subscription[keys][p256dh]": given["keys"]["p256dh"],
            "subscription[keys][auth]": given["keys"]["auth"],
            "subscription[standard]": "true",
            "data[alerts][mention]": "true",
            "data[alerts][admin.sign_up]": "1",
            policy: "follower",
        }
        if style == "json":
            data: dict[str, Any] = {"alerts": {"mention": True, "admin.sign_up": True}}
            body: dict[str, Any] = {"subscription": {**given, "standard": True}, "data": data}
            (body if policy == "policy" else data)["policy"] = "follower"
            made = await amina.post(PUSH, json=body)
        elif style == "form":
            made = await amina.post(PUSH, data=flat)
        elif style == "query":
            made = await amina.post(PUSH, params=flat)
        else:
            made = await amina.post(PUSH, files={name: (None, value) for name, value in flat.items()})
        assert made["standard"] is True
        assert made["policy"] == "follower"
        assert {name for name, wanted in made["alerts"].items() if wanted} == {"mention", "admin.sign_up"}


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "push.example",
        "http://push.example/1",
        "ftp://push.example/1",
        "https://user@push.example/1",
        "https://127.0.0.1/1",
        "https://[::1]/1",
        "https://10.1.2.3/1",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/1",
        "https://router.local/1",
        "https://push.example:22/1",
        "https://node.example/inbox",
        "https://push.example/" + "x" * 2048,
    ],
)
async def test_an_endpoint_must_be_a_public_push_service(tmp_path: Path, endpoint: str) -> None:
    async with served(tmp_path) as one:
        amina = await program(one)
        body = {"subscription": Reader.new().subscription(endpoint)}
        refused = await amina.post(PUSH, json=body, status=422)
        assert refused["details"].keys() == {"endpoint"}
        await amina.get(PUSH, status=404)


@pytest.mark.parametrize(
    ("changes", "faulty"),
    [
        ({"keys": {"p256dh": "AAAA", "auth": Reader.new().subscription("")["keys"]["auth"]}}, {"p256dh"}),
        ({"keys": {"p256dh": Reader.new().p256dh, "auth": "c2hvcnQ"}}, {"auth"}),
        ({"keys": {"p256dh": "é", "auth": "é"}}, {"p256dh", "auth"}),
        ({"keys": {}}, {"p256dh", "auth"}),
        ({"keys": "text"}, {"p256dh", "auth"}),
    ],
)
async def test_keys_must_be_keys(tmp_path: Path, changes: dict[str, Any], faulty: set[str]) -> None:
    async with served(tmp_path) as one:
        amina = await program(one)
        body = {"subscription": {**Reader.new().subscription(ENDPOINT), **changes}}
        assert (await amina.post(PUSH, json=body, status=422))["details"].keys() == faulty


async def test_an_unknown_policy_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        amina = await program(one)
        body = {"subscription": Reader.new().subscription(ENDPOINT), "data": {"policy": "everybody"}}
        assert "policy" in (await amina.post(PUSH, json=body, status=422))["error"]
        await subscribed(amina)
        await amina.put(PUSH, json={"policy": "everybody"}, status=422)


async def test_http_is_allowed_where_the_operator_allows_it(tmp_path: Path) -> None:
    async with served(tmp_path, LOOPBACK) as one:
        amina = await program(one)
        body = {"subscription": Reader.new().subscription("http://127.0.0.1:9/1")}
        assert (await amina.post(PUSH, json=body))["endpoint"] == "http://127.0.0.1:9/1"


async def test_only_a_members_token_for_push_may(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        reading = await program(one, scopes=("read", "write"))
        await reading.get(PUSH, status=403)
        await reading.post(PUSH, json={}, status=403)
        await reading.delete(PUSH, status=403)
        guest = Calls(one)
        await guest.get(PUSH, status=401)


async def test_each_token_has_its_own_and_sees_no_other(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        actor = await one.member()
        first, second = [await calls_of(one, actor, ("push",)) for _ in range(2)]
        stranger = await program(one, "baraka")
        await subscribed(first)
        for other in (second, stranger):
            await other.get(PUSH, status=404)
            await other.delete(PUSH)
        await first.get(PUSH)


async def test_the_servers_key_is_made_once_and_never_changes(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        made = await asyncio.gather(*(vapid_public_key(one.node) for _ in range(5)))
        assert len(set(made)) == 1
        one.node.shelf._kept.clear()
        assert await vapid_public_key(one.node) == made[0]
        instance = (await one.client.get("/api/v2/instance")).json()
        assert instance["configuration"]["vapid"]["public_key"] == made[0]


async def test_a_token_that_is_taken_back_takes_its_subscription_with_it(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        actor = await one.member()
        gone, stays = [await calls_of(one, actor, ("push",)) for _ in range(2)]
        for each in (gone, stays):
            await subscribed(each)
        async with one.node.database.begin() as tx:
            [first, _] = sorted(await tx.push_subscriptions.of(actor.id), key=lambda each: each.id)
            await tx.tokens.revoke(first.token_id, tx.now)
            assert len(await tx.push_subscriptions.of(actor.id)) == 1
        await upkeep(one.node)
        async with one.node.database.read() as tx:
            assert await tx.push_subscriptions.of_token(first.token_id) is None
        await stays.get(PUSH)
