"""Collections: what they count, and that reading them page by page misses nothing and repeats nothing."""

from pathlib import Path
from typing import Any

import pytest

from federation import vocabulary as as2
from storage.kinds import Visibility
from tests.node.served import ServedNode, served


async def read(one: ServedNode, uri: str) -> dict[str, Any]:
    answer = await one.get(uri.removeprefix(one.node.base_url))
    assert answer.status_code == 200
    assert isinstance(as2.read(answer.json()), as2.Collection)
    document: dict[str, Any] = answer.json()
    assert document["id"] == uri
    return document


async def walk(one: ServedNode, uri: str, direction: str = "next") -> list[dict[str, Any]]:
    """Return the pages from one on."""
    pages = [await read(one, uri)]
    while following := pages[-1].get(direction):
        assert len(pages) < 20
        pages.append(await read(one, following))
    return pages


def items(pages: list[dict[str, Any]]) -> list[Any]:
    return [
        item["object"]["id"] if isinstance(item, dict) else item
        for page in pages
        for item in page["orderedItems"]
    ]


async def test_an_outbox_shows_and_counts_what_is_public_and_nothing_else(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person = await one.member("amina")
        published = [await one.publish(person, visibility) for visibility in Visibility]
        outbox = await read(one, f"{person.uri}/outbox")
        page = await read(one, outbox["first"])
    assert outbox["type"] == "OrderedCollection"
    assert outbox["totalItems"] == 2
    assert page["type"] == "OrderedCollectionPage"
    assert page["partOf"] == outbox["id"]
    assert items([page]) == [each.uri for each in reversed(published) if each.is_public]
    assert all("@context" not in item and "@context" not in item["object"] for item in page["orderedItems"])


async def test_an_empty_outbox_is_an_empty_page(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        outbox = await read(one, f"{one.office.uri}/outbox")
        page = await read(one, outbox["first"])
    assert outbox["totalItems"] == 0
    assert page["orderedItems"] == []
    assert "next" not in page
    assert "prev" not in page


@pytest.mark.parametrize("count", [1, 19, 20, 21, 40, 45])
async def test_pages_show_everything_once_in_both_directions(tmp_path: Path, count: int) -> None:
    async with served(tmp_path) as one:
        published = [(await one.publish(one.office)).uri for _ in range(count)]
        pages = await walk(one, f"{one.office.uri}/outbox?page=true")
        back = await walk(one, pages[-1]["id"], "prev")
    assert items(pages) == published[::-1]
    assert [len(page["orderedItems"]) for page in pages][:-1] == [20] * (len(pages) - 1)
    backwards = [uri for page in back for uri in reversed(items([page]))]
    assert backwards == published


async def test_pages_stay_where_they_are_while_new_things_are_published(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        published = [(await one.publish(one.office)).uri for _ in range(45)]
        first = await read(one, f"{one.office.uri}/outbox?page=true")
        for _ in range(5):
            await one.publish(one.office)
        rest = await walk(one, first["next"])
    assert items([first, *rest]) == published[::-1]


async def test_followers_and_followed_are_counted_and_paged(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        strangers = [await one.stranger(f"reader{number}") for number in range(23)]
        for each in strangers:
            await one.accept(each, one.office)
            await one.accept(one.office, each)
        for name in ("followers", "following"):
            collection = await read(one, f"{one.office.uri}/{name}")
            pages = await walk(one, collection["first"])
            assert collection["totalItems"] == 23
            assert items(pages) == [each.uri for each in reversed(strangers)]
            back = await walk(one, pages[-1]["id"], "prev")
            assert {uri for page in back for uri in items([page])} == {each.uri for each in strangers}


async def test_nothing_is_pinned(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        featured = await read(one, f"{one.office.uri}/featured")
    assert (featured["totalItems"], featured["orderedItems"]) == (0, [])


async def test_replies_are_those_that_anybody_may_read_the_authors_own_first(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        person, stranger = await one.member("amina"), await one.stranger()
        parent = await one.publish(person)
        others = [(await one.publish(stranger, in_reply_to=parent.uri)).uri for _ in range(22)]
        own = await one.publish(person, in_reply_to=parent.uri)
        await one.publish(person, Visibility.PRIVATE, in_reply_to=parent.uri)
        await one.publish(stranger, Visibility.DIRECT, in_reply_to=parent.uri)
        replies = await read(one, f"{parent.uri}/replies")
        pages = await walk(one, replies["first"]["id"])
    assert replies["totalItems"] == 23
    assert replies["first"]["items"] == [own.uri]
    assert [uri for page in pages for uri in page["items"]] == [own.uri, *others]


async def test_likes_and_shares_say_how_many_and_not_who(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office)
        reader = await one.stranger()
        async with one.node.database.begin() as tx:
            await tx.likes.add(reader, published, f"{reader.uri}/likes/1", tx.now)
            await tx.shares.add(reader, published, f"{reader.uri}/shares/1", tx.now)
        for name in ("likes", "shares"):
            answer = await one.get(f"/o/{published.id}/{name}")
            assert answer.json()["totalItems"] == 1
            assert "other.example" not in answer.text
            assert answer.headers["vary"] == "Accept, Signature"


@pytest.mark.parametrize(
    "query",
    ["before=x", "before=-1", "before=1&after=2", "after=%00", f"before={'9' * 40}", "before=1e9", "after="],
)
async def test_a_place_that_was_never_given_out_is_refused(tmp_path: Path, query: str) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office)
        answers = [
            await one.get(f"/actors/office/{name}?page=true&{query}")
            for name in ("outbox", "followers", "following")
        ]
        answers.append(await one.get(f"/o/{published.id}/replies?page=true&{query}"))
    assert [each.status_code for each in answers] == [400] * 4


async def test_collections_of_nobody_are_not_found(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answers = [
            await one.get(f"/actors/nobody/{name}")
            for name in ("outbox", "followers", "following", "featured")
        ]
    assert [each.status_code for each in answers] == [404] * 4
