"""Moving house: local followers follow the new account, once a week at most."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actors.errors import Conflict
from actors.following import accept, block, follow
from actors.moving import move
from storage.actors import Actor
from storage.database import Database
from storage.kinds import FollowState
from storage.transaction import Transaction
from tests.actors.people import deeds, local, remote
from tests.databases import fresh_database
from tests.fediverse import START

WEEK = timedelta(days=7)


async def friend(tx: Transaction, name: str, of: Actor) -> Actor:
    """Add a local follower."""
    person = await local(tx, name)
    await follow(tx, person, of)
    await accept(tx, of, person)
    return person


async def states(database: Database, followed: Actor, *followers: Actor) -> list[str | None]:
    async with database.read() as tx:
        found = [await tx.follows.find(each, followed) for each in followers]
    return [each.state if each else None for each in found]


async def test_everybody_here_goes_along(database: Database) -> None:
    async with database.begin() as tx:
        old, new = await remote(tx, "old"), await remote(tx, "new")
        asha, binod = await friend(tx, "asha", old), await friend(tx, "binod", old)
        stranger = await local(tx, "carla")
        await move(tx, replace(old, moved_to=new.uri), new, cool_down=WEEK)
    assert await states(database, old, asha, binod, stranger) == [None, None, None]
    assert await states(database, new, asha, binod, stranger) == [FollowState.REQUESTED] * 2 + [None]
    assert [(who, verb) for who, verb, _ in await deeds(database)][2:] == [
        ("asha", "Undo"),
        ("asha", "Follow"),
        ("binod", "Undo"),
        ("binod", "Follow"),
    ]


async def test_whoever_only_asked_does_not_go_along(database: Database) -> None:
    async with database.begin() as tx:
        old, new = await remote(tx, "old"), await remote(tx, "new")
        asha = await local(tx, "asha")
        await follow(tx, asha, old)
        await move(tx, old, new, cool_down=WEEK)
    assert await states(database, old, asha) == [FollowState.REQUESTED]
    assert await states(database, new, asha) == [None]


async def test_one_who_cannot_follow_keeps_nobody_from_it(database: Database) -> None:
    async with database.begin() as tx:
        old = await remote(tx, "old")
        asha, binod = await friend(tx, "asha", old), await friend(tx, "binod", old)
        new = await remote(tx, "new")
        await block(tx, new, asha, uri=f"{new.uri}#blocks/1")
        await move(tx, old, new, cool_down=WEEK)
    assert await states(database, old, asha, binod) == [None, None]
    assert await states(database, new, asha, binod) == [None, FollowState.REQUESTED]


async def test_a_move_to_one_of_its_followers_leaves_that_one_alone(database: Database) -> None:
    async with database.begin() as tx:
        old = await remote(tx, "old")
        asha, binod = await friend(tx, "asha", old), await friend(tx, "binod", old)
        await move(tx, old, asha, cool_down=WEEK)
    assert await states(database, asha, asha, binod) == [None, FollowState.ACCEPTED]


async def test_a_second_move_waits(tmp_path: Path) -> None:
    now: datetime = START
    database = Database(fresh_database(tmp_path), lambda: now)
    async with database.begin() as tx:
        old, new, third = [await remote(tx, name) for name in ("old", "new", "third")]
        await move(tx, old, new, cool_down=WEEK)
    now = START + WEEK - timedelta(seconds=1)
    async with database.begin() as tx:
        with pytest.raises(Conflict):
            await move(tx, old, third, cool_down=WEEK)
        await move(tx, new, third, cool_down=WEEK)  # Others are not concerned.
    now = START + WEEK
    async with database.begin() as tx:
        await move(tx, old, third, cool_down=WEEK)
    await database.close()
