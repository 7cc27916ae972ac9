"""Who is told of likes, shares and follows, and what the node itself has to tell."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from actors.distancing import block_domain, mute
from actors.following import accept, block, follow, reject, unfollow
from actors.granting import invite
from actors.joining import join
from actors.moderating import act
from actors.reacting import like, share, unlike, unshare
from actors.replicating import forget_all
from actors.reporting import report
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Role
from storage.publications import Publication
from storage.transaction import Transaction
from tests.actors.notices import kept, member, notices, told, write
from tests.actors.people import BASE, local, remote
from tests.fediverse import START
from tests.key_pool import new_keys

Verb = Callable[[Transaction, Actor, Publication], Awaitable[object]]


@pytest.mark.parametrize(("verb", "undo", "about"), [(like, unlike, "favourite"), (share, unshare, "reblog")])
async def test_a_reaction_is_told_once_and_taken_back(
    database: Database, verb: Verb, undo: Verb, about: str
) -> None:
    async with database.begin() as tx:
        amina, bela = await member(tx, "amina"), await member(tx, "bela")
        note = await write(tx, amina, "Hello.")
        for _ in range(2):
            await verb(tx, bela, note)
        await verb(tx, amina, note)
        assert await told(tx, amina) == [(about, bela.id)]
        await undo(tx, bela, note)
        assert await told(tx, amina) == []
        await verb(tx, bela, note)
        assert await told(tx, amina) == [(about, bela.id)]


async def test_what_comes_within_half_a_day_is_one_group_and_no_longer(database: Database) -> None:
    async with database.begin() as tx:
        amina = await member(tx, "amina")
        first, second = await write(tx, amina, "One."), await write(tx, amina, "Two.")
        alice, bob = await remote(tx), await remote(tx, "bob")
        for each in (alice, bob):
            await like(tx, each, first, uri=f"{each.uri}/1")
        await like(tx, alice, second, uri=f"{alice.uri}/2")
        await share(tx, alice, first, uri=f"{alice.uri}/3")
        found = [each.group_key for each in await notices(tx, amina)]
        assert found[2] == found[3]
        assert len(set(found)) == 3
        hour = int(START.timestamp()) // 3600
        assert set(found) == {
            f"favourite-{first.id}-{hour}",
            f"favourite-{second.id}-{hour}",
            f"reblog-{first.id}-{hour}",
        }


@pytest.mark.parametrize(("hours", "groups"), [(11, 1), (12, 2)])
async def test_a_group_stays_open_for_twelve_hours_from_its_beginning(
    database: Database, hours: int, groups: int
) -> None:
    async with database.begin() as tx:
        amina, alice, bob = await member(tx, "amina"), await remote(tx), await remote(tx, "bob")
        carol = await remote(tx, "carol")
        note = await write(tx, amina, "Hello.")
        await like(tx, alice, note, uri=f"{alice.uri}/1")
        tx.now = START + timedelta(hours=6)
        await like(tx, bob, note, uri=f"{bob.uri}/1")
        tx.now = START + timedelta(hours=hours)
        await like(tx, carol, note, uri=f"{carol.uri}/1")
        assert len({each.group_key for each in await notices(tx, amina)}) == groups


async def test_nothing_is_left_of_whoever_is_gone(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await follow(tx, alice, amina, uri=f"{alice.uri}/f")
        assert await told(tx, amina) == [("follow", alice.id)]
        await forget_all(tx, alice)
        assert await told(tx, amina) == []


async def test_a_new_follower_is_told_and_who_leaves_is_forgotten(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await follow(tx, alice, amina, uri=f"{alice.uri}/f")
        await follow(tx, alice, amina, uri=f"{alice.uri}/f2")
        assert await told(tx, amina) == [("follow", alice.id)]
        await unfollow(tx, alice, amina)
        assert await told(tx, amina) == []


@pytest.mark.parametrize("lets_in", [True, False])
async def test_a_request_is_told_until_it_is_answered(database: Database, lets_in: bool) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        amina = replace(amina, manually_approves_followers=True)
        await tx.actors.change(amina)
        await follow(tx, alice, amina, uri=f"{alice.uri}/f")
        assert await told(tx, amina) == [("follow_request", alice.id)]
        await (accept if lets_in else reject)(tx, amina, alice)
        assert await told(tx, amina) == ([("follow", alice.id)] if lets_in else [])


async def test_new_followers_are_one_group(database: Database) -> None:
    async with database.begin() as tx:
        amina = await member(tx, "amina")
        for name in ("alice", "bob"):
            each = await remote(tx, name)
            await follow(tx, each, amina, uri=f"{each.uri}/f")
        (key,) = {each.group_key for each in await notices(tx, amina)}
        assert key == f"follow-{int(START.timestamp()) // 3600}"


async def test_blocking_takes_away_what_both_were_told_of_each_other(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        await follow(tx, bela, amina)
        await follow(tx, amina, bela)
        await follow(tx, alice, amina, uri=f"{alice.uri}/f")
        await block(tx, amina, bela)
        assert await told(tx, amina) == [("follow", alice.id)]
        assert await told(tx, bela) == []


async def test_moderators_are_told_of_reports_and_of_new_members(database: Database) -> None:
    async with database.begin() as tx:
        judy, amina = await member(tx, "judy", Role.MODERATOR), await member(tx, "amina")
        root, carol = await member(tx, "root", Role.ADMIN), await member(tx, "carol", Role.COORDINATOR)
        # A moderator hears of a report even by somebody whom they mute.
        await mute(tx, judy, amina)
        filed = await report(tx, amina, carol, comment="Spam.")
        code, _ = await invite(tx, Role.MEMBER)
        joined = await join(
            tx,
            code,
            base_url=BASE,
            domain="node.example",
            username="newcomer",
            email="newcomer@node.example",
            password="a hash",
            keys=new_keys(),
        )
        for each in (judy, root):
            assert await told(tx, each) == [("admin.sign_up", joined.actor_id), ("admin.report", amina.id)]
            assert [found.subject_id for found in await notices(tx, each)] == [0, filed.id]
        for each in (amina, carol):
            assert await told(tx, each) == []


async def test_a_member_is_warned_by_the_body(database: Database) -> None:
    async with database.begin() as tx:
        office = await local(tx, "office")
        judy, amina = await member(tx, "judy", Role.MODERATOR), await member(tx, "amina")
        moderator = await tx.members.of(judy)
        assert moderator is not None
        await act(tx, moderator, amina, "none", comment="Be kind.")
        assert await told(tx, amina) == [("moderation_warning", office.id)]


async def test_a_host_that_is_kept_away_is_told_of_once_for_the_follows_it_cost(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice, bob = await member(tx, "amina"), await remote(tx), await remote(tx, "bob")
        await follow(tx, alice, amina, uri=f"{alice.uri}/f")
        await follow(tx, bob, amina, uri=f"{bob.uri}/f")
        await follow(tx, amina, bob)
        await accept(tx, bob, amina)
        await block_domain(tx, amina, "remote.example")
        (found,) = await notices(tx, amina)
        assert (found.type, found.from_id) == ("severed_relationships", amina.id)
        lost = (await tx.severances.by_ids([found.subject_id]))[found.subject_id]
        assert (lost.cause, lost.target, lost.followers, lost.following) == (
            "user_domain_block",
            "remote.example",
            2,
            1,
        )
        await kept(tx, alice, amina)
        await block_domain(tx, amina, "unknown.example")
        assert len(await notices(tx, amina)) == 1
