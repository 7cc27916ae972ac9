"""Who is told of what is written: once, in the same transaction, whoever wrote it."""

from datetime import timedelta

from actors.drafts import read_draft
from actors.following import Wishes, accept, follow
from actors.notifying import About, notify, take_back
from actors.polling import conclude_ended, vote
from actors.publishing import edit, withdraw
from actors.reacting import like, share
from actors.replicating import forget, revise
from storage.database import Database
from storage.kinds import Visibility
from storage.notification_policies import NotificationPolicy
from tests.actors.notices import URI, incoming, kept, member, notices, told, write
from tests.actors.people import local, remote
from tests.fediverse import START
from tests.node.counting import statements


async def test_a_member_is_told_of_a_mention_whoever_wrote_it(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        here = await write(tx, bela, "Hello @amina@node.example and @bela@node.example", amina, bela)
        there = await kept(tx, alice, amina)
        assert [(each.type, each.publication_id) for each in await notices(tx, amina)] == [
            ("mention", there.id),
            ("mention", here.id),
        ]
        assert await told(tx, bela) == []


async def test_a_post_that_comes_twice_is_told_once(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await kept(tx, alice, amina)
        await kept(tx, alice, amina)
        assert await told(tx, amina) == [("mention", alice.id)]


async def test_old_news_is_not_told(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await kept(tx, alice, amina, published_at=START - timedelta(days=3))
        assert await told(tx, amina) == []


async def test_whoever_is_written_to_is_told_and_whoever_gets_a_copy_is_not(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        for each in (amina, bela):
            await follow(tx, each, alice)
            await accept(tx, alice, each)
        recipients = {"to": [amina.uri], "cc": [bela.uri]}
        await kept(tx, alice, visibility=Visibility.DIRECT, recipients=recipients)
        assert await told(tx, amina) == [("mention", alice.id)]
        assert await told(tx, bela) == []


async def test_an_edit_tells_whom_it_mentions_only_now(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        publication = await kept(tx, alice, amina)
        await revise(tx, alice, publication, incoming(amina, bela, updated_at=START))
        assert await told(tx, amina) == [("mention", alice.id)]
        assert await told(tx, bela) == [("mention", alice.id)]


async def test_who_is_no_member_and_whoever_is_elsewhere_is_told_nothing(database: Database) -> None:
    async with database.begin() as tx:
        robot, amina, alice = await local(tx, "robot"), await member(tx, "amina"), await remote(tx)
        await write(tx, amina, "@robot@node.example", robot)
        await write(tx, amina, "@alice@remote.example", alice)
        assert await told(tx, robot) == []
        assert await told(tx, alice) == []


async def test_a_post_that_concerns_nobody_here_costs_one_statement(database: Database) -> None:
    async with database.begin() as tx:
        alice, other = await remote(tx), await remote(tx, "other")
        await member(tx, "amina")
        with statements() as seen:
            await kept(tx, alice, other)
        assert [sql for sql in seen if "notifications" in sql or "acquaintances" in sql] == []
        assert len([sql for sql in seen if "follows.notify" in sql]) == 1


async def test_what_is_deleted_takes_what_was_told_of_it_along(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        note = await write(tx, amina, "Hello @bela@node.example", bela)
        await like(tx, alice, note, uri=f"{alice.uri}/1")
        await kept(tx, alice, amina)
        await withdraw(tx, amina, note)
        assert await told(tx, amina) == [("mention", alice.id)]
        assert await told(tx, bela) == []
        await forget(tx, alice, URI)
        assert await told(tx, amina) == []


async def test_who_asks_for_it_is_told_of_every_post_but_not_of_answers_to_others(
    database: Database,
) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        await follow(tx, amina, alice, wishes=Wishes(notify=True))
        await follow(tx, bela, alice)
        for each in (amina, bela):
            await accept(tx, alice, each)
        first = await kept(tx, alice)
        thread = await kept(tx, alice, uri=f"{URI}/thread", in_reply_to=first.uri)
        note = await write(tx, amina, "Hello.")
        await kept(tx, alice, uri=f"{URI}/answer", in_reply_to=note.uri)
        await kept(tx, alice, uri=f"{URI}/letter", visibility=Visibility.DIRECT)
        assert [each.publication_id for each in await notices(tx, amina)] == [thread.id, first.id]
        assert {each.type for each in await notices(tx, amina)} == {"status"}
        assert await told(tx, bela) == []


async def test_whoever_is_mentioned_is_told_that_alone(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice = await member(tx, "amina"), await remote(tx)
        await follow(tx, amina, alice, wishes=Wishes(notify=True))
        await accept(tx, alice, amina)
        await kept(tx, alice, amina)
        assert await told(tx, amina) == [("mention", alice.id)]


async def test_edits_of_what_one_shared_are_told_and_the_latest_is_the_news(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, alice = await member(tx, "amina"), await member(tx, "bela"), await remote(tx)
        publication = await kept(tx, alice)
        await share(tx, amina, publication)
        await like(tx, bela, publication)
        for minute in (1, 2):
            tx.now = START + timedelta(minutes=minute)
            publication = await revise(
                tx, alice, publication, incoming(content=f"<p>{minute}</p>", updated_at=tx.now)
            )
        (found,) = await notices(tx, amina)
        assert (found.type, found.publication_id, found.created_at) == ("update", publication.id, tx.now)
        assert await told(tx, bela) == []


async def test_who_quoted_is_told_of_an_edit_with_what_they_wrote(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela = await member(tx, "amina"), await member(tx, "bela")
        quoted = await write(tx, amina, "Hello.", quote_policy="public")
        quoting = await write(tx, bela, "Well said.", quote=quoted.uri)
        assert [(each.type, each.publication_id) for each in await notices(tx, amina)] == [
            ("quote", quoting.id)
        ]
        document = {"kind": "note", "body": "Hello, all.", "quote_policy": "public"}
        await edit(tx, amina, quoted, read_draft(document, default_language="en"))
        (found,) = await notices(tx, bela)
        assert (found.type, found.from_id, found.publication_id) == ("quoted_update", amina.id, quoting.id)


async def test_the_end_of_a_poll_is_told_to_who_asked_and_who_voted(database: Database) -> None:
    async with database.begin() as tx:
        amina, bela, carol = [await member(tx, name) for name in ("amina", "bela", "carol")]
        ends = (START + timedelta(hours=1)).isoformat()
        asked = await write(tx, amina, "When?", poll={"options": ["Now", "Later"], "ends": ends})
        await vote(tx, bela, asked, amina, [0])
        tx.now = START + timedelta(hours=2)
        await conclude_ended(tx)
        await conclude_ended(tx)
        for each in (amina, bela):
            assert await told(tx, each) == [("poll", amina.id)]
        assert await told(tx, carol) == []


async def test_what_is_told_is_announced_to_streams_and_what_waits_is_not(database: Database) -> None:
    async with database.begin() as tx:
        amina, alice, bob = await member(tx, "amina"), await remote(tx), await remote(tx, "bob")
        last = await tx.stream_events.last()
        await notify(tx, amina, About.FOLLOW, alice)
        await notify(tx, amina, About.FOLLOW, alice)
        await tx.notification_policies.keep(NotificationPolicy(amina.id, for_not_following="filter"))
        await notify(tx, amina, About.FOLLOW, bob)
        (heard,) = await tx.stream_events.after(last, size=10)
        (found,) = await notices(tx, amina)
        assert (heard.event, heard.owner_id, heard.notification_id) == ("notification", amina.id, found.id)


async def test_telling_somebody_costs_the_same_however_many_were_told_before(database: Database) -> None:
    async with database.begin() as tx:
        amina = await member(tx, "amina")
        costs = []
        for number in range(4):
            each = await remote(tx, f"r{number}")
            with statements() as seen:
                await notify(tx, amina, About.FOLLOW, each)
            costs.append(len(seen))
        assert set(costs) == {5}


async def test_taking_back_what_was_told_elsewhere_costs_nothing(database: Database) -> None:
    async with database.begin() as tx:
        alice, bob = await remote(tx), await remote(tx, "bob")
        with statements() as seen:
            await take_back(tx, alice, About.FOLLOW, bob)
        assert seen == []
