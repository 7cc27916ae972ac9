"""PostgreSQL through asyncpg: a pool of connections, for nodes that run several processes.

Processes tell each other by NOTIFY that something happened. Nothing depends on that: who is not told looks
once a second.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect

from storage.connection import Connection
from storage.errors import Busy, Conflict

log = logging.getLogger(__name__)

POOL_SIZE = 10

NEWS_TABLE: Final = "stream_events"
"""Whoever listens is told of changes to this table."""

_CHANNEL: Final = "ilan_news"
_FAULTS: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


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
        self._ear: Any = None

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Connection]:
        """Lend a connection inside a transaction; commits on a clean exit."""
        async with (await self._opened()).acquire() as connection:
            lent = Connection(PostgresqlDriver(connection), self.dialect)
            async with connection.transaction():
                yield lent
            if NEWS_TABLE in lent.written:
                await _tell(connection)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """Lend a connection that sees one consistent snapshot and cannot write."""
        async with (
            (await self._opened()).acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Connection(PostgresqlDriver(connection), self.dialect)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Call `heard` whenever any process has written news; what was lost is opened again.

        Costs nothing where it listens already. Where PostgreSQL cannot be reached it does not listen, and the
        next call tries again.
        """
        if self._ear is not None and not self._ear.is_closed():
            return
        try:
            self._ear = await asyncpg.connect(self._url)
            await self._ear.add_listener(_CHANNEL, lambda *_: heard())
        except _FAULTS as error:
            log.warning("PostgreSQL cannot be listened to: %s", error)

    async def stop_listening(self) -> None:
        """Listen no more."""
        ear, self._ear = self._ear, None
        if ear is not None:
            await ear.close()

    async def close(self) -> None:
        """Close every connection."""
        await self.stop_listening()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def _opened(self) -> Any:
        if self._pool is None:
            self._pool = await asyncpg.create_pool(
                self._url, min_size=0, max_size=POOL_SIZE, server_settings={"jit": "off"}, reset=_nothing
            )
        return self._pool


async def _nothing(_connection: Any) -> None:
    """Leave a connection as it is after use, which saves asking PostgreSQL once for every transaction.

    All that is done with it is done in transactions: no setting, lock, cursor or listener outlives them.
    """


async def _tell(connection: Any) -> None:
    """Wake whoever listens, after the commit: inside it, all that notify would have to commit one by one."""
    try:
        await connection.execute(f"NOTIFY {_CHANNEL}")
    except _FAULTS as error:
        log.warning("Nobody could be told of news: %s", error)
