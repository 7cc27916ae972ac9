"""What members do to other accounts: following, blocking, muting, recommending, taking notes."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from actors.errors import Forbidden
from actors.following import follow
from actors.moving import move
from actors.reacting import share
from storage.actors import Actor
from storage.kinds import FollowState, Visibility
from tests.node.client_calls import Calls, calls_of, recorded
from tests.node.served import ServedNode, add_publication, served

NOTHING = {
    "following": False,
    "showing_reblogs": False,
    "notifying": False,
    "languages": None,
    "followed_by": False,
    "blocking": False,
    "blocked_by": False,
    "muting": False,
    "muting_notifications": False,
    "muting_expires_at": None,
    "requested": False,
    "requested_by": False,
    "domain_blocking": False,
    "endorsed": False,
    "note": "",
}


def path(actor: Actor, verb: str) -> str:
    return f"/api/v1/accounts/{actor.id}/{verb}"


async def relation(calls: Calls, actor: Actor) -> dict[str, Any]:
    [found] = await calls.get("/api/v1/accounts/relationships", id=actor.id)
    assert isinstance(found, dict)
    return found


async def state(node: ServedNode, follower: Actor, followed: Actor) -> str | None:
    async with node.node.database.read() as tx:
        found = await tx.follows.find(follower, followed)
    return found.state if found else None


async def fresh(node: ServedNode, actor: Actor) -> None:
    """Let an actor elsewhere have been looked at just now, so that nobody asks its node again."""
    await node.change(actor, fetched_at=node.clock.now)


async def test_somebody_here_is_followed_at_once_and_what_is_not_given_stays(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        calls = await calls_of(node, amina)
        found = await calls.post(path(bela, "follow"), params={"notify": "true", "reblogs": "false"})
        assert found == NOTHING | {"id": str(bela.id), "following": True, "notifying": True}
        found = await calls.post(path(bela, "follow"), json={"reblogs": True, "languages": ["en", "pt-br"]})
        assert (found["showing_reblogs"], found["notifying"]) == (True, True)
        assert found["languages"] == ["en", "pt-BR"]
        found = await calls.post(path(bela, "follow"), data={"languages[]": ""})
        assert found["languages"] is None
        assert await relation(await calls_of(node, bela), amina) == NOTHING | {
            "id": str(amina.id),
            "followed_by": True,
        }


async def test_somebody_elsewhere_is_asked_and_shown_as_followed_unless_they_decide_themselves(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        free, locked = await node.stranger("open"), await node.stranger("locked")
        await fresh(node, free)
        await node.change(locked, fetched_at=node.clock.now, manually_approves_followers=True)
        calls = await calls_of(node, amina)
        found = await calls.post(path(free, "follow"))
        assert (found["following"], found["showing_reblogs"], found["requested"]) == (True, True, False)
        found = await calls.post(path(locked, "follow"))
        assert (found["following"], found["requested"]) == (False, True)
        assert (await relation(calls, free))["requested"] is True
        assert await recorded(node) == [("amina", "Follow", free.uri), ("amina", "Follow", locked.uri)]


async def test_an_account_that_is_gone_or_cannot_be_asked_is_not_followed(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        gone, moved = await node.stranger("gone"), await node.stranger("moved")
        await node.change(gone, gone_at=node.clock.now)
        await node.change(moved, fetched_at=node.clock.now, moved_to="https://other.example/users/new")
        calls = await calls_of(node, amina)
        assert (await calls.post(path(gone, "follow"), status=404)) == {"error": "Record not found"}
        await calls.post(path(moved, "follow"), status=403)
        await calls.post(path(amina, "follow"), status=403)
        await calls.post("/api/v1/accounts/999/follow", status=404)
        await calls.post(path(moved, "follow"), json={"languages": ["nonsense-tag!"]}, status=422)
        assert await recorded(node) == []


async def test_unfollowing_is_told_and_takes_the_account_out_of_lists_and_recommendations(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        await node.accept(amina, other)
        calls = await calls_of(node, amina)
        new = await calls.post("/api/v1/lists", json={"title": "Friends"})
        await calls.post(f"/api/v1/lists/{new['id']}/accounts", json={"account_ids": [str(other.id)]})
        assert (await calls.post(path(other, "endorse")))["endorsed"] is True
        assert await calls.post(path(other, "unfollow")) == NOTHING | {"id": str(other.id)}
        assert await calls.get(f"/api/v1/lists/{new['id']}/accounts") == []
        assert await calls.get("/api/v1/endorsements") == []
        assert [verb for _, verb, _ in await recorded(node)] == ["Undo"]
        assert await calls.post(path(other, "unfollow")) == NOTHING | {"id": str(other.id)}
        assert len(await recorded(node)) == 1


async def test_a_follower_is_shown_out_with_a_reject(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        await node.accept(other, amina)
        calls = await calls_of(node, amina)
        assert (await relation(calls, other))["followed_by"] is True
        found = await calls.post(path(other, "remove_from_followers"))
        assert found == NOTHING | {"id": str(other.id)}
        assert [verb for _, verb, _ in await recorded(node)] == ["Reject"]
        await calls.post(path(other, "remove_from_followers"))
        assert len(await recorded(node)) == 1


async def test_blocking_ends_both_follows_and_nobody_is_told_of_the_block(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        await node.accept(other, amina)
        await node.accept(amina, other)
        calls = await calls_of(node, amina)
        found = await calls.post(path(other, "block"))
        assert found == NOTHING | {"id": str(other.id), "blocking": True}
        assert sorted(verb for _, verb, _ in await recorded(node)) == ["Reject", "Undo"]
        assert [each["id"] for each in await calls.get("/api/v1/blocks")] == [str(other.id)]
        await fresh(node, other)
        await calls.post(path(other, "follow"), status=403)
        assert await calls.post(path(other, "unblock")) == NOTHING | {"id": str(other.id)}
        assert await calls.get("/api/v1/blocks") == []
        await calls.post(path(amina, "block"), status=403)


async def test_who_is_blocked_sees_it_and_cannot_follow(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        await (await calls_of(node, amina)).post(path(bela, "block"))
        calls = await calls_of(node, bela)
        assert (await relation(calls, amina))["blocked_by"] is True
        await calls.post(path(amina, "follow"), status=403)
        assert await calls.get(path(amina, "followers")) == []


async def test_a_mute_hides_posts_until_it_is_over(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        post = await node.publish(other)
        calls = await calls_of(node, amina)
        assert [each["id"] for each in await calls.get("/api/v1/timelines/public")] == [str(post.id)]
        found = await calls.post(path(other, "mute"), json={"duration": 3600})
        assert (found["muting"], found["muting_notifications"]) == (True, True)
        assert found["muting_expires_at"] == "2026-08-23T11:00:00.000Z"
        assert await calls.get("/api/v1/timelines/public") == []
        [muted] = await calls.get("/api/v1/mutes")
        assert (muted["id"], muted["mute_expires_at"]) == (str(other.id), "2026-08-23T11:00:00.000Z")
        async with node.node.database.read() as tx:
            assert await tx.mutes.hides_notifications(amina.id, other.id)
        node.clock.forward(hours=2)
        assert await calls.get("/api/v1/mutes") == []
        assert (await relation(calls, other))["muting"] is False
        # Another page than before, since that one is kept for half a second of real time.
        shown = await calls.get("/api/v1/timelines/public", limit=5)
        assert [each["id"] for each in shown] == [str(post.id)]
        async with node.node.database.begin() as tx:
            assert not await tx.mutes.hides_notifications(amina.id, other.id)
            await tx.mutes.forget_expired()


async def test_muting_again_changes_the_mute_and_nobody_mutes_themselves(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        calls = await calls_of(node, amina)
        await calls.post(path(other, "mute"), json={"duration": 60})
        found = await calls.post(path(other, "mute"), params={"notifications": "false", "duration": "0"})
        assert (found["muting_notifications"], found["muting_expires_at"]) == (False, None)
        async with node.node.database.read() as tx:
            assert not await tx.mutes.hides_notifications(amina.id, other.id)
        assert await calls.post(path(other, "unmute")) == NOTHING | {"id": str(other.id)}
        await calls.post(path(amina, "mute"), status=403)
        await calls.post(path(other, "mute"), json={"duration": "soon"}, status=400)
        assert await recorded(node) == []


async def test_only_those_who_are_followed_can_be_recommended(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        calls = await calls_of(node, amina)
        await calls.post(path(bela, "endorse"), status=422)
        await node.accept(amina, bela)
        assert (await calls.post(path(bela, "pin")))["endorsed"] is True
        assert [each["acct"] for each in await calls.get("/api/v1/endorsements")] == ["bela"]
        assert [each["acct"] for each in await Calls(node).get(path(amina, "endorsements"))] == ["bela"]
        assert (await calls.post(path(bela, "unpin")))["endorsed"] is False
        await calls.post(path(bela, "endorse"))
        assert (await calls.post(path(bela, "unendorse")))["endorsed"] is False
        assert await calls.get("/api/v1/endorsements") == []


async def test_a_note_is_for_its_writer_alone(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        calls = await calls_of(node, amina)
        assert (await calls.post(path(bela, "note"), json={"comment": " From Nairobi "}))[
            "note"
        ] == "From Nairobi"
        assert (await calls.post(path(bela, "note"), json={"comment": "From Kisumu"}))[
            "note"
        ] == "From Kisumu"
        assert (await relation(await calls_of(node, bela), amina))["note"] == ""
        await calls.post(path(bela, "note"), json={"comment": "x" * 2001}, status=422)
        assert (await calls.post(path(bela, "note"), json={"comment": ""}))["note"] == ""


async def test_requests_are_answered_once(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        one, two = await node.stranger("one"), await node.stranger("two")
        await node.change(amina, manually_approves_followers=True)
        async with node.node.database.begin() as tx:
            locked = await tx.actors.get(amina.id)
            for each in (one, two):
                await follow(tx, each, locked, uri=f"{each.uri}#follow")
        calls = await calls_of(node, amina)
        assert [each["username"] for each in await calls.get("/api/v1/follow_requests")] == ["two", "one"]
        me = await calls.get("/api/v1/accounts/verify_credentials")
        assert me["source"]["follow_requests_count"] == 2
        assert (await relation(calls, one))["requested_by"] is True
        found = await calls.post(f"/api/v1/follow_requests/{one.id}/authorize")
        assert (found["followed_by"], found["requested_by"]) == (True, False)
        assert (await calls.post(f"/api/v1/follow_requests/{two.id}/reject"))["followed_by"] is False
        assert await calls.get("/api/v1/follow_requests") == []
        for verb in ("authorize", "reject"):
            await calls.post(f"/api/v1/follow_requests/{two.id}/{verb}", status=404)
        assert [verb for _, verb, _ in await recorded(node)] == ["Accept", "Reject"]
        assert (await state(node, one, amina), await state(node, two, amina)) == (
            FollowState.ACCEPTED,
            FollowState.REJECTED,
        )


async def test_a_blocked_host_is_out_of_sight_and_its_follows_end(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        follower, followed = (
            await node.stranger("one", "loud.example"),
            await node.stranger("two", "loud.example"),
        )
        await node.accept(follower, amina)
        await node.accept(amina, followed)
        await node.publish(followed)
        calls = await calls_of(node, amina)
        preview = await calls.get("/api/v1/domain_blocks/preview", domain="loud.example")
        assert preview == {"following_count": 1, "followers_count": 1}
        assert await calls.post("/api/v1/domain_blocks", data={"domain": " LOUD.example "}) == {}
        await calls.post("/api/v1/domain_blocks", params={"domain": "loud.example"})
        assert await calls.get("/api/v1/domain_blocks") == ["loud.example"]
        assert sorted(verb for _, verb, _ in await recorded(node)) == ["Reject", "Undo"]
        assert await calls.get("/api/v1/timelines/public") == []
        assert (await relation(calls, followed))["domain_blocking"] is True
        async with node.node.database.read() as tx:
            assert await tx.mutes.hides_notifications(amina.id, followed.id)
        await calls.delete("/api/v1/domain_blocks", data={"domain": "loud.example"})
        assert await calls.get("/api/v1/domain_blocks") == []
        assert len(await calls.get("/api/v1/timelines/public")) == 1
        for nonsense in ("", "node.example", "not a host", "-.example"):
            await calls.post("/api/v1/domain_blocks", data={"domain": nonsense}, status=422)


async def test_from_a_blocked_host_nobody_is_let_in(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger("one", "loud.example")
        calls = await calls_of(node, amina)
        await calls.post("/api/v1/domain_blocks", json={"domain": "loud.example"})
        async with node.node.database.begin() as tx:
            with pytest.raises(Forbidden):
                await follow(tx, other, amina, uri="https://loud.example/1")


async def test_scopes_are_asked_for(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        reader = await calls_of(node, amina, ("read",))
        for verb in ("follow", "block", "mute", "note", "endorse", "unfollow", "remove_from_followers"):
            assert (await reader.post(path(bela, verb), status=403))["error"]
            await Calls(node).post(path(bela, verb), status=401)
        old = await calls_of(node, amina, ("follow",))
        await old.post(path(bela, "follow"))
        await old.post(path(bela, "mute"))
        for listed in ("blocks", "mutes", "follow_requests", "domain_blocks"):
            assert isinstance(await old.get(f"/api/v1/{listed}"), list)
            await Calls(node).get(f"/api/v1/{listed}", status=401)


async def test_a_private_post_is_read_by_followers_until_they_are_shown_out(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        post = await node.publish(bela, Visibility.PRIVATE)
        calls, theirs = await calls_of(node, amina), await calls_of(node, bela)
        await calls.post(path(bela, "follow"))
        await calls.get(f"/api/v1/statuses/{post.id}")
        await theirs.post(path(amina, "remove_from_followers"))
        await calls.get(f"/api/v1/statuses/{post.id}", status=404)


async def test_lists_of_relations_are_paged_by_their_own_numbers(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        others = [await node.stranger(f"one{number}") for number in range(5)]
        calls = await calls_of(node, amina)
        for other in reversed(others):
            await calls.post(path(other, "block"))
            await calls.post(path(other, "mute"))
        for listed in ("blocks", "mutes"):
            pages = await calls.pages(f"/api/v1/{listed}", limit=2)
            assert [[each["username"] for each in page] for page in pages] == [
                ["one0", "one1"],
                ["one2", "one3"],
                ["one4"],
            ]


async def test_a_request_without_a_body_is_understood(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        calls = await calls_of(node, amina)
        response: httpx.Response = await calls.send("POST", path(bela, "follow"))
        assert response.headers["cache-control"] == "private, no-store"


async def test_what_a_follower_wants_to_see_decides_what_comes_home(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela, author = await node.member("amina"), await node.member("bela"), await node.stranger()
        calls = await calls_of(node, amina)
        await calls.post(path(bela, "follow"), json={"reblogs": False, "languages": ["en"]})
        foreign = await node.publish(author)
        async with node.node.database.begin() as tx:
            await share(tx, bela, foreign, uri="https://node.example/shares/1")
            for language in ("sw", "en-GB", None, "en"):
                await tx.home.place(
                    await add_publication(tx, bela, language=language, title=language or "unsaid")
                )
        home = await calls.get("/api/v1/timelines/home")
        assert [each["language"] for each in home] == ["en", None, "en-GB"]
        await calls.post(path(bela, "follow"), json={"reblogs": True, "languages": []})
        async with node.node.database.begin() as tx:
            await share(tx, bela, await add_publication(tx, author), uri="https://node.example/shares/2")
            await tx.home.place(await add_publication(tx, bela, language="sw"))
        home = await calls.get("/api/v1/timelines/home")
        assert home[0]["language"] == "sw"
        assert home[1]["reblog"] is not None


async def test_followers_of_an_account_that_moves_follow_the_new_one_as_before(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, old, new = await node.member("amina"), await node.stranger("old"), await node.stranger("new")
        await fresh(node, old)
        await node.accept(amina, old)
        calls = await calls_of(node, amina)
        known = await calls.post("/api/v1/lists", json={"title": "Friends"})
        await calls.post(path(old, "follow"), json={"notify": True, "reblogs": False})
        await calls.post(f"/api/v1/lists/{known['id']}/accounts", json={"account_ids": [old.id]})
        async with node.node.database.begin() as tx:
            await move(tx, old, new, cool_down=timedelta(days=1))
            found = await tx.follows.find(amina, new)
            assert found is not None
            assert (found.notify, found.show_reblogs) == (True, False)
        listed = await calls.get(f"/api/v1/lists/{known['id']}/accounts")
        assert [each["username"] for each in listed] == ["new"]
