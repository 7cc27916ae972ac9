"""How far a member has read: markers, by their routes."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import sqlite
from storage.database import SQLITE
from tests.databases import IS_POSTGRESQL
from tests.node.client_calls import calls_of
from tests.node.notices import MOMENT
from tests.node.served import served

MARKERS = "/api/v1/markers"


async def test_nothing_is_marked_at_first(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member())
        assert await calls.get(MARKERS, {"timeline[]": ["home", "notifications"]}) == {}
        assert await calls.get(MARKERS) == {}
        assert await calls.post(MARKERS) == {}


@pytest.mark.parametrize(
    "sent",
    [
        {"json": {"home": {"last_read_id": "103194548672408537"}}},
        {"json": {"home": {"last_read_id": 103194548672408537}}},
        {"data": {"home[last_read_id]": "103194548672408537"}},
        {"params": {"home[last_read_id]": "103194548672408537"}},
        {"files": {"home[last_read_id]": (None, "103194548672408537")}},
    ],
    ids=["JSON", "a number", "a form", "the address", "multipart"],
)
async def test_a_marker_is_kept_however_it_is_sent(tmp_path: Path, sent: dict[str, Any]) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member())
        kept = await calls.post(MARKERS, **sent)
        assert kept.keys() == {"home"}
        assert kept["home"].keys() == {"last_read_id", "version", "updated_at"}
        assert kept["home"]["last_read_id"] == "103194548672408537"
        assert kept["home"]["version"] == 0
        assert MOMENT.fullmatch(kept["home"]["updated_at"])
        assert await calls.get(MARKERS, {"timeline[]": "home"}) == kept


async def test_versions_rise_and_what_is_smaller_is_kept_as_well(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member())
        both = {"home": {"last_read_id": "12"}, "notifications": {"last_read_id": "7"}}
        await calls.post(MARKERS, json=both)
        kept = await calls.post(MARKERS, json={"home": {"last_read_id": "9"}})
        assert (kept["home"]["last_read_id"], kept["home"]["version"]) == ("9", 1)
        found = await calls.get(MARKERS, {"timeline[]": ["home", "notifications", "unknown"]})
        assert {name: (each["last_read_id"], each["version"]) for name, each in found.items()} == {
            "home": ("9", 1),
            "notifications": ("7", 0),
        }


async def test_each_member_has_their_own(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        amina, bela = [await calls_of(node, await node.member(name)) for name in ("amina", "bela")]
        await amina.post(MARKERS, json={"home": {"last_read_id": "12"}})
        assert await bela.get(MARKERS, {"timeline[]": "home"}) == {}


@pytest.mark.skipif(IS_POSTGRESQL, reason="a lock on the whole database is SQLite's")
async def test_a_conflict_is_told_as_clients_expect_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 20)
    async with served(tmp_path) as node:
        calls = await calls_of(node, await node.member())
        path = node.node.settings.storage.database_url.removeprefix(SQLITE)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            refused = await calls.post(MARKERS, json={"home": {"last_read_id": "12"}}, status=409)
        assert refused == {"error": "Conflict during update, please try again"}
        await calls.post(MARKERS, json={"home": {"last_read_id": "12"}})
