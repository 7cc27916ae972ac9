"""Editing and withdrawing through the API: what changes, who may, and what was before."""

import asyncio
from typing import Any

import httpx
import pytest

from storage.kinds import Role
from tests.drafting import NOTE, PRACTICE
from tests.fediverse import Fediverse, LiveNode
from tests.node.api_client import Program, anybody, program
from tests.node.described import check

LIST = "/api/ilan/v1/publications"
RIGHT = {name: value for name, value in PRACTICE.items() if name != "audience_group"}


async def edited(who: Program, number: str, method: str, body: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return check(await who.send(method, f"{LIST}/{number}", body, named), "publications/{id}")


async def publisher_of(fediverse: Fediverse) -> tuple[LiveNode, Program]:
    kenya = await fediverse.node("kenya.example")
    return kenya, await program(kenya, role=Role.PUBLISHER)


async def test_another_text_replaces_all_but_the_audience(fediverse: Fediverse) -> None:
    kenya, amina = await publisher_of(fediverse)
    first = await amina.publish({**RIGHT, "visibility": "unlisted"})
    fediverse.wait(hours=1)
    changed = await edited(amina, first["id"], "PUT", {"title": "Night court", "reason": "New name"})
    assert changed["title"] == {"en": "Night court"}
    assert (changed["jurisdiction"], changed["concepts"], changed["attachments"]) == ([], [], [])
    assert (changed["kind"], changed["visibility"]) == ("practice", "unlisted")
    assert (changed["revision"], changed["updated"]) == (2, "2026-08-23T11:00:00.000Z")
    assert (changed["uri"], changed["url"], changed["published"]) == (
        first["uri"],
        first["url"],
        first["published"],
    )
    assert check(await amina.get(f"publications/{first['id']}"), "publications/{id}") == changed
    assert (await anybody(kenya).get(f"publications/{first['id']}")).headers["etag"] == '"2"'


async def test_single_fields_change_and_null_empties_one(fediverse: Fediverse) -> None:
    _, amina = await publisher_of(fediverse)
    first = await amina.publish(RIGHT)
    changed = await edited(
        amina, first["id"], "PATCH", {"maturity": "good", "license": None, "started": None}
    )
    assert changed["details"]["maturity"] == "good"
    assert changed["license"] is None
    assert "started" not in changed["details"]
    for name in ("title", "jurisdiction", "concepts", "attachments", "hashtags"):
        assert changed[name] == first[name]
    same = await edited(amina, first["id"], "PATCH", {})
    assert same == changed


async def test_the_others_are_told_of_an_edit(fediverse: Fediverse) -> None:
    kenya, amina = await publisher_of(fediverse)
    nepal = await fediverse.node("nepal.example")
    await nepal.follow(nepal.server, kenya.server.uri)
    await fediverse.settle()
    first = await amina.publish({**RIGHT, "as": "office"})
    await fediverse.settle()
    fediverse.wait(minutes=5)
    await edited(amina, first["id"], "PATCH", {"title": "Night court"})
    await fediverse.settle()
    replica = await nepal.publication(first["uri"])
    assert replica is not None
    assert replica.title == "Night court"
    fediverse.wait(minutes=5)
    await amina.send("DELETE", f"{LIST}/{first['id']}")
    await fediverse.settle()
    assert await nepal.publication(first["uri"]) is None
    assert await nepal.search("night court") == []


async def test_what_cannot_change_is_named_with_whatever_else_is_wrong(fediverse: Fediverse) -> None:
    _, amina = await publisher_of(fediverse)
    first = await amina.publish({**RIGHT, "visibility": "private"})
    path = f"{LIST}/{first['id']}"
    answer = await amina.send("PATCH", path, {"kind": "resource", "visibility": "public", "genre": "manual"})
    assert {"sections", "maturity"} <= set(check(answer, "publications/{id}", 422)["fields"])
    answer = await amina.send("PATCH", path, {"visibility": "public"})
    assert list(check(answer, "publications/{id}", 422)["fields"]) == ["visibility"]
    answer = await amina.send("PUT", path, {"kind": "note", "body": "x"})
    assert list(check(answer, "publications/{id}", 422)["fields"]) == ["kind"]
    answer = await amina.send("PATCH", path, {"as": "office", "reason": 5, "title": "", "colour": "red"})
    assert set(check(answer, "publications/{id}", 422)["fields"]) == {"as", "reason", "title", "colour"}
    assert (await amina.get(f"publications/{first['id']}")).json() == first


async def test_only_its_author_changes_something_and_publishers_what_is_the_bodys(
    fediverse: Fediverse,
) -> None:
    kenya, amina = await publisher_of(fediverse)
    nepal = await fediverse.node("nepal.example")
    editor, admin = await program(kenya, "editor", Role.EDITOR), await program(kenya, "zawadi", Role.ADMIN)
    await kenya.follow(kenya.server, nepal.server.uri)
    await fediverse.settle()
    there = await nepal.publish(nepal.office, "x", kind="practice", title="There")
    await fediverse.settle()
    replica = await kenya.publication(there.uri)
    assert replica is not None
    bodys = await amina.publish({**RIGHT, "as": "office"})
    own = await editor.publish(RIGHT)
    for who, number in ((editor, bodys["id"]), (amina, own["id"]), (admin, own["id"]), (admin, replica.id)):
        for method, body in (("PUT", RIGHT), ("PATCH", {"title": "x"}), ("DELETE", None)):
            answer = await who.send(method, f"{LIST}/{number}", body)
            assert check(answer, "publications/{id}", 403)["error"]
    assert (await edited(admin, bodys["id"], "PATCH", {"title": "Night court"}))["revision"] == 2
    assert (await edited(editor, own["id"], "PATCH", {"title": "Mine"}))["revision"] == 2
    for method, body in (("PUT", RIGHT), ("PATCH", {"title": "x"}), ("DELETE", None)):
        answer = await anybody(kenya).send(method, f"{LIST}/{own['id']}", body)
        assert check(answer, "publications/{id}", 401)["error"]


async def test_a_publisher_edits_what_the_body_published_for_few(fediverse: Fediverse) -> None:
    kenya, amina = await publisher_of(fediverse)
    other = await program(kenya, "other", Role.PUBLISHER)
    private = await amina.publish({**RIGHT, "as": "office", "visibility": "private"})
    assert (await edited(other, private["id"], "PATCH", {"title": "x"}))["title"] == {"en": "x"}


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*", '"7", "1"'])
async def test_the_revision_that_is_meant_is_edited(fediverse: Fediverse, tag: str) -> None:
    _, amina = await publisher_of(fediverse)
    first = await amina.publish(RIGHT)
    assert (await edited(amina, first["id"], "PATCH", {"title": "x"}, if_match=tag))["revision"] == 2


async def test_another_revision_than_the_one_that_is_meant_is_not_changed(fediverse: Fediverse) -> None:
    _, amina = await publisher_of(fediverse)
    first = await amina.publish(RIGHT)
    path = f"{LIST}/{first['id']}"
    second = await edited(amina, first["id"], "PATCH", {"title": "x", "revision": 1})
    for method, body, headers in (
        ("PATCH", {"title": "y"}, {"if-match": '"1"'}),
        ("PUT", {"title": "y"}, {"if-match": '"3"'}),
        ("DELETE", None, {"if-match": '"1"'}),
        ("PATCH", {"title": "y"}, {"if-match": "nonsense"}),
        ("PATCH", {"title": "y", "revision": 1}, {}),
        ("PUT", {"title": "y", "revision": "2"}, {}),
    ):
        answer = await amina.send(method, path, body, headers)
        assert "revision 2" in check(answer, "publications/{id}", 412)["error"]
    assert (await amina.get(f"publications/{first['id']}")).json() == second


async def test_of_two_who_edit_at_once_the_slower_one_is_told(fediverse: Fediverse) -> None:
    kenya, amina = await publisher_of(fediverse)
    slow = fediverse.remote("slow.example")
    answers = asyncio.Event()
    where = "/.well-known/webfinger?resource=acct:author@slow.example"
    slow.lay(where, answers, httpx.Response(404))
    first = await amina.publish(NOTE)
    path = f"{LIST}/{first['id']}"
    slower = asyncio.create_task(amina.send("PATCH", path, {"body": "Ask @author@slow.example"}))
    while not (slow.asked or slower.done()):  # noqa: ASYNC110 - whoever is asked has nothing to wait for
        await asyncio.sleep(0)
    assert not slower.done()
    faster = await amina.send("PATCH", path, {"body": "Quick."})
    assert faster.status_code == 200
    answers.set()
    assert check(await slower, "publications/{id}", 409)["error"]
    assert (await anybody(kenya).get(f"publications/{first['id']}")).json()["content"] == {
        "en": "<p>Quick.</p>"
    }


async def test_what_is_withdrawn_is_gone_and_what_was_private_is_as_if_it_never_was(
    fediverse: Fediverse,
) -> None:
    kenya, amina = await publisher_of(fediverse)
    public = await amina.publish(RIGHT)
    private = await amina.publish({**RIGHT, "visibility": "private"})
    for each in (public, private):
        answer = await amina.send("DELETE", f"{LIST}/{each['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
    for who in (anybody(kenya), amina):
        answer = await who.get(f"publications/{public['id']}")
        assert check(answer, "publications/{id}", 410)["error"] == "This was withdrawn by its author."
        assert (await who.get(f"publications/{public['id']}/revisions")).status_code == 410
        assert (await who.get(f"publications/{private['id']}")).status_code == 404
        assert await who.ids("publications") == []
        assert await who.ids("search?q=duty") == []
    for method, body in (("PUT", RIGHT), ("PATCH", {"title": "x"}), ("DELETE", None)):
        answer = await amina.send(method, f"{LIST}/{public['id']}", body)
        assert check(answer, "publications/{id}", 410)["error"]


async def test_revisions_tell_what_was_and_why_it_changed(fediverse: Fediverse) -> None:
    kenya, amina = await publisher_of(fediverse)
    first = await amina.publish({"kind": "practice", "title": {"en": "One", "fr": "Un"}, "language": "en"})
    for number, title in enumerate(("Two", "Three", "Four"), start=2):
        fediverse.wait(hours=1)
        await edited(amina, first["id"], "PATCH", {"title": title, "reason": f"Reason {number}"})
    path = f"publications/{first['id']}/revisions"
    revisions = check(await anybody(kenya).get(path), "publications/{id}/revisions")
    assert [(each["revision"], each["title"], each["reason"], each["at"][11:13]) for each in revisions] == [
        (4, {"en": "Four"}, "Reason 4", "13"),
        (3, {"en": "Three"}, "Reason 3", "12"),
        (2, {"en": "Two"}, "Reason 2", "11"),
        (1, {"en": "One", "fr": "Un"}, "", "10"),
    ]
    pages, where = [], f"{path}?limit=3"
    while where:
        answer = await anybody(kenya).get(where)
        pages.append([each["revision"] for each in answer.json()])
        where = answer.links.get("next", {}).get("url", "").removeprefix(kenya.base)
    assert pages == [[4, 3, 2], [1]]
    refused = await anybody(kenya).get(f"{path}?before=x&limit=0")
    assert set(check(refused, "publications/{id}/revisions", 422)["fields"]) == {"before", "limit"}


async def test_of_a_replica_the_revisions_are_known_since_it_came(fediverse: Fediverse) -> None:
    kenya, _ = await publisher_of(fediverse)
    nepal = await fediverse.node("nepal.example")
    await kenya.follow(kenya.server, nepal.server.uri)
    await fediverse.settle()
    there = await nepal.publish(nepal.office, "x", kind="practice", title="There")
    await fediverse.settle()
    fediverse.wait(minutes=1)
    await nepal.edit(nepal.office, there, "y", title="Then")
    await fediverse.settle()
    replica = await kenya.publication(there.uri)
    assert replica is not None
    answer = await anybody(kenya).get(f"/api/ilan/v1/publications/{replica.id}/revisions")
    assert [(each["revision"], each["title"]) for each in check(answer, "publications/{id}/revisions")] == [
        (2, {"en": "Then"}),
        (1, {"en": "There"}),
    ]
