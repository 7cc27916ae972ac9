"""Who is told what: a stream tells exactly what the timeline of its name would show."""

import json
from pathlib import Path
from typing import Any

from actors.announcements import add_announcement
from actors.announcing import announce_publication
from storage.kinds import Visibility
from tests.node.client_calls import Calls
from tests.node.streams import Ear, Streaming, streaming

POSTING = "/api/v1/statuses"


async def post(who: Calls, text: str = "Hello", **more: Any) -> dict[str, Any]:
    posted: dict[str, Any] = await who.post(POSTING, json={"status": text, **more})
    return posted


async def listen(ear: Ear, *streams: str) -> None:
    for stream in streams:
        await ear.subscribe(stream)


async def next_is(ear: Ear, status: dict[str, Any]) -> None:
    """The next that is told is this post, and so nothing else was."""
    heard = await ear.next()
    assert (heard.event, heard.payload["id"]) == ("update", status["id"])


async def from_elsewhere(live: Streaming, **facts: Any) -> int:
    """Keep a post of an actor elsewhere, as the inbox does."""
    author = await live.one.stranger("writer", "other.example")
    publication = await live.one.publish(author, **facts)
    async with live.one.node.database.begin() as tx:
        await announce_publication(tx, publication)
    live.one.app.state.bell.ring()
    return publication.id


async def test_home_tells_what_those_post_whom_one_follows(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        baraka_actor, baraka = await live.member("baraka")
        _, chen = await live.member("chen")
        await amina.post(f"/api/v1/accounts/{baraka_actor.id}/follow")
        async with live.ear(amina, "?stream=user") as ear:
            await post(chen)
            await next_is(ear, await post(baraka))
            private = await post(baraka, visibility="private")
            await next_is(ear, private)
            await baraka.delete(f"{POSTING}/{private['id']}")
            heard = await ear.next()
            assert (heard.event, heard.payload) == ("delete", private["id"])


async def test_a_share_is_told_and_taken_back_under_its_own_number(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        baraka_actor, baraka = await live.member("baraka")
        _, chen = await live.member("chen")
        await amina.post(f"/api/v1/accounts/{baraka_actor.id}/follow")
        posted = await post(chen)
        async with live.ear(amina, "?stream=user") as ear, live.ear(amina, "?stream=public") as public:
            shared = await baraka.post(f"{POSTING}/{posted['id']}/reblog")
            heard = await ear.next()
            assert heard.payload["id"] == shared["id"]
            assert heard.payload["reblog"]["id"] == posted["id"]
            await baraka.post(f"{POSTING}/{posted['id']}/unreblog")
            heard = await ear.next()
            assert (heard.event, heard.payload) == ("delete", shared["id"])
            assert (await public.next()).event == "delete"


async def test_an_edit_is_told_with_what_it_says_now(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        posted = await post(amina, "Before")
        async with live.ear(amina) as ear:
            await listen(ear, "user", "public:local")
            await amina.put(f"{POSTING}/{posted['id']}", json={"status": "After"})
            heard = [await ear.next(), await ear.next()]
            assert {each.event for each in heard} == {"status.update"}
            assert sorted(each.stream[0] for each in heard) == ["public:local", "user"]
            assert all("After" in each.payload["content"] and each.payload["edited_at"] for each in heard)


async def test_public_streams_tell_what_is_public_here_elsewhere_and_with_pictures(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        _, baraka = await live.member("baraka")
        async with live.ear(amina) as ear:
            await listen(
                ear, "public", "public:local", "public:remote", "public:media", "public:remote:media"
            )
            here = await post(baraka)
            heard = [await ear.next(), await ear.next()]
            assert sorted(each.stream[0] for each in heard) == ["public", "public:local"]
            assert {each.payload["id"] for each in heard} == {here["id"]}
            for visibility in ("unlisted", "private", "direct"):
                await post(baraka, visibility=visibility)
            await post(baraka, in_reply_to_id=here["id"])
            picture = {"type": "Image", "mediaType": "image/png", "url": "https://other.example/a.png"}
            there = await from_elsewhere(live, attachments=[picture])
            heard = [await ear.next() for _ in range(4)]
            assert sorted(each.stream[0] for each in heard) == [
                "public",
                "public:media",
                "public:remote",
                "public:remote:media",
            ]
            assert {each.payload["id"] for each in heard} == {str(there)}


async def test_a_hashtag_is_told_by_whatever_letters_it_is_written_with(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            await ear.subscribe("hashtag", tag="LegalAid")
            await ear.subscribe("hashtag:local", tag="legalaid")
            await post(amina, "No tag")
            await post(amina, "Only for few #legalaid", visibility="private")
            posted = await post(amina, "#LEGALAID")
            heard = [await ear.next(), await ear.next()]
            assert {each.payload["id"] for each in heard} == {posted["id"]}
            assert sorted(each.stream for each in heard) == [
                ["hashtag", "LegalAid"],
                ["hashtag:local", "legalaid"],
            ]
            tag = {"type": "Hashtag", "name": "#legalaid", "href": "https://other.example/tags/legalaid"}
            there = await from_elsewhere(live, tags=[tag])
            # The publication was kept without its tags being noted, as old ones are: no timeline has it.
            await next_is_not(ear, there, await post(amina, "#legalaid once more"))


async def next_is_not(ear: Ear, number: int, sentinel: dict[str, Any]) -> None:
    heard = await ear.next()
    assert heard.payload["id"] == sentinel["id"] != str(number)


async def test_whom_one_blocks_or_mutes_is_not_told(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        blocked_actor, blocked = await live.member("blocked")
        muted_actor, muted = await live.member("muted")
        silent_actor, silent = await live.member("silent")
        for actor in (blocked_actor, muted_actor, silent_actor):
            await amina.post(f"/api/v1/accounts/{actor.id}/follow")
        await amina.post(f"/api/v1/accounts/{blocked_actor.id}/block")
        await amina.post(f"/api/v1/accounts/{muted_actor.id}/mute")
        async with live.ear(amina) as ear:
            await listen(ear, "user", "public")
            await ear.subscribe("hashtag", tag="rain")
            # While it is open, too.
            await amina.post(f"/api/v1/accounts/{silent_actor.id}/mute")
            for who in (blocked, muted, silent):
                await post(who, "#rain @amina")
            await amina.post(POSTING, json={"status": "Done", "visibility": "private"})
            heard = await ear.next()
            assert heard.payload["account"]["username"] == "amina"


async def test_every_reader_is_told_with_their_own_filters(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        _, baraka = await live.member("baraka")
        made = await amina.post(
            "/api/v2/filters",
            json={"title": "Rain", "context": ["public"], "keywords_attributes": [{"keyword": "rain"}]},
        )
        async with live.ear(amina, "?stream=public") as hers, live.ear(baraka, "?stream=public") as his:
            await post(baraka, "It will rain")
            [result] = (await hers.next()).payload["filtered"]
            assert result["filter"]["id"] == made["id"]
            assert (await his.next()).payload["filtered"] == []


async def test_what_was_written_long_ago_is_no_news(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina, "?stream=public") as ear:
            author = await live.one.stranger()
            old = await live.one.publish(author)
            live.one.clock.forward(days=2)
            async with live.one.node.database.begin() as tx:
                await announce_publication(tx, old)
            await next_is(ear, await post(amina))


async def test_a_private_post_and_its_end_are_told_to_those_alone_who_have_it(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        amina_actor, amina = await live.member("amina")
        _, baraka = await live.member("baraka")
        async with live.ear(baraka) as ear:
            await listen(ear, "user", "public", "public:local", "direct")
            for visibility in (Visibility.DIRECT, Visibility.PRIVATE):
                posted = await post(amina, "Secret", visibility=visibility)
                await amina.delete(f"{POSTING}/{posted['id']}")
            await post(baraka, visibility="private")
            first = await ear.next()
            assert (first.stream, first.payload["account"]["username"]) == (["user"], "baraka")
            await baraka.post(f"/api/v1/accounts/{amina_actor.id}/follow")
            direct = await post(amina, "@baraka Secret", visibility="direct")
            heard = {}
            while "notification" not in heard:
                frame = await ear.next()
                heard[frame.event] = (frame.stream, frame.payload)
            assert heard["conversation"][0] == ["direct"]
            assert heard["conversation"][1]["last_status"]["id"] == direct["id"]
            assert heard["notification"][1]["status"]["id"] == direct["id"]
            await amina.delete(f"{POSTING}/{direct['id']}")
            last = await ear.next()
            assert (last.event, last.payload) == ("delete", direct["id"])


async def test_notifications_are_told_where_the_token_covers_them(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        amina_actor, whole = await live.member("amina")
        _, partly = await live.member("chen", ("read:statuses", "write"))
        _, baraka = await live.member("baraka")
        posted = await post(whole)
        other = await post(partly)
        async with live.ear(whole, "?stream=user") as ear, live.ear(partly, "?stream=user") as half:
            await baraka.post(f"{POSTING}/{posted['id']}/favourite")
            heard = await ear.next()
            assert (heard.event, heard.payload["type"]) == ("notification", "favourite")
            assert heard.payload == await whole.get(f"/api/v1/notifications/{heard.payload['id']}")
            await baraka.post(f"{POSTING}/{other['id']}/favourite")
            await next_is(half, await post(partly))
        assert amina_actor.is_local


async def test_announcements_and_changed_filters_are_told_to_whom_they_concern(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        _, baraka = await live.member("baraka")
        async with live.ear(amina) as hers, live.ear(baraka) as his:
            await listen(hers, "user", "public")
            await listen(his, "user")
            await amina.post("/api/v2/filters", json={"title": "Rain", "context": ["home"]})
            assert (await hers.raw()) == {"stream": ["user"], "event": "filters_changed"}
            async with live.one.node.database.begin() as tx:
                made = await add_announcement(tx, "Maintenance on **Sunday**.")
                payload = json.dumps({"id": str(made.id)})
                await tx.stream_events.add("announcement", payload=payload)
                await tx.stream_events.add("announcement.delete", payload=str(made.id))
            live.one.app.state.bell.ring()
            for ear in (hers, his):
                heard = await ear.next()
                assert (heard.stream, heard.event, heard.payload) == (
                    ["user"],
                    "announcement",
                    {"id": str(made.id)},
                )
                heard = await ear.next()
                assert (heard.event, heard.payload) == ("announcement.delete", str(made.id))


async def test_one_broken_event_keeps_nobody_from_the_next(tmp_path: Path) -> None:
    async with streaming(tmp_path) as live:
        _, amina = await live.member("amina")
        async with live.ear(amina) as ear:
            await listen(ear, "direct", "user")
            async with live.one.node.database.begin() as tx:
                member = await tx.actors.local("amina")
                assert member is not None
                await tx.stream_events.add("conversation", owner_id=member.id, payload="no number")
                await tx.stream_events.add("from the future", payload="{}")
            await next_is(ear, await post(amina))
