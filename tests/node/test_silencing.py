"""Silencing a thread: nothing more is told of it, and every status in it says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served

STATUSES = "/api/v1/statuses"
NOTIFICATIONS = "/api/v1/notifications"


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as one:
        yield one


async def program(node: ServedNode, name: str) -> Calls:
    return await calls_of(node, await node.member(name), ("read", "write", "follow"))


async def post(who: Calls, text: str, **more: Any) -> Any:
    return await who.post(STATUSES, json={"status": text, **more})


async def told(who: Calls) -> list[tuple[str, str]]:
    """Return (type, status) of what somebody was told of, the newest first."""
    return [(each["type"], each["status"]["id"]) for each in await who.get(NOTIFICATIONS)]


async def test_a_silenced_thread_is_told_of_no_more_until_it_is_heard_again(node: ServedNode) -> None:
    amina, baraka = await program(node, "amina"), await program(node, "baraka")
    root = await post(amina, "A question")
    answer = await post(baraka, "@amina An answer", in_reply_to_id=root["id"])
    silent = await amina.post(f"{STATUSES}/{root['id']}/mute")
    assert (silent["id"], silent["muted"]) == (root["id"], True)
    await post(baraka, "@amina More", in_reply_to_id=answer["id"])
    await baraka.post(f"{STATUSES}/{root['id']}/favourite")
    await baraka.post(f"{STATUSES}/{root['id']}/reblog")
    assert await told(amina) == [("mention", answer["id"])]
    other = await post(baraka, "@amina Something else")
    heard = await amina.post(f"{STATUSES}/{root['id']}/unmute")
    assert heard["muted"] is False
    again = await post(baraka, "@amina Again", in_reply_to_id=answer["id"])
    assert await told(amina) == [
        ("mention", again["id"]),
        ("mention", other["id"]),
        ("mention", answer["id"]),
    ]


async def test_it_is_the_whole_thread_and_the_readers_alone(node: ServedNode) -> None:
    amina, baraka = await program(node, "amina"), await program(node, "baraka")
    root = await post(amina, "A question")
    answer = await post(baraka, "@amina An answer", in_reply_to_id=root["id"])
    for _ in range(2):
        assert (await amina.post(f"{STATUSES}/{answer['id']}/mute"))["muted"] is True
    for status in (root, answer):
        assert (await amina.get(f"{STATUSES}/{status['id']}"))["muted"] is True
        assert (await baraka.get(f"{STATUSES}/{status['id']}"))["muted"] is False
    later = await post(baraka, "@amina More", in_reply_to_id=answer["id"])
    assert (await amina.get(f"{STATUSES}/{later['id']}"))["muted"] is True
    for _ in range(2):
        assert (await amina.post(f"{STATUSES}/{later['id']}/unmute"))["muted"] is False
    assert (await amina.get(f"{STATUSES}/{root['id']}"))["muted"] is False


async def test_a_share_silences_the_thread_of_what_it_shares(node: ServedNode) -> None:
    amina, baraka = await program(node, "amina"), await program(node, "baraka")
    root = await post(amina, "A question")
    share = await baraka.post(f"{STATUSES}/{root['id']}/reblog")
    silent = await amina.post(f"{STATUSES}/{share['id']}/mute")
    assert (silent["id"], silent["reblog"]["muted"]) == (share["id"], True)
    assert (await amina.get(f"{STATUSES}/{root['id']}"))["muted"] is True


async def test_what_the_reader_may_not_see_is_not_silenced(node: ServedNode) -> None:
    amina, baraka = await program(node, "amina"), await program(node, "baraka")
    private = await post(baraka, "Between few", visibility="private")
    for number in (private["id"], "1", "nonsense"):
        for verb in ("mute", "unmute"):
            refused = await amina.post(f"{STATUSES}/{number}/{verb}", status=404)
            assert refused == {"error": "Record not found"}


async def test_it_needs_a_token_that_covers_it(node: ServedNode) -> None:
    actor = await node.member()
    root = await post(await calls_of(node, actor), "A question")
    narrow = await calls_of(node, actor, ("read", "write:statuses"))
    for verb in ("mute", "unmute"):
        await narrow.post(f"{STATUSES}/{root['id']}/{verb}", status=403)
        await Calls(node).post(f"{STATUSES}/{root['id']}/{verb}", status=401)
    right = await calls_of(node, actor, ("write:mutes",))
    assert (await right.post(f"{STATUSES}/{root['id']}/mute"))["muted"] is True
