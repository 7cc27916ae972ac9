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


def _below(*, is_deep: bool) -> Any:
    """Return the query of everything that answers something, directly or not.

    Without a bound to its depth, what answers itself in a circle is found once and not at every turn.
    """
    depth = [] if is_deep else [literal(0).label("depth")]
    below = (
        select(publications.c.id, publications.c.uri, *depth)
        .where(publications.c.id == _start)
        .cte("below", recursive=True)
    )
    step = publications.alias("step")
    query = select(step.c.id, step.c.uri, *([] if is_deep else [below.c.depth + 1])).join(
        below, step.c.in_reply_to == below.c.uri
    )
    return below.union(query if is_deep else query.where(below.c.depth < _depth))


def _ancestors(reader: Reader) -> Statement:
    tree = _above()
    source = publications.join(tree, tree.c.id == publications.c.id)
    return Statement(items(reader, source).where(publications.c.id != _start).order_by(tree.c.depth))


def _descendants(reader: Reader) -> Statement:
    tree = _below(is_deep=reader is not None)
    return Statement(
        items(reader)
        .where(publications.c.id.in_(select(tree.c.id)), publications.c.id != _start)
        .order_by(publications.c.id)
        .limit(bindparam("size"))
    )


_ABOVE, _ABOVE_FOR_ANYBODY = _ancestors(READER), _ancestors(None)
_BELOW, _BELOW_FOR_ANYBODY = _descendants(READER), _descendants(None)


class Threads:
    """Finds what belongs to a thread; what the reader (None: anybody) may not see is left out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ancestors(self, reader: Actor | None, start: Item, *, size: int) -> list[Item]:
        """Return what something answers, at most so many steps up, the beginning of the thread first.

        What the reader may not see is passed over, and does not hide what it answers itself.
        """
        found = await self._found(reader, _ABOVE, _ABOVE_FOR_ANYBODY, start, deepest=size)
        nearest: dict[int, Item] = {}
        for item in found:
            # What answers itself in a circle comes again at every turn.
            nearest.setdefault(item.publication_id, item)
        return list(nearest.values())[::-1]

    async def descendants(self, reader: Actor | None, start: Item, *, size: int, deepest: int) -> list[Item]:
        """Return what answers something, each answer followed by those to it, the older first.

        Only for guests (`reader` None) it ends so `deepest` down.
        """
        found = await self._found(reader, _BELOW, _BELOW_FOR_ANYBODY, start, size=size, deepest=deepest)
        shown = {item.publication_id for item in found}
        below: dict[int | None, list[Item]] = {}
        for item in found:
            is_attached = item.parent_id in shown or item.parent_id == start.publication_id
            # What hangs on something that the reader may not see comes last.
            below.setdefault(item.parent_id if is_attached else None, []).append(item)
        in_order: list[Item] = []
        waiting = [*below.pop(start.publication_id, []), *below.pop(None, [])][::-1]
        while waiting:
            item = waiting.pop()
            in_order.append(item)
            waiting += below.pop(item.publication_id, [])[::-1]
        return in_order

    async def _found(
        self,
        reader: Actor | None,
        for_reader: Statement,
        for_anybody: Statement,
        item: Item,
        **bounds: int,
    ) -> list[Item]:
        bounds["start"] = item.publication_id
        if reader is None:
            rows = await self._connection.all(for_anybody, **bounds)
        else:
            rows = await self._connection.all(for_reader, reader=reader.id, **bounds)
        return [item_of(row) for row in rows]
