"""Suggestions and the directory, through their routes."""

from pathlib import Path
from typing import Any

from storage.kinds import ActorType
from tests.node.client_calls import Calls, calls_of
from tests.node.served import served


def names(accounts: list[dict[str, Any]]) -> list[str]:
    return [each["acct"] for each in accounts]


async def test_people_here_and_bodies_of_followed_nodes_are_suggested(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela, quiet = await node.member("amina"), await node.member("bela"), await node.member("quiet")
        await node.change(quiet, discoverable=False)
        peer = await node.stranger("node", "peer.example")
        body, person = (
            await node.stranger("office", "peer.example"),
            await node.stranger("one", "peer.example"),
        )
        far = await node.stranger("office", "far.example")
        for each in (body, far):
            await node.change(each, type=ActorType.ORGANIZATION)
        await node.accept(node.server, peer)
        calls = await calls_of(node, amina)
        assert sorted(names(await calls.get("/api/v1/suggestions"))) == [
            "bela",
            "office",
            "office@peer.example",
        ]
        [first, *_] = await calls.get("/api/v2/suggestions", limit=1)
        assert (first["source"], first["sources"]) == ("staff", ["featured"])
        await node.accept(amina, bela)
        assert await calls.delete(f"/api/v1/suggestions/{body.id}") == {}
        assert await calls.delete("/api/v1/suggestions/7") == {}
        await calls.post(f"/api/v1/accounts/{node.office.id}/mute")
        assert await calls.get("/api/v2/suggestions") == []
        assert person.handle not in names(await calls.get("/api/v1/suggestions"))
        await Calls(node).get("/api/v2/suggestions", status=401)


async def test_the_directory_has_who_wants_to_be_found_in_either_order(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela, other = await node.member("amina"), await node.member("bela"), await node.stranger("one")
        await node.publish(bela)
        await node.publish(amina)
        guest = Calls(node)
        assert names(await guest.get("/api/v1/directory", local="true", limit=2)) == ["amina", "bela"]
        assert names(await guest.get("/api/v1/directory", order="new"))[:3] == [
            "one@other.example",
            "bela",
            "amina",
        ]
        first = await guest.send("GET", "/api/v1/directory", params={"order": "new", "limit": 1})
        assert "offset=1" in first.links["next"]["url"]
        assert names(await guest.get("/api/v1/directory", order="new", limit=1, offset=1)) == ["bela"]
        calls = await calls_of(node, amina)
        await calls.post(f"/api/v1/accounts/{other.id}/block")
        assert "one@other.example" not in names(await calls.get("/api/v1/directory"))
        assert "node" not in names(await calls.get("/api/v1/directory"))
