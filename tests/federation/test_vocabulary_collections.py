"""Collections and pages of every server read; nothing in them is believed."""

from typing import Any

import pytest

from federation import vocabulary as as2
from federation.errors import Malformed

ID = "https://example.org/users/a/outbox"


def collection(kind: str = "OrderedCollection", **more: Any) -> as2.Collection:
    value = as2.read({"type": kind, "id": ID, **more})
    assert isinstance(value, as2.Collection)
    return value


def test_a_paged_collection_names_its_pages() -> None:
    value = collection(totalItems=437, first=f"{ID}?page=1", last=f"{ID}?page=9")
    assert value == as2.Collection(
        ID,
        "OrderedCollection",
        437,
        ordered=True,
        first=f"{ID}?page=1",
        last=f"{ID}?page=9",
    )
    assert not value.is_page


def test_a_page_names_its_neighbours() -> None:
    value = collection("OrderedCollectionPage", partOf=ID, next=f"{ID}?page=2", prev={"id": f"{ID}?page=0"})
    assert value.is_page
    assert (value.part_of, value.next, value.prev) == (ID, f"{ID}?page=2", f"{ID}?page=0")


@pytest.mark.parametrize("kind", sorted(as2.COLLECTION_TYPES))
def test_every_kind_of_collection_is_read(kind: str) -> None:
    assert collection(kind, items=["https://b.test/1"]).type == kind


def test_items_are_ids_objects_or_activities() -> None:
    create = {
        "type": "Create",
        "id": "https://b.test/2",
        "actor": "https://b.test/u",
        "object": "https://b.test/3",
    }
    anonymous = {"type": "Note", "content": "x"}
    value = collection(orderedItems=["https://b.test/1", create, anonymous, 7, None, "", [1]])
    assert value.items == (
        as2.Item("https://b.test/1"),
        as2.Item("https://b.test/2", create),
        as2.Item(None, anonymous),
    )


def test_items_stand_in_either_field_and_may_be_one() -> None:
    assert collection("Collection", items=["https://b.test/1"]).items == (as2.Item("https://b.test/1"),)
    assert collection("OrderedCollection", items=["https://b.test/1"]).ordered
    assert collection("Collection", orderedItems=["https://b.test/1"]).ordered
    assert not collection("Collection", items=["https://b.test/1"]).ordered
    assert collection(orderedItems="https://b.test/1").items == (as2.Item("https://b.test/1"),)
    assert collection(orderedItems=[], items=["https://b.test/1"]).items == (as2.Item("https://b.test/1"),)


def test_a_first_page_may_be_embedded() -> None:
    page = {"type": "CollectionPage", "partOf": ID, "items": ["https://b.test/1"], "next": f"{ID}?page=2"}
    value = collection("Collection", first=page)
    assert value.first is None
    assert value.first_page == as2.Collection(
        None,
        "CollectionPage",
        items=(as2.Item("https://b.test/1"),),
        next=f"{ID}?page=2",
        part_of=ID,
    )
    named = collection("Collection", first={**page, "id": f"{ID}?page=1"})
    assert named.first == f"{ID}?page=1"
    assert named.first_page is not None


def test_pages_within_pages_are_not_followed() -> None:
    document: dict[str, Any] = {"type": "CollectionPage", "items": []}
    for _ in range(20_000):
        document = {"type": "CollectionPage", "items": [], "first": document}
    value = as2.read(document)
    assert isinstance(value, as2.Collection)
    assert value.first_page is not None
    assert value.first_page.first_page is None


@pytest.mark.parametrize(
    ("total", "expected"),
    [(3, 3), ("3", 3), (-5, 0), (None, None), ("1e9", None), (True, None), (10**20, 10**12)],
)
def test_the_total_is_a_claim_within_bounds(total: Any, expected: int | None) -> None:
    assert collection(totalItems=total).total_items == expected


def test_many_items_are_cut() -> None:
    assert (
        len(collection(orderedItems=[f"https://b.test/{number}" for number in range(100_000)]).items) == 500
    )


def test_odd_collections_are_empty_or_refused() -> None:
    assert collection(orderedItems=7, first=7, next=[], partOf={}).items == ()
    assert collection(id=None).id is None
    with pytest.raises(Malformed, match=r"^id: expected an identifier$"):
        collection(id=7)
    with pytest.raises(Malformed, match=r"^name: expected text$"):
        collection(name=7)
