"""SQLite through aiosqlite: one writer, a few readers, all in WAL mode.

SQLite has one write lock. The writer's connection is handed out in the order it was asked for, and takes
that lock with BEGIN IMMEDIATE: a deferred transaction that reads and then writes fails at once with
"database is locked" when somebody else wrote in between, an immediate one waits its turn.
`synchronous=FULL` makes a commit survive a power cut; writers that come together share one commit
(`storage.group_commit`), so that costs little.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import Dialect
from sqlalchemy.dialects import sqlite

from storage.connection import Connection
from storage.errors import Busy, Conflict

READERS = 4
BUSY_MILLISECONDS = 15_000
STATEMENTS_CACHED = 1024


class SqliteDriver:
    """One aiosqlite connection."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection
        self._begin: str | None = None

    def begin(self, sql: str) -> None:
        """Begin a transaction with the first statement: a way to the thread and back costs 60 µs."""
        self._begin = sql

    async def fetch(self, sql: str, arguments: list[Any]) -> list[Any]:
        """Run one statement and return its rows."""
        begin, self._begin = self._begin, None
        connection = self.connection
        try:
            # aiosqlite has no public way to do two things on one way to its thread.
            rows: list[Any] = await connection._execute(  # type: ignore[no-untyped-call]  # noqa: SLF001 - see above
                _fetch,
                connection._conn,  # noqa: SLF001 - see above
                begin,
                sql,
                arguments,
            )
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise Busy("The database is busy; try again in a moment.") from error
            raise
        return rows

    async def end(self, sql: str) -> None:
        """End the transaction with COMMIT or ROLLBACK, if one has begun."""
        if self._begin is None:
            await self.fetch(sql, [])
        self._begin = None

    async def run_many(self, sql: str, arguments: list[list[Any]]) -> None:
        """Run one statement once for each list of arguments."""
        if self._begin is not None:
            begin, self._begin = self._begin, None
            await self.fetch(begin, [])
        try:
            async with self.connection.executemany(sql, arguments):
                pass
        except sqlite3.IntegrityError as error:
            raise Conflict(str(error)) from error


def _fetch(connection: sqlite3.Connection, begin: str | None, sql: str, arguments: list[Any]) -> list[Any]:
    if begin:
        connection.execute(begin)
    cursor = connection.execute(sql, arguments)
    rows = cursor.fetchall()
    cursor.close()
    return rows


class SqliteEngine:
    """Opens and lends the connections to one SQLite file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.dialect: Dialect = sqlite.dialect(paramstyle="qmark")
        self._lock = asyncio.Lock()
        self._writer: SqliteDriver | None = None
        self._readers: asyncio.LifoQueue[SqliteDriver | None] = asyncio.LifoQueue()
        for _ in range(READERS):
            self._readers.put_nowait(None)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """Lend the one writer, inside BEGIN IMMEDIATE; commits on a clean exit."""
        async with self._lock:
            if self._writer is None:
                self._writer = await self._connect(read_only=False)
            driver = self._writer
            driver.begin("BEGIN IMMEDIATE")
            try:
                yield Connection(driver, self.dialect)
                await driver.end("COMMIT")
            except BaseException:
                # Shielded, so that a cancelled request cannot leave the write lock taken.
                driver.begin("")
                await asyncio.shield(driver.connection.rollback())
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Lend a reader that sees one consistent snapshot and cannot write."""
        driver = await self._readers.get()
        try:
            if driver is None:
                driver = await self._connect(read_only=True)
            driver.begin("BEGIN DEFERRED")
            try:
                yield Connection(driver, self.dialect)
            finally:
                driver.begin("")
                await asyncio.shield(driver.connection.rollback())
        finally:
            self._readers.put_nowait(driver)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Do nothing: SQLite tells nobody what other processes write."""

    async def stop_listening(self) -> None:
        """Do nothing."""

    async def close(self) -> None:
        """Close every connection, and first let SQLite refresh its statistics if nobody else is writing.

        Each connection has a thread of its own, which would keep the process from ending.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            try:
                await writer.fetch("PRAGMA busy_timeout = 0", [])
                with suppress(Busy):
                    await writer.fetch("PRAGMA optimize", [])
            finally:
                await writer.connection.close()
        while not self._readers.empty():
            reader = self._readers.get_nowait()
            if reader is not None:
                await reader.connection.close()
        for _ in range(READERS):
            self._readers.put_nowait(None)

    async def _connect(self, *, read_only: bool) -> SqliteDriver:
        connection = await aiosqlite.connect(
            self.path, isolation_level=None, cached_statements=STATEMENTS_CACHED
        )
        driver = SqliteDriver(connection)
        try:
            await self._prepare(driver, read_only=read_only)
        except BaseException:
            # The connection has a thread of its own, which would keep the process from ending.
            await asyncio.shield(connection.close())
            raise
        return driver

    async def _prepare(self, driver: SqliteDriver, *, read_only: bool) -> None:
        for pragma in (
            f"busy_timeout = {BUSY_MILLISECONDS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            "cache_size = -16000",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            await driver.fetch(f"PRAGMA {pragma}", [])
