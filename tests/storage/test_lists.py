"""Lists as one parameter: found by the index, whatever their length, on both engines."""

import pytest
from sqlalchemy.dialects import sqlite

from storage import collections, publications, showing, upkeep
from storage.database import Database
from storage.schema import MODULES as TABLES
from storage.schema import metadata
from storage.statements import Statement
from tests.databases import IS_POSTGRESQL
from tests.make import remote_actor, remote_publication

#: Where statements stand at the top of a module.
MODULES = (*TABLES, collections, publications, showing, upkeep)
SQLITE = sqlite.dialect(paramstyle="qmark")
WITH_LISTS = {
    f"{module.__name__}.{name}": value.compiled(SQLITE)
    for module in MODULES
    for name, value in vars(module).items()
    if isinstance(value, Statement) and "json_each" in value.compiled(SQLITE).sql
}


async def test_rows_are_found_by_lists_of_any_length(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        kept = [await remote_publication(tx, author, number) for number in range(3)]
        ids = [publication.id for publication in kept]
        many = [*ids, *range(1, 40_000)]
        assert await tx.publications.by_ids([]) == {}
        assert sorted(await tx.publications.by_ids(many)) == ids
        assert set(await tx.publications.by_uris([kept[0].uri, "https://far.example/'\"[]"])) == {kept[0].uri}
        assert list(await tx.actors.by_uris([author.uri])) == [author.uri]


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL plans by what the tables hold")
@pytest.mark.parametrize("name", sorted(WITH_LISTS))
async def test_a_list_never_makes_sqlite_read_a_whole_table(database: Database, name: str) -> None:
    async with database.read() as tx:
        compiled = WITH_LISTS[name]
        # An index over a part of a table is only used where the value of the condition is known.
        known = [compiled.constants.get(each) for each in compiled.names]
        plan = await tx._connection.raw(f"EXPLAIN QUERY PLAN {compiled.sql}", *known)
        steps = [row[3] for row in plan]
    assert any(step.startswith("SEARCH") for step in steps), steps
    assert not any(step.startswith(tuple(f"SCAN {table}" for table in metadata.tables)) for step in steps), (
        steps
    )
