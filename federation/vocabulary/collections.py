"""Collections and their pages; what they contain is a claim until each item is fetched from its origin."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from federation.vocabulary import reading
from federation.vocabulary.reading import Document

MAX_ITEMS: Final = 500
"""Items read from one collection or page."""


@dataclass(frozen=True, slots=True)
class Item:
    """A member of a collection: its id where it has one, and the embedded document where it came as one."""

    id: str | None
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection, or a page of one. `type` is one of `COLLECTION_TYPES`.

    `first` and `last` are ids of pages, `first_page` is the first page where it came embedded. `total_items`
    is what its owner says, and None where nothing is said.
    """

    id: str | None
    type: str
    total_items: int | None = None
    items: tuple[Item, ...] = ()
    ordered: bool = False
    first: str | None = None
    first_page: "Collection | None" = None
    last: str | None = None
    next: str | None = None
    prev: str | None = None
    part_of: str | None = None
    attributed_to: str | None = None
    name: str | None = None
    summary: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_page(self) -> bool:
        """Whether this is a page of a collection."""
        return self.type.endswith("Page")


def read_collection(document: Document, collection_type: str, *_other_types: str) -> Collection:
    """Read a collection or a page, or raise Malformed; a page embedded in it is read with it."""
    return _collection(document, collection_type, _first_page(document))


def _first_page(document: Document) -> Collection | None:
    """Read the embedded first page; a page within that page means nothing and is not looked for."""
    page = reading.mapping(document, "first")
    if page.keys().isdisjoint(("items", "orderedItems", "next")):
        return None
    return _collection(page, reading.kind(page) or "CollectionPage", None)


def _collection(document: Document, collection_type: str, first_page: Collection | None) -> Collection:
    ordered = collection_type.lower().startswith("ordered") or "orderedItems" in document
    items = _items(document, "orderedItems") or _items(document, "items")
    return Collection(
        id=reading.own_id(document),
        type=collection_type,
        total_items=reading.count(document, "totalItems"),
        items=items,
        ordered=ordered,
        first=reading.linked_id(document, "first"),
        first_page=first_page,
        last=reading.linked_id(document, "last"),
        next=reading.linked_id(document, "next"),
        prev=reading.linked_id(document, "prev"),
        part_of=reading.linked_id(document, "partOf"),
        attributed_to=reading.linked_id(document, "attributedTo"),
        name=reading.texts(document, "name")[0],
        summary=reading.texts(document, "summary", reading.SUMMARY_LENGTH)[0],
        published=reading.timestamp(document, "published"),
        updated=reading.timestamp(document, "updated"),
        document=document,
    )


def _items(document: Document, field_name: str) -> tuple[Item, ...]:
    found = (_item(value) for value in reading.many(document, field_name, MAX_ITEMS))
    return tuple(item for item in found if item is not None)


def _item(value: Any) -> Item | None:
    if type(value) is dict:
        return Item(reading.id_of(value), value)
    identifier = reading.id_of(value)
    return None if identifier is None else Item(identifier)
