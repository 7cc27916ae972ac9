"""What direct messages become: a conversation for every member who takes part and hears them."""

from dataclasses import replace
from typing import Any

import pytest

from actors.conversing import take_up
from actors.distancing import mute
from actors.following import block, follow
from actors.publishing import withdraw
from actors.replicating import revise
from storage.actors import Actor
from storage.conversations import Conversation
from storage.database import Database
from storage.kinds import Visibility
from storage.notification_policies import NotificationPolicy
from storage.paging import Page
from storage.publications import Publication
from storage.transaction import Transaction
from tests.actors.notices import incoming, kept, member, waiting, write
from tests.actors.people import remote


async def direct(tx: Transaction, author: Actor, *to: Actor, text: str = "Hello", **more: Any) -> Publication:
    """Let a member write to others alone."""
    names = " ".join(f"@{each.handle}" for each in to)
    return await write(tx, author, f"{names} {text}", *to, visibility=Visibility.DIRECT, **more)


async def received(tx: Transaction, author: Actor, *to: Actor, **more: Any) -> Publication:
    """Keep a message that somebody elsewhere wrote to others alone."""
    recipients = {"to": [each.uri for each in to], "cc": []}
    return await kept(tx, author, *to, visibility=Visibility.DIRECT, recipients=recipients, **more)


async def conversations(tx: Transaction, owner: Actor) -> list[Conversation]:
    return await tx.conversations.page(owner, Page())


async def heard(tx: Transaction) -> list[tuple[str, int | None]]:
    """Return (what, to whom) of all that was told as it happened to one member."""
    return [
        (each.event, each.owner_id)
        for each in await tx.stream_events.after(0, 100)
        if each.owner_id is not None
    ]


async def friends(tx: Transaction, *names: str) -> list[Actor]:
    """Add members who all follow one another, so that nothing of one waits at another."""
    added = [await member(tx, name) for name in names]
    for one in added:
        for other in added:
            if one.id != other.id:
                await follow(tx, one, other)
    return added


async def test_a_message_is_a_conversation_for_everybody_in_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, carol = await friends(tx, "amina", "bela", "carol")
        sent = await direct(tx, amina, bela)
        [hers], [his] = await conversations(tx, amina), await conversations(tx, bela)
        assert await conversations(tx, carol) == []
        told = [each for each in await heard(tx) if each[0] == "conversation"]
    assert (hers.last_id, hers.unread, hers.thread) == (sent.id, False, sent.uri)
    assert (his.last_id, his.unread, his.thread) == (sent.id, True, sent.uri)
    assert hers.id != his.id
    assert sorted(told) == [("conversation", amina.id), ("conversation", bela.id)]


async def test_an_answer_goes_on_with_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await friends(tx, "amina", "bela")
        first = await direct(tx, amina, bela)
        [before] = await conversations(tx, bela)
        answer = await direct(tx, bela, amina, in_reply_to=first.uri)
        [hers], [his] = await conversations(tx, amina), await conversations(tx, bela)
        await direct(tx, amina, bela, text="Something else")
        assert len(await conversations(tx, bela)) == 2
    assert (hers.last_id, hers.unread) == (answer.id, True)
    assert (his.id, his.last_id, his.unread) == (before.id, answer.id, False)


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE])
async def test_what_others_read_too_is_none(database: Database, visibility: Visibility) -> None:
    async with database.begin() as tx:
        amina, bela = await friends(tx, "amina", "bela")
        await write(tx, amina, f"@{bela.handle} Hello", bela, visibility=visibility)
        assert await conversations(tx, amina) == await conversations(tx, bela) == []


async def test_who_is_no_member_has_none(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await direct(tx, amina, alice)
        assert len(await conversations(tx, amina)) == 1
        assert await conversations(tx, alice) == []


async def test_a_message_from_elsewhere_is_one_conversation_however_often_it_comes(
    database: Database,
) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await follow(tx, amina, alice)
        await tx.notification_policies.permit(amina.id, alice.id)
        for _ in range(2):
            message = await received(tx, alice, amina)
        [one] = await conversations(tx, amina)
        await tx.conversations.mark(one, unread=False)
        await received(tx, alice, amina)
        [again] = await conversations(tx, amina)
        assert [each for each in await heard(tx) if each[0] == "conversation"] == [("conversation", amina.id)]
    assert (one.last_id, one.unread, again.unread) == (message.id, True, False)


async def test_what_a_stranger_writes_waits_until_they_are_let_through(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice, bob = await member(tx, "amina"), await remote(tx), await remote(tx, "bob")
        first = await received(tx, alice, amina)
        last = await received(tx, alice, amina, uri="https://remote.example/o/2", in_reply_to=first.uri)
        other = await received(tx, alice, amina, uri="https://remote.example/o/3")
        await received(tx, bob, amina, uri="https://remote.example/o/4")
        assert await conversations(tx, amina) == []
        assert len(await waiting(tx, amina)) == 4
        assert [each for each in await heard(tx) if each[1] == amina.id] == []
        await take_up(tx, amina, [alice.id])
        found = await conversations(tx, amina)
        await take_up(tx, amina, [alice.id])
        assert await conversations(tx, amina) == found
    assert [(each.last_id, each.unread) for each in found] == [(other.id, True), (last.id, True)]


async def test_what_nobody_wants_to_hear_makes_none(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, carol, dan = await friends(tx, "amina", "bela", "carol", "dan")
        stranger = await member(tx, "stranger")
        await mute(tx, amina, bela)
        await mute(tx, amina, carol, notifications=False)
        await tx.notification_policies.keep(NotificationPolicy(amina.id, for_private_mentions="drop"))
        for each in (bela, stranger):
            await direct(tx, each, amina)
            assert await conversations(tx, amina) == []
        for each in (carol, dan):
            await direct(tx, each, amina)
        assert len(await conversations(tx, amina)) == 2


async def test_a_silenced_thread_goes_on_without_who_silenced_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await friends(tx, "amina", "bela")
        first = await direct(tx, bela, amina)
        await tx.notification_policies.mute(amina.id, first.uri)
        answer = await direct(tx, bela, amina, in_reply_to=first.uri)
        [hers], [his] = await conversations(tx, amina), await conversations(tx, bela)
    assert (hers.last_id, his.last_id) == (first.id, answer.id)


async def test_a_block_ends_conversations_on_both_sides(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, carol = await friends(tx, "amina", "bela", "carol")
        await direct(tx, amina, bela)
        rest = await direct(tx, carol, amina)
        await block(tx, amina, bela)
        [left] = await conversations(tx, amina)
        assert await conversations(tx, bela) == []
    assert left.last_id == rest.id


async def test_a_message_that_is_withdrawn_leaves_the_one_before(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await friends(tx, "amina", "bela")
        first = await direct(tx, amina, bela)
        second = await direct(tx, bela, amina, in_reply_to=first.uri)
        await withdraw(tx, bela, second)
        assert [each.last_id for each in await conversations(tx, amina)] == [first.id]
        await withdraw(tx, amina, first)
        assert await conversations(tx, amina) == await conversations(tx, bela) == []


async def test_an_edit_brings_in_whom_it_mentions_now_and_nobody_again(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await friends(tx, "amina", "bela")
        alice = await remote(tx)
        for each in (amina, bela):
            await tx.notification_policies.permit(each.id, alice.id)
        message = await received(tx, alice, amina)
        [hers] = await conversations(tx, amina)
        await tx.conversations.mark(hers, unread=False)
        changed = replace(
            incoming(amina, bela, visibility=Visibility.DIRECT, content="<p>Hello, both.</p>"),
            recipients={"to": [amina.uri, bela.uri], "cc": []},
            updated_at=tx.now,
        )
        await revise(tx, alice, message, changed)
        [still] = await conversations(tx, amina)
        [his] = await conversations(tx, bela)
    assert (still.id, still.unread) == (hers.id, False)
    assert (his.last_id, his.unread) == (message.id, True)
