"""Requests that come twice are remembered for a day, and no longer."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import Conflict
from storage.repeats import REMEMBERED, made_by, remember
from tests.databases import fresh_database
from tests.fediverse import START


async def test_a_request_is_known_again_by_its_key_for_a_day(tmp_path: Path) -> None:
    now = START
    database = Database(fresh_database(tmp_path), lambda: now)
    async with database.begin() as tx:
        number = tx.new_id()
        await tx.facts.set("domain", "node.example")
        await remember(tx, "one", number)
    now += REMEMBERED - timedelta(seconds=1)
    async with database.begin() as tx:
        await remember(tx, "two", tx.new_id())
        assert await made_by(tx, "one") == number
        assert await made_by(tx, "three") is None
    now += timedelta(seconds=2)
    async with database.begin() as tx:
        await remember(tx, "three", tx.new_id())
        assert await made_by(tx, "one") is None
        assert await made_by(tx, "two") is not None
        assert await tx.facts.text("domain") == "node.example"
    await database.close()


async def test_of_two_that_come_at_once_one_gives_way(database: Database) -> None:
    async with database.begin() as tx:
        await remember(tx, "one", tx.new_id())
        with pytest.raises(Conflict):
            await remember(tx, "one", tx.new_id())
