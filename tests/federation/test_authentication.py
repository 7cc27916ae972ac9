"""Knowing who sent a request: keys are fetched once, asked for anew sparingly, and readers are known too."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest

from federation.authentication import reader_of
from federation.errors import Refused, Untrusted
from federation.keyring import MOST_SUBDOMAINS
from federation.signatures import read_request
from storage.kinds import Policy
from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, body_of, forged, hears, meet, strangers
from tests.fediverse import Fediverse, Persona

# Fetching and remembering


async def test_a_key_is_fetched_once(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    for number in range(3):
        assert await hears(scene, number) == 202
    assert scene.remote.fetched == ["/users/alice"]
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.handle == "alice@remote.example"


async def test_a_kept_key_is_not_fetched_after_a_restart(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    assert await hears(scene, 1) == 202
    scene.node.node.federation.keyring.forget(ALICE)
    assert await hears(scene, 2) == 202
    assert scene.remote.fetched == ["/users/alice"]


async def test_many_who_come_at_once_share_one_fetch(fediverse: Fediverse) -> None:  # SSRF-24
    scene = await strangers(fediverse)
    statuses = await asyncio.gather(*(hears(scene, number) for number in range(20)))
    assert set(statuses) == {202}
    assert scene.remote.fetched == ["/users/alice"]


async def test_the_fetch_is_signed_by_the_servers_actor(fediverse: Fediverse) -> None:  # Z1, KEY-20
    scene = await strangers(fediverse)
    await hears(scene)
    (asked,) = scene.remote.asked
    assert f'keyId="{scene.node.server.uri}#main-key"' in asked.headers["signature"]
    served = await scene.node.ask(
        "GET",
        "/actors/node",
        [("host", "node.example"), ("accept", "application/activity+json")],
    )
    assert served.document["publicKey"]["id"] == f"{scene.node.server.uri}#main-key"


async def test_two_strict_nodes_can_meet(fediverse: Fediverse) -> None:  # KEY-20
    strict = {"federation": {"authorized_fetch": True}}
    kenya, nepal = (
        await fediverse.node("kenya.example", **strict),
        await fediverse.node("nepal.example", **strict),
    )
    await kenya.follow(kenya.office, "office@nepal.example")
    await fediverse.settle()
    assert await kenya.follow_state(kenya.office.uri, nepal.office.uri) == "accepted"


# Rotation


async def test_a_rotated_key_is_asked_for_anew(fediverse: Fediverse) -> None:  # K3
    scene = await strangers(fediverse)
    assert await hears(scene, 1) == 202
    scene.alice.key = 1
    scene.alice.publish()
    for number in (2, 3):
        reply = await scene.node.hear(scene.alice, make.create(make.note(ALICE, number), number))
        assert reply.status == 202
    assert scene.remote.fetched == ["/users/alice"] * 2


async def test_those_who_come_while_a_key_is_asked_for_anew_share_the_answer(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    assert await hears(scene) == 202
    scene.alice.key = 1
    scene.alice.publish()
    replies = await asyncio.gather(
        *(scene.node.hear(scene.alice, make.create(make.note(ALICE, number), number)) for number in range(5))
    )
    assert {reply.status for reply in replies} == {202}
    assert scene.remote.fetched == ["/users/alice"] * 2


async def test_a_rotated_key_that_cannot_be_had_just_now_is_asked_for_a_minute_later(
    fediverse: Fediverse,
) -> None:
    scene = await strangers(fediverse)
    assert await hears(scene) == 202
    scene.alice.key = 1
    scene.alice.publish()
    fediverse.down.add("remote.example")
    assert (await scene.node.hear(scene.alice, GOOD)).status == 503
    fediverse.down.clear()
    fediverse.wait(seconds=61)
    assert (await scene.node.hear(scene.alice, GOOD)).status == 202


async def test_a_key_that_flips_is_asked_for_once_in_five_minutes(fediverse: Fediverse) -> None:  # KEY-16
    scene = await strangers(fediverse)
    assert await hears(scene, 1) == 202
    scene.alice.key = 1  # She signs with what her document does not say.
    for number in range(5):
        assert (await scene.node.hear(scene.alice, {**GOOD, "id": f"{ALICE}/{number}"})).status == 401
    assert len(scene.remote.fetched) == 2
    fediverse.wait(minutes=6)
    assert (await scene.node.hear(scene.alice, GOOD)).status == 401
    # The copy had grown old, so the key was asked for; a second look is another request at most.
    assert 3 <= len(scene.remote.fetched) <= 4


# Failure


@pytest.mark.parametrize(
    "failure",
    [httpx.Response(500), httpx.Response(503), httpx.ConnectTimeout("slow"), httpx.ReadError("cut")],
)
async def test_a_key_that_cannot_be_had_for_the_moment_is_a_503(
    failure: httpx.Response | Exception, fediverse: Fediverse
) -> None:  # KEY-17, S7
    scene = await strangers(fediverse)
    scene.remote.lay(ALICE, failure)
    reply = await scene.refuses(503, forged(), fetches=1)
    assert int(reply.headers["retry-after"]) == 60
    # It is not asked again for a minute, then it is.
    await scene.refuses(503, forged())
    scene.alice.publish()
    fediverse.wait(seconds=61)
    assert await hears(scene) == 202


async def test_a_host_says_how_long_to_wait(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    scene.remote.lay(ALICE, httpx.Response(429, headers={"retry-after": "600"}))
    reply = await scene.refuses(503, forged(), fetches=1)
    assert reply.headers["retry-after"] == "600"


async def test_a_host_that_does_not_answer_is_not_asked_for_its_other_keys(
    fediverse: Fediverse,
) -> None:  # K4
    scene = await strangers(fediverse)
    fediverse.down.add("remote.example")
    for number in range(10):
        actor = f"https://remote.example/users/u{number}"
        body = body_of(make.create(make.note(actor)))
        assert (await scene.node.deliver(forged(body=body, key_id=f"{actor}#main-key"))).status == 503
    assert len(fediverse.hops) == 3
    fediverse.down.clear()
    fediverse.wait(seconds=61)
    assert await hears(scene) == 202


@pytest.mark.parametrize("status", [404, 410])
async def test_a_key_that_is_gone_is_remembered(status: int, fediverse: Fediverse) -> None:  # K5
    scene = await strangers(fediverse)
    scene.alice.vanish(status)
    await scene.refuses(401, forged(), fetches=1)
    await scene.refuses(401, forged())
    scene.alice.publish()
    fediverse.wait(minutes=6)
    assert await hears(scene) == 202


async def test_a_flood_of_forged_keys_of_one_host_is_not_passed_on(fediverse: Fediverse) -> None:  # K4
    scene = await strangers(fediverse)
    statuses = []
    for number in range(60):
        key = f"https://remote.example/users/nobody{number}"
        body = body_of(make.create(make.note(key)))
        statuses.append((await scene.node.deliver(forged(body=body, key_id=f"{key}#main-key"))).status)
    assert statuses == [401] * 50 + [503] * 10
    assert len(scene.remote.fetched) == 50


async def test_new_hosts_of_one_domain_are_met_a_few_at_a_time(
    fediverse: Fediverse,
) -> None:  # SSRF-25, SIG-45
    scene = await strangers(fediverse)
    statuses = []
    for number in range(MOST_SUBDOMAINS + 5):
        persona = fediverse.remote(f"x{number}.evil.example").person("evil")
        statuses.append((await scene.node.hear(persona, make.create(make.note(persona.uri)))).status)
    assert statuses == [202] * MOST_SUBDOMAINS + [503] * 5
    # Whoever is known already is not kept waiting, and the others only for a while.
    assert await hears(scene) == 202
    known = Persona(fediverse.remote("x0.evil.example"), "https://x0.evil.example/users/other", key=1)
    known.publish()
    assert (await scene.node.hear(known, make.create(make.note(known.uri)))).status == 202
    fediverse.wait(minutes=11)
    assert (await scene.node.hear(persona, make.create(make.note(persona.uri)))).status == 202


# Readers


async def test_a_reader_is_known_by_its_signature(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    url = f"{scene.node.base}/actors/office"
    federation = scene.node.node.federation

    def reading(headers: dict[str, str]) -> Any:
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        return read_request("GET", b"/actors/office", b"", pairs, b"")

    assert await reader_of(federation, reading({"host": "node.example"})) is None
    signed = reading(scene.alice.sign(url, None, "GET"))
    reader = await reader_of(federation, signed)
    assert reader is not None
    assert reader.uri == ALICE
    with pytest.raises(Untrusted):
        await reader_of(federation, reading({**scene.alice.sign(url + "/x", None, "GET")}))
    await scene.node.set_policy("remote.example", Policy.BLOCKED)
    with pytest.raises(Refused):
        await reader_of(federation, signed)


async def test_a_blocked_readers_key_is_not_asked_for(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    await scene.node.set_policy("remote.example", Policy.BLOCKED)
    headers = scene.alice.sign(f"{scene.node.base}/actors/office", None, "GET")
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    with pytest.raises(Refused):
        await reader_of(scene.node.node.federation, read_request("GET", b"/actors/office", b"", pairs, b""))
    assert fediverse.hops == []


async def test_whoever_left_is_believed_again_when_its_server_says_so(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await tx.actors.mark_gone(alice, tx.now)
    scene.node.node.federation.keyring.forget(ALICE)
    scene.remote.asked.clear()
    await scene.applies(scene.alice, GOOD)
    assert scene.remote.fetched == ["/users/alice"]
    back = await scene.node.actor(ALICE)
    assert back is not None
    assert back.gone_at is None


async def test_a_suspended_reader_is_refused(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await tx.actors.change(replace(alice, suspended_at=tx.now))
    scene.node.node.federation.keyring.forget(ALICE)
    headers = scene.alice.sign(f"{scene.node.base}/actors/office", None, "GET")
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    with pytest.raises(Refused):
        await reader_of(scene.node.node.federation, read_request("GET", b"/actors/office", b"", pairs, b""))
