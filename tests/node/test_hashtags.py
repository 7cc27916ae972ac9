"""Hashtags through their routes: their use, following them, showing them on a profile."""

from pathlib import Path
from typing import Any

from actors.tags import folded_tag
from storage.actors import Actor
from storage.publication_rows import Publication
from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served


async def tagged(node: ServedNode, author: Actor, *names: str, **more: Any) -> Publication:
    tags = [{"type": "Hashtag", "name": f"#{name}", "href": "https://node.example/tags/x"} for name in names]
    post = await node.publish(author, tags=tags, **more)
    async with node.node.database.begin() as tx:
        await tx.publications.set_tags(post, [folded_tag(name) for name in names])
        await tx.home.place(post)
    return post


async def test_a_hashtag_tells_of_its_use_on_seven_days_in_texts(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        await tagged(node, amina, "LegalAid")
        node.clock.forward(days=2)
        for author in (amina, amina, bela):
            await tagged(node, author, "legalaid")
        await tagged(node, bela, "legalaid", visibility="private")
        found = await Calls(node).get("/api/v1/tags/LegalAid")
        assert (found["name"], found["url"]) == ("legalaid", "https://node.example/tags/legalaid")
        assert found["id"].isdigit()
        assert [(each["uses"], each["accounts"]) for each in found["history"]] == [
            ("3", "2"),
            ("0", "0"),
            ("1", "1"),
            *[("0", "0")] * 4,
        ]
        assert found["history"][0]["day"] == "1787616000"
        assert "following" not in found


async def test_a_hashtag_nobody_used_is_there_and_nonsense_is_not(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        found = await calls.get("/api/v1/tags/حقوق")
        assert (found["name"], found["following"], found["featuring"]) == ("حقوق", False, False)
        for nonsense in ("2026", "two words", "a-b"):
            await calls.get(f"/api/v1/tags/{nonsense}", status=404)
            await calls.post(f"/api/v1/tags/{nonsense}/follow", status=404)


async def test_posts_with_a_followed_hashtag_come_home(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        calls = await calls_of(node, amina)
        assert (await calls.post("/api/v1/tags/LegalAid/follow"))["following"] is True
        await calls.post("/api/v1/tags/legalaid/follow")
        assert [each["name"] for each in await calls.get("/api/v1/followed_tags")] == ["legalaid"]
        assert (await calls.get("/api/v1/tags/legalAID"))["following"] is True
        post = await tagged(node, other, "legalaid")
        assert [each["id"] for each in await calls.get("/api/v1/timelines/home")] == [str(post.id)]
        assert (await calls.post("/api/v1/tags/legalaid/unfollow"))["following"] is False
        await tagged(node, other, "legalaid")
        assert [each["id"] for each in await calls.get("/api/v1/timelines/home")] == [str(post.id)]
        assert await calls.get("/api/v1/followed_tags") == []


async def test_followed_hashtags_are_paged(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        for name in ("a1", "b2", "c3"):
            await calls.post(f"/api/v1/tags/{name}/follow")
        pages = await calls.pages("/api/v1/followed_tags", limit=2)
        assert [[each["name"] for each in page] for page in pages] == [["c3", "b2"], ["a1"]]
        assert all(each["following"] for page in pages for each in page)


async def test_hashtags_on_a_profile_count_what_was_published_under_them(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        await tagged(node, amina, "legalaid")
        await tagged(node, amina, "legalaid", "courts")
        await tagged(node, amina, "secret", visibility="direct")
        calls = await calls_of(node, amina)
        suggested = await calls.get("/api/v1/featured_tags/suggestions")
        assert [each["name"] for each in suggested] == ["legalaid", "courts"]
        new = await calls.post("/api/v1/featured_tags", json={"name": "#LegalAid"})
        assert new == {
            "id": new["id"],
            "name": "LegalAid",
            "url": "https://node.example/tags/legalaid",
            "statuses_count": "2",
            "last_status_at": "2026-08-23",
        }
        assert await calls.post("/api/v1/featured_tags", json={"name": "legalaid"}) == new
        assert (await calls.post("/api/v1/tags/courts/feature"))["featuring"] is True
        assert await calls.get("/api/v1/featured_tags") == await Calls(node).get(
            f"/api/v1/accounts/{amina.id}/featured_tags"
        )
        assert await calls.get("/api/v1/featured_tags/suggestions") == []
        assert (await calls.post("/api/v1/tags/courts/unfeature"))["featuring"] is False
        assert await calls.delete(f"/api/v1/featured_tags/{new['id']}") == {}
        await calls.delete(f"/api/v1/featured_tags/{new['id']}", status=404)
        assert await calls.get("/api/v1/featured_tags") == []


async def test_a_profile_has_room_for_ten_hashtags_and_none_that_are_none(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        for nonsense in ("", "two words", "2026"):
            await calls.post("/api/v1/featured_tags", json={"name": nonsense}, status=422)
        for number in range(10):
            await calls.post("/api/v1/featured_tags", json={"name": f"tag{number}"})
        await calls.post("/api/v1/featured_tags", json={"name": "tag10"}, status=422)
        await Calls(node).post("/api/v1/featured_tags", json={"name": "tag10"}, status=401)


async def test_another_members_hashtag_cannot_be_taken_off(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        mine = await calls_of(node, await node.member("amina"))
        theirs = await calls_of(node, await node.member("bela"))
        new = await mine.post("/api/v1/featured_tags", json={"name": "courts"})
        await theirs.delete(f"/api/v1/featured_tags/{new['id']}", status=404)
