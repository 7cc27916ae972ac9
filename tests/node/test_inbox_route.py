"""The inboxes from outside: what is taken, what is refused, and that a refusal leaves nothing behind."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx
import pytest

from storage.actors import Actor
from storage.kinds import Policy
from storage.received import Received
from tests.node.served import START, ServedNode, served
from tests.shared import shared_json

AP = "application/activity+json"
AS2_PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
INBOX = "https://node.example/inbox"


def create(actor: Actor, number: int = 1, content: str = "") -> bytes:
    note = {
        "id": f"{actor.uri}/notes/{number}",
        "type": "Note",
        "attributedTo": actor.uri,
        "content": content,
        "to": [AS2_PUBLIC],
    }
    document = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{actor.uri}/activities/{number}",
        "type": "Create",
        "actor": actor.uri,
        "object": note,
    }
    return json.dumps(document).encode()


async def post(
    one: ServedNode,
    sender: Actor,
    body: bytes,
    *,
    url: str = INBOX,
    content_type: str | None = AP,
    changed: Mapping[str, str | None] = MappingProxyType({}),
) -> httpx.Response:
    """Post as a sender's node does; a header that is None is left out."""
    sent = {**one.sign(sender, "POST", url, body), "content-type": content_type, **changed}
    present = {name: value for name, value in sent.items() if value is not None}
    return await one.client.post(url, content=body, headers=present)


async def kept(one: ServedNode) -> list[Received]:
    async with one.node.database.read() as tx:
        return [row for row, _ in await tx.received.list(outcomes=[None])]


@pytest.mark.parametrize(
    "content_type",
    [
        AP,
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "Application/Activity+JSON",
    ],
)
async def test_a_signed_activity_is_kept_and_then_acknowledged(tmp_path: Path, content_type: str) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        answer = await post(one, sender, create(sender), content_type=content_type)
        rows = await kept(one)
    assert (answer.status_code, answer.content) == (202, b"")
    assert [row.uri for row in rows] == [f"{sender.uri}/activities/1"]


async def test_an_actors_own_inbox_is_another_door_to_the_same_place(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        own = await post(one, sender, create(sender), url="https://node.example/actors/office/inbox")
        shared = await post(one, sender, create(sender))
        rows = await kept(one)
    assert (own.status_code, shared.status_code) == (202, 202)
    assert len(rows) == 1


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/ld+json",
        "text/plain",
        "text/html",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=application/activity+json",
        "application/activity+json-evil",
        'text/plain; x="application/activity+json"',
        "",
        None,
    ],
)
async def test_only_activities_are_taken(tmp_path: Path, content_type: str | None) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        answer = await post(one, sender, create(sender), content_type=content_type)
        rows = await kept(one)
    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"
    assert rows == []


async def test_the_shared_content_types_are_judged_acreate(tmp_path: Path) -> None:
    cases = shared_json("vectors", "content-type", "cases.json")
    async with served(tmp_path) as one:
        sender = await one.stranger()
        for number, content_type in enumerate(cases["accept_as_activitypub"]):
            answer = await post(one, sender, create(sender, number), content_type=content_type)
            assert answer.status_code == 202, content_type
        for content_type in cases["refuse"]:
            answer = await post(one, sender, create(sender), content_type=content_type)
            assert answer.status_code == 415, content_type
        assert len(await kept(one)) == len(cases["accept_as_activitypub"])


async def test_a_body_of_exactly_the_limit_is_read_and_one_more_byte_is_not(tmp_path: Path) -> None:
    limit = 64 * 1024
    async with served(tmp_path, {"limits": {"body_kib": 64}}) as one:
        sender = await one.stranger()
        padding = limit - len(create(sender, content=""))
        fits = await post(one, sender, create(sender, content="x" * padding))
        exceeds = await post(one, sender, create(sender, 2, content="x" * (padding + 1)))
        rows = await kept(one)
    assert (fits.status_code, exceeds.status_code) == (202, 413)
    assert "64 KiB" in exceeds.json()["error"]
    assert len(rows) == 1


async def test_a_chunked_body_is_counted_while_it_arrives(tmp_path: Path) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 8192
            yield b"x" * 8192

    async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 100):
            yield body[start : start + 100]

    async with served(tmp_path, {"limits": {"body_kib": 64}}) as one:
        sender = await one.stranger()
        body = create(sender)
        headers = {**one.sign(sender, "POST", INBOX, body), "content-type": AP}
        refused = await one.client.post(INBOX, content=endless(), headers=headers)
        taken = await one.client.post(INBOX, content=in_pieces(body), headers=headers)
    assert refused.status_code == 413
    assert sent <= 64 * 1024 + 2 * 8192
    assert taken.status_code == 202


@pytest.mark.parametrize(
    ("length", "status"), [("9" * 30, 413), ("-1", 400), ("1e3", 400), ("٣", 400), ("abc", 400)]
)
async def test_a_declared_length_is_believed_when_it_is_too_much(
    tmp_path: Path, length: str, status: int
) -> None:
    async def nothing_is_read() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    async with served(tmp_path) as one:
        request = httpx.Request(
            "POST",
            INBOX,
            content=nothing_is_read(),
            headers=[(b"content-type", AP.encode()), (b"content-length", length.encode())],
        )
        answer = await one.client.send(request)
    assert answer.status_code == status


async def test_a_body_that_never_ends_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.http.inputs.WHOLE_BODY_SECONDS", 0.01)

    async def stalling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    async with served(tmp_path) as one:
        answer = await one.client.post(INBOX, content=stalling(), headers={"content-type": AP})
    assert answer.status_code == 408


async def test_an_unsigned_activity_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        answer = await one.client.post(INBOX, content=create(sender), headers={"content-type": AP})
        rows = await kept(one)
    assert answer.status_code == 401
    assert rows == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("digest", "SHA-256=AAAA"),
        ("digest", None),
        ("date", "Sat, 22 Aug 2026 20:00:00 GMT"),
        ("date", None),
        ("host", "other.example"),
    ],
)
async def test_a_signature_that_does_not_fit_is_refused(
    tmp_path: Path, header: str, value: str | None
) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        answer = await post(one, sender, create(sender), changed={header: value})
        rows = await kept(one)
    assert answer.status_code in {400, 401, 421}
    assert rows == []


async def test_another_body_than_the_signed_one_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        headers = {**one.sign(sender, "POST", INBOX, create(sender)), "content-type": AP}
        answer = await one.client.post(INBOX, content=create(sender, 2), headers=headers)
        rows = await kept(one)
    assert answer.status_code == 401
    assert rows == []


async def test_the_signature_of_somebody_else_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender, other = await one.stranger(), await one.stranger("other")
        answer = await post(one, other, create(sender))
        rows = await kept(one)
    assert answer.status_code == 401
    assert rows == []


async def test_a_signature_over_another_path_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        body = create(sender)
        signed = one.sign(sender, "POST", "https://node.example/actors/office/inbox", body)
        answer = await one.client.post(INBOX, content=body, headers={**signed, "content-type": AP})
        rows = await kept(one)
    assert answer.status_code in {401, 503}
    assert rows == []


async def test_the_signed_path_is_the_one_on_the_wire_undecoded(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        answer = await post(
            one, sender, create(sender), url="https://node.example/actors/%6Fffice/inbox?from=%2Fa%20b"
        )
    assert answer.status_code == 202


async def test_a_key_that_cannot_be_had_now_means_later(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        unknown = sender.uri.replace("reader", "unknown")
        body = create(sender).replace(sender.uri.encode(), unknown.encode())
        signed = one.sign(sender, "POST", INBOX, body)
        signed["signature"] = signed["signature"].replace(sender.uri, unknown)
        answer = await one.client.post(INBOX, content=body, headers={**signed, "content-type": AP})
        rows = await kept(one)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert rows == []


async def test_what_a_blocked_host_sends_is_not_kept(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        async with one.node.database.begin() as tx:
            await tx.peers.set_policy("other.example", Policy.BLOCKED, tx.now)
        one.clock.forward(seconds=10)
        answer = await post(one, sender, create(sender))
        rows = await kept(one)
    assert answer.status_code in {202, 403}
    assert rows == []


def hostile_bodies() -> list[Any]:
    try:
        return [
            pytest.param(case, id=case["name"])
            for case in shared_json("vectors", "json", "hostile-bodies.json")["cases"]
        ]
    except pytest.skip.Exception:
        return [pytest.param(None, id="absent")]


def spelled(case: dict[str, Any]) -> bytes:
    if "text" in case:
        return str(case["text"]).encode()
    if "base64" in case:
        return base64.b64decode(case["base64"])
    generate = case["generate"]
    if "wide_keys" in generate:
        return b"{" + b",".join(b'"k%d":1' % number for number in range(generate["wide_keys"])) + b"}"
    times = generate["times"]
    text: str = generate["open"] * times + generate.get("middle", "") + generate["close"] * times
    return text.encode()


@pytest.mark.parametrize("case", hostile_bodies())
async def test_a_hostile_body_is_refused_and_never_breaks_anything(
    tmp_path: Path, case: dict[str, Any] | None
) -> None:
    if case is None:
        pytest.skip("needs vectors/json/hostile-bodies.json of the shared folder, which is not here")
    async with served(tmp_path) as one:
        answer = await post(one, await one.stranger(), spelled(case))
        rows = await kept(one)
    assert 400 <= answer.status_code < 500
    assert rows == []


@pytest.mark.parametrize("path", ["/inbox", "/actors/office/inbox", "/actors/nobody/inbox"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_an_inbox_can_only_be_posted_to(tmp_path: Path, path: str, method: str) -> None:
    async with served(tmp_path) as one:
        answer = await one.client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


async def test_the_inbox_of_nobody_is_not_found_and_of_somebody_gone_is_gone(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        sender = await one.stranger()
        await one.change(await one.member("gone"), gone_at=START)
        nobody = await post(one, sender, create(sender), url="https://node.example/actors/nobody/inbox")
        gone = await post(one, sender, create(sender), url="https://node.example/actors/gone/inbox")
        rows = await kept(one)
    assert (nobody.status_code, gone.status_code) == (404, 410)
    assert rows == []


async def test_more_than_one_node_may_send_waits_there(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"inbox_per_minute": 3}}) as one:
        sender = await one.stranger()
        answers = [await post(one, sender, create(sender, number)) for number in range(5)]
        rows = await kept(one)
    assert [each.status_code for each in answers] == [202, 202, 202, 429, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["type"] == "https://w3id.org/fep/c180#rate-limit-exceeded"
    assert len(rows) == 3
