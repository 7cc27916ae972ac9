"""What may be posted: bodies of the right type and size, that are activities; nothing else leaves a trace."""

import base64
import gzip
import json
from dataclasses import replace
from typing import Any

import pytest

from tests import make
from tests.federation.inbox_scene import ALICE, GOOD, body_of, forged, lines, meet
from tests.fediverse import Fediverse, Persona
from tests.shared import shared_json

BODY = body_of(GOOD)


def hostile_bodies() -> dict[str, tuple[bytes, object]]:
    found: dict[str, tuple[bytes, object]] = {}
    for case in shared_json("vectors", "json", "hostile-bodies.json")["cases"]:
        if "text" in case:
            body = case["text"].encode("utf-8", "surrogatepass")
        elif "base64" in case:
            body = base64.b64decode(case["base64"])
        elif "wide_keys" in case["generate"]:
            body = json.dumps({str(number): 1 for number in range(case["generate"]["wide_keys"])}).encode()
        else:
            how = case["generate"]
            opened, closed = how["open"] * how["times"], how["close"] * how["times"]
            body = (opened + how.get("middle", "") + closed).encode()
        found[case["name"]] = body, case["expect"]
    return found


async def test_hostile_bodies_are_refused_however_well_signed(fediverse: Fediverse) -> None:  # JSN-00
    scene = await meet(fediverse)
    sender = Persona(fediverse.remote("a.test"), "https://a.test/1")
    sender.publish()
    await scene.node.resolve(sender.uri)
    for name, (body, expected) in hostile_bodies().items():
        await scene.remember()
        reply = await scene.node.deliver(forged(body=body, key_id=sender.key_id))
        assert reply.status in {400, 413}, (name, expected, reply.body)
        await scene.nothing_happened()


@pytest.mark.parametrize("depth", [33, 1000, 100_000])
async def test_deep_documents_are_refused(depth: int, fediverse: Fediverse) -> None:  # JSN-01, JSN-02
    scene = await meet(fediverse)
    nested = (
        b'{"actor":"' + ALICE.encode() + b'","type":"Create","object":' + b"[" * depth + b"]" * depth + b"}"
    )
    await scene.refuses(400, forged(body=nested))


async def test_a_large_body_is_refused(fediverse: Fediverse) -> None:  # JSN-03
    scene = await meet(fediverse)
    await scene.refuses(413, forged(body=body_of({**GOOD, "content": "x" * 1024 * 1024})))
    # Where its length is declared it is not even read.
    declared = replace(forged(), headers=(*forged().headers, ("content-length", str(2**40))))
    await scene.refuses(413, declared)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "application/json",
        "",
        "text/html",
    ],
)
async def test_other_media_types_are_refused(media_type: str, fediverse: Fediverse) -> None:  # CTC-11, JSN-16
    scene = await meet(fediverse)
    await scene.refuses(415, forged(headers=lines(BODY, "content-type", media_type)))


@pytest.mark.parametrize(
    "media_type",
    [
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
    ],
)
async def test_both_media_types_are_taken(media_type: str, fediverse: Fediverse) -> None:  # N3
    scene = await meet(fediverse)
    assert (await scene.node.deliver(forged(headers=lines(BODY, "content-type", media_type)))).status == 202


async def test_a_compressed_body_is_refused(fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.refuses(400, forged(body=gzip.compress(BODY)))


@pytest.mark.parametrize(
    "change",
    [
        {"type": 7},
        {"type": None},
        {"type": []},
        {"type": ["Create", "Delete"]},
        {"object": None},
        {"object": {**make.note(ALICE), "attributedTo": 1}},
        {"object": {**make.note(ALICE), "id": 7}},
        {"id": {"x": 1}},
        {"type": "Note", "id": f"{ALICE}/notes/1"},
    ],
)
async def test_what_is_no_activity_is_refused(change: dict[str, Any], fediverse: Fediverse) -> None:
    scene = await meet(fediverse)
    await scene.refuses(400, forged(body=body_of({**GOOD, **change})))


@pytest.mark.parametrize("verb", ["View", "Listen", "Travel", "Unheard", "__internal__", "Lock"])
async def test_what_means_nothing_here_is_taken_and_dropped(verb: str, fediverse: Fediverse) -> None:  # I10
    scene = await meet(fediverse)
    await scene.refuses(202, forged(body=body_of({**GOOD, "type": verb})))
