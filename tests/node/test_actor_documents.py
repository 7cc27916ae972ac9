"""Actors as other nodes read them, and who may read what of a node that asks for signatures."""

from pathlib import Path

import pytest

from federation import vocabulary as as2
from storage.kinds import Policy
from tests.node.served import START, served

STRICT = {"federation": {"authorized_fetch": True}}


@pytest.mark.parametrize(("username", "kind"), [("office", "Organization"), ("node", "Application")])
async def test_an_actor_is_served_with_its_keys(tmp_path: Path, username: str, kind: str) -> None:
    async with served(tmp_path) as one:
        answer = await one.get(f"/actors/{username}")
    actor = as2.read(answer.json())
    assert isinstance(actor, as2.Actor)
    assert (actor.id, actor.type) == (f"https://node.example/actors/{username}", kind)
    assert {key.id.partition("#")[2] for key in actor.keys} == {"main-key", "ed25519-key"}
    assert actor.inbox == f"https://node.example/actors/{username}/inbox"
    assert actor.shared_inbox == "https://node.example/inbox"
    assert "PRIVATE" not in answer.text


async def test_a_public_document_may_be_kept_and_says_when_it_has_not_changed(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        first = await one.get("/actors/office")
        same = await one.get("/actors/office", if_none_match=f'"other", W/{first.headers["etag"]}')
        any_at_all = await one.get("/actors/office", if_none_match="*")
        other = await one.get("/actors/office", if_none_match='"other"')
        await one.change(one.office, name="Another name")
        changed = await one.get("/actors/office", if_none_match=first.headers["etag"])
    assert first.headers["content-type"] == "application/activity+json"
    assert first.headers["cache-control"] == "public, max-age=180"
    assert first.headers["vary"] == "Accept"
    assert first.headers["access-control-allow-origin"] == "*"
    assert [each.status_code for each in (same, any_at_all, other, changed)] == [304, 304, 200, 200]
    assert same.content == b""
    assert same.headers["etag"] == first.headers["etag"]
    assert changed.json()["name"] == "Another name"


async def test_head_says_what_get_would(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        get = await one.get("/actors/office")
        head = await one.client.head("/actors/office", headers={"accept": "application/activity+json"})
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "vary", "cache-control"):
        assert head.headers[name] == get.headers[name]


async def test_an_actor_that_is_gone_leaves_a_tombstone_at_all_its_addresses(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person = await one.member("amina")
        await one.change(person, gone_at=START)
        for path in ("", "/outbox", "/outbox?page=true", "/followers", "/following", "/featured"):
            answer = await one.get(f"/actors/amina{path}")
            assert answer.status_code == 410
            assert answer.json() == {
                "@context": "https://www.w3.org/ns/activitystreams",
                "id": "https://node.example/actors/amina",
                "type": "Tombstone",
                "formerType": "Person",
                "deleted": "2026-08-23T10:00:00Z",
            }
        page = await one.get("/actors/amina", "text/html")
    assert page.status_code == 410
    assert page.headers["content-type"].startswith("text/html")


async def test_whoever_is_suspended_or_elsewhere_is_exactly_as_absent(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        await one.stranger("remote")
        await one.change(await one.member("suspended"), suspended_at=START)
        answers = [await one.get(f"/actors/{name}") for name in ("nobody", "suspended", "remote", "Office")]
    assert [each.status_code for each in answers] == [404] * 4
    assert len({each.content for each in answers}) == 1
    assert len({tuple(sorted(set(dict(each.headers)) - {"x-request-id"})) for each in answers}) == 1


async def test_a_strict_node_shows_its_actors_only_to_those_who_sign(tmp_path: Path) -> None:
    async with served(tmp_path, STRICT) as one:
        reader = await one.stranger()
        unsigned = await one.get("/actors/office")
        signed = await one.get_as(reader, "/actors/office")
        collection = await one.get("/actors/office/outbox")
    assert unsigned.status_code == collection.status_code == 401
    assert unsigned.headers["www-authenticate"] == "Signature"
    assert signed.status_code == 200
    assert signed.headers["cache-control"] == "private, no-store"
    assert signed.headers["vary"] == "Accept, Signature"


async def test_a_strict_node_refuses_a_signature_that_does_not_hold(tmp_path: Path) -> None:
    async with served(tmp_path, STRICT) as one:
        reader = await one.stranger()
        signed = one.sign(reader, "GET", "https://node.example/actors/office")
        elsewhere = await one.get("/actors/node/outbox", **signed)
        one.clock.forward(hours=13)
        stale = await one.get("/actors/office", **signed)
        unknown_key = await one.get(
            "/actors/office", **{**signed, "signature": signed["signature"].replace("reader", "nobody")}
        )
        unreadable = await one.get("/actors/office", signature="nonsense")
    assert [each.status_code for each in (stale, unreadable)] == [401, 400]
    # A key that does not fit may have changed, and cannot be asked for here.
    assert elsewhere.status_code in {401, 503}
    assert unknown_key.status_code in {401, 503}


async def test_a_strict_node_says_later_when_a_key_cannot_be_had_now(tmp_path: Path) -> None:
    async with served(tmp_path, STRICT) as one:
        reader = await one.stranger()
        signed = one.sign(reader, "GET", "https://node.example/actors/office")
        signed["signature"] = signed["signature"].replace("users/reader", "users/unknown")
        answer = await one.get("/actors/office", **signed)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


async def test_a_strict_node_still_leads_people_to_its_pages(tmp_path: Path) -> None:
    async with served(tmp_path, STRICT) as one:
        published = await one.publish(one.office)
        answers = [await one.get(path, "text/html") for path in ("/actors/office", f"/o/{published.id}")]
        collection = await one.get("/actors/office/outbox", "text/html, */*;q=0.1")
    assert [each.status_code for each in answers] == [303, 303]
    assert collection.status_code == 401


async def test_the_servers_actor_can_be_read_by_anybody_always(tmp_path: Path) -> None:
    async with served(tmp_path, STRICT) as one:
        answer = await one.get("/actors/node")
    assert answer.status_code == 200
    assert answer.json()["publicKey"]["id"] == "https://node.example/actors/node#main-key"


async def test_an_open_node_takes_a_bad_signature_for_none(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await one.get("/actors/office", signature='keyId="https://other.example/x",signature="AAAA"')
        nonsense = await one.get("/actors/office", signature="nonsense")
    assert (answer.status_code, nonsense.status_code) == (200, 200)


@pytest.mark.parametrize("sections", [{}, STRICT])
async def test_a_blocked_host_is_refused_whatever_it_asks_for(
    tmp_path: Path, sections: dict[str, dict[str, bool]]
) -> None:
    async with served(tmp_path, sections) as one:
        reader = await one.stranger()
        published = await one.publish(one.office)
        async with one.node.database.begin() as tx:
            await tx.peers.set_policy("other.example", Policy.BLOCKED, tx.now)
        one.clock.forward(seconds=10)
        paths = (
            "/actors/office",
            "/actors/nobody",
            "/actors/office/outbox",
            f"/o/{published.id}",
            f"/o/{published.id}/likes",
            "/o/1",
        )
        answers = [await one.get_as(reader, path) for path in paths]
    assert [each.status_code for each in answers] == [403] * len(paths)
    assert len({each.content for each in answers}) == 1
