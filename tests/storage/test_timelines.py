"""Timelines walk an index in the order of their ids, however much there is, and page as clients do."""

from collections.abc import Iterator

import pytest
from sqlalchemy.dialects import sqlite

from storage import own_timelines, timelines
from storage.database import Database
from storage.kinds import Visibility
from storage.paging import Page, Paged
from storage.schema import metadata
from storage.statements import Statement
from storage.timelines import Origin
from tests.databases import IS_POSTGRESQL
from tests.storage.timeline_scene import answer, follow, ids, member, mute, person, publish, refuse, share

SQLITE = sqlite.dialect(paramstyle="qmark")


def _paged() -> Iterator[tuple[str, Paged]]:
    for module in (timelines, own_timelines):
        for name, value in vars(module).items():
            for part, each in (value if isinstance(value, dict) else {"": value}).items():
                label = f"{name}{part and f'.{part}'}"
                if isinstance(each, Paged):
                    yield label, each
                elif isinstance(each, timelines._ForBoth):
                    yield f"{label}.member", each._member
                    yield f"{label}.guest", each._guest


STATEMENTS: dict[str, Statement] = {
    f"{name}.{way}": statement
    for name, paged in _paged()
    for way, statement in (("newest", paged._newest), ("next", paged._next))
}


def test_all_timelines_are_looked_at() -> None:
    assert len(STATEMENTS) >= 2 * (5 + 2 * 8)


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL plans by what the tables hold")
@pytest.mark.parametrize("name", sorted(STATEMENTS))
async def test_a_timeline_walks_an_index_and_sorts_nothing(database: Database, name: str) -> None:
    compiled = STATEMENTS[name].compiled(SQLITE)
    known = [compiled.constants.get(each) for each in compiled.names]
    async with database.read() as tx:
        plan = await tx._connection.raw(f"EXPLAIN QUERY PLAN {compiled.sql}", *known)
    steps = [row[3] for row in plan]
    assert not any("TEMP B-TREE FOR ORDER BY" in step for step in steps), steps
    tables = tuple(f"SCAN {table}" for table in metadata.tables)
    assert not any(step.startswith(tables) for step in steps), steps
    first = steps[0]
    assert first.startswith("SEARCH"), first
    assert not first.startswith("SEARCH actors"), first
    # The bounds of a page are looked up in the index that is walked, or the ids are few and known.
    assert "id>? AND" in first or "id=?" in first, first


async def test_pages_are_cut_as_clients_ask(database: Database) -> None:
    async with database.begin() as tx:
        amina = await member(tx)
        numbers = [(await publish(tx, amina)).id for _ in range(6)][::-1]
        for read in (
            lambda page: tx.timelines.home(amina, page),
            lambda page: tx.timelines.public(None, page),
            lambda page: tx.timelines.public(amina, page, origin=Origin.HERE),
            lambda page: tx.timelines.by_author(None, page, amina),
        ):
            assert ids(await read(Page(size=2))) == numbers[:2]
            assert ids(await read(Page(size=2, max_id=numbers[1]))) == numbers[2:4]
            assert ids(await read(Page(size=2, since_id=numbers[4]))) == numbers[:2]
            assert ids(await read(Page(size=2, min_id=numbers[4]))) == numbers[2:4]
            assert ids(await read(Page(size=9, min_id=numbers[4], max_id=numbers[1]))) == numbers[2:4]
            assert ids(await read(Page(size=9, since_id=numbers[4], max_id=numbers[1]))) == numbers[2:4]
            assert ids(await read(Page(min_id=numbers[0]))) == []
            assert ids(await read(Page(size=0))) == []


async def test_an_account_shows_shares_among_its_own(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, other = await member(tx), await person(tx, "one"), await person(tx, "other")
        foreign = await publish(tx, other, "tag")
        first = await publish(tx, one, "tag")
        shared = await share(tx, one, foreign)
        to_other = await answer(tx, one, foreign)
        to_self = await answer(tx, one, first)
        everything = [to_self.id, to_other.id, shared, first.id]

        async def read(page: Page = Page(), **more: bool | str) -> list[int]:  # noqa: B008 - frozen
            return ids(await tx.timelines.by_author(amina, page, one, **more))  # type: ignore[arg-type]

        assert await read() == everything
        assert await read(Page(size=2)) == everything[:2]
        assert await read(Page(size=2, max_id=to_other.id)) == everything[2:]
        assert await read(Page(size=2, min_id=first.id)) == everything[1:3]
        assert await read(shared=False) == [to_self.id, to_other.id, first.id]
        # An answer to oneself goes on with what one says.
        assert await read(answers=False) == [to_self.id, shared, first.id]
        assert await read(tag="tag") == [first.id]
        assert await read(only_media=True) == []


async def test_public_timelines_leave_out_whom_the_reader_has_hidden(database: Database) -> None:
    async with database.begin() as tx:
        amina, one, muted, far = (
            await member(tx),
            await person(tx, "one"),
            await person(tx, "muted"),
            await person(tx, "far", "far.example"),
        )
        shown, *_ = [await publish(tx, each, "tag") for each in (one, muted, far)]
        await publish(tx, one, "tag", visibility=Visibility.UNLISTED)
        await mute(tx, amina, muted)
        await refuse(tx, amina, "far.example")
        for read in (
            lambda reader: tx.timelines.public(reader, Page()),
            lambda reader: tx.timelines.tagged(reader, Page(), "tag"),
            lambda reader: tx.timelines.tagged(reader, Page(), "tag", any_of=["other"]),
        ):
            assert len(await read(None)) == 3
            assert ids(await read(amina)) == [shown.id]
        assert len(await tx.timelines.public(None, Page(), origin=Origin.ELSEWHERE)) == 3
        assert await tx.timelines.public(None, Page(), origin=Origin.HERE) == []
        assert await tx.timelines.tagged(None, Page(), "tag", origin=Origin.HERE) == []


async def test_an_item_says_what_the_reader_did(database: Database) -> None:
    async with database.begin() as tx:
        amina, one = await member(tx), await person(tx, "one")
        post = await publish(tx, one)
        await tx.likes.add(amina, post, "https://node.example/likes/1", tx.now)
        await share(tx, amina, post)
        await follow(tx, amina, one)
        item = await tx.timelines.find(amina, post.id)
        assert item is not None
        assert (item.is_liked, item.is_shared, item.is_bookmarked, item.follows_author) == (
            True,
            True,
            False,
            True,
        )
        assert (item.likes, item.shares, item.answers) == (1, 1, 0)
        guest = await tx.timelines.find(None, post.id)
        assert guest is not None
        assert (guest.is_liked, guest.is_shared, guest.follows_author) == (False, False, False)
