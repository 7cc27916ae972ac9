"""Databases for tests: migrated once in each test process, then copied for each test, on either engine.

SQLite, unless ILAN_TEST_POSTGRES_URL names a PostgreSQL to make them in (`tests/postgres.sh` starts one).
What a test got is dropped when the next test asks for one, or when the process ends.
"""

import asyncio
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

from storage.database import SQLITE
from storage.migrating import migrate

POSTGRES_URL = os.environ.get("ILAN_TEST_POSTGRES_URL", "")
IS_POSTGRESQL = bool(POSTGRES_URL)

_numbers = count(1)


def fresh_database(tmp_path: Path) -> str:
    """Return the URL of a new, empty, migrated database of this test's own. May be called several times."""
    number = next(_numbers)
    if IS_POSTGRESQL:
        return _postgresql().copy(f"ilan_test_{os.getpid()}_{token_hex(4)}_{number}", tmp_path)
    path = tmp_path / f"node-{number}.db"
    shutil.copyfile(_sqlite_template(), path)
    return f"{SQLITE}{path}"


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
    atexit.register(server.clear)
    return server


class _PostgreSQL:
    """Makes databases from one template, and drops those that belong to tests that are over."""

    def __init__(self) -> None:
        self._template = f"ilan_template_{os.getpid()}_{token_hex(4)}"
        self._databases: list[tuple[str, Path]] = []
        self._run(f'CREATE DATABASE "{self._template}"')
        _elsewhere(lambda: migrate(self._url(self._template)))

    def copy(self, name: str, tmp_path: Path) -> str:
        over = [each for each, owner in self._databases if owner != tmp_path]
        self._databases = [(each, owner) for each, owner in self._databases if owner == tmp_path]
        self._databases.append((name, tmp_path))
        self._run(*self._drops(over), f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return self._url(name)

    def clear(self) -> None:
        # At the end of the process no thread can be started any more, and no event loop runs either.
        asyncio.run(self._execute(self._drops([*(name for name, _ in self._databases), self._template])))

    def _drops(self, names: list[str]) -> list[str]:
        return [f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in names]

    def _url(self, name: str) -> str:
        return f"{POSTGRES_URL.rpartition('/')[0]}/{name}"

    def _run(self, *statements: str) -> None:
        _elsewhere(lambda: asyncio.run(self._execute(statements)))

    async def _execute(self, statements: Iterable[str]) -> None:
        import asyncpg  # noqa: PLC0415 - only where there is a PostgreSQL

        connection: Any = await asyncpg.connect(POSTGRES_URL.replace("+asyncpg", "", 1))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def _elsewhere(work: Callable[[], object]) -> None:
    """Do something that starts an event loop of its own, in a thread: the caller may be inside one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(work).result()
