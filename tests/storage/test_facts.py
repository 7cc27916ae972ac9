"""Small facts about the node, such as keys that are made once however many processes begin at a time."""

import asyncio
from pathlib import Path

from storage.database import Database
from tests.databases import fresh_database


async def test_a_fact_is_kept_in_place_of_the_one_before(database: Database) -> None:
    async with database.begin() as tx:
        assert await tx.facts.text("domain") is None
        await tx.facts.set("domain", "one.example")
        await tx.facts.set("domain", "two.example")
        assert await tx.facts.text("domain") == "two.example"
        await tx.facts.set("domain", 3)
        assert await tx.facts.text("domain") is None


async def test_what_is_kept_once_is_everybodys_whoever_was_quicker(tmp_path: Path) -> None:
    url = fresh_database(tmp_path)
    processes = [Database(url), Database(url)]

    async def begin(process: Database, made: str) -> str:
        async with process.begin() as tx:
            return await tx.facts.set_once("key", made)

    found = await asyncio.gather(
        *(
            begin(process, f"{one} of {number}")
            for number, process in enumerate(processes)
            for one in range(3)
        )
    )
    async with processes[0].read() as tx:
        kept = await tx.facts.text("key")
    for process in processes:
        await process.close()
    assert set(found) == {kept}
