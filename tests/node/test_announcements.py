"""Announcements to members, through their routes."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import orjson
import pytest

from actors.announcements import add_announcement, is_emoji
from storage.announcements import Announcement
from tests.clients.entities.belongings import Announcement as AnnouncementEntity
from tests.clients.validation import validate
from tests.node.served import ServedNode, served
from tests.node.signing_in import asked, sign_in

PATH = "/api/v1/announcements"


async def announce(node: ServedNode, text: str, *, days: int | None = None) -> Announcement:
    async with node.node.database.begin() as tx:
        ends = None if days is None else tx.now + timedelta(days=days)
        return await add_announcement(tx, text, starts_at=ends and tx.now, ends_at=ends)


async def send(node: ServedNode, method: str, path: str, token: str | None) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return await node.client.request(method, f"{PATH}{path}", headers=headers)


async def test_members_read_what_has_not_ended(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        token = await sign_in(node, await node.member(), ("profile",))
        await announce(node, "The office is **closed** on Monday.")
        await announce(node, "Maintenance tonight.", days=1)
        found = await asked(node, PATH, token)
        node.clock.forward(days=2)
        left = await asked(node, PATH, token)
        guest = await send(node, "GET", "", None)
    validate(found, list[AnnouncementEntity], member=True)
    assert [each["content"] for each in found] == [
        "<p>The office is <strong>closed</strong> on Monday.</p>\n",
        "<p>Maintenance tonight.</p>\n",
    ]
    assert found[1]["ends_at"] == "2026-08-24T10:00:00.000Z"
    assert found[0]["read"] is False
    assert len(left) == 1
    assert guest.status_code == 401


async def test_an_announcement_has_only_what_apps_can_draw(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        token = await sign_in(node, await node.member())
        await announce(node, "# Closed\n\nOn Monday. <script>x</script>\n\n| a |\n|---|\n| b |")
        found = await asked(node, PATH, token)
    validate(found, list[AnnouncementEntity], member=True)
    assert "<strong>Closed</strong>" in found[0]["content"]
    assert "https://node.example/@office" in found[0]["content"]


async def test_what_a_member_has_read_is_put_away_for_that_member(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        tokens = [await sign_in(node, await node.member(name)) for name in ("amina", "baraka")]
        one = await announce(node, "Read me.")
        for _ in "ab":
            done = await send(node, "POST", f"/{one.id}/dismiss", tokens[0])
            assert (done.status_code, done.json()) == (200, {})
        assert await asked(node, PATH, tokens[0]) == []
        [shown] = await asked(node, f"{PATH}?with_dismissed=true", tokens[0])
        [other] = await asked(node, PATH, tokens[1])
        nothing = await send(node, "POST", "/12345/dismiss", tokens[0])
        reading = await sign_in(node, await node.member("chebet"), ("read",))
        forbidden = await send(node, "POST", f"/{one.id}/dismiss", reading)
    assert (shown["read"], other["read"]) == (True, False)
    assert (nothing.status_code, nothing.json()) == (404, {"error": "Record not found"})
    assert forbidden.status_code == 403


async def test_members_react_with_emojis_and_take_them_back(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        tokens = [await sign_in(node, await node.member(name)) for name in ("amina", "baraka")]
        one = await announce(node, "Good news.")
        thumb, heart = quote("👍"), quote("❤️")
        for token, name in ((tokens[0], thumb), (tokens[0], thumb), (tokens[1], thumb), (tokens[1], heart)):
            done = await send(node, "PUT", f"/{one.id}/reactions/{name}", token)
            assert (done.status_code, done.json()) == (200, {})
        [found] = await asked(node, PATH, tokens[0])
        validate(found, AnnouncementEntity, member=True)
        assert found["reactions"] == [
            {"name": "👍", "count": 2, "me": True},
            {"name": "❤️", "count": 1, "me": False},
        ]
        for _ in "ab":
            done = await send(node, "DELETE", f"/{one.id}/reactions/{thumb}", tokens[0])
            assert (done.status_code, done.json()) == (200, {})
        [found] = await asked(node, PATH, tokens[0])
        assert found["reactions"][0] == {"name": "👍", "count": 1, "me": False}
        async with node.node.database.read() as tx:
            events = await tx.stream_events.after(0, 20)
    told = [orjson.loads(each.payload or "") for each in events if each.event == "announcement.reaction"]
    assert [(each["name"], each["count"]) for each in told] == [("👍", 1), ("👍", 2), ("❤️", 1), ("👍", 1)]
    assert {each["announcement_id"] for each in told} == {str(one.id)}


@pytest.mark.parametrize("name", ["a", "yes", "<b>", "👍👍", "9", "blobcat"])
async def test_what_is_no_emoji_is_no_reaction(tmp_path: Path, name: str) -> None:
    async with served(tmp_path) as node:
        token = await sign_in(node, await node.member())
        one = await announce(node, "News.")
        refused = await send(node, "PUT", f"/{one.id}/reactions/{quote(name)}", token)
    assert refused.status_code == 422
    assert "name" in refused.json()["details"]


async def test_an_announcement_has_only_so_many_different_reactions(tmp_path: Path) -> None:
    emojis = "👍👎🎉🙏😀😅🔥🌍🌱"
    async with served(tmp_path) as node:
        token = await sign_in(node, await node.member())
        one = await announce(node, "News.")
        done = [await send(node, "PUT", f"/{one.id}/reactions/{quote(each)}", token) for each in emojis]
        again = await send(node, "PUT", f"/{one.id}/reactions/{quote(emojis[0])}", token)
    assert [each.status_code for each in done] == [200] * 8 + [422]
    assert again.status_code == 200


@pytest.mark.parametrize("name", ["❤", "👩‍👩‍👧", "🇰🇪", "1️⃣", "👍🏽", "🏳️‍🌈", "‼️", "⚖️"])
def test_emojis_are_known_in_all_their_forms(name: str) -> None:
    assert is_emoji(name)
