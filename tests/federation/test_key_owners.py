"""Whose key it is: key and owner name each other, share an origin, and the key is one that may be used."""

from typing import Any

import pytest

from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, Scene, body_of, forged, hears, strangers
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
