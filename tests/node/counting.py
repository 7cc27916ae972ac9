"""Counts the statements that a request costs, where the driver is asked to run them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from storage.connection import Connection

#: What opens and closes a transaction is no statement of the request's own.
_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def statements() -> Iterator[list[str]]:
    """Gather the text of every statement that runs meanwhile, whoever runs it."""
    seen: list[str] = []
    every, many, raw = Connection.all, Connection.run_many, Connection.raw

    async def counted_all(self: Connection, statement: Any, /, **parameters: Any) -> Any:
        seen.append(self._compiled(statement).sql)
        return await every(self, statement, **parameters)

    async def counted_many(self: Connection, statement: Any, rows: Any) -> None:
        seen.append(self._compiled(statement).sql)
        await many(self, statement, rows)

    async def counted_raw(self: Connection, sql: str, *arguments: Any) -> Any:
        if not sql.startswith(_FRAME):
            seen.append(sql)
        return await raw(self, sql, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Connection, "all", counted_all)
        patch.setattr(Connection, "run_many", counted_many)
        patch.setattr(Connection, "raw", counted_raw)
        yield seen
