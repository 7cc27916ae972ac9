"""Knowing who sent a request: keys are fetched once, and believed when key and owner name each other."""

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
from tests.federation.inbox_scene import ALICE, GOOD, Scene, body_of, forged, meet
from tests.federation.key_encodings import RSA_NUMBERS, ed25519_pem, rsa_pem
from tests.fediverse import Fediverse, Persona
from tests.key_pool import rsa_pair
from tests.remotes import answer, redirect

KEY = f"{ALICE}#main-key"
KEY_PAGE = "https://remote.example/keys/alice"
EVIL = "https://evil.example/users/evil"
UNUSABLE = {
    **{f"RSA-{bits}": rsa_pem(2**bits - 1, 65537) for bits in (512, 1024, 16384)},
    "an even exponent": rsa_pem(RSA_NUMBERS.n, 65536),
    "a long exponent": rsa_pem(RSA_NUMBERS.n, 2**64 + 1),
    "a small-order point (KEY-11)": ed25519_pem(b"\x01" + bytes(31)),
    "a private key": rsa_pair(0).private,
    "garbage": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    "nothing": "",
}


async def strangers(fediverse: Fediverse, **sections: Any) -> Scene:
    """Set a scene in which nobody knows anybody yet."""
    return await meet(fediverse, follow=False, **sections)


async def hears(scene: Scene, number: int = 1, **how: Any) -> int:
    """Deliver something new of alice's and return the status."""
    body = body_of(make.create(make.note(ALICE, number), number))
    return (await scene.node.deliver(forged(**{"body": body, **how}))).status


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


# Whose key it is


async def refused_key(scene: Scene, **how: Any) -> list[str]:
    """Assert that alice's key is not believed and nothing of it is kept; return what was asked."""
    scene.remote.asked.clear()
    hops = len(scene.fediverse.hops)
    before = await scene.node.contents()
    assert (await scene.node.deliver(forged(**how))).status == 401
    after = await scene.node.contents()
    assert {name for name in after if after[name] != before[name]} == set()
    return [url for _, url in scene.fediverse.hops[hops:]]


async def test_a_key_page_of_its_own_is_believed_when_its_owner_lists_it(fediverse: Fediverse) -> None:  # K1
    scene = await strangers(fediverse)
    key = {"id": KEY_PAGE, "owner": ALICE, "publicKeyPem": rsa_pair(0).public}
    scene.remote.lay(KEY_PAGE, {"@context": "https://w3id.org/security/v1", **key})
    scene.alice.key_id = KEY_PAGE
    scene.alice.publish()
    assert await hears(scene, key_id=KEY_PAGE) == 202
    assert scene.remote.fetched == ["/keys/alice", "/users/alice"]


async def test_a_key_that_is_only_named_is_read_where_it_stands(fediverse: Fediverse) -> None:  # K2
    scene = await strangers(fediverse)
    scene.remote.lay(KEY_PAGE, {"id": KEY_PAGE, "owner": ALICE, "publicKeyPem": rsa_pair(0).public})
    scene.alice.publish(publicKey=KEY_PAGE)
    assert await hears(scene, key_id=KEY_PAGE) == 202


async def test_a_key_that_is_only_named_is_not_read_elsewhere(fediverse: Fediverse) -> None:  # KEY-05
    scene = await strangers(fediverse)
    evil = fediverse.remote("evil.example")
    evil.lay("/key", {"id": KEY_PAGE, "owner": ALICE, "publicKeyPem": rsa_pair(0).public})
    scene.remote.lay(KEY_PAGE, redirect("https://evil.example/key"))
    scene.alice.publish(publicKey=KEY_PAGE)
    assert await hears(scene, key_id=KEY_PAGE) == 401
    # Nor is the key of one page that of another.
    scene.remote.lay("/keys/other", {"id": KEY_PAGE, "owner": ALICE, "publicKeyPem": rsa_pair(0).public})
    scene.alice.publish(publicKey=["https://remote.example/keys/other", KEY_PAGE])
    assert await hears(scene, key_id="https://remote.example/keys/other") == 401


async def test_part_of_an_actor_at_the_address_of_its_key_leads_to_the_whole(fediverse: Fediverse) -> None:
    scene = await strangers(fediverse)
    page = f"{ALICE}/main-key"
    scene.alice.key_id = page
    scene.alice.publish()
    part = {name: scene.alice.document[name] for name in ("@context", "id", "type", "publicKey")}
    scene.remote.lay(page, part)  # As GoToSocial does.
    assert await hears(scene, key_id=page) == 202


async def test_a_key_that_its_owner_does_not_list_is_refused(fediverse: Fediverse) -> None:  # KEY-03
    scene = await strangers(fediverse)
    scene.remote.lay(KEY_PAGE, {"id": KEY_PAGE, "owner": ALICE, "publicKeyPem": rsa_pair(0).public})
    scene.alice.publish(publicKey=None)
    before = await scene.node.contents()
    assert (await scene.node.deliver(forged(key_id=KEY_PAGE))).status == 401
    after = await scene.node.contents()
    assert after["received"] == before["received"] == []
    assert after["signing_keys"] == before["signing_keys"]


async def test_another_key_in_the_actors_document_is_not_this_one(fediverse: Fediverse) -> None:  # KEY-04
    scene = await strangers(fediverse)
    scene.alice.publish(
        publicKey={"id": f"{ALICE}#other", "owner": ALICE, "publicKeyPem": rsa_pair(0).public}
    )
    assert (await scene.node.deliver(forged())).status == 401
    assert await scene.node.received() == []


async def test_a_key_page_elsewhere_for_somebody_is_refused(fediverse: Fediverse) -> None:  # KEY-02
    scene = await strangers(fediverse)
    evil = fediverse.remote("evil.example")
    evil.lay("/key", {"id": "https://evil.example/key", "owner": ALICE, "publicKeyPem": rsa_pair(1).public})
    body = body_of(make.create(make.note(EVIL)))
    asked = await refused_key(scene, body=body, key_id="https://evil.example/key")
    assert asked == ["https://evil.example/key"]


@pytest.mark.parametrize("path", ["/go", "/users/alice"])
async def test_a_redirect_does_not_lend_a_name(path: str, fediverse: Fediverse) -> None:  # KEY-05
    scene = await strangers(fediverse)
    evil = Persona(fediverse.remote("evil.example"), ALICE, key=1, key_id=f"https://remote.example{path}#k")
    evil.remote.lay("/alice", evil.describe())
    scene.remote.lay(path, redirect("https://evil.example/alice"))
    body = body_of(GOOD)
    before = await scene.node.contents()
    headers = list(evil.sign("https://node.example/inbox", body).items())
    assert (await scene.node.ask("POST", "/inbox", headers, body)).status == 401
    after = await scene.node.contents()
    assert [row for row in after["signing_keys"] if rsa_pair(1).public in row] == [
        row for row in before["signing_keys"] if rsa_pair(1).public in row
    ]
    assert after["received"] == []


@pytest.mark.parametrize(
    "target",
    [
        "https://169.254.169.254/key",
        "http://remote.example/x",
        "file:///etc/passwd",
        "gopher://x/",
        "https://node.example/actors/office",
    ],
)
async def test_a_redirect_into_the_cellar_is_not_followed(
    target: str, fediverse: Fediverse
) -> None:  # KEY-06
    scene = await strangers(fediverse)
    scene.remote.lay(ALICE, redirect(target))
    assert await refused_key(scene) == [ALICE]


@pytest.mark.parametrize("media_type", ["text/html", "application/json", "text/plain", ""])
async def test_what_is_no_activitystreams_is_no_key(media_type: str, fediverse: Fediverse) -> None:  # KEY-09
    scene = await strangers(fediverse)
    scene.remote.lay(ALICE, answer(scene.alice.document, media_type))
    assert await refused_key(scene) == [ALICE]


@pytest.mark.parametrize(
    "document",
    [[], "text", 7, None, {}, {"id": ALICE, "type": "Note", "content": "x"}, {"id": EVIL, "type": "Person"}],
)
async def test_what_is_no_actor_has_no_key(document: object, fediverse: Fediverse) -> None:  # CTC-12
    scene = await strangers(fediverse)
    scene.remote.lay(ALICE, answer(document))
    assert ALICE in await refused_key(scene)


@pytest.mark.parametrize("name", UNUSABLE)
async def test_a_key_that_is_too_weak_or_broken_is_refused(name: str, fediverse: Fediverse) -> None:  # KEY-10
    scene = await strangers(fediverse)
    scene.alice.publish(publicKey={"id": KEY, "owner": ALICE, "publicKeyPem": UNUSABLE[name]})
    reply = await scene.node.deliver(forged())
    assert (reply.status, reply.document["error"]) == (401, f"{ALICE} has no usable key {KEY}.")
    contents = await scene.node.contents()
    assert contents["received"] == []
    assert not [row for row in contents["signing_keys"] if KEY in row]


async def test_only_an_actors_own_keys_are_kept(fediverse: Fediverse) -> None:  # KEY-12, KEY-13, KEY-14
    scene = await strangers(fediverse)
    mine = {"id": KEY, "owner": ALICE, "publicKeyPem": rsa_pair(0).public}
    others = [
        {**mine, "id": f"{EVIL}#main-key"},
        {
            **mine,
            "id": "https://remote.example/users/victim#main-key",
            "owner": "https://remote.example/users/victim",
        },
        {"id": f"{ALICE}#broken", "owner": ALICE, "publicKeyPem": "-----BEGIN PUBLIC KEY-----"},
        *(
            {"id": f"{ALICE}#{number}", "owner": ALICE, "publicKeyPem": rsa_pair(1).public}
            for number in range(50)
        ),
    ]
    multikeys = [
        {"id": f"{ALICE}#ed", "type": "Multikey", "controller": EVIL, "publicKeyMultibase": "z6Mk"},
        {"id": f"{ALICE}#ee", "type": "Multikey", "controller": ALICE, "publicKeyMultibase": "m6Mk"},
    ]
    scene.alice.publish(publicKey=[mine, *others], assertionMethod=multikeys)
    assert await hears(scene) == 202
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.read() as tx:
        kept = await tx.signing_keys.of(alice)
    assert sorted(key.uri for key in kept) == sorted([KEY, *(f"{ALICE}#{number}" for number in range(6))])


async def test_a_neighbours_key_stays_the_neighbours(fediverse: Fediverse) -> None:  # KEY-15
    scene = await strangers(fediverse)
    victim = scene.remote.person("victim", key=1)
    assert (await scene.node.hear(victim, make.create(make.note(victim.uri)))).status == 202
    stolen = {"id": victim.key_id, "owner": ALICE, "publicKeyPem": rsa_pair(0).public}
    own = {"id": KEY, "owner": ALICE, "publicKeyPem": rsa_pair(0).public}
    scene.alice.publish(publicKey=[stolen, own])
    assert await hears(scene) == 202
    scene.node.node.federation.keyring.forget(victim.uri)
    forgery = body_of(make.create(make.note(victim.uri, 2), 2))
    assert (await scene.node.deliver(forged(body=forgery, key_id=victim.key_id))).status == 401
    assert (await scene.node.hear(victim, make.create(make.note(victim.uri, 3), 3))).status == 202


# Who has left, and who is not welcome


async def test_the_farewell_of_a_stranger_is_taken_without_a_look(fediverse: Fediverse) -> None:  # I6
    scene = await strangers(fediverse)
    scene.alice.vanish()
    await scene.refuses(202, forged(body=body_of(make.activity("Delete", ALICE, ALICE))))
    embedded = make.activity("Delete", ALICE, {"id": ALICE, "type": "Person"}, type=["Delete"])
    await scene.refuses(202, forged(body=body_of(embedded)))


async def test_the_farewell_of_somebody_known_counts_when_its_key_still_fits(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    scene.alice.vanish()
    await scene.applies(scene.alice, make.activity("Delete", ALICE, ALICE))
    assert await scene.node.publication(f"{ALICE}/notes/1") is None
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is not None
    # Whatever was signed before then is worth nothing any more.
    await scene.refuses(401, forged(body=body_of({**GOOD, "id": f"{ALICE}/late"})), fetches=1)


async def test_a_farewell_whose_key_is_gone_is_believed_when_the_actor_is_gone(
    fediverse: Fediverse,
) -> None:  # I6
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    scene.alice.vanish()
    scene.alice.key = 1  # Signed with a key that we never saw, and now cannot see.
    await scene.applies(scene.alice, make.activity("Delete", ALICE, ALICE))
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is not None
    assert await scene.node.publication(f"{ALICE}/notes/1") is None


async def test_a_farewell_whose_key_is_gone_is_a_lie_when_the_actor_is_there(
    fediverse: Fediverse,
) -> None:  # I6
    scene = await meet(fediverse)
    farewell = body_of(make.activity("Delete", ALICE, ALICE))
    nowhere = "https://remote.example/keys/none"
    await scene.refuses(401, forged(body=farewell, key_id=nowhere), fetches=2)
    # The actor is not looked at again and again.
    await scene.refuses(401, forged(body=farewell, key_id=f"{nowhere}/2"), fetches=1)


async def test_a_farewell_waits_when_nobody_can_say_whether_it_is_true(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    nowhere = "https://remote.example/keys/none"
    scene.remote.lay(ALICE, httpx.Response(502))
    farewell = forged(body=body_of(make.activity("Delete", ALICE, ALICE)), key_id=nowhere)
    await scene.refuses(503, farewell, fetches=2)
    scene.alice.vanish()
    assert (await scene.node.deliver(farewell)).status == 202


async def test_only_a_farewell_is_believed_without_its_key(fediverse: Fediverse) -> None:  # KEY-18
    scene = await meet(fediverse)
    victim = scene.remote.person("victim", key=1)
    await scene.node.resolve(victim.uri)
    scene.alice.vanish()
    nowhere = f"{ALICE}#gone"
    for document in (make.activity("Delete", ALICE, victim.uri), GOOD):
        assert (await scene.node.deliver(forged(body=body_of(document), key_id=nowhere))).status == 401
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    assert alice.gone_at is None


async def test_a_suspended_actor_only_says_that_things_are_over(
    fediverse: Fediverse,
) -> None:  # KEY-19, INB-08
    scene = await meet(fediverse)
    await scene.applies(scene.alice, GOOD)
    alice = await scene.node.actor(ALICE)
    assert alice is not None
    async with scene.node.database.begin() as tx:
        await tx.actors.change(replace(alice, suspended_at=tx.now))
    scene.node.node.federation.keyring.forget(ALICE)
    await scene.refuses(202, forged(body=body_of(make.create(make.note(ALICE, 2), 2))))
    await scene.applies(scene.alice, make.activity("Delete", ALICE, f"{ALICE}/notes/1"))


async def test_what_came_before_a_suspension_is_not_applied_after_it(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    assert (await scene.node.hear(scene.alice, GOOD)).status == 202
    await scene.node.set_policy("remote.example", Policy.BLOCKED)
    await fediverse.settle()
    assert await scene.node.publication(f"{ALICE}/notes/1") is None
    assert (await scene.node.outcomes())[-1] == ("Create", "ignored")


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
