"""Threads: complete and in order, whatever is hidden in them, and bounded."""

from storage.actors import Actor
from storage.database import Database
from storage.items import Item
from storage.kinds import Visibility
from storage.publications import Publication
from storage.transaction import Transaction
from tests.storage.timeline_scene import answer, ids, member, person, publish


async def item_of(tx: Transaction, publication: Publication) -> Item:
    found = await tx.timelines.find(None, publication.id)
    assert found is not None
    return found


async def above(
    tx: Transaction, reader: Actor | None, publication: Publication, size: int = 4096
) -> list[int]:
    return ids(await tx.threads.ancestors(reader, await item_of(tx, publication), size=size))


async def below(
    tx: Transaction, reader: Actor | None, publication: Publication, size: int = 4096, deepest: int = 4096
) -> list[int]:
    start = await item_of(tx, publication)
    return ids(await tx.threads.descendants(reader, start, size=size, deepest=deepest))


def numbers(*publications: Publication) -> list[int]:
    return [each.id for each in publications]


async def test_each_answer_is_followed_by_those_to_it(database: Database) -> None:
    async with database.begin() as tx:
        one, reader = await person(tx, "one"), await member(tx)
        root = await publish(tx, one)
        first = await answer(tx, one, root)
        second = await answer(tx, one, root)
        under_second = await answer(tx, one, second)
        under_first = await answer(tx, one, first)
        deep = await answer(tx, one, under_first)
        for who in (None, reader):
            assert await below(tx, who, root) == numbers(first, under_first, deep, second, under_second)
            assert await below(tx, who, first) == numbers(under_first, deep)
            assert await above(tx, who, deep) == numbers(root, first, under_first)
            assert await above(tx, who, root) == []
            assert await below(tx, who, deep) == []


async def test_the_order_of_ancestors_is_that_of_the_thread_and_not_of_clocks(database: Database) -> None:
    async with database.begin() as tx:
        one = await person(tx, "one")
        late, early = await publish(tx, one), await publish(tx, one)
        last = await publish(tx, one)
        # Its server says that it was written before what it answers.
        await tx._connection.raw(f"UPDATE publications SET in_reply_to = '{early.uri}' WHERE id = {late.id}")
        await tx._connection.raw(f"UPDATE publications SET in_reply_to = '{late.uri}' WHERE id = {last.id}")
        assert await above(tx, None, last) == numbers(early, late)


async def test_what_the_reader_may_not_see_hides_nothing_else(database: Database) -> None:
    async with database.begin() as tx:
        one, reader = await person(tx, "one"), await member(tx)
        root = await publish(tx, one)
        hidden = await answer(tx, one, root, visibility=Visibility.PRIVATE)
        orphan = await answer(tx, one, hidden)
        other_orphan = await answer(tx, one, hidden)
        under_orphan = await answer(tx, one, orphan)
        plain = await answer(tx, one, root)
        for who in (None, reader):
            assert await above(tx, who, under_orphan) == numbers(root, orphan)
            assert await below(tx, who, root) == numbers(plain, orphan, under_orphan, other_orphan)
        assert await below(tx, one, root) == numbers(hidden, orphan, under_orphan, other_orphan, plain)


async def test_guests_see_less_of_it(database: Database) -> None:
    async with database.begin() as tx:
        one, reader = await person(tx, "one"), await member(tx)
        chain = [await publish(tx, one)]
        for _ in range(6):
            chain.append(await answer(tx, one, chain[-1]))
        # The nearest count.
        assert await above(tx, None, chain[6], 2) == numbers(*chain[4:6])
        assert await below(tx, None, chain[0], deepest=2) == numbers(*chain[1:3])
        assert await below(tx, None, chain[0], 3) == numbers(*chain[1:4])
        assert await below(tx, reader, chain[0]) == numbers(*chain[1:])


async def test_what_answers_itself_in_a_circle_comes_to_an_end(database: Database) -> None:
    async with database.begin() as tx:
        one, reader = await person(tx, "one"), await member(tx)
        first = await publish(tx, one, in_reply_to="https://remote.example/circle")
        second = await answer(tx, one, first, uri="https://remote.example/circle")
        more = [await answer(tx, one, second) for _ in range(200)]
        for who in (None, reader):
            assert await below(tx, who, first, deepest=20) == numbers(second, *more)
            assert await above(tx, who, first, 40) == numbers(second)
            assert await above(tx, who, more[0], 41) == await above(tx, who, more[0], 40)
            assert await above(tx, who, more[0]) == numbers(first, second)


async def test_what_is_answered_but_unknown_is_no_ancestor(database: Database) -> None:
    async with database.begin() as tx:
        one = await person(tx, "one")
        post = await publish(tx, one, in_reply_to="https://far.example/notes/1")
        assert await above(tx, None, post) == []
        item = await item_of(tx, post)
        assert (item.parent_id, item.parent_author_id) == (None, None)
