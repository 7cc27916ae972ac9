"""Migrations lead to exactly the tables that the code declares, on both engines."""

import asyncio
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, pool
from sqlalchemy.ext.asyncio import create_async_engine

import storage
from storage.database import Database
from storage.migrating import HEAD, migrate, version
from storage.schema import metadata
from tests.databases import IS_POSTGRESQL, fresh_database

#: The full-text index is not SQLAlchemy's to describe: a virtual table with its own, or one of tsvectors.
SEARCH = "search_index"


def with_connection(url: str, ask: Any) -> Any:
    """Ask something through SQLAlchemy's own connection."""
    if not IS_POSTGRESQL:
        engine = create_engine(url.replace("+aiosqlite", ""), poolclass=pool.NullPool)
        with engine.connect() as connection:
            return ask(connection)

    async def work() -> Any:
        engine = create_async_engine(url, poolclass=pool.NullPool)
        async with engine.connect() as connection:
            answer = await connection.run_sync(ask)
        await engine.dispose()
        return answer

    return asyncio.run(work())


def is_declared(_object: Any, name: str | None, type_: str, _reflected: Any, _other: Any) -> bool:
    return not (type_ == "table" and (name or "").startswith(SEARCH))


def test_migrations_produce_the_declared_tables(tmp_path: Path) -> None:
    def differences(connection: Connection) -> list[Any]:
        options = {"include_object": is_declared, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, metadata))

    assert with_connection(fresh_database(tmp_path), differences) == []


def test_every_declared_index_is_there(tmp_path: Path) -> None:
    def indexes(connection: Connection) -> set[str | None]:
        inspector = inspect(connection)
        return {index["name"] for table in metadata.tables for index in inspector.get_indexes(table)}

    declared = {index.name for table in metadata.tables.values() for index in table.indexes}
    assert declared <= with_connection(fresh_database(tmp_path), indexes)


def test_what_is_not_declared_is_the_search_index_alone(tmp_path: Path) -> None:
    def tables(connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names())

    found = with_connection(fresh_database(tmp_path), tables) - set(metadata.tables) - {"alembic_version"}
    assert SEARCH in found
    assert {name for name in found if not name.startswith(SEARCH)} == set()


def test_the_newest_migration_is_the_one_that_the_program_expects() -> None:
    folder = Path(storage.__file__).parent / "migrations"
    configuration = Config()
    configuration.set_main_option("script_location", str(folder))
    script = ScriptDirectory.from_config(configuration)
    assert script.get_heads() == [HEAD]
    assert max(path.name for path in (folder / "versions").glob("[0-9]*.py")).startswith(f"{HEAD}_")


def test_migrations_come_one_after_the_other() -> None:
    folder = Path(storage.__file__).parent / "migrations"
    configuration = Config()
    configuration.set_main_option("script_location", str(folder))
    revisions = [each.revision for each in ScriptDirectory.from_config(configuration).walk_revisions()]
    numbers = [int(revision) for revision in reversed(revisions)]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    url = fresh_database(tmp_path)
    database = Database(url)
    assert await version(database) == HEAD
    await asyncio.to_thread(migrate, url)
    assert await version(database) == HEAD
    await database.close()
