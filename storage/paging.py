"""Pages of lists that grow at one end: Mastodon's max_id, since_id and min_id over any rising number."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam

from storage.connection import Connection
from storage.statements import Row, Statement

LARGEST_ID: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted; the bounds themselves are left out, and the newest always come first.

    With `since_id` it is the newest of what is newer; with `min_id` what comes right after it.
    """

    size: int = 20
    max_id: int = LARGEST_ID
    since_id: int = 0
    min_id: int | None = None


class Paged:
    """A query that is read page by page; build it at import."""

    def __init__(self, query: Select[Any], column: ColumnElement[int]) -> None:
        """`column` is the number by which the list is ordered; it must be unique in it."""
        bounded = query.where(column < bindparam("max_id"), column > bindparam("above_id")).limit(
            bindparam("size")
        )
        self._newest = Statement(bounded.order_by(column.desc()))
        self._next = Statement(bounded.order_by(column.asc()))

    async def rows(self, connection: Connection, page: Page, /, **parameters: Any) -> list[Row]:
        """Return the rows of a page, the newest first."""
        if page.min_id is None:
            return await connection.all(
                self._newest, max_id=page.max_id, above_id=page.since_id, size=page.size, **parameters
            )
        above = max(page.min_id, page.since_id)
        rows = await connection.all(
            self._next, max_id=page.max_id, above_id=above, size=page.size, **parameters
        )
        return rows[::-1]
