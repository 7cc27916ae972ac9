"""Every refusal through the real inbox route: the right status, no row, and no request to anybody."""

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from federation.signatures import SignedRequest, SigningKey, read_public_pem, write_multikey
from storage.kinds import Policy
from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, body_of, forged, lines, meet
from tests.federation.signed_requests import CREATED, EXPIRING, HOST, date, seconds, sha256
from tests.fediverse import Fediverse
from tests.key_pool import ed25519_pair, rsa_pair, signing_key

BODY = body_of(GOOD)
OTHER = sha256(b"other")
VICTIM = "https://victim.example/users/victim"


def unsigned() -> SignedRequest:
    good = forged()
    return replace(good, headers=tuple(line for line in good.headers if line[0] != "signature"))


def with_signature(change: Any) -> SignedRequest:
    """Return a delivery whose Signature header is what `change` makes of the right one."""
    good = forged()
    others = [line for line in good.headers if line[0] != "signature"]
    (header,) = good.values("signature")
    return replace(good, headers=(*others, *(("signature", value) for value in change(header))))


def quoted(header: str) -> str:
    return header.partition('signature="')[2].partition('"')[0]


def in_rfc_9421() -> SignedRequest:
    covered = 'sig1=("@method" "@target-uri" "content-digest");created=1787479200;keyid="' + ALICE + '"'
    others = [line for line in forged().headers if line[0] != "signature"]
    return replace(
        forged(), headers=(*others, ("signature-input", covered), ("signature", "sig1=:c2lnbmF0dXJl:"))
    )


# What needs no key is refused before any is asked for: alice is unknown here, and stays so.
BEFORE_ANY_KEY: dict[str, tuple[int, SignedRequest]] = {
    "SIG-01 no signature": (401, unsigned()),
    "SIG-02 body replaced": (401, replace(forged(covered="(request-target) host date"), body=BODY)),
    "SIG-03 no digest": (
        401,
        forged(headers=lines(BODY, "digest"), covered="(request-target) host date"),
    ),
    "SIG-03 digest missing": (401, forged(headers=lines(BODY, "digest"))),
    "SIG-04 digest of another body": (401, forged(headers=lines(BODY, "digest", OTHER))),
    "SIG-05 MD5": (401, forged(headers=lines(BODY, "digest", "MD5=rL0Y20zC+Fzt72VPzMSk2A=="))),
    "SIG-05 SHA-512 alone": (
        401,
        forged(
            headers=lines(
                BODY, "digest", "SHA-512=" + base64.b64encode(hashlib.sha512(BODY).digest()).decode()
            )
        ),
    ),
    "SIG-05 UNIXsum": (401, forged(headers=lines(BODY, "digest", "UNIXsum=30637"))),
    "SIG-06 wrong, right": (401, forged(headers=lines(BODY, "digest", f"{OTHER},{sha256(BODY)}"))),
    "SIG-06 right, wrong": (401, forged(headers=lines(BODY, "digest", f"{sha256(BODY)},{OTHER}"))),
    "SIG-07 two digest lines": (401, forged(headers=lines(BODY, "digest", OTHER, sha256(BODY)))),
    "SIG-08 two signatures": (401, with_signature(lambda header: [header, header])),
    "SIG-09 keyId twice": (400, with_signature(lambda header: [f'keyId="{VICTIM}",{header}'])),
    "SIG-10 a header twice": (401, forged(covered="(request-target) host date date digest")),
    "SIG-10 a missing header": (401, forged(covered="(request-target) host date digest x-missing")),
    "SIG-11 target uncovered": (401, forged(covered="host date digest")),
    "SIG-13 host uncovered": (401, forged(covered="(request-target) date digest")),
    "SIG-14 another host": (421, forged(headers=lines(BODY, "host", "other.example"))),
    "SIG-14 a port": (421, forged(headers=lines(BODY, "host", f"{HOST}:8443"))),
    "SIG-15 no time": (401, forged(headers=lines(BODY, "date"), covered="(request-target) host digest")),
    "SIG-16 old": (401, forged(headers=lines(BODY, "date", date(hours=-13)))),
    "SIG-16 in the future": (401, forged(headers=lines(BODY, "date", date(hours=2)))),
    "SIG-16 malformed": (401, forged(headers=lines(BODY, "date", "yesterday"))),
    "SIG-16 impossible": (401, forged(headers=lines(BODY, "date", "Mon, 99 Foo 99999 00:00:00 GMT"))),
    "SIG-16 before 1970": (401, forged(headers=lines(BODY, "date", "Mon, 01 Jan 1969 00:00:00 GMT"))),
    **{
        f"SIG-17 created {created}": (401, forged(covered=CREATED, algorithm="hs2019", created=created))
        for created in ("1e9", -1, 2**63, 1.5, "now", seconds(hours=2))
    },
    **{
        f"SIG-18 expires {expires}": (
            401,
            forged(covered=EXPIRING, algorithm="hs2019", created=seconds(hours=-13), expires=expires),
        )
        for expires in (seconds(hours=-1), seconds(hours=-14), seconds(days=3650))
    },
    "SIG-19 created with rsa-sha256": (401, forged(covered=CREATED, created=seconds())),
    **{
        f"SIG-20, SIG-21 {label}": (401, forged(algorithm=label))
        for label in ("hmac-sha256", "none", "rsa-sha1", "unheard-of")
    },
    "SIG-24 a header in a header": (
        400,
        forged(headers=lines(BODY, "date", f"{date()}\ndigest: {sha256(BODY)}")),
    ),
    "SIG-26 in Authorization": (
        401,
        replace(
            unsigned(),
            headers=(*unsigned().headers, ("authorization", f"Signature {forged().values('signature')[0]}")),
        ),
    ),
    "SIG-27 junk in base64": (
        401,
        with_signature(
            lambda header: [header.replace(quoted(header), f"{quoted(header)[:8]}!! {quoted(header)[8:]}")]
        ),
    ),
    "SIG-28 empty": (401, with_signature(lambda header: [header.replace(quoted(header), "")])),
    "SIG-28 64 KiB": (401, with_signature(lambda header: [header.replace(quoted(header), "A" * 65536)])),
    "SIG-35 RFC 9421": (401, in_rfc_9421()),
    **{
        f"KEY-08 {key_id[:24]!r}": (401, forged(key_id=key_id))
        for key_id in (
            "acct:alice@remote.example",
            "did:key:z6Mk",
            "javascript:alert(1)",
            "urn:uuid:1",
            "http://remote.example/users/alice#main-key",
            "https://remote.example/" + "a" * 10_240,
            "https://remote.example/\u00e9",
        )
    },
    "KEY-01 a key elsewhere": (401, forged(key_id="https://evil.example/users/evil#main-key")),
    "KEY-07 our own key": (401, forged(key_id=f"https://{HOST}/actors/office#main-key")),
}


@pytest.mark.parametrize("name", BEFORE_ANY_KEY)
async def test_what_no_key_could_save_is_refused_before_one_is_asked_for(
    name: str, fediverse: Fediverse
) -> None:
    scene = await meet(fediverse, follow=False)
    scene.remote.asked.clear()
    status, request = BEFORE_ANY_KEY[name]
    await scene.refuses(status, request)


async def test_the_same_requests_would_be_accepted_without_their_fault(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    for number, how in enumerate(
        (
            {},
            {"covered": CREATED, "algorithm": "hs2019", "created": seconds()},
            {
                "covered": EXPIRING,
                "algorithm": "hs2019",
                "created": seconds(),
                "expires": seconds(minutes=5),
            },
            {"covered": "(Request-Target) HOST Date dIGEST"},  # SIG-25
            {"algorithm": None},
        )
    ):
        body = body_of(make.create(make.note(ALICE, number), number))
        reply = await scene.node.deliver(forged(body=body, **how))
        assert reply.status == 202, (how, reply.body)
    assert len(await scene.node.received()) == 5 + 1


WITH_A_KNOWN_KEY: dict[str, SignedRequest] = {
    "SIG-12 signed for another inbox": forged(signed_target="/actors/office/inbox"),
    "SIG-22 labelled ed25519": forged(algorithm="ed25519"),
    "SIG-23 signed over the tidied path": forged(
        target="/actors/off%69ce/inbox", signed_target="/actors/office/inbox"
    ),
    "SIG-28 one byte": with_signature(lambda header: [header.replace(quoted(header), "AA==")]),
    "signed with another key": forged(key=signing_key(1)),
    "signed over another body": replace(
        forged(),
        headers=(*lines(b"x"), *(line for line in forged().headers if line[0] == "signature")),
    ),
}


@pytest.mark.parametrize("name", WITH_A_KNOWN_KEY)
async def test_a_signature_that_does_not_hold_is_refused_after_one_look_for_a_newer_key(
    name: str, fediverse: Fediverse
) -> None:
    scene = await meet(fediverse)
    request = WITH_A_KNOWN_KEY[name]
    hops = len(fediverse.hops)
    before = await scene.node.contents()
    assert (await scene.node.deliver(request)).status == 401
    assert len(fediverse.hops) - hops <= 1
    after = await scene.node.contents()
    assert {each for each in after if after[each] != before[each]} <= {"actors", "signing_keys"}
    # The second time nothing is asked any more, and nothing at all happens.
    await scene.refuses(401, request)


async def test_the_raw_path_is_what_is_signed(fediverse: Fediverse) -> None:  # SIG-23
    scene = await meet(fediverse)
    assert (await scene.node.deliver(forged(target="/actors/off%69ce/inbox"))).status == 202


async def test_somebody_elses_name_is_refused(fediverse: Fediverse) -> None:  # KEY-01, ORG-09
    scene = await meet(fediverse)
    victim = scene.remote.person("victim", key=1)
    await scene.node.resolve(victim.uri)
    # Of the same server, whose key we know: it signs well, but not for its neighbour.
    forgery = body_of(make.create(make.note(victim.uri)))
    await scene.refuses(401, forged(body=forgery))
    embedded = {**GOOD, "actor": {**victim.document, "publicKey": scene.alice.document["publicKey"]}}
    await scene.refuses(401, forged(body=body_of(embedded)))


@pytest.mark.parametrize(
    "actor", [7, None, [], {}, {"type": "Person"}, [ALICE, VICTIM], "", "alice", "acct:alice@remote.example"]
)
async def test_an_actor_that_is_nobody_is_refused(actor: object, fediverse: Fediverse) -> None:  # ORG-09
    scene = await meet(fediverse)
    await scene.refuses(400, forged(body=body_of({**GOOD, "actor": actor})))


@pytest.mark.parametrize(
    "uri",
    [
        f"https://{HOST}/actors/office",
        f"https://{HOST.upper()}/actors/office",
        f"https://{HOST}:443/actors/office",
        f"https://{HOST}/actors/../actors/office",
    ],
)
async def test_an_actor_of_ours_is_refused(uri: str, fediverse: Fediverse) -> None:  # ORG-10, ORG-11
    scene = await meet(fediverse)
    await scene.refuses(401, forged(body=body_of({**GOOD, "actor": uri})))


async def test_an_activity_with_somebody_elses_id_is_refused(fediverse: Fediverse) -> None:  # ORG-03, INB-16
    scene = await meet(fediverse)
    for uri in ("https://victim.example/1", f"{scene.node.base}/actors/office/activities/1"):
        await scene.refuses(401, forged(body=body_of({**GOOD, "id": uri})))


@pytest.mark.parametrize("uri", ["urn:uuid:8c5b6b7e", f"{ALICE}#create-1", None])
async def test_an_activity_may_have_any_id_of_its_own_or_none(
    uri: str | None, fediverse: Fediverse
) -> None:  # I9
    scene = await meet(fediverse)
    assert (await scene.outcome(scene.alice, {**GOOD, "id": uri}))[0] == "applied"


async def test_a_blocked_host_hears_nothing_of_it(fediverse: Fediverse) -> None:  # ORG-12
    scene = await meet(fediverse, follow=False)
    await scene.node.set_policy("evil.example", Policy.BLOCKED)
    for host in ("evil.example", "EVIL.example", "sub.evil.example", "evil.example:8443"):
        actor = f"https://{host}/users/evil"
        body = body_of(make.create(make.note(actor)))
        await scene.refuses(202, forged(body=body, key_id=f"{actor}#main-key"))


async def test_in_allow_list_mode_strangers_are_not_heard(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False, federation={"mode": "allow-list"})
    await scene.refuses(202, forged())
    await scene.node.set_policy("remote.example", Policy.TRUSTED)
    assert (await scene.node.deliver(forged())).status == 202
    assert len(await scene.node.received()) == 1


# Inboxes


async def test_there_is_one_inbox_for_all_and_one_for_each(fediverse: Fediverse) -> None:  # INB-14
    scene = await meet(fediverse)
    statuses = {}
    for target in ("/inbox", "/actors/office/inbox", "/actors/nobody/inbox"):
        statuses[target] = (await scene.node.deliver(forged(target=target))).status
    assert statuses == {"/inbox": 202, "/actors/office/inbox": 202, "/actors/nobody/inbox": 404}
    assert [verb for verb, _ in await scene.node.outcomes()] == ["Accept", "Create"]
    read = await scene.node.ask("GET", "/inbox", [("host", HOST)])
    assert read.status == 405


async def test_the_inbox_of_somebody_who_left_is_gone(fediverse: Fediverse) -> None:  # INB-14
    scene = await meet(fediverse)
    asha = await scene.node.person("asha")
    async with scene.node.database.begin() as tx:
        await tx.actors.mark_gone(asha, tx.now)
    await scene.refuses(410, forged(target="/actors/asha/inbox"))


async def test_a_signature_is_good_for_an_hour(fediverse: Fediverse) -> None:  # S2
    scene = await meet(fediverse)
    late = forged()
    fediverse.wait(minutes=59)
    assert (await scene.node.deliver(late)).status == 202
    fediverse.wait(minutes=2)
    await fediverse.settle()
    await scene.refuses(401, late)


async def test_an_ed25519_key_signs_as_well(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    pair = ed25519_pair()
    key_id = f"{ALICE}#ed25519-key"
    multikey = {
        "id": key_id,
        "type": "Multikey",
        "controller": ALICE,
        "publicKeyMultibase": write_multikey(read_public_pem(pair.public)),
    }
    scene.alice.publish(assertionMethod=[multikey])
    key = SigningKey.load(pair.private)
    good = forged(key=key, key_id=key_id, algorithm="hs2019")
    assert (await scene.node.deliver(good)).status == 202
    await fediverse.settle()
    # SIG-22: the key decides, and the label must agree.
    mislabelled = forged(key=key, key_id=key_id, algorithm="rsa-sha256")
    assert (await scene.node.deliver(mislabelled)).status == 401
    await scene.refuses(401, mislabelled)


async def test_the_reason_is_said_and_no_key_is_shown(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    reply = await scene.refuses(401, unsigned())
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.document["error"] == "The request has no Signature header."
    assert rsa_pair(0).public not in reply.body.decode()


async def test_a_signed_request_of_a_stranger_is_kept_once_its_key_is_known(fediverse: Fediverse) -> None:
    scene = await meet(fediverse, follow=False)
    assert (await scene.node.deliver(forged())).status == 202
    assert scene.remote.fetched == ["/users/alice"]
    assert [verb for verb, _ in await scene.node.outcomes()] == ["Create"]
