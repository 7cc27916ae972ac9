"""Who does not want to be told of what: mutes, blocks, silent threads, and policies about strangers."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.distancing import mute
from actors.following import accept, block, follow
from actors.reacting import like, share
from actors.replicating import revise
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Policy, Role, Visibility
from storage.transaction import Transaction
from tests import make
from tests.actors.notices import URI, incoming, kept, member, told, waiting, write
from tests.actors.people import remote
from tests.databases import fresh_database
from tests.fediverse import START


async def test_nobody_is_told_by_whom_they_block_or_mute(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, carol, dan = [await member(tx, name) for name in ("amina", "bela", "carol", "dan")]
        await block(tx, amina, bela)
        await mute(tx, amina, carol)
        await mute(tx, amina, dan, notifications=False)
        for each in (bela, carol, dan):
            await write(tx, each, "@amina@node.example", amina)
        assert await told(tx, amina) == [("mention", dan.id)]


async def test_a_mute_that_is_over_hides_nothing(tmp_path: Path) -> None:
    moments = iter([START, START + timedelta(hours=2)])
    database = Database(fresh_database(tmp_path), lambda: next(moments))
    async with database.begin() as tx:
        amina, bela = await member(tx, "amina"), await member(tx, "bela")
        await mute(tx, amina, bela, duration=timedelta(hours=1))
        await write(tx, bela, "@amina@node.example", amina)
        assert await told(tx, amina) == []
    async with database.begin() as tx:
        await write(tx, bela, "@amina@node.example again", amina)
        assert await told(tx, amina) == [("mention", bela.id)]
    await database.close()


async def test_nobody_is_told_of_a_thread_they_silenced(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await member(tx, "amina"), await member(tx, "bela")
        root = await write(tx, amina, "Hello.")
        await tx.notification_policies.mute(amina.id, root.uri)
        await like(tx, bela, root)
        answer = await write(tx, bela, "@amina@node.example", amina, in_reply_to=root.uri)
        await write(tx, bela, "@amina@node.example again", amina, in_reply_to=answer.uri)
        assert await told(tx, amina) == []
        await write(tx, bela, "@amina@node.example elsewhere", amina)
        assert await told(tx, amina) == [("mention", bela.id)]


async def set_policy(tx: Transaction, owner: Actor, **rules: Any) -> None:
    policy = await tx.notification_policies.of(owner.id)
    await tx.notification_policies.keep(replace(policy, **rules))


OLD = START - timedelta(days=100)


@pytest.mark.parametrize("decision", ["filter", "drop", "accept"])
@pytest.mark.parametrize("rule", ["for_not_following", "for_not_followers", "for_new_accounts"])
async def test_strangers_wait_or_are_dropped_as_the_policy_says(
    database: Database, rule: str, decision: str
) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await set_policy(tx, amina, **{rule: decision})
        await kept(tx, alice, amina)
        expected = [("mention", alice.id)]
        assert await told(tx, amina) == (expected if decision == "accept" else [])
        assert await waiting(tx, amina) == (expected if decision == "filter" else [])
        requests = await tx.notification_policies.count(amina.id)
        assert requests == ((1, 1) if decision == "filter" else (0, 0))


async def test_whom_one_follows_is_no_stranger_even_when_new(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await set_policy(tx, amina, for_not_following="drop", for_new_accounts="drop")
        await follow(tx, amina, alice)
        await accept(tx, alice, amina)
        await kept(tx, alice, amina)
        assert await told(tx, amina) == [("mention", alice.id)]


async def test_who_has_been_there_for_long_is_not_new(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx, published_at=OLD)
        await set_policy(tx, amina, for_new_accounts="drop")
        await kept(tx, alice, amina)
        assert await told(tx, amina) == [("mention", alice.id)]


@pytest.mark.parametrize(("days", "is_told"), [(2, False), (4, True)])
async def test_followers_count_as_such_after_three_days(database: Database, days: int, is_told: bool) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await follow(tx, alice, amina, uri=f"{alice.uri}/f")
        await tx.notifications.clear(amina.id)
        await set_policy(tx, amina, for_not_followers="drop")
        tx.now = START + timedelta(days=days)
        await kept(tx, alice, amina, published_at=tx.now)
        assert bool(await told(tx, amina)) is is_told


async def test_letters_of_strangers_wait_but_answers_to_ones_own_do_not(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice, bob = await member(tx, "amina"), await remote(tx), await remote(tx, "bob")
        await kept(tx, alice, amina, visibility=Visibility.DIRECT)
        assert await waiting(tx, amina) == [("mention", alice.id)]
        letter = await write(tx, amina, "@bob@remote.example", bob, visibility="direct")
        answer = {"visibility": Visibility.DIRECT, "in_reply_to": letter.uri}
        await kept(tx, bob, amina, uri=f"{URI}/2", **answer)
        await kept(tx, alice, amina, uri=f"{URI}/3", **answer)
        assert await told(tx, amina) == [("mention", bob.id)]
        assert len(await waiting(tx, amina)) == 2


async def test_those_whom_moderators_limit_wait(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx, silenced_at=START)
        await kept(tx, alice, amina)
        assert await waiting(tx, amina) == [("mention", alice.id)]
        await tx.peers.set_policy("limited.example", Policy.LIMITED, START)
        bob = await make.remote_actor(tx, "https://limited.example/users/bob")
        await kept(tx, bob, amina, uri="https://limited.example/o/1")
        assert await waiting(tx, amina) == [("mention", bob.id), ("mention", alice.id)]


async def test_whoever_was_let_through_once_is_heard_whatever_the_policy(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await set_policy(tx, amina, for_not_following="drop")
        await tx.notification_policies.permit(amina.id, alice.id)
        await kept(tx, alice, amina)
        assert await told(tx, amina) == [("mention", alice.id)]


async def test_letters_of_moderators_do_not_wait(database: Database) -> None:
    async with database.begin() as tx:
        amina, judy = await member(tx, "amina"), await member(tx, "judy", Role.MODERATOR)
        await write(tx, judy, "@amina@node.example", amina, visibility="direct")
        assert await told(tx, amina) == [("mention", judy.id)]


async def test_no_policy_holds_back_what_one_asked_for(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        publication = await kept(tx, alice)
        await share(tx, amina, publication)
        await set_policy(tx, amina, for_not_following="drop")
        await revise(tx, alice, publication, incoming(content="<p>Edited.</p>", updated_at=START))
        assert await told(tx, amina) == [("update", alice.id)]
