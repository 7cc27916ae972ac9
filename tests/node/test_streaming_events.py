"""Streams as server-sent events, which scripts and bots read."""

import asyncio
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from node.mastodon import streaming as routes
from tests.node.streams import SOON, STREAMING, next_event, streaming

POSTING = "/api/v1/statuses"


async def test_it_begins_with_a_smile_and_goes_on_with_what_happens(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.events(amina, "/user") as response:  # /api/v1/streaming/user
            assert response.headers["content-type"].startswith("text/event-stream")
            assert response.headers["cache-control"] == "private, no-store"
            assert response.headers["x-accel-buffering"] == "no"
            lines = response.aiter_lines()
            assert await anext(lines) == ":)"
            posted = await amina.post(POSTING, json={"status": "One\n\nTwo"})
            event = await next_event(lines)
            assert (event.event, event.payload["id"]) == ("update", posted["id"])
            await amina.post("/api/v2/filters", json={"title": "Rain", "context": ["home"]})
            event = await next_event(lines)
            assert (event.event, event.payload) == ("filters_changed", None)
            await amina.delete(f"{POSTING}/{posted['id']}")
            event = await next_event(lines)
            assert (event.event, event.payload) == ("delete", posted["id"])
        await live.is_left()


async def test_silence_is_broken_by_thumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "THUMP_EVERY", 0.02)
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.events(amina, "/public") as response:  # /api/v1/streaming/public
            heard = b""
            async with asyncio.timeout(SOON):
                async for part in response.aiter_raw():
                    heard += part
                    if heard.count(b":thump\n\n") > 1:
                        break
            assert heard.startswith(b":)\n:thump\n\n")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/public/local", "Local"),  # /api/v1/streaming/public/local
        ("/public?only_media=false", "Any"),
        ("/hashtag?tag=Harbour", "At the #harbour"),  # /api/v1/streaming/hashtag
        ("/hashtag/local?tag=harbour", "At the #Harbour"),  # /api/v1/streaming/hashtag/local
    ],
)
async def test_every_public_stream_is_there(tmp_path: Path, path: str, text: str) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.events(amina, path) as response:
            lines = response.aiter_lines()
            await anext(lines)
            posted = await amina.post(POSTING, json={"status": text})
            assert (await next_event(lines)).payload["id"] == posted["id"]


async def test_notifications_conversations_and_lists_have_streams(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        baraka_actor, baraka = await live.member("baraka")
        _, amina = await live.member("amina")
        await amina.post(f"/api/v1/accounts/{baraka_actor.id}/follow")
        made = await amina.post("/api/v1/lists", json={"title": "Colleagues"})
        await amina.post(f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [str(baraka_actor.id)]})
        async with (
            live.events(amina, "/user/notification") as notifications,  # /api/v1/streaming/user/notification
            live.events(amina, "/direct") as conversations,  # /api/v1/streaming/direct
            live.events(amina, f"/list?list={made['id']}") as listed,  # /api/v1/streaming/list
        ):
            heard = [each.aiter_lines() for each in (notifications, conversations, listed)]
            for lines in heard:
                assert await anext(lines) == ":)"
            posted = await baraka.post(POSTING, json={"status": "For everybody"})
            direct = await baraka.post(POSTING, json={"status": "@amina yes?", "visibility": "direct"})
            mention, conversation, update = [await next_event(lines) for lines in heard]
            assert (mention.event, mention.payload["type"]) == ("notification", "mention")
            assert mention.payload["status"]["id"] == direct["id"]
            assert conversation.event == "conversation"
            assert conversation.payload["last_status"]["id"] == direct["id"]
            assert [each["username"] for each in conversation.payload["accounts"]] == ["baraka"]
            assert (update.event, update.payload["id"]) == ("update", posted["id"])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/hashtag", 400),
        ("/list", 400),
        ("/list?list=1", 403),
        ("/list?list=9223372036854775807", 403),
        ("/list?list=9223372036854775808", 400),
        ("/hashtag?tag=", 400),
        ("/everything", 404),
        ("", 404),
    ],
)
async def test_what_is_no_stream_is_refused(tmp_path: Path, path: str, status: int) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        refused = await amina.send("GET", f"{STREAMING}{path}", status=status)
        assert refused.json()["error"]


async def test_guests_and_tokens_for_something_else_are_refused(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        writer, writing = await live.member("writer", ("write",))
        await writing.send("GET", f"{STREAMING}/public", status=403)
        _, reading = await live.member("reader", ("read:statuses",))
        await reading.send("GET", f"{STREAMING}/user/notification", status=403)
        guest = await live.one.client.get(f"{STREAMING}/public")
        assert guest.status_code == 401
        assert writer.is_local


async def test_the_token_may_stand_in_the_address(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        head = await live.one.client.head(f"{STREAMING}/public/remote?access_token={amina.token}")
        assert head.status_code == 200  # /api/v1/streaming/public/remote
        assert head.headers["content-type"].startswith("text/event-stream")
        wrong = await live.one.client.head(f"{STREAMING}/public?access_token=wrong")
        assert wrong.status_code == 401


async def test_it_says_that_it_works(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        health = await live.one.client.get(f"{STREAMING}/health")  # /api/v1/streaming/health
        assert (health.status_code, health.text) == (200, "OK")


async def test_a_stream_ends_with_the_node(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.events(amina, "/user") as response:
            lines = response.aiter_lines()
            await anext(lines)
            live.server.should_exit = True
            async with asyncio.timeout(SOON):
                # Nothing says that it was whole, and it never is.
                with suppress(httpx.RemoteProtocolError):
                    assert [line async for line in lines if line] == []


async def test_a_stream_ends_with_its_token(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        amina, program = await live.member("amina")
        async with live.events(program, "/user") as response:
            lines = response.aiter_lines()
            await anext(lines)
            async with live.one.node.database.begin() as tx:
                member = await tx.members.of(amina)
                assert member is not None
                for token, _ in await tx.tokens.of(member):
                    await tx.tokens.revoke(token.id, tx.now)
            async with asyncio.timeout(SOON):
                assert [line async for line in lines if line] == []
