"""Databases for tests: migrated once in each test process, then copied for each test, on either engine.

SQLite, unless ILAN_TEST_POSTGRES_URL names a PostgreSQL to make them in, as a superuser (`tests/postgres.sh`
starts one). A copy takes PostgreSQL longer than most tests take, so there the databases of tests that are
over are emptied and lent again. All are dropped when the process ends.
"""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, TypeVar

from storage.database import SQLITE
from storage.migrating import migrate

POSTGRES_URL = os.environ.get("ILAN_TEST_POSTGRES_URL", "")
IS_POSTGRESQL = bool(POSTGRES_URL)

Result = TypeVar("Result")

#: Bytes in its tables up to which a database is emptied; a larger one is dropped, since a new one is faster.
_MOST_USED: Final = 2_000_000
_OTHERS: Final = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
_TABLES: Final = """
    SELECT relname, relnatts, oid::bigint, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY oid
"""
_RESTART: Final = """
    SELECT setval(oid::regclass, 1, false) FROM pg_class
    WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
"""

_numbers = count(1)


def fresh_database(tmp_path: Path) -> str:
    """Return the URL of a new, empty, migrated database of this test's own. May be called several times."""
    if IS_POSTGRESQL:
        return _elsewhere(lambda: _postgresql().lend(tmp_path))
    path = tmp_path / f"node-{next(_numbers)}.db"
    shutil.copyfile(_sqlite_template(), path)
    return f"{SQLITE}{path}"


def bare_database(tmp_path: Path) -> str:
    """Return the URL of a new database without tables."""
    if IS_POSTGRESQL:
        return _elsewhere(lambda: _postgresql().create())
    return f"{SQLITE}{tmp_path / f'node-{next(_numbers)}.db'}"


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="ilan-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "template.db"
    _elsewhere(lambda: migrate(f"{SQLITE}{path}"))
    return path


@cache
def _postgresql() -> "_PostgreSQL":
    server = _PostgreSQL()
    # At the end of the process no thread can be started any more, and no event loop runs either.
    atexit.register(server.clear)
    return server


class _PostgreSQL:
    """Lends databases that are like one template; blocks, so that it is for a thread of its own."""

    def __init__(self) -> None:
        self._prefix = f"ilan_test_{os.getpid()}_{token_hex(4)}"
        self._names: list[str] = []
        #: Who has which, those first that have been lent for longest.
        self._lent: dict[str, Path] = {}
        self._shape: list[tuple[str, int, int]] = []
        url = self.create()
        self._template = self._names[0]
        migrate(url)

    def lend(self, tmp_path: Path) -> str:
        """Return the URL of a database of a test that is over, emptied, or else of a new one."""
        return asyncio.run(self._lend(tmp_path))

    def create(self) -> str:
        """Return the URL of a new database without tables."""
        return self._url(asyncio.run(self._create("template1")))

    def clear(self) -> None:
        """Drop all there are."""
        asyncio.run(
            self._execute(*(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in self._names))
        )

    async def _lend(self, tmp_path: Path) -> str:
        name = None
        for each in [each for each, owner in self._lent.items() if owner != tmp_path]:
            emptied = await self._emptied(each)
            if emptied is not None:
                del self._lent[each]
            if emptied:
                name = each
                break
        if name is None:
            name = await self._create(self._template)
            self._shape = self._shape or [tuple(row[:3]) for row in await self._tables(name)]
        self._lent[name] = tmp_path
        return self._url(name)

    async def _emptied(self, name: str) -> bool | None:
        """Take all rows out of a database; False where that is not worth it, None while it is in use."""
        connection = await _connected(self._url(name))
        try:
            if await connection.fetchval(_OTHERS):
                return None
            tables = await connection.fetch(_TABLES)
            is_like_new = [tuple(row[:3]) for row in tables] == self._shape
            if not is_like_new or sum(row[3] for row in tables) > _MOST_USED:
                return False
            used = [row[0] for row in tables if row[3] and row[0] != "alembic_version"]
            # As a replica it looks after no references: every table is emptied.
            await connection.execute(
                "; ".join(
                    ["SET session_replication_role = replica", *(f'DELETE FROM "{each}"' for each in used)]
                )
            )
            await connection.fetch(_RESTART)
            return True
        finally:
            await connection.close()

    async def _tables(self, name: str) -> list[Any]:
        connection = await _connected(self._url(name))
        try:
            return list(await connection.fetch(_TABLES))
        finally:
            await connection.close()

    async def _create(self, template: str) -> str:
        name = f"{self._prefix}_{len(self._names)}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self._names.append(name)
        return name

    def _url(self, name: str) -> str:
        return f"{POSTGRES_URL.rpartition('/')[0]}/{name}"

    async def _execute(self, *statements: str) -> None:
        connection = await _connected(POSTGRES_URL)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def _connected(url: str) -> Any:
    import asyncpg  # noqa: PLC0415 - only where there is a PostgreSQL

    return await asyncpg.connect(url.replace("+asyncpg", "", 1), ssl=False)


def _elsewhere(work: Callable[[], Result]) -> Result:
    """Do something that starts an event loop of its own, in a thread: the caller may be inside one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()
