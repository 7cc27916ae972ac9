"""Threads: what something answers, and what answers it, as far as the reader may see."""

from typing import Any

from sqlalchemy import BigInteger, Integer, bindparam, literal, select

from storage.actors import Actor
from storage.connection import Connection
from storage.items import READER, Item, item_of, items
from storage.publication_rows import publications
from storage.statements import Statement
from storage.visibility import Reader

_start = bindparam("start", type_=BigInteger())
_depth = bindparam("deepest", type_=Integer())


def _above() -> Any:
    """Return the query of everything that something answers, step by step."""
    above = (
        select(publications.c.id, publications.c.in_reply_to, literal(0).label("depth"))
        .where(publications.c.id == _start)
        .cte("above", recursive=True)
    )
    step = publications.alias("step")
    return above.union(
        select(step.c.id, step.c.in_reply_to, above.c.depth + 1)
        .join(above, step.c.uri == above.c.in_reply_to)
        .where(above.c.depth < _depth)
    )


def _below() -> Any:
    """Return the query of everything that answers something, directly or not."""
    below = (
        select(publications.c.id, publications.c.uri, literal(0).label("depth"))
        .where(publications.c.id == _start)
        .cte("below", recursive=True)
    )
    step = publications.alias("step")
    return below.union(
        select(step.c.id, step.c.uri, below.c.depth + 1)
        .join(below, step.c.in_reply_to == below.c.uri)
        .where(below.c.depth < _depth)
    )


def _of(tree: Any, reader: Reader) -> Statement:
    return Statement(
        items(reader)
        .where(publications.c.id.in_(select(tree.c.id)), publications.c.id != _start)
        .order_by(publications.c.id)
        .limit(bindparam("size"))
    )


_ABOVE, _ABOVE_FOR_ANYBODY = _of(_above(), READER), _of(_above(), None)
_BELOW, _BELOW_FOR_ANYBODY = _of(_below(), READER), _of(_below(), None)


class Threads:
    """Finds what belongs to a thread; what the reader (None: anybody) may not see is left out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ancestors(self, reader: Actor | None, start: Item, *, size: int) -> list[Item]:
        """Return what something answers, the beginning of the thread first."""
        found = await self._found(reader, _ABOVE, _ABOVE_FOR_ANYBODY, start, size=size, deepest=size)
        by_id = {item.publication_id: item for item in found}
        chain: list[Item] = []
        parent = start.parent_id
        while parent is not None and parent in by_id:
            item = by_id.pop(parent)
            chain.append(item)
            parent = item.parent_id
        return chain[::-1]

    async def descendants(self, reader: Actor | None, start: Item, *, size: int, deepest: int) -> list[Item]:
        """Return what answers something, each answer followed by those to it, the older first."""
        found = await self._found(reader, _BELOW, _BELOW_FOR_ANYBODY, start, size=size, deepest=deepest)
        below: dict[int | None, list[Item]] = {}
        for item in found:
            below.setdefault(item.parent_id, []).append(item)
        in_order: list[Item] = []
        waiting = below.pop(start.publication_id, [])[::-1]
        while waiting:
            item = waiting.pop()
            in_order.append(item)
            waiting += below.pop(item.publication_id, [])[::-1]
        # What hangs on something that the reader may not see comes last.
        return in_order + [item for rest in below.values() for item in rest]

    async def _found(
        self,
        reader: Actor | None,
        for_reader: Statement,
        for_anybody: Statement,
        item: Item,
        *,
        size: int,
        deepest: int,
    ) -> list[Item]:
        bounds = {"start": item.publication_id, "size": size, "deepest": deepest}
        if reader is None:
            rows = await self._connection.all(for_anybody, **bounds)
        else:
            rows = await self._connection.all(for_reader, reader=reader.id, **bounds)
        return [item_of(row) for row in rows]
