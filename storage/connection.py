"""What a transaction talks to: one connection of either engine, speaking statements and rows."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from sqlalchemy import Dialect, Executable

from storage.statements import Compiled, Row, Statement, compile_now


class Driver(Protocol):
    """The few things that an engine's driver must be able to do."""

    async def fetch(self, sql: str, arguments: list[Any]) -> list[Any]:
        """Run one statement and return its rows."""

    async def run_many(self, sql: str, arguments: list[list[Any]]) -> None:
        """Run one statement once for each list of arguments."""


class Connection:
    """Runs statements on one connection, inside the transaction that somebody else opened."""

    __slots__ = ("_driver", "dialect", "written")

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        self._driver = driver
        self.dialect = dialect
        #: The tables that were written to, so that who keeps copies can know.
        self.written: set[str] = set()

    def _compiled(self, statement: Statement | Executable) -> Compiled:
        if isinstance(statement, Statement):
            compiled = statement.compiled(self.dialect)
        else:
            compiled = compile_now(statement, self.dialect)
        if compiled.writes is not None:
            self.written.add(compiled.writes)
        return compiled

    async def all(self, statement: Statement | Executable, /, **parameters: Any) -> list[Row]:
        """Run a statement and return all its rows."""
        compiled = self._compiled(statement)
        return compiled.rows(await self._driver.fetch(compiled.sql, compiled.arguments(parameters)))

    async def first(self, statement: Statement | Executable, /, **parameters: Any) -> Row | None:
        """Run a statement and return its first row, if any."""
        rows = await self.all(statement, **parameters)
        return rows[0] if rows else None

    async def value(self, statement: Statement | Executable, /, **parameters: Any) -> Any:
        """Run a statement and return the first column of its first row, if any."""
        rows = await self.all(statement, **parameters)
        return rows[0][0] if rows else None

    async def run(self, statement: Statement | Executable, /, **parameters: Any) -> int:
        """Run a statement for its effect; with RETURNING, say how many rows it touched."""
        return len(await self.all(statement, **parameters))

    async def run_many(self, statement: Statement, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run a statement once for each row of parameters, in one go."""
        compiled = self._compiled(statement)
        arguments = [compiled.arguments(row) for row in rows]
        if arguments:
            await self._driver.run_many(compiled.sql, arguments)

    async def raw(self, sql: str, *arguments: Any) -> list[Row]:
        """Run SQL that only one engine understands (its full-text search, its upkeep)."""
        return [tuple(row) for row in await self._driver.fetch(sql, list(arguments))]

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undo what happens inside, and nothing else, when it raises."""
        return self._savepoint()

    @asynccontextmanager
    async def _savepoint(self) -> AsyncIterator[None]:
        await self._driver.fetch("SAVEPOINT step", [])
        try:
            yield
        except BaseException:
            await self._driver.fetch("ROLLBACK TO SAVEPOINT step", [])
            await self._driver.fetch("RELEASE SAVEPOINT step", [])
            raise
        await self._driver.fetch("RELEASE SAVEPOINT step", [])
