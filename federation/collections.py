"""The collections that others may read of this node's actors and publications (C1 to C4).

A collection says how much there is; its pages are read from the newest item on, with cursors that stay
valid whatever is added or removed. Counts are of what anybody may read, and of nothing else.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from actors.errors import NotFound
from actors.pinning import MAX_PINS
from federation import vocabulary as as2
from federation.errors import Malformed
from federation.serving import LARGEST_ID, NOTHING_HERE, Served, grave_of, local_actor, read_number, readable
from federation.translate.activities import outbox_documents
from federation.translate.attached import attached_to
from federation.translate.contexts import with_context
from federation.translate.publications import publication_document
from storage import collections as stored
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction

PAGE_SIZE = 20
MOST_OWN_REPLIES = 100
#: What an actor may keep to itself, but for how much it is.
_OWN_AFFAIRS = frozenset({"followers", "following"})


@dataclass(frozen=True, slots=True)
class Cursor:
    """Which page of a collection: the newest items, those older than `before`, or just newer than `after`."""

    before: int | None = None
    after: int | None = None

    def address(self, collection: str) -> str:
        """Return the address of this page."""
        if self.before is not None:
            return f"{collection}?page=true&before={self.before}"
        if self.after is not None:
            return f"{collection}?page=true&after={self.after}"
        return f"{collection}?page=true"


def read_cursor(query: Mapping[str, str]) -> Cursor | None:
    """Read which page a query asks for; None for the collection itself. Malformed for what is no cursor."""
    before, after = query.get("before"), query.get("after")
    if before is not None and after is not None:
        raise Malformed("Ask for a page before an item or after one, not both.")
    if before is None and after is None:
        return Cursor() if "page" in query else None
    try:
        return Cursor(
            before=None if before is None else read_number(before),
            after=None if after is None else read_number(after),
        )
    except NotFound as error:
        raise Malformed("The place in the collection is not a number that was given out here.") from error


async def outbox_of(tx: Transaction, username: str, cursor: Cursor | None) -> Served:
    """Return an actor's outbox, or a page of it: what it published and shared, for anybody to read (C1)."""

    async def documents(actor: Actor, rows: Sequence[Any]) -> Sequence[Any]:
        return await outbox_documents(tx, actor, rows)

    store = tx.activities
    return await _served(
        tx,
        username,
        "outbox",
        cursor,
        _Source(store.count_outbox, store.outbox_page, partial(stored.outbox_after, tx), documents),
    )


async def followers_of(tx: Transaction, username: str, cursor: Cursor | None) -> Served:
    """Return who follows an actor, or a page of them (C2)."""
    store = tx.follows
    return await _served(
        tx,
        username,
        "followers",
        cursor,
        _Source(store.count_followers, store.followers_page, partial(stored.followers_after, tx), _uris),
    )


async def following_of(tx: Transaction, username: str, cursor: Cursor | None) -> Served:
    """Return whom an actor follows, or a page of them (C2)."""
    store = tx.follows
    return await _served(
        tx,
        username,
        "following",
        cursor,
        _Source(store.count_following, store.following_page, partial(stored.following_after, tx), _uris),
    )


async def featured_of(tx: Transaction, username: str) -> Served:
    """Return what an actor has pinned (C3), the latest first, as far as anybody may read it."""
    actor = await local_actor(tx, username)
    if actor.gone_at is not None:
        return grave_of(actor)
    pinned = [each for each in await tx.pins.of(actor, MAX_PINS) if each.is_public]
    attached = await attached_to(tx, pinned)
    items = [publication_document(each, actor, attached=attached[each.id], context=False) for each in pinned]
    document = as2.document(
        "OrderedCollection", f"{actor.uri}/featured", attributed_to=actor.uri, total_items=len(items)
    )
    return Served(with_context({**document, "orderedItems": items}))


async def replies_to(
    tx: Transaction, base_url: str, number: str, reader: Actor | None, cursor: Cursor | None = None
) -> Served:
    """Return the public replies to an object that `reader` may read, or a page of them (C4).

    The first page has the author's own, as Mastodon expects, the following ones have all others, oldest
    first: only `after` means anything here.
    """
    publication = await _readable(tx, base_url, number, reader)
    address = f"{publication.uri}/replies"
    if cursor is None:
        total = await stored.count_public_replies(tx, publication)
        first = await _page_of_replies(tx, publication, address, Cursor())
        document = as2.document("Collection", address, total_items=total, first=first)
    else:
        document = await _page_of_replies(tx, publication, address, cursor)
    return Served(with_context(document), is_public=publication.is_public)


async def _page_of_replies(
    tx: Transaction, publication: Publication, address: str, cursor: Cursor
) -> dict[str, Any]:
    own = cursor.after is None
    size = MOST_OWN_REPLIES if own else PAGE_SIZE
    rows = await stored.public_replies(tx, publication, own=own, after=cursor.after or 0, size=size)
    following = 0 if own else rows[-1][0] if len(rows) == size else None
    page = as2.document(
        "CollectionPage",
        Cursor(after=cursor.after).address(address),
        part_of=address,
        next=None if following is None else Cursor(after=following).address(address),
    )
    return {**page, "items": [uri for _, uri in rows]}


async def likes_of(tx: Transaction, base_url: str, number: str, reader: Actor | None) -> Served:
    """Return how many like an object that `reader` may read, and not who (C4)."""
    publication = await _readable(tx, base_url, number, reader)
    total = await tx.likes.count(publication)
    return _counted(publication, "likes", total)


async def shares_of(tx: Transaction, base_url: str, number: str, reader: Actor | None) -> Served:
    """Return how many shared an object that `reader` may read, and not who (C4)."""
    publication = await _readable(tx, base_url, number, reader)
    total = await tx.shares.count(publication)
    return _counted(publication, "shares", total)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a collection of an actor comes from; rows have their number as `id` or in the first place."""

    count: Callable[[Actor], Awaitable[int]]
    older: Callable[..., Awaitable[Sequence[Any]]]
    newer: Callable[..., Awaitable[Sequence[Any]]]
    show: Callable[[Actor, Sequence[Any]], Awaitable[Sequence[Any]]]


async def _served(
    tx: Transaction, username: str, name: str, cursor: Cursor | None, source: _Source
) -> Served:
    actor = await local_actor(tx, username)
    if actor.gone_at is not None:
        return grave_of(actor)
    address = f"{actor.uri}/{name}"
    is_hidden = actor.hides_collections and name in _OWN_AFFAIRS
    if cursor is None:
        document = as2.document(
            "OrderedCollection",
            address,
            attributed_to=actor.uri,
            total_items=await source.count(actor),
            first=None if is_hidden else Cursor().address(address),
        )
        return Served(with_context(document))
    if is_hidden:
        raise NotFound(NOTHING_HERE)
    # One more than is shown tells whether there is another page.
    if cursor.after is None:
        before = LARGEST_ID if cursor.before is None else cursor.before
        rows = await source.older(actor, before=before, size=PAGE_SIZE + 1)
        has_newer, has_older = cursor.before is not None, len(rows) > PAGE_SIZE
        rows = rows[:PAGE_SIZE]
    else:
        rows = await source.newer(actor, after=cursor.after, size=PAGE_SIZE + 1)
        has_newer, has_older = len(rows) > PAGE_SIZE, True
        rows = rows[-PAGE_SIZE:]
    document = as2.document(
        "OrderedCollectionPage",
        cursor.address(address),
        part_of=address,
        prev=Cursor(after=_number(rows[0])).address(address) if rows and has_newer else None,
        next=Cursor(before=_number(rows[-1])).address(address) if rows and has_older else None,
    )
    return Served(with_context({**document, "orderedItems": list(await source.show(actor, rows))}))


async def _uris(_actor: Actor, rows: Sequence[Any]) -> Sequence[Any]:
    return [uri for _, uri in rows]


def _number(row: Any) -> int:
    number: int = row[0] if isinstance(row, tuple) else row.id
    return number


async def _readable(tx: Transaction, base_url: str, number: str, reader: Actor | None) -> Publication:
    found = await readable(tx, f"{base_url}/o/{read_number(number)}", reader)
    if found is None:
        raise NotFound(NOTHING_HERE)
    return found[0]


def _counted(publication: Publication, name: str, total: int) -> Served:
    document = as2.document("Collection", f"{publication.uri}/{name}", total_items=total)
    return Served(with_context(document), is_public=publication.is_public)
