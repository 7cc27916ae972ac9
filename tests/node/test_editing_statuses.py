"""Editing in apps: replacing, media, history, source, and what is edited on its page."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from actors.attaching import MAX_DESCRIPTION
from storage.kinds import Role
from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.media import LIMITS, uploaded
from tests.node.statuses import STATUSES, done, posted, refused, shown


@pytest.fixture
async def fediverse(tmp_path: Path) -> AsyncIterator[Fediverse]:
    async with Fediverse(tmp_path) as found:
        yield found


@pytest.fixture
async def live(fediverse: Fediverse) -> LiveNode:
    return await fediverse.node("kenya.example", limits=dict(LIMITS))


@pytest.fixture
async def amina(live: LiveNode) -> Program:
    return await program(live)


async def edited(who: Program, status: dict[str, Any], /, **document: Any) -> dict[str, Any]:
    found: dict[str, Any] = await done(who, "PUT", f"{STATUSES}/{status['id']}", document)
    return found


async def test_what_is_not_said_anew_is_gone(fediverse: Fediverse, amina: Program) -> None:
    status = await posted(amina, "One #tag", spoiler_text="CW", visibility="unlisted", language="fr")
    fediverse.wait(minutes=1)
    changed = await edited(amina, status, status="Two")
    assert changed["content"] == "<p>Two</p>"
    assert (changed["spoiler_text"], changed["sensitive"], changed["tags"]) == ("", False, [])
    # Who may read it and the language stay.
    assert (changed["visibility"], changed["language"]) == ("unlisted", "fr")
    assert changed["edited_at"] == "2026-08-23T10:01:00.000Z"


async def test_the_same_again_is_no_edit(fediverse: Fediverse, amina: Program) -> None:
    status = await posted(amina, "One", spoiler_text="CW")
    fediverse.wait(minutes=1)
    again = await edited(amina, status, status="One", spoiler_text="CW")
    assert again["edited_at"] is None
    assert len(await done(amina, "GET", f"{STATUSES}/{status['id']}/history")) == 1


async def test_history_begins_with_the_oldest(fediverse: Fediverse, live: LiveNode, amina: Program) -> None:
    status = await posted(amina, "One")
    fediverse.wait(minutes=1)
    await edited(amina, status, status="Two", spoiler_text="CW")
    fediverse.wait(minutes=1)
    await edited(amina, status, status="Three")
    versions = await done(anybody(live), "GET", f"{STATUSES}/{status['id']}/history")
    assert [(each["content"], each["spoiler_text"], each["sensitive"]) for each in versions] == [
        ("<p>One</p>", "", False),
        ("<p>Two</p>", "CW", True),
        ("<p>Three</p>", "", False),
    ]
    assert [each["created_at"] for each in versions] == [
        f"2026-08-23T10:0{minute}:00.000Z" for minute in range(3)
    ]
    assert {each["account"]["acct"] for each in versions} == {"amina"}


async def test_edits_of_others_have_a_history_too(
    fediverse: Fediverse, live: LiveNode, amina: Program
) -> None:
    nepal = await fediverse.node("nepal.example")
    maya = await program(nepal, "maya")
    assert amina.actor is not None
    assert maya.actor is not None
    await live.follow(amina.actor, maya.actor.handle)
    await fediverse.settle()
    there = await posted(maya, "One")
    await fediverse.settle()
    fediverse.wait(minutes=1)
    await edited(maya, there, status="Two")
    await fediverse.settle()
    here = (await done(amina, "GET", "/api/v1/timelines/home"))[0]
    assert here["edited_at"] == "2026-08-23T10:01:00.000Z"
    versions = await done(amina, "GET", f"{STATUSES}/{here['id']}/history")
    assert [each["content"] for each in versions] == ["<p>One</p>", "<p>Two</p>"]


async def test_the_source_is_what_was_typed(live: LiveNode, amina: Program) -> None:
    status = await posted(amina, "One <b> & #tag", spoiler_text="CW")
    assert await done(amina, "GET", f"{STATUSES}/{status['id']}/source") == {
        "id": status["id"],
        "text": "One <b> & #tag",
        "spoiler_text": "CW",
    }
    await refused(anybody(live), 401, "GET", f"{STATUSES}/{status['id']}/source")
    assert await refused(amina, 404, "GET", f"{STATUSES}/12/source") == "Record not found"
    assert await refused(amina, 404, "GET", f"{STATUSES}/12/history") == "Record not found"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"status": ""}, "Validation failed: Text can't be blank"),
        ({"status": "x" * 5001}, "Validation failed: Text character limit"),
        ({"status": "x", "media_ids": ["5"]}, "Media 5 not found"),
        ({"status": "x", "poll": {"options": ["a"], "expires_in": 600}}, "Validation failed: Choices"),
    ],
)
async def test_what_cannot_be_posted_cannot_be_an_edit(
    amina: Program, document: dict[str, Any], sentence: str
) -> None:
    status = await posted(amina, "One")
    found = await refused(amina, 422, "PUT", f"{STATUSES}/{status['id']}", document)
    assert found.startswith(sentence)
    assert (await shown(amina, status))["content"] == "<p>One</p>"


async def test_only_ones_own_posts_can_be_edited(live: LiveNode, amina: Program) -> None:
    status = await posted(amina)
    bilal = await program(live, "bilal")
    path = f"{STATUSES}/{status['id']}"
    assert await refused(bilal, 404, "PUT", path, {"status": "x"}) == "Record not found"
    reader = await program(live, "reader", scopes=("read",))
    await refused(reader, 403, "PATCH", path, {"status": "x"})


async def test_media_is_attached_described_and_taken_away(live: LiveNode, amina: Program) -> None:
    picture = await uploaded(amina, description="A court")
    status = await posted(amina, "One", media_ids=[picture["id"]])
    assert [each["description"] for each in status["media_attachments"]] == ["A court"]
    assert status["media_attachments"][0]["id"] == picture["id"]
    described = await edited(
        amina,
        status,
        status="One",
        media_ids=[picture["id"]],
        media_attributes=[{"id": picture["id"], "description": "A court room", "focus": "0.5,-0.5"}],
    )
    assert described["edited_at"] is not None
    (media,) = described["media_attachments"]
    assert (media["description"], media["meta"]["focus"]) == ("A court room", {"x": 0.5, "y": -0.5})
    document = (await anybody(live).get(f"/o/{status['id']}", accept="application/activity+json")).json()
    (attachment,) = document["attachment"]
    assert (attachment["name"], attachment["focalPoint"]) == ("A court room", [0.5, -0.5])
    assert attachment.keys().isdisjoint({"mediaId", "preview", "mediaKind"})
    assert (await edited(amina, status, status="One"))["media_attachments"] == []


async def test_media_attached_elsewhere_is_refused(amina: Program) -> None:
    picture = await uploaded(amina)
    await posted(amina, "One", media_ids=[picture["id"]])
    sentence = await refused(amina, 422, "POST", STATUSES, {"status": "x", "media_ids": [picture["id"]]})
    assert sentence == f"Media {picture['id']} not found or already attached to another post"


async def test_what_is_deleted_can_be_written_anew_with_its_media(amina: Program) -> None:
    picture = await uploaded(amina)
    status = await posted(amina, "", spoiler_text="CW", media_ids=[picture["id"]])
    assert status["content"] == "<p>🖼</p>"
    deleted = await done(amina, "DELETE", f"{STATUSES}/{status['id']}")
    again = await posted(
        amina, deleted["text"], media_ids=[each["id"] for each in deleted["media_attachments"]]
    )
    assert [each["id"] for each in again["media_attachments"]] == [picture["id"]]


async def test_an_event_is_edited_on_its_page(live: LiveNode) -> None:
    publisher = await program(live, "publisher", role=Role.PUBLISHER)
    event = await publisher.publish(
        {
            "kind": "event",
            "title": "A workshop",
            "summary": "In short.",
            "body": "At length.",
            "starts": "2027-03-02T09:00:00+03:00",
            "as": "office",
            "attachments": [{"url": "https://kenya.example/poster.png", "name": "Poster"}],
        }
    )
    path = f"{STATUSES}/{event['id']}"
    sentence = await refused(publisher, 422, "PUT", path, {"status": "Something else"})
    assert sentence == f"This event is edited on its page: {event['url']}"
    policy = f"{path}/interaction_policy"
    assert "edited on its page" in await refused(
        publisher, 422, "PUT", policy, {"quote_approval_policy": "nobody"}
    )
    source = await done(publisher, "GET", f"{path}/source")
    assert source == {"id": event["id"], "text": "In short.\n\nAt length.", "spoiler_text": ""}
    (media,) = (await done(publisher, "GET", path))["media_attachments"]
    said = [{"id": media["id"], "description": "A poster with the programme"}]
    changed = await done(publisher, "PUT", path, {"media_attributes": said})
    assert [each["description"] for each in changed["media_attachments"]] == ["A poster with the programme"]
    too_long = [{"id": media["id"], "description": "x" * (MAX_DESCRIPTION + 1)}]
    assert "too long" in await refused(publisher, 422, "PUT", path, {"media_attributes": too_long})
    reader = await program(live, "reader")
    assert await refused(reader, 404, "PUT", path, {"status": "x"}) == "Record not found"
    assert await refused(reader, 404, "DELETE", path) == "Record not found"
    assert (await done(publisher, "DELETE", path))["text"] == "In short.\n\nAt length."


async def test_files_that_nobody_uploaded_stay_where_they_are_named(amina: Program) -> None:
    file = {"url": "https://law.example/a.png", "name": "A"}
    note = await amina.publish({"kind": "note", "body": "One", "attachments": [file]})
    (media,) = (await done(amina, "GET", f"{STATUSES}/{note['id']}"))["media_attachments"]
    kept = await done(amina, "PUT", f"{STATUSES}/{note['id']}", {"status": "Two", "media_ids": [media["id"]]})
    assert [each["remote_url"] for each in kept["media_attachments"]] == [file["url"]]
    without = await done(amina, "PUT", f"{STATUSES}/{note['id']}", {"status": "Three"})
    assert without["media_attachments"] == []


async def test_a_post_from_an_app_can_be_edited_through_the_other_api(amina: Program) -> None:
    picture = await uploaded(amina, description="A court")
    status = await posted(
        amina, "One", media_ids=[picture["id"]], poll={"options": ["a", "b"], "expires_in": 600}
    )
    answer = await amina.send("PATCH", f"/api/ilan/v1/publications/{status['id']}", {"body": "Two"})
    assert answer.status_code == 200, answer.text
    changed = await shown(amina, status)
    assert changed["content"] == "<p>Two</p>"
    assert changed["media_attachments"][0]["id"] == picture["id"]
    assert changed["poll"]["options"][0]["title"] == "a"
