"""What is going to take place, the next first."""

from datetime import datetime

from actors.searching import LARGEST_PAGE, Facets, latest
from node.web.cards import HAPPENING, Item
from node.web.kinds import is_open
from storage.kinds import Kind
from storage.transaction import Transaction

_PAGES = 10


async def upcoming(
    tx: Transaction, now: datetime, size: int, *, kinds: frozenset[Kind] = HAPPENING
) -> list[Item]:
    """Return the public events that are not over, of this node and of the others, the next first.

    Looks at the thousand that were published last.
    """
    facets = Facets(kinds=tuple(sorted(kinds)))
    found: list[Item] = []
    before: int | None = None
    for _ in range(_PAGES):
        items = await latest(tx, None, facets, before=before, size=LARGEST_PAGE)
        found += [item for item in items if item[0].starts_at and is_open(item[0], now)]
        if len(items) < LARGEST_PAGE:
            break
        before = items[-1][0].id
    return sorted(found, key=lambda item: (item[0].starts_at or now, item[0].id))[:size]
