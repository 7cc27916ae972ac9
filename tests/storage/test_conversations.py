"""Conversations as they are kept: their order, their ends, and threads that turn out to be one."""

from storage.actors import Actor
from storage.conversations import Conversation
from storage.database import Database
from storage.kinds import Visibility
from storage.paging import Page
from storage.publications import Publication
from storage.transaction import Transaction
from tests import make
from tests.actors.notices import member
from tests.actors.people import remote


async def message(tx: Transaction, author: Actor, number: int, *to: Actor, **more: object) -> Publication:
    """Keep a message between a few people, without telling anybody."""
    kept = await make.remote_publication(
        tx, author, number, visibility=more.pop("visibility", Visibility.DIRECT), **more
    )
    await tx.publications.set_mentions(kept, [each.id for each in to])
    return kept


async def begin(tx: Transaction, owner: Actor, last: Publication, *, unread: bool = True) -> Conversation:
    """Let somebody have a conversation that ends with a message."""
    made = Conversation(owner.id, last.conversation or last.uri, tx.new_id(), last.id, unread, tx.now)
    await tx.conversations.keep(made)
    return made


async def test_they_are_paged_by_their_newest_message(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        first, second, third = [await message(tx, alice, number, amina) for number in (1, 2, 3)]
        made = [await begin(tx, amina, each) for each in (first, second, third)]
        answer = await message(tx, alice, 4, amina, in_reply_to=first.uri)
        await begin(tx, amina, answer)
        newest = await tx.conversations.page(amina, Page(2))
        older = await tx.conversations.page(amina, Page(2, max_id=newest[-1].last_id))
        newer = await tx.conversations.page(amina, Page(1, min_id=second.id))
        assert await tx.conversations.page(alice, Page()) == []
    assert [(each.id, each.last_id) for each in newest] == [(made[0].id, answer.id), (made[2].id, third.id)]
    assert [each.id for each in older] == [made[1].id]
    assert [each.id for each in newer] == [made[2].id]


async def test_somebody_elses_conversation_is_not_found(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        made = await begin(tx, amina, await message(tx, alice, 1, amina))
        assert await tx.conversations.find(amina, made.id) == made
        assert await tx.conversations.find(bela, made.id) is None


async def test_a_conversation_steps_back_to_what_its_owner_may_read(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        first = await message(tx, alice, 1, amina, bela)
        second = await message(tx, alice, 2, bela, in_reply_to=first.uri)
        await message(tx, alice, 3, amina, in_reply_to=first.uri, visibility=Visibility.PUBLIC)
        last = await message(tx, alice, 4, amina, bela, in_reply_to=second.uri)
        for owner in (amina, bela):
            await begin(tx, owner, last)
        await tx.conversations.step_back(last)
        await tx.publications.remove(last)
        [hers] = await tx.conversations.page(amina, Page())
        [his] = await tx.conversations.page(bela, Page())
    assert (hers.last_id, his.last_id) == (first.id, second.id)


async def test_a_conversation_ends_with_its_only_message(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        only = await message(tx, alice, 1, amina)
        await begin(tx, amina, only)
        await tx.conversations.step_back(only)
        await tx.publications.remove(only)
        assert await tx.conversations.page(amina, Page()) == []


async def test_everybody_who_is_mentioned_takes_part(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        first, second = await message(tx, alice, 1, amina, bela), await message(tx, amina, 2, alice)
        assert await tx.conversations.members_in(first) == {amina.id, bela.id}
        assert await tx.conversations.members_in(second) == {amina.id}
        found = await tx.conversations.participants([first.id, second.id])
        assert await tx.conversations.participants([]) == {}
    assert {number: [each.id for each in those] for number, those in found.items()} == {
        first.id: [amina.id, bela.id],
        second.id: [alice.id],
    }


async def test_what_somebody_takes_part_in_can_be_forgotten(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await member(tx, "amina"), await member(tx, "bela")
        alice, bob = await remote(tx), await remote(tx, "bob")
        await begin(tx, amina, await message(tx, alice, 1, amina))
        await begin(tx, amina, await message(tx, amina, 2, alice, bob))
        kept = await begin(tx, amina, await message(tx, bob, 3, amina))
        hers = await begin(tx, bela, await message(tx, alice, 4, bela))
        await tx.conversations.remove_with(amina.id, alice.id)
        assert await tx.conversations.page(amina, Page()) == [kept]
        assert await tx.conversations.page(bela, Page()) == [hers]


async def test_a_thread_that_is_part_of_another_one_brings_its_conversation_along(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        missing = f"{alice.uri}/notes/2"
        answer = await message(tx, alice, 3, amina, bela, in_reply_to=missing)
        assert answer.conversation == missing
        hers = await begin(tx, amina, answer)
        his = await begin(tx, bela, answer)
        root = await message(tx, alice, 1, bela)
        whole = await begin(tx, bela, root, unread=False)
        await message(tx, alice, 2, amina, bela, in_reply_to=root.uri)
        [one] = await tx.conversations.page(amina, Page())
        [other] = await tx.conversations.page(bela, Page())
        assert await tx.conversations.find(bela, his.id) is None
    assert (one.id, one.thread, one.last_id) == (hers.id, root.uri, answer.id)
    assert other.id == whole.id
    assert (other.thread, other.last_id, other.unread) == (root.uri, max(answer.id, root.id), True)


async def test_who_silenced_a_part_of_a_thread_silenced_all_of_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        missing = f"{alice.uri}/notes/2"
        await message(tx, alice, 3, in_reply_to=missing)
        root = await message(tx, alice, 1)
        await tx.notification_policies.mute(amina.id, missing)
        for thread in (missing, root.uri):
            await tx.notification_policies.mute(bela.id, thread)
        await message(tx, alice, 2, in_reply_to=root.uri)
        for owner in (amina, bela):
            found = await tx.acquaintances.between(owner.id, alice, root.uri)
            assert found is not None
            assert found.is_silent
            part = await tx.acquaintances.between(owner.id, alice, missing)
            assert part is not None
            assert not part.is_silent


async def test_messages_of_some_to_somebody_come_oldest_first(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await member(tx, "amina"), await member(tx, "bela")
        alice, bob = await remote(tx), await remote(tx, "bob")
        first = await message(tx, alice, 1, amina)
        await message(tx, alice, 2, amina, visibility=Visibility.PRIVATE)
        await message(tx, alice, 3, bela)
        await message(tx, bob, 4, amina)
        last = await message(tx, alice, 5, amina, bela)
        found = await tx.conversations.written_to(amina.id, [alice.id])
    assert [each.id for each in found] == [first.id, last.id]
