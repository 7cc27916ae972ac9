"""Following and blocking, by local actors and remote ones through the same functions."""

from dataclasses import replace

import pytest

from actors.errors import Forbidden, NotFound
from actors.following import accept, block, follow, refuse, reject, unblock, unfollow
from storage.actors import Actor
from storage.database import Database
from storage.kinds import FollowState
from tests.actors.people import ALICE, BASE, deeds, local, recorded, remote

FOLLOW = f"{ALICE}/follows/1"


@pytest.fixture
async def asha(database: Database) -> Actor:
    async with database.begin() as tx:
        return await local(tx, "asha")


@pytest.fixture
async def alice(database: Database) -> Actor:
    async with database.begin() as tx:
        return await remote(tx)


async def state(database: Database, follower: Actor, followed: Actor) -> str | None:
    async with database.read() as tx:
        found = await tx.follows.find(follower, followed)
    return found.state if found else None


async def test_asking_somebody_elsewhere_is_recorded_once(
    database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        first = await follow(tx, asha, alice)
        again = await follow(tx, asha, alice)
    assert first == again
    assert first.state == FollowState.REQUESTED
    (activity,) = await recorded(database)
    assert (activity.verb, activity.object, activity.target_id) == ("Follow", ALICE, alice.id)
    assert first.uri == activity.uri


async def test_an_open_actor_lets_in_and_says_so_each_time(
    database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        first = await follow(tx, alice, asha, uri=FOLLOW)
        second = await follow(tx, alice, asha, uri=f"{ALICE}/follows/2")
    assert (first.state, second.state) == (FollowState.ACCEPTED, FollowState.ACCEPTED)
    assert second.uri == f"{ALICE}/follows/2"
    assert [(each.verb, each.object) for each in await recorded(database)] == [
        ("Accept", FOLLOW),
        ("Accept", f"{ALICE}/follows/2"),
    ]
    assert (await recorded(database))[0].details == {
        "activity": {"id": FOLLOW, "type": "Follow", "actor": ALICE, "object": asha.uri}
    }


async def test_whoever_decides_lets_in_what_was_let_in_before(database: Database, alice: Actor) -> None:
    async with database.begin() as tx:
        binod = await local(tx, "binod", manually_approves_followers=True)
        asked = await follow(tx, alice, binod, uri=FOLLOW)
        assert asked.state == FollowState.REQUESTED
        await accept(tx, binod, alice)
        again = await follow(tx, alice, binod, uri=f"{ALICE}/follows/2")
    assert again.state == FollowState.ACCEPTED


async def test_even_an_open_actor_can_be_made_to_decide(
    database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        asked = await follow(tx, alice, asha, uri=FOLLOW, needs_approval=True)
    assert asked.state == FollowState.REQUESTED
    assert await recorded(database) == []


@pytest.mark.parametrize("how", ["itself", "gone", "moved", "blocked", "blocking"])
async def test_who_cannot_be_followed(how: str, database: Database, asha: Actor, alice: Actor) -> None:
    async with database.begin() as tx:
        other = alice
        if how == "itself":
            other = asha
        elif how == "gone":
            other = replace(alice, gone_at=tx.now)
        elif how == "moved":
            other = replace(alice, moved_to="https://new.example/users/alice")
        else:
            blocker, blocked = (asha, alice) if how == "blocking" else (alice, asha)
            await block(tx, blocker, blocked, uri=f"{blocker.uri}#blocks/1")
        with pytest.raises(Forbidden):
            await follow(tx, asha, other)
    assert await state(database, asha, alice) is None


async def test_who_was_rejected_may_ask_again(database: Database, asha: Actor, alice: Actor) -> None:
    async with database.begin() as tx:
        first = await follow(tx, asha, alice)
        await reject(tx, alice, asha)
        second = await follow(tx, asha, alice)
    assert second.state == FollowState.REQUESTED
    assert second.uri != first.uri
    assert [verb for _, verb, _ in await deeds(database)] == ["Follow", "Follow"]


@pytest.mark.parametrize("decide", [accept, reject])
async def test_nobody_decides_about_what_was_never_asked(
    decide: object, database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        with pytest.raises(NotFound):
            await decide(tx, asha, alice)  # type: ignore[operator]
    assert await recorded(database) == []


async def test_what_a_remote_actor_decides_is_not_recorded_here(
    database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        await follow(tx, asha, alice)
        await accept(tx, alice, asha)
        await reject(tx, alice, asha)
    assert [verb for _, verb, _ in await deeds(database)] == ["Follow"]
    assert await state(database, asha, alice) == FollowState.REJECTED


async def test_a_follow_that_cannot_be_is_answered_by_its_id(
    database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        await refuse(tx, asha, alice, FOLLOW)
    (answer,) = await recorded(database)
    assert (answer.verb, answer.object, answer.target_id) == ("Reject", FOLLOW, alice.id)
    async with database.begin() as tx:
        await follow(tx, alice, asha, uri=FOLLOW)
        await refuse(tx, asha, alice, f"{ALICE}/follows/2")
    assert await state(database, alice, asha) == FollowState.REJECTED
    assert (await recorded(database))[-1].object == f"{ALICE}/follows/2"


async def test_leaving_is_told_with_the_follow_it_ends(database: Database, asha: Actor, alice: Actor) -> None:
    async with database.begin() as tx:
        asked = await follow(tx, asha, alice)
        await unfollow(tx, asha, alice)
        await unfollow(tx, asha, alice)
    told = (await recorded(database))[1:]
    assert [(each.verb, each.object, each.target_id) for each in told] == [("Undo", asked.uri, alice.id)]
    assert await state(database, asha, alice) is None


async def test_a_block_ends_both_follows_and_says_only_that(
    database: Database, asha: Actor, alice: Actor
) -> None:
    async with database.begin() as tx:
        await follow(tx, asha, alice)
        await accept(tx, alice, asha)
        await follow(tx, alice, asha, uri=FOLLOW)
        await block(tx, asha, alice, uri=f"{asha.uri}#blocks/1")
        await block(tx, asha, alice, uri=f"{asha.uri}#blocks/2")
        assert await tx.follows.blocked_either_way(alice, asha)
    assert await state(database, asha, alice) is None
    assert await state(database, alice, asha) is None
    assert [verb for _, verb, _ in await deeds(database)] == ["Follow", "Accept", "Reject", "Undo"]
    async with database.begin() as tx:
        await unblock(tx, asha, alice)
        assert not await tx.follows.blocked_either_way(alice, asha)
    assert await state(database, asha, alice) is None


async def test_the_servers_follow_starts_a_reading_of_the_catalogue_once(database: Database) -> None:
    async with database.begin() as tx:
        server = await local(tx, "office")
        server = replace(server, username="node")
        other = await remote(tx, "node")
        await follow(tx, server, other)
        await accept(tx, other, server)
        await accept(tx, other, server)
        assert len(await tx.backfills.claim(tx.now, tx.now, 10)) == 1


async def test_everything_happens_or_nothing(database: Database, asha: Actor, alice: Actor) -> None:
    async def fail_halfway() -> None:
        async with database.begin() as tx:
            await follow(tx, asha, alice)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_halfway()
    assert await recorded(database) == []
    assert await state(database, asha, alice) is None
    assert asha.uri.startswith(BASE)
