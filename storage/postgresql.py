"""PostgreSQL through asyncpg: a pool of connections, for nodes that run several processes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from storage.connection import Connection
from storage.errors import Busy, Conflict

POOL_SIZE = 10


class PostgresqlDriver:
    """One asyncpg connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def fetch(self, sql: str, arguments: list[Any]) -> list[Any]:
        """Run one statement and return its rows."""
        try:
            rows: list[Any] = await self._connection.fetch(sql, *arguments)
        except asyncpg.UniqueViolationError as error:
            raise Conflict(str(error)) from error
        except (
            asyncpg.SerializationError,
            asyncpg.DeadlockDetectedError,
            asyncpg.LockNotAvailableError,
        ) as error:
            raise Busy("The database is busy; try again in a moment.") from error
        return rows

    async def run_many(self, sql: str, arguments: list[list[Any]]) -> None:
        """Run one statement once for each list of arguments."""
        try:
            await self._connection.executemany(sql, arguments)
        except asyncpg.UniqueViolationError as error:
            raise Conflict(str(error)) from error


class PostgresqlEngine:
    """Lends the connections of one pool."""

    def __init__(self, url: str) -> None:
        """Keep `url`, in SQLAlchemy's form (postgresql+asyncpg://…); nothing is opened yet."""
        self._url = url.replace("postgresql+asyncpg://", "postgresql://", 1)
        self.dialect: Dialect = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]
        self._pool: Any = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """Lend a connection inside a transaction; commits on a clean exit."""
        async with (await self._opened()).acquire() as connection, connection.transaction():
            yield Connection(PostgresqlDriver(connection), self.dialect)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Lend a connection that sees one consistent snapshot and cannot write."""
        async with (
            (await self._opened()).acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Connection(PostgresqlDriver(connection), self.dialect)

    async def close(self) -> None:
        """Close every connection."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _opened(self) -> Any:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self._url, min_size=0, max_size=POOL_SIZE, server_settings={"jit": "off"}
            )
        return self._pool
