"""Conversations through the API: direct messages by those who take part, and what stays when one goes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from storage.actors import Actor
from tests.node.client_calls import Calls, calls_of
from tests.node.counting import statements
from tests.node.served import ServedNode, served

CONVERSATIONS = "/api/v1/conversations"
STATUSES = "/api/v1/statuses"
SCOPES = ("read", "write", "follow")


@dataclass(frozen=True, slots=True)
class Person:
    """A member and a program of theirs."""

    actor: Actor
    calls: Calls

    @property
    def id(self) -> str:
        return str(self.actor.id)

    async def write(self, text: str, **more: Any) -> Any:
        """Write to those alone whom the text mentions."""
        return await self.calls.post(STATUSES, json={"status": text, "visibility": "direct", **more})

    async def conversations(self, **asked: Any) -> Any:
        return await self.calls.get(CONVERSATIONS, **asked)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as one:
        yield one


async def person(node: ServedNode, name: str) -> Person:
    actor = await node.member(name)
    return Person(actor, await calls_of(node, actor, SCOPES))


async def friends(node: ServedNode, *names: str) -> list[Person]:
    """Add members who all follow one another."""
    added = [await person(node, name) for name in names]
    for one in added:
        for other in added:
            if one is not other:
                await node.accept(one.actor, other.actor)
    return added


async def test_a_conversation_has_everybody_but_the_reader_and_its_newest_message(node: ServedNode) -> None:
    amina, baraka, chebet = await friends(node, "amina", "baraka", "chebet")
    first = await amina.write("@baraka @chebet Can we talk?")
    answer = await baraka.write("@amina @chebet Yes.", in_reply_to_id=first["id"])
    await amina.calls.post(STATUSES, json={"status": "@baraka in public"})
    [hers], [his], [theirs] = [await each.conversations() for each in (amina, baraka, chebet)]
    assert {each["username"] for each in hers["accounts"]} == {"baraka", "chebet"}
    assert {each["username"] for each in his["accounts"]} == {"amina", "chebet"}
    assert {each["username"] for each in theirs["accounts"]} == {"amina", "baraka"}
    assert [each["unread"] for each in (hers, his, theirs)] == [True, False, True]
    assert {each["last_status"]["id"] for each in (hers, his, theirs)} == {answer["id"]}
    assert len({each["id"] for each in (hers, his, theirs)}) == 3


async def test_they_are_read_page_by_page(node: ServedNode) -> None:
    amina, baraka = await friends(node, "amina", "baraka")
    sent = [await baraka.write(f"@amina number {number}") for number in range(5)]
    pages = await amina.calls.pages(CONVERSATIONS, limit=2)
    assert [[each["last_status"]["id"] for each in page] for page in pages if page] == [
        [sent[4]["id"], sent[3]["id"]],
        [sent[2]["id"], sent[1]["id"]],
        [sent[0]["id"]],
    ]
    response = await amina.calls.send("GET", CONVERSATIONS, params={"limit": 2, "max_id": sent[3]["id"]})
    assert f"min_id={sent[2]['id']}" in response.links["prev"]["url"]
    newer = await amina.conversations(min_id=sent[1]["id"], limit=1)
    assert [each["last_status"]["id"] for each in newer] == [sent[2]["id"]]


async def test_a_page_costs_the_same_however_long_it_is(node: ServedNode) -> None:
    amina, *others = await friends(node, "amina", "baraka", "chebet", "dalmar")
    for other in others:
        await other.write("@amina Hello")
    # What is kept of accounts and statuses is kept by now.
    await amina.conversations()
    with statements() as few:
        assert len(await amina.conversations(limit=1)) == 1
    with statements() as many:
        assert len(await amina.conversations(limit=3)) == 3
    assert len(many) == len(few) <= 12, "\n".join(many)


async def test_it_is_read_and_can_be_marked_as_unread(node: ServedNode) -> None:
    amina, baraka = await friends(node, "amina", "baraka")
    await baraka.write("@amina Hello")
    [one] = await amina.conversations()
    read = await amina.calls.post(f"{CONVERSATIONS}/{one['id']}/read")
    assert read == {**one, "unread": False}
    assert await amina.conversations() == [read]
    assert await amina.calls.post(f"{CONVERSATIONS}/{one['id']}/unread") == one
    [his] = await baraka.conversations()
    assert his["unread"] is False


async def test_one_that_is_removed_comes_back_with_the_next_message(node: ServedNode) -> None:
    amina, baraka = await friends(node, "amina", "baraka")
    first = await baraka.write("@amina Hello")
    [one] = await amina.conversations()
    assert await amina.calls.delete(f"{CONVERSATIONS}/{one['id']}") == {}
    assert await amina.conversations() == []
    await amina.calls.get(f"{STATUSES}/{first['id']}")
    assert len(await baraka.conversations()) == 1
    await amina.calls.delete(f"{CONVERSATIONS}/{one['id']}", status=404)
    again = await baraka.write("@amina Are you there?", in_reply_to_id=first["id"])
    [back] = await amina.conversations()
    assert (back["last_status"]["id"], back["unread"]) == (again["id"], True)


async def test_who_writes_to_nobody_is_alone_in_it(node: ServedNode) -> None:
    amina = await person(node, "amina")
    note = await amina.write("To be remembered")
    [one] = await amina.conversations()
    assert ([each["id"] for each in one["accounts"]], one["unread"]) == ([amina.id], False)
    assert one["last_status"]["id"] == note["id"]


async def test_a_stranger_waits_among_the_requests_first(node: ServedNode) -> None:
    amina, baraka = await person(node, "amina"), await person(node, "baraka")
    sent = await baraka.write("@amina Hello")
    assert await amina.conversations() == []
    assert len(await baraka.conversations()) == 1
    [request] = await amina.calls.get("/api/v1/notifications/requests")
    await amina.calls.post(f"/api/v1/notifications/requests/{request['id']}/accept")
    [one] = await amina.conversations()
    assert (one["last_status"]["id"], one["unread"]) == (sent["id"], True)
    answer = await baraka.write("@amina Thank you", in_reply_to_id=sent["id"])
    [gone_on] = await amina.conversations()
    assert (gone_on["id"], gone_on["last_status"]["id"]) == (one["id"], answer["id"])


async def test_who_began_a_conversation_hears_the_answer(node: ServedNode) -> None:
    amina, baraka = await person(node, "amina"), await person(node, "baraka")
    first = await amina.write("@baraka Hello")
    assert await baraka.conversations() == []
    answer = await baraka.write("@amina Hello", in_reply_to_id=first["id"])
    [one] = await amina.conversations()
    assert one["last_status"]["id"] == answer["id"]


async def test_a_block_takes_it_away_from_both(node: ServedNode) -> None:
    amina, baraka, chebet = await friends(node, "amina", "baraka", "chebet")
    await baraka.write("@amina Hello")
    await chebet.write("@amina Hello")
    await amina.calls.post(f"/api/v1/accounts/{baraka.id}/block")
    [left] = await amina.conversations()
    assert [each["username"] for each in left["accounts"]] == ["chebet"]
    assert await baraka.conversations() == []


async def test_what_is_deleted_stands_in_none(node: ServedNode) -> None:
    amina, baraka = await friends(node, "amina", "baraka")
    first = await amina.write("@baraka Hello")
    last = await baraka.write("@amina Hello", in_reply_to_id=first["id"])
    await baraka.calls.delete(f"{STATUSES}/{last['id']}")
    [one] = await amina.conversations()
    assert one["last_status"]["id"] == first["id"]
    await amina.calls.delete(f"{STATUSES}/{first['id']}")
    assert await amina.conversations() == await baraka.conversations() == []


async def test_somebody_elses_conversation_is_not_there(node: ServedNode) -> None:
    amina, baraka = await friends(node, "amina", "baraka")
    await baraka.write("@amina Hello")
    [hers] = await amina.conversations()
    for number in (hers["id"], "0", "nonsense", "99999999999999999999"):
        for action in ("/read", "/unread"):
            refused = await baraka.calls.post(f"{CONVERSATIONS}/{number}{action}", status=404)
            assert refused == {"error": "Record not found"}
        await baraka.calls.delete(f"{CONVERSATIONS}/{number}", status=404)
    assert await amina.conversations() == [hers]


async def test_they_need_a_token_that_covers_them(node: ServedNode) -> None:
    amina = await node.member()
    reading = await calls_of(node, amina, ("read:accounts",))
    await reading.get(CONVERSATIONS, status=403)
    writing = await calls_of(node, amina, ("read", "write:statuses"))
    assert await writing.get(CONVERSATIONS) == []
    for method, path in (("POST", "1/read"), ("POST", "1/unread"), ("DELETE", "1")):
        await writing.send(method, f"{CONVERSATIONS}/{path}", status=403)
        await Calls(node).send(method, f"{CONVERSATIONS}/{path}", status=401)
    await Calls(node).get(CONVERSATIONS, status=401)
