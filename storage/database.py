"""The database, whichever engine keeps it: opens the transactions in which everything happens."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Dialect

from storage.connection import Connection
from storage.errors import StorageError
from storage.identifiers import Identifiers
from storage.sqlite import SqliteEngine
from storage.transaction import Transaction

SQLITE = "sqlite+aiosqlite:///"
POSTGRESQL = "postgresql+asyncpg://"

_writing: ContextVar[bool] = ContextVar("writing", default=False)


def is_writing() -> bool:
    """Whether the caller holds a write transaction; nothing may wait for the network then."""
    return _writing.get()


def system_clock() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class Engine(Protocol):
    """Lends the connections of one database."""

    dialect: Dialect

    def writing(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection that may write; commits on a clean exit, rolls back on any exception."""

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """Lend a connection that sees one snapshot and cannot write."""

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever any process has written news, as far as the engine can tell."""

    async def stop_listening(self) -> None:
        """Listen no more."""

    async def close(self) -> None:
        """Close every connection."""


class Database:
    """Opens transactions; the only holder of the engine."""

    def __init__(self, url: str, clock: Callable[[], datetime] = system_clock) -> None:
        """`url` is `sqlite+aiosqlite:///path` or `postgresql+asyncpg://…`. Nothing is opened yet."""
        self.url = url
        self.clock = clock
        self.identifiers = Identifiers()
        self._writes: Counter[str] = Counter()
        self._engine = _engine(url)

    @property
    def is_sqlite(self) -> bool:
        """Whether one file holds everything, so that one process is the way to run."""
        return self._engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Read and write; commits on a clean exit, rolls back on any exception."""
        if _writing.get():
            raise StorageError("A transaction was opened inside another one.")
        async with self._engine.writing() as connection:
            token = _writing.set(True)
            try:
                yield Transaction(connection, self.clock(), self.identifiers)
            finally:
                _writing.reset(token)
        self._writes.update(connection.written)

    def state_of(self, *tables: str) -> tuple[int, ...]:
        """Return what changes whenever this process has committed a change to one of these tables."""
        return tuple(self._writes[table] for table in tables)

    def state_besides(self, tables: Collection[str]) -> tuple[int, ...]:
        """Return what changes whenever this process has committed a change to any other table than these."""
        return (sum(count for table, count in self._writes.items() if table not in tables),)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` when any process has committed news (`stream_events`), where the engine tells.

        Call it again now and then: it costs nothing, and opens a connection anew that was lost.
        """
        await self._engine.listen(heard)

    async def stop_listening(self) -> None:
        """Listen no more."""
        await self._engine.stop_listening()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Read one consistent snapshot."""
        async with self._engine.reading() as connection:
            yield Transaction(connection, self.clock(), self.identifiers)

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.close()


def _engine(url: str) -> Engine:
    if url.startswith(SQLITE):
        return SqliteEngine(Path(url.removeprefix(SQLITE)))
    if url.startswith(POSTGRESQL):
        # Only nodes on PostgreSQL have its driver installed.
        from storage.postgresql import PostgresqlEngine  # noqa: PLC0415 - an optional dependency

        return PostgresqlEngine(url)
    raise StorageError(f"The database URL must start with {SQLITE} or {POSTGRESQL}; this one does not.")
