"""Accounts as others see them: one, several, found by name, and who is around them."""

from pathlib import Path
from typing import Any

from tests.node.client_calls import Calls, calls_of
from tests.node.counting import statements
from tests.node.served import served


def names(accounts: list[dict[str, Any]]) -> list[str]:
    return [each["acct"] for each in accounts]


async def test_an_account_is_shown_to_anybody_and_a_hidden_one_without_its_texts(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger()
        await node.change(other, suspended_at=node.clock.now, name="Somebody", summary="<p>Words</p>")
        guest = Calls(node)
        found = await guest.get(f"/api/v1/accounts/{amina.id}")
        assert (found["acct"], found["display_name"]) == ("amina", "Amina")
        assert "source" not in found
        hidden = await guest.get(f"/api/v1/accounts/{other.id}")
        assert (hidden["suspended"], hidden["display_name"], hidden["note"]) == (True, "", "")
        for around in ("followers", "following", "featured_tags", "endorsements"):
            assert await guest.get(f"/api/v1/accounts/{other.id}/{around}") == []
        for nobody in ("1", "no-number", "99999999999999999999"):
            await guest.get(f"/api/v1/accounts/{nobody}", status=404)


async def test_several_accounts_come_in_the_order_that_was_asked_for(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        found = await Calls(node).get("/api/v1/accounts", {"id[]": [bela.id, 1, amina.id, bela.id]})
        assert names(found) == ["bela", "amina"]
        assert await Calls(node).get("/api/v1/accounts") == []


async def test_a_handle_is_looked_up_whatever_its_case_and_nobody_is_asked(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        await node.member("amina")
        await node.stranger("reader")
        guest = Calls(node)
        for handle in ("amina", "@AMINA", "Amina@node.example", "amina@NODE.example"):
            assert (await guest.get("/api/v1/accounts/lookup", acct=handle))["acct"] == "amina"
        assert (await guest.get("/api/v1/accounts/lookup", acct="READER@Other.example"))[
            "username"
        ] == "reader"
        for unknown in ("", "reader", "new@elsewhere.example"):
            await guest.get("/api/v1/accounts/lookup", acct=unknown, status=404)


async def test_search_finds_beginnings_of_words_and_puts_those_who_are_followed_first(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        await node.member("amadou")
        near = await node.stranger("zoe", "other.example")
        await node.change(near, name="Zoé Amárante")
        quiet = await node.stranger("amok", "other.example")
        await node.change(quiet, discoverable=False)
        await node.accept(amina, near)
        calls = await calls_of(node, amina)

        async def found(text: str, **more: Any) -> list[str]:
            return names(await calls.get("/api/v1/accounts/search", q=text, **more))

        assert await found("ama") == ["zoe@other.example", "amadou"]
        assert await found("AMARANTE zo") == ["zoe@other.example"]
        assert await found("am", following="true") == ["zoe@other.example"]
        assert await found("am", limit=1, offset=1) == ["amina"]
        assert await found("amok") == ["amok@other.example"]
        assert await found("zoe@other.example") == ["zoe@other.example"]
        assert await found("@zoe@third.example") == []
        assert await found("https://other.example/users/zoe") == ["zoe@other.example"]
        assert await found("") == await found("%") == []
        await Calls(node).get("/api/v1/accounts/search", q="ama", status=401)
        await calls.get("/api/v1/accounts/search", q="ama", offset=-1, status=400)


async def test_search_leaves_out_who_is_blocked_or_hidden_and_a_node_that_fails_is_no_fault(
    tmp_path: Path,
) -> None:
    async with served(tmp_path) as node:
        amina, other, third = (
            await node.member("amina"),
            await node.stranger("loud"),
            await node.stranger("louder", "third.example"),
        )
        calls = await calls_of(node, amina)
        assert len(await calls.get("/api/v1/accounts/search", q="loud")) == 2
        await calls.post(f"/api/v1/accounts/{other.id}/block")
        await calls.post("/api/v1/domain_blocks", json={"domain": third.host})
        assert await calls.get("/api/v1/accounts/search", q="lou") == []
        # Named in full they are there, to be let back in.
        assert names(await calls.get("/api/v1/accounts/search", q="loud")) == ["loud@other.example"]
        await node.change(third, gone_at=node.clock.now)
        assert await calls.get("/api/v1/accounts/search", q=third.handle) == []
        assert await calls.get("/api/v1/accounts/search", q="new@elsewhere.example", resolve="true") == []


async def test_a_renamed_account_is_found_by_its_new_name_only(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, other = await node.member("amina"), await node.stranger("one")
        await node.change(other, name="Green Lawyers")
        await node.change(other, name="Blue Lawyers")
        calls = await calls_of(node, amina)
        assert await calls.get("/api/v1/accounts/search", q="green") == []
        assert names(await calls.get("/api/v1/accounts/search", q="blue law")) == ["one@other.example"]


async def test_relationships_are_one_statement_and_each_is_there_once(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        others = [await node.stranger(f"one{number}") for number in range(20)]
        for other in others:
            await node.accept(amina, other)
        calls = await calls_of(node, amina)
        ids = [other.id for other in others]
        found = await calls.get("/api/v1/accounts/relationships", {"id[]": [*ids, 7, ids[0], "none"]})
        assert [each["id"] for each in found] == [str(number) for number in ids]
        assert all(each["following"] for each in found)
        counts = []
        for wanted in (ids[:1], ids):
            with statements() as seen:
                await calls.get("/api/v1/accounts/relationships", {"id[]": wanted})
            counts.append(len(seen))
        assert counts[0] == counts[1] <= 2
        assert await calls.get("/api/v1/accounts/relationships") == []
        await Calls(node).get("/api/v1/accounts/relationships", id=ids[0], status=401)


async def test_followers_are_paged_in_a_number_of_statements_that_does_not_grow(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        others = [await node.stranger(f"one{number}") for number in range(12)]
        for other in others:
            await node.accept(other, amina)
            await node.accept(amina, other)
        guest = Calls(node)
        for around in ("followers", "following"):
            path = f"/api/v1/accounts/{amina.id}/{around}"
            pages = await guest.pages(path, limit=5)
            assert [len(page) for page in pages] == [5, 5, 2]
            assert [each["username"] for page in pages for each in page] == [
                f"one{number}" for number in reversed(range(12))
            ]
            counts = []
            for limit in (1, 12):
                with statements() as seen:
                    await guest.get(path, limit=limit)
                counts.append(len(seen))
            assert counts[0] == counts[1] <= 4


async def test_who_keeps_their_circle_to_themselves_shows_it_to_nobody_else(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        await node.accept(bela, amina)
        calls = await calls_of(node, amina)
        found = await calls.patch("/api/v1/accounts/update_credentials", data={"hide_collections": "true"})
        assert found["source"]["hide_collections"] is True
        path = f"/api/v1/accounts/{amina.id}/followers"
        assert await Calls(node).get(path) == []
        assert await (await calls_of(node, bela)).get(path) == []
        assert names(await calls.get(path)) == ["bela"]
        assert (await Calls(node).get(f"/api/v1/accounts/{amina.id}"))["hide_collections"] is True
        document = (await node.get("/actors/amina/followers")).json()
        assert document["totalItems"] == 1
        assert "first" not in document
        assert (await node.get("/actors/amina/followers?page=true")).status_code == 404


async def test_lists_of_followers_leave_out_whom_the_reader_has_hidden(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela, other = await node.member("amina"), await node.member("bela"), await node.stranger()
        await node.accept(other, amina)
        calls = await calls_of(node, bela)
        path = f"/api/v1/accounts/{amina.id}/followers"
        assert len(await calls.get(path)) == 1
        await calls.post(f"/api/v1/accounts/{other.id}/mute")
        assert await calls.get(path) == []
        assert len(await (await calls_of(node, amina)).get(path)) == 1


async def test_familiar_followers_are_followed_by_the_reader_and_follow_the_account(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela, shy = await node.member("amina"), await node.member("bela"), await node.member("shy")
        one, two = await node.stranger("one"), await node.stranger("two")
        await node.change(shy, hides_collections=True)
        for follower, followed in ((amina, bela), (amina, shy), (bela, one), (shy, one), (two, one)):
            await node.accept(follower, followed)
        calls = await calls_of(node, amina)
        path = "/api/v1/accounts/familiar_followers"
        found = await calls.get(path, {"id[]": [one.id, two.id, 7]})
        assert [(each["id"], names(each["accounts"])) for each in found] == [
            (str(one.id), ["bela"]),
            (str(two.id), []),
        ]
        await Calls(node).get(path, id=one.id, status=401)


async def test_the_lists_an_account_is_in_are_for_their_owner(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        await node.accept(amina, bela)
        calls = await calls_of(node, amina)
        new = await calls.post("/api/v1/lists", data={"title": "Friends"})
        await calls.post("/api/v1/lists", data={"title": "Nobody"})
        await calls.post(f"/api/v1/lists/{new['id']}/accounts", data={"account_ids[]": bela.id})
        assert await calls.get(f"/api/v1/accounts/{bela.id}/lists") == [new]
        assert await (await calls_of(node, bela)).get(f"/api/v1/accounts/{bela.id}/lists") == []
