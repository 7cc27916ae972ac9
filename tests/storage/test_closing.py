import asyncio
import sqlite3
from pathlib import Path

from storage.database import SQLITE, Database


async def test_a_database_that_somebody_else_is_writing_to_closes_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "kept.db"
    database = Database(f"{SQLITE}{path}")
    async with database.begin() as tx:
        assert await tx.facts.schema_version() is None
    async with database.read() as tx:
        assert await tx.facts.schema_version() is None
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("CREATE TABLE unrelated (id INTEGER)")
        await asyncio.wait_for(database.close(), 5)
    finally:
        other.close()


async def test_a_file_that_is_no_database_leaves_no_thread_behind(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("This is no database, and long enough to be taken for a damaged one. " * 40)
    database = Database(f"{SQLITE}{path}")
    failure: BaseException | None = None
    try:
        async with database.read() as tx:
            await tx.facts.schema_version()
    except sqlite3.DatabaseError as error:
        failure = error
    await database.close()
    assert "not a database" in str(failure)
