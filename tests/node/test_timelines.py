"""The timelines of the client API, through their routes."""

from pathlib import Path
from typing import Any

from actors import reacting
from storage.kinds import Kind, Visibility
from tests.node.served import ServedNode, served
from tests.node.signing_in import asked, sign_in


async def place(node: ServedNode, publication: Any) -> None:
    async with node.node.database.begin() as tx:
        await tx.home.place(publication)


async def test_home_shows_whom_one_follows_and_oneself(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        reader, followed, other = (
            await node.member("amina"),
            await node.stranger("one"),
            await node.stranger("two"),
        )
        token = await sign_in(node, reader)
        await node.accept(reader, followed)
        posts = [await node.publish(each) for each in (followed, other, reader)]
        for each in posts:
            await place(node, each)
        found = await asked(node, "/api/v1/timelines/home", token)
        assert [each["id"] for each in found] == [str(posts[2].id), str(posts[0].id)]
        assert found[0]["account"]["acct"] == "amina"
        assert found[1]["account"]["acct"] == "one@other.example"
        assert found[0]["favourited"] is False


async def test_a_share_stands_in_home_under_its_own_number(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        reader, sharer, author = (
            await node.member("amina"),
            await node.stranger("one"),
            await node.stranger("two"),
        )
        token = await sign_in(node, reader)
        await node.accept(reader, sharer)
        post = await node.publish(author)
        async with node.node.database.begin() as tx:
            await reacting.share(tx, sharer, post, uri="https://other.example/shares/1")
        [found] = await asked(node, "/api/v1/timelines/home", token)
        assert found["reblog"]["id"] == str(post.id) != found["id"]
        assert found["account"]["username"] == "one"
        assert found["reblog"]["account"]["username"] == "two"
        assert found["reblog"]["reblogs_count"] == 1
        async with node.node.database.begin() as tx:
            await reacting.unshare(tx, sharer, post)
        assert await asked(node, "/api/v1/timelines/home", token) == []


async def test_home_is_paged_with_links(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        reader = await node.member("amina")
        token = await sign_in(node, reader)
        posts = [await node.publish(reader) for _ in range(5)]
        for each in posts:
            await place(node, each)
        ids = [str(each.id) for each in posts[::-1]]
        path = "/api/v1/timelines/home"
        response = await node.get(f"{path}?limit=2", "application/json", authorization=f"Bearer {token}")
        assert [each["id"] for each in response.json()] == ids[:2]
        base = f"https://node.example{path}?limit=2"
        assert response.headers["link"] == (
            f'<{base}&max_id={ids[1]}>; rel="next", <{base}&min_id={ids[0]}>; rel="prev"'
        )
        assert [each["id"] for each in await asked(node, f"{path}?limit=2&max_id={ids[1]}", token)] == ids[
            2:4
        ]
        assert [each["id"] for each in await asked(node, f"{path}?limit=2&min_id={ids[4]}", token)] == ids[
            2:4
        ]
        assert [each["id"] for each in await asked(node, f"{path}?limit=2&since_id={ids[4]}", token)] == ids[
            :2
        ]
        assert await asked(node, f"{path}?since_id={ids[0]}", token) == []


async def test_public_shows_what_is_public_and_answers_nothing(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        author, stranger = await node.member("amina"), await node.stranger("one")
        shown = await node.publish(author)
        elsewhere = await node.publish(stranger)
        await node.publish(author, Visibility.UNLISTED)
        await node.publish(author, Visibility.PRIVATE)
        await node.publish(author, in_reply_to=shown.uri)
        path = "/api/v1/timelines/public"
        assert [each["id"] for each in await asked(node, path)] == [str(elsewhere.id), str(shown.id)]
        assert [each["id"] for each in await asked(node, f"{path}?local=true")] == [str(shown.id)]
        assert [each["id"] for each in await asked(node, f"{path}?remote=1")] == [str(elsewhere.id)]
        assert await asked(node, f"{path}?only_media=true") == []
        assert "favourited" not in (await asked(node, path))[0]


async def test_a_hashtag_has_a_timeline_whatever_its_case(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        author = await node.member("amina")
        one, both = await node.publish(author), await node.publish(author)
        async with node.node.database.begin() as tx:
            await tx.publications.set_tags(one, ["legalaid"])
            await tx.publications.set_tags(both, ["legalaid", "kenya"])
        path = "/api/v1/timelines/tag/LegalAid"
        assert [each["id"] for each in await asked(node, path)] == [str(both.id), str(one.id)]
        assert [each["id"] for each in await asked(node, f"{path}?all[]=kenya")] == [str(both.id)]
        assert [each["id"] for each in await asked(node, f"{path}?none[]=Kenya")] == [str(one.id)]
        assert len(await asked(node, "/api/v1/timelines/tag/none?any[]=kenya")) == 1


async def test_an_account_shows_what_the_reader_may_see(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        author, follower = await node.member("amina"), await node.member("reader")
        await node.accept(follower, author)
        token = await sign_in(node, follower)
        public = await node.publish(author)
        private = await node.publish(author, Visibility.PRIVATE)
        practice = await node.publish(
            author, kind=Kind.PRACTICE, type="Article", title="A practice", slug="a"
        )
        path = f"/api/v1/accounts/{author.id}/statuses"
        assert [each["id"] for each in await asked(node, path)] == [str(practice.id), str(public.id)]
        assert [each["id"] for each in await asked(node, path, token)] == [
            str(practice.id),
            str(private.id),
            str(public.id),
        ]
        assert (await node.get("/api/v1/accounts/1/statuses", "application/json")).status_code == 404


async def test_one_status_is_shown_to_those_who_may_see_it(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        author, follower = await node.member("amina"), await node.member("reader")
        await node.accept(follower, author)
        token = await sign_in(node, follower)
        private = await node.publish(author, Visibility.PRIVATE)
        path = f"/api/v1/statuses/{private.id}"
        assert (await asked(node, path, token))["visibility"] == "private"
        refused = await node.get(path, "application/json")
        assert (refused.status_code, refused.json()) == (404, {"error": "Record not found"})


async def test_a_thread_is_complete_and_in_order(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        author = await node.member("amina")
        root = await node.publish(author)
        one = await node.publish(author, in_reply_to=root.uri)
        two = await node.publish(author, in_reply_to=root.uri)
        under_one = await node.publish(author, in_reply_to=one.uri)
        await node.publish(author, Visibility.PRIVATE, in_reply_to=two.uri)
        thread = await asked(node, f"/api/v1/statuses/{root.id}/context")
        assert thread["ancestors"] == []
        assert [each["id"] for each in thread["descendants"]] == [str(x.id) for x in (one, under_one, two)]
        thread = await asked(node, f"/api/v1/statuses/{under_one.id}/context")
        assert [each["id"] for each in thread["ancestors"]] == [str(root.id), str(one.id)]
        assert (await asked(node, f"/api/v1/statuses/{one.id}"))["in_reply_to_id"] == str(root.id)
        assert (await asked(node, f"/api/v1/statuses/{root.id}"))["replies_count"] == 2
        assert (await node.get("/api/v1/statuses/7/context", "application/json")).status_code == 404
