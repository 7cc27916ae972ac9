"""Lists of accounts, through their routes."""

from pathlib import Path

from actors.listing import MAX_LISTS
from tests.node.client_calls import Calls, calls_of
from tests.node.served import served


async def test_a_list_is_made_changed_and_forgotten(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        assert await calls.get("/api/v1/lists") == []
        new = await calls.post("/api/v1/lists", json={"title": " Legal  aid ", "exclusive": True})
        assert new == {"id": new["id"], "title": "Legal aid", "replies_policy": "list", "exclusive": True}
        path = f"/api/v1/lists/{new['id']}"
        assert await calls.get(path) == new
        changed = await calls.put(path, data={"title": "Aid", "replies_policy": "none"})
        assert changed == new | {"title": "Aid", "replies_policy": "none"}
        assert (await calls.patch(path, json={"exclusive": False}))["exclusive"] is False
        assert len(await calls.get("/api/v1/lists")) == 1
        assert await calls.delete(path) == {}
        await calls.get(path, status=404)
        assert await calls.get("/api/v1/lists") == []


async def test_what_a_list_cannot_be_is_said_by_field(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member("amina"))
        refused = await calls.post("/api/v1/lists", json={"title": " "}, status=422)
        assert refused["details"]["title"][0]["error"] == "ERR_BLANK"
        await calls.post("/api/v1/lists", json={"title": "x" * 256}, status=422)
        await calls.post("/api/v1/lists", json={"title": "x", "replies_policy": "all"}, status=422)
        for number in range(MAX_LISTS):
            await calls.post("/api/v1/lists", json={"title": f"List {number}"})
        await calls.post("/api/v1/lists", json={"title": "One more"}, status=422)


async def test_only_whom_one_follows_can_be_put_into_a_list_and_only_once(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, followed, other = (
            await node.member("amina"),
            await node.stranger("one"),
            await node.stranger("two"),
        )
        await node.accept(amina, followed)
        calls = await calls_of(node, amina)
        new = await calls.post("/api/v1/lists", json={"title": "Friends"})
        path = f"/api/v1/lists/{new['id']}/accounts"
        await calls.post(path, json={"account_ids": [followed.id, other.id]}, status=422)
        assert await calls.get(path) == []
        assert await calls.post(path, json={"account_ids": [str(followed.id), amina.id]}) == {}
        await calls.post(path, json={"account_ids": [followed.id]}, status=422)
        await calls.post(path, json={"account_ids": [7]}, status=404)
        assert [each["username"] for each in await calls.get(path)] == ["amina", "one"]
        assert await calls.delete(path, data={"account_ids[]": followed.id}) == {}
        assert await calls.delete(path, json={"account_ids": [amina.id]}) == {}
        assert await calls.get(path) == []


async def test_members_are_paged_and_a_limit_of_nothing_means_everybody(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        others = [await node.stranger(f"one{number}") for number in range(5)]
        for other in others:
            await node.accept(amina, other)
        calls = await calls_of(node, amina)
        new = await calls.post("/api/v1/lists", json={"title": "Friends"})
        path = f"/api/v1/lists/{new['id']}/accounts"
        await calls.post(path, json={"account_ids": [other.id for other in others]})
        assert [len(page) for page in await calls.pages(path, limit=2)] == [2, 2, 1]
        everybody = await calls.send("GET", path, params={"limit": 0})
        assert len(everybody.json()) == 5
        assert "link" not in everybody.headers


async def test_lists_are_nobody_elses_business(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = await node.member("amina"), await node.member("bela")
        mine, theirs = await calls_of(node, amina), await calls_of(node, bela)
        new = await mine.post("/api/v1/lists", json={"title": "Friends"})
        path = f"/api/v1/lists/{new['id']}"
        await theirs.get(path, status=404)
        await theirs.put(path, json={"title": "Mine"}, status=404)
        await theirs.delete(path, status=404)
        await theirs.get(f"{path}/accounts", status=404)
        await theirs.post(f"{path}/accounts", json={"account_ids": [bela.id]}, status=404)
        await theirs.delete(f"{path}/accounts", json={"account_ids": [bela.id]}, status=404)
        await Calls(node).get("/api/v1/lists", status=401)
        reader = await calls_of(node, amina, ("read",))
        await reader.post("/api/v1/lists", json={"title": "x"}, status=403)
