"""A database of the first version, with all that people did in it, brought to this one on both engines."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

from actors.tags import folded_tag
from storage.database import Database
from storage.kinds import FollowState
from storage.migrating import HEAD, _configuration, migrate, version
from storage.paging import Page
from tests.databases import bare_database
from tests.fediverse import START

AMINA, BARAKA, FAR = 10, 11, 12
FIRST, ANSWER, OTHER, DEEPER = 100, 101, 102, 103
MOMENT = 1_700_000_000_000_000
#: The smallest number of something that happened then.
THEN = MOMENT // 1000 << 16
HERE, THERE = "https://node.example", "https://far.example"


def actor(number: int, base: str, username: str, **more: Any) -> dict[str, Any]:
    uri = f"{base}/actors/{username}"
    host = base.removeprefix("https://")
    known = {"id": number, "uri": uri, "type": "Person", "username": username, "host": host}
    lists = dict.fromkeys(("fields", "jurisdiction", "languages", "also_known_as"), "[]")
    return {**known, **lists, "is_local": base == HERE, "inbox": f"{uri}/inbox", **more}


def publication(number: int, author: dict[str, Any], **more: Any) -> dict[str, Any]:
    lists = dict.fromkeys(("recipients", "tags", "attachments", "jurisdiction", "concepts"), "[]")
    return {
        "id": number,
        "uri": f"{author['uri']}/notes/{number}",
        "author_id": author["id"],
        "kind": "note",
        "type": "Note",
        "is_local": author["is_local"],
        "visibility": "public",
        "revision": 1,
        "language": "en",
        "details": "{}",
        **lists,
        **more,
    }


def reaction(by: int, verb: str, about: int, later: int = 0) -> dict[str, Any]:
    uri = f"{HERE}/{verb}/{by}-{about}"
    return {"actor_id": by, "publication_id": about, "uri": uri, "created_at": MOMENT + later}


PEOPLE = [
    actor(AMINA, HERE, "amina", name="Amina Ekström"),
    actor(BARAKA, HERE, "baraka", name=""),
    actor(FAR, THERE, "chen", name="Chen"),
]
FIRST_NOTE = publication(FIRST, PEOPLE[0], tags='[{"type":"Hashtag","name":"#Zwölf"},{"type":"Mention"}]')
ANSWER_NOTE = publication(ANSWER, PEOPLE[2], in_reply_to=FIRST_NOTE["uri"])
ROWS: dict[str, list[dict[str, Any]]] = {
    "actors": PEOPLE,
    "publications": [
        FIRST_NOTE,
        ANSWER_NOTE,
        publication(OTHER, PEOPLE[1]),
        publication(DEEPER, PEOPLE[2], in_reply_to=ANSWER_NOTE["uri"]),
    ],
    # Two in one millisecond, and one that was written before what it stands behind.
    "likes": [
        reaction(FAR, "likes", FIRST, 5_000_000),
        reaction(AMINA, "likes", ANSWER),
        reaction(BARAKA, "likes", FIRST),
        reaction(BARAKA, "likes", ANSWER, 999),
    ],
    "shares": [reaction(AMINA, "shares", ANSWER), reaction(FAR, "shares", FIRST, 1_000)],
    "blocks": [
        {"actor_id": AMINA, "blocked_id": FAR, "uri": f"{HERE}/blocks/1"},
        {"actor_id": BARAKA, "blocked_id": FAR, "uri": f"{HERE}/blocks/2"},
    ],
    "follows": [
        {
            "id": 1000,
            "follower_id": AMINA,
            "followed_id": BARAKA,
            "uri": f"{HERE}/follows/1",
            "state": "accepted",
        },
        {
            "id": 1001,
            "follower_id": FAR,
            "followed_id": AMINA,
            "uri": f"{THERE}/follows/1",
            "state": "requested",
        },
    ],
    "members": [{"id": 2000, "actor_id": AMINA, "email": "amina@example.org", "role": "admin"}],
    "access_tokens": [
        {"id": 3000, "digest": "one", "member_id": 2000, "scopes": '["read"]'},
        {"id": 3001, "digest": "two", "member_id": 2000, "scopes": '["write"]', "revoked_at": MOMENT},
    ],
    "invitations": [{"id": 4000, "digest": "three", "role": "author"}],
}


async def on(url: str, work: Callable[[sa.Connection], Any]) -> Any:
    """Do something through SQLAlchemy's own connection, and commit."""
    engine = create_async_engine(url, poolclass=pool.NullPool)
    async with engine.begin() as connection:
        answer = await connection.run_sync(work)
    await engine.dispose()
    return answer


def fill(connection: sa.Connection) -> None:
    """Write the rows, with something of the right type wherever a column wants something."""
    tables = sa.MetaData()
    for name, rows in ROWS.items():
        table = sa.Table(name, tables, autoload_with=connection, resolve_fks=False)
        wanted = {column.name: _some(column) for column in table.columns if not column.nullable}
        for row in rows:
            connection.execute(table.insert(), {**wanted, **row})


def _some(column: sa.Column[Any]) -> Any:
    if column.name.endswith("_at"):
        return MOMENT
    return {bool: False, int: 0, str: ""}[column.type.python_type]


def table_of(name: str) -> Callable[[sa.Connection], list[dict[str, Any]]]:
    def read(connection: sa.Connection) -> list[dict[str, Any]]:
        table = sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        first = next(iter(table.primary_key.columns))
        rows = connection.execute(table.select().order_by(first)).mappings()
        return [dict(row) for row in rows]

    return read


def upgraded_in(folder: Path) -> str:
    """Return the URL of a database that was made by the first version, used there, and upgraded."""
    url = bare_database(folder)
    command.upgrade(_configuration(url), "0001")
    asyncio.run(on(url, fill))
    migrate(url)
    return url


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return where one is that nobody changes."""
    return upgraded_in(tmp_path_factory.mktemp("upgraded"))


@pytest.fixture
async def upgraded(url: str) -> AsyncIterator[Database]:
    """Return that one, to be read."""
    database = Database(url, lambda: START)
    yield database
    await database.close()


@pytest.fixture
async def in_use(tmp_path: Path) -> AsyncIterator[Database]:
    """Return one that may be changed."""
    database = Database(await asyncio.to_thread(upgraded_in, tmp_path), lambda: START)
    yield database
    await database.close()


async def test_nothing_that_was_there_is_lost_or_changed(upgraded: Database) -> None:
    assert await version(upgraded) == HEAD
    for name, rows in ROWS.items():
        kept = await on(upgraded.url, table_of(name))
        assert len(kept) == len(rows)
        for row in rows:
            assert [each for each in kept if row.items() <= each.items()], row


async def test_reactions_are_numbered_in_the_order_in_which_they_came(upgraded: Database) -> None:
    for name, among in (("likes", 4), ("shares", 2)):
        rows = await on(upgraded.url, table_of(name))
        numbers = [row["id"] for row in sorted(rows, key=lambda row: (row["created_at"], row["id"]))]
        assert numbers == sorted(set(numbers))
        assert len(numbers) == among
        assert all(row["id"] >= row["created_at"] // 1000 << 16 for row in rows)
        assert all(row["id"] >> 16 == row["created_at"] // 1000 for row in rows)


async def test_old_and_new_reactions_are_listed_together(in_use: Database) -> None:
    async with in_use.begin() as tx:
        amina, first = await tx.actors.get(AMINA), await tx.publications.get(FIRST)
        assert await tx.likes.add(amina, first, f"{HERE}/likes/new", START)
    async with in_use.read() as tx:
        assert [who.id for _, who in await tx.likes.by(FIRST, Page())] == [AMINA, FAR, BARAKA]
        assert [who.id for _, who in await tx.shares.by(FIRST, Page())] == [FAR]
        answer = await tx.publications.get(ANSWER)
        assert not await tx.shares.is_for_followers(amina, answer)


async def test_blocks_are_numbered_and_hold(upgraded: Database) -> None:
    rows = await on(upgraded.url, table_of("blocks"))
    assert sorted(row["id"] for row in rows) == [THEN, THEN + 1]
    async with upgraded.read() as tx:
        amina, far = await tx.actors.get(AMINA), await tx.actors.get(FAR)
        assert await tx.follows.blocked_either_way(far, amina)


async def test_follows_go_on_as_they_were(upgraded: Database) -> None:
    async with upgraded.read() as tx:
        amina, baraka, far = [await tx.actors.get(number) for number in (AMINA, BARAKA, FAR)]
        follow, asked = await tx.follows.find(amina, baraka), await tx.follows.find(far, amina)
    assert follow is not None
    assert asked is not None
    assert (follow.state, asked.state) == (FollowState.ACCEPTED, FollowState.REQUESTED)
    assert (follow.notify, follow.show_reblogs, follow.languages) == (False, True, None)


async def test_tokens_open_what_they_opened(upgraded: Database) -> None:
    async with upgraded.read() as tx:
        holder, revoked = await tx.tokens.holder("one"), await tx.tokens.holder("two")
    assert holder is not None
    assert holder.token.scopes == ["read"]
    assert holder.actor is not None
    assert (holder.actor.id, holder.application) == (AMINA, None)
    assert revoked is None
    with pytest.raises(sa.exc.IntegrityError):
        await on(upgraded.url, token_of_nobody_we_know)


def token_of_nobody_we_know(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
    connection.execute(
        sa.text(
            "INSERT INTO access_tokens (id, digest, member_id, scopes, created_at)"
            " VALUES (1, 'x', 7, '[]', 0)"
        )
    )


async def test_people_are_found_by_the_words_of_their_names(upgraded: Database) -> None:
    async with upgraded.read() as tx:
        amina = await tx.actors.get(AMINA)
        found = [await tx.account_search.find(amina, text, size=9) for text in ("ekstrom", "bar", "nobody")]
    assert [[each.id for each in actors] for actors in found] == [[AMINA], [BARAKA], []]


async def test_an_answer_is_part_of_what_it_answers(upgraded: Database) -> None:
    async with upgraded.read() as tx:
        amina = await tx.actors.get(AMINA)
        first, *answers = [await tx.publications.get(number) for number in (FIRST, ANSWER, DEEPER)]
        items = await tx.timelines.by_ids(amina, [FIRST])
        below = await tx.threads.descendants(None, items[0], size=9, deepest=9)
    assert {each.conversation for each in (first, *answers)} == {first.uri}
    assert [item.publication_id for item in below] == [ANSWER, DEEPER]


async def test_members_find_at_home_what_those_published_whom_they_follow(upgraded: Database) -> None:
    async with upgraded.read() as tx:
        amina = await tx.actors.get(AMINA)
        assert [item.id for item in await tx.timelines.home(amina, Page())] == [OTHER, FIRST]


async def test_what_has_a_hashtag_is_found_by_it(upgraded: Database) -> None:
    async with upgraded.read() as tx:
        assert [item.id for item in await tx.timelines.tagged(None, Page(), folded_tag("#zwölf"))] == [FIRST]


async def test_what_holds_elsewhere_in_the_database_still_holds(in_use: Database) -> None:
    # On SQLite tables are written anew to change their columns; what refers to them must not notice.
    async with in_use.begin() as tx:
        await tx.publications.remove(await tx.publications.get(FIRST))
    for name, left in (("likes", 2), ("shares", 1), ("publications", 3)):
        assert len(await on(in_use.url, table_of(name))) == left
