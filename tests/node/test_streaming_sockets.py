"""The WebSocket of the client API: who may open it, what is said on it, and how it ends."""

import asyncio
import json
import logging
from io import StringIO
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from actors.accounts import disable
from node.http.auth import digest_of
from node.logs import configure
from node.mastodon import streaming as routes
from node.mastodon.streams import hub
from storage.kinds import Role
from tests.node.client_calls import Calls, calls_of
from tests.node.streams import SOON, STREAMING, Ear, streaming

POSTING = "/api/v1/statuses"


async def closed(ear: Ear) -> int | None:
    """Wait until the node has closed a connection, and return the code."""
    async with asyncio.timeout(SOON):
        try:
            while True:
                await ear.socket.recv()
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


async def test_a_post_is_told_as_rest_shows_it(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            await ear.subscribe("user")
            posted = await amina.post(POSTING, json={"status": "To be *heard*"})
            frame = await ear.raw()
            assert frame.keys() == {"stream", "event", "payload"}
            assert frame["stream"] == ["user"]
            assert frame["event"] == "update"
            assert isinstance(frame["payload"], str)
            assert json.loads(frame["payload"]) == await amina.get(f"{POSTING}/{posted['id']}")


async def test_a_token_opens_it_from_the_header_the_query_and_the_sub_protocol(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        nobody = Calls(live.one)
        async with live.ear(amina) as ear:
            assert ear.socket.subprotocol == amina.token
        async with live.ear(nobody, f"?access_token={amina.token}&stream=user") as ear:
            assert ear.socket.subprotocol is None
            posted = await amina.post(POSTING, json={"status": "Heard"})
            assert (await ear.next()).payload["id"] == posted["id"]
        headers = {"Authorization": f"Bearer {amina.token}"}
        async with live.ear(nobody, additional_headers=headers) as ear:
            await ear.settle()


# /api/v1/streaming
@pytest.mark.parametrize("query", ["", "?access_token=wrong", "?access_token=%F0%9F%94%91", "?stream=public"])
async def test_who_brings_no_good_token_is_answered_401_in_http(tmp_path: Path, query: str) -> None:
    async with streaming(tmp_path) as live:
        with pytest.raises(InvalidStatus) as refused:
            async with live.ear(Calls(live.one), query):
                pass
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body or b"") == {"error": "The access token is invalid"}
        assert len(live.one.app.state.hub) == 0


async def test_a_token_for_writing_opens_nothing(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina", ("write",))
        with pytest.raises(InvalidStatus) as refused:
            async with live.ear(amina):
                pass
        assert refused.value.response.status_code == 403


async def test_a_stream_needs_its_own_scope(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        amina, reading = await live.member("amina", ("read:statuses",))
        notified = await calls_of(live.one, amina, ("read:notifications",))
        outside = {"error": "This action is outside the authorized scopes", "status": 401}
        async with live.ear(notified, "?stream=user") as ear:
            assert await ear.raw() == outside
            await ear.send(type="subscribe", stream="public")
            assert await ear.raw() == outside
            await ear.subscribe("user:notification")
        async with live.ear(reading) as ear:
            await ear.send(type="subscribe", stream="user:notification")
            assert await ear.raw() == outside
            await ear.subscribe("user")


async def test_a_stream_that_is_not_there_is_named_and_the_connection_stays(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina, "?stream=local") as ear:
            assert await ear.raw() == {"error": "Unknown stream type", "status": 400}
            await ear.send(type="subscribe", stream="hashtag")
            assert await ear.raw() == {"error": "Missing tag name parameter", "status": 400}
            for number in ("all", str(2**63)):
                await ear.send(type="subscribe", stream="list", list=number)
                assert await ear.raw() == {"error": "Missing list name parameter", "status": 400}
            await ear.send(type="unsubscribe", stream="local")
            assert (await ear.raw())["status"] == 400
            await ear.send(type="dance", stream="user")
            assert (await ear.raw())["status"] == 400
            for text in ("no JSON", "[1]", "null", '"user"', "[" * 4000, json.dumps({"tag": "x" * 5000})):
                await ear.socket.send(text)
                assert (await ear.raw())["status"] == 400
            await ear.settle()


async def test_what_is_no_longer_wanted_is_not_told(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            for stream in ("public", "hashtag"):
                await ear.subscribe(stream, tag="Harbour")
            await ear.send(type="unsubscribe", stream="public")
            await ear.settle()
            await amina.post(POSTING, json={"status": "At the #harbour"})
            assert (await ear.next()).stream == ["hashtag", "Harbour"]
            await ear.send(type="unsubscribe", stream="hashtag", tag="Harbour")
            await ear.settle()
            await amina.post(POSTING, json={"status": "At the #harbour again"})
            await ear.settle()


async def test_bytes_end_the_connection(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina, "?stream=user") as ear:
            await ear.socket.send(b"\x00")
            assert await closed(ear) == 1003
    assert len(live.one.app.state.hub) == 0


async def test_a_message_without_end_ends_the_connection(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            await ear.socket.send("x" * 100_000)
            assert await closed(ear) == 1009


async def test_nothing_is_compressed(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            assert "sec-websocket-extensions" not in (
                ear.socket.response.headers if ear.socket.response else {}
            )


async def test_somebody_elses_list_is_not_told(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        _, baraka = await live.member("baraka")
        made = await amina.post("/api/v1/lists", json={"title": "Mine"})
        async with live.ear(baraka) as ear:
            await ear.send(type="subscribe", stream="list", list=made["id"])
            assert await ear.raw() == {"error": "Not authorized to stream this list", "status": 401}
        async with live.ear(amina) as ear:
            await ear.subscribe("list", list=made["id"])


async def test_a_revoked_token_hears_nothing_any_more(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        amina, program = await live.member("amina")
        other = await calls_of(live.one, amina)
        async with live.ear(program, "?stream=user") as ear, live.ear(other, "?stream=user") as stays:
            async with live.one.node.database.begin() as tx:
                holder = await tx.tokens.holder(digest_of(program.token or ""))
                assert holder is not None
                await tx.tokens.revoke(holder.token.id, tx.now)
            assert await closed(ear) == 1001
            posted = await other.post(POSTING, json={"status": "Only for the other"})
            assert (await stays.next()).payload["id"] == posted["id"]


async def test_a_member_whose_login_is_disabled_hears_nothing_any_more(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        amina, program = await live.member("amina")
        await calls_of(live.one, live.one.office, role=Role.ADMIN)
        async with live.ear(program, "?stream=user") as ear:
            async with live.one.node.database.begin() as tx:
                member = await tx.members.of(amina)
                assert member is not None
                await disable(tx, member)
            assert await closed(ear) == 1001


async def test_the_connection_ends_with_the_node(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina, "?stream=user") as ear:
            live.server.should_exit = True
            assert await closed(ear) == 1012


async def test_whoever_does_not_read_is_let_go_and_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "CLOSE_SECONDS", 0.1)
    async with streaming(tmp_path) as live:
        actor, amina = await live.member("amina")
        other = await calls_of(live.one, actor)
        async with (
            live.ear(amina, "?stream=user", max_queue=1) as lazy,
            live.ear(other, "?stream=user") as ear,
        ):
            slow = min(live.one.app.state.hub._listeners, key=lambda each: each.caller.token_id)
            text = "x" * 100_000
            while not slow.is_over:
                async with live.one.node.database.begin() as tx:
                    for _ in range(20):
                        await tx.stream_events.add("announcement", payload=json.dumps(text))
                live.one.app.state.bell.ring()
                for _ in range(20):
                    assert (await ear.next()).payload == text
            lazy.socket.transport.abort()
            posted = await amina.post(POSTING, json={"status": "Still there"})
            assert (await ear.next()).payload["id"] == posted["id"]


async def test_one_member_may_not_open_connections_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_OF_ONE_MEMBER", 1)
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        _, baraka = await live.member("baraka")
        async with live.ear(amina):
            with pytest.raises(InvalidStatus) as refused:
                async with live.ear(amina):
                    pass
            assert refused.value.response.status_code == 503
            async with live.ear(baraka) as ear:
                await ear.settle()


async def test_one_connection_may_not_listen_to_streams_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_CHANNELS", 2)
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            for tag in ("one", "two"):
                await ear.subscribe("hashtag", tag=tag)
            await ear.send(type="subscribe", stream="hashtag", tag="three")
            assert "unsubscribe" in (await ear.raw())["error"]


async def test_who_does_not_answer_a_ping_is_dropped(tmp_path: Path) -> None:
    async with streaming(tmp_path, {"ws_ping_interval": 0.05, "ws_ping_timeout": 0.05}) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            await asyncio.wait_for(ear.settle(), SOON)
            ear.socket.transport.pause_reading()
            await live.is_left()
            ear.socket.transport.abort()


async def test_another_host_is_refused(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        with pytest.raises(InvalidStatus) as refused:
            async with live.ear(amina, additional_headers={"Host": "evil.example"}):
                pass
        assert refused.value.response.status_code >= 400


async def test_the_log_has_neither_token_nor_address(tmp_path: Path) -> None:
    written = StringIO()
    before = logging.getLogger().handlers[:], logging.getLogger().level
    handler = configure(stream=written)
    try:
        async with streaming(tmp_path) as live:
            _, amina = await live.member("amina")
            nobody = Calls(live.one)
            async with live.ear(nobody, f"?access_token={amina.token}") as ear:
                await ear.settle()
            with pytest.raises(InvalidStatus):
                async with live.ear(nobody, "?access_token=wrong"):
                    pass
    finally:
        logging.getLogger().removeHandler(handler)
        for known in before[0]:
            logging.getLogger().addHandler(known)
        logging.getLogger().setLevel(before[1])
    text = written.getvalue()
    assert f"path={STREAMING} status=101" in text
    assert f"path={STREAMING} status=401" in text
    assert str(amina.token) not in text
    assert "127.0.0.1" not in text.replace("http://127.0.0.1", "")
    assert "wrong" not in text
