from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.pruning import AT_ONCE, prune_history, prune_posts
from storage import upkeep
from storage.activities import Activity
from storage.actors import Actor
from storage.database import Database
from storage.deliveries import Delivery
from storage.kinds import DeliveryState, Kind, Visibility
from storage.members import AccessToken, Invitation, Member
from storage.polls import Option, Poll
from storage.publications import Publication
from storage.quotes import Quote, QuoteState
from storage.received import Received
from storage.search import SearchDocument
from storage.transaction import Transaction
from tests.databases import fresh_database

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
OLD = timedelta(days=100)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(fresh_database(tmp_path), lambda: START)
    yield opened
    await opened.close()


async def add_actor(tx: Transaction, username: str, *, is_local: bool) -> Actor:
    host = "node.example" if is_local else "other.example"
    uri = f"https://{host}/actors/{username}"
    return await tx.actors.add(
        Actor(tx.new_id(), uri, "Person", username, host, is_local, tx.now, f"{uri}/inbox")
    )


async def add_post(tx: Transaction, author: Actor, number: int, **facts: Any) -> Publication:
    moment = facts.pop("created_at", tx.now - OLD)
    row = Publication(
        id=tx.new_id(moment),
        uri=facts.pop("uri", f"https://{author.host}/posts/{number}"),
        author_id=author.id,
        kind=facts.pop("kind", Kind.POST),
        type="Note",
        is_local=author.is_local,
        visibility=facts.pop("visibility", Visibility.PUBLIC),
        published_at=moment,
        created_at=moment,
        **facts,
    )
    row = await tx.publications.add(row)
    await tx.search.index(SearchDocument(row.id, "old", "news", "", "k_post"))
    return row


async def test_everything_is_read_in_turn_whoever_may_read_it(database: Database) -> None:
    async with database.begin() as tx:
        author = await add_actor(tx, "amina", is_local=True)
        posts = [
            await add_post(tx, author, number, visibility=visibility)
            for number, visibility in enumerate(Visibility)
        ]
    async with database.read() as tx:
        first = await upkeep.publications_after(tx, 0, 3)
        rest = await upkeep.publications_after(tx, first[-1].id, 3)
        assert await upkeep.publications_after(tx, rest[-1].id, 3) == []
    assert [*first, *rest] == sorted(posts, key=lambda post: post.id)


async def test_what_is_marked_voted_in_or_quoted_here_is_not_forgettable(database: Database) -> None:
    async with database.begin() as tx:
        ours = await add_actor(tx, "amina", is_local=True)
        theirs = await add_actor(tx, "reader", is_local=False)
        plain, bookmarked, pinned, voted, unvoted, quoted, quoting, quoting_others = [
            await add_post(tx, theirs, number) for number in range(8)
        ]
        own = await add_post(tx, ours, 8)
        await tx.bookmarks.add(ours, bookmarked, tx.now)
        await tx.pins.add(theirs, pinned, tx.now)
        for post, voter in ((voted, ours), (unvoted, theirs)):
            await tx.polls.add(Poll(post.id), [Option("A"), Option("B")])
            await tx.polls.vote(post.id, voter, 0, None, tx.now)
        for one, other in ((own, quoted), (quoting, own), (quoting_others, plain)):
            state = QuoteState.ACCEPTED
            await tx.quotes.set(
                Quote(one.id, tx.new_id(), other.uri, other.id, state, False, None, None, tx.now)
            )
    async with database.read() as tx:
        found = await upkeep.forgettable(tx, tx.now - timedelta(days=30), 100)
    assert sorted(found) == sorted(each.id for each in (plain, unvoted, quoting_others))


async def test_what_means_something_to_somebody_here_is_not_forgettable(database: Database) -> None:
    async with database.begin() as tx:
        ours = await add_actor(tx, "amina", is_local=True)
        theirs = await add_actor(tx, "reader", is_local=False)
        plain, liked, shared, mentioning, answered, liked_elsewhere = [
            await add_post(tx, theirs, number) for number in range(6)
        ]
        await tx.likes.add(ours, liked, "https://node.example/likes/1", tx.now)
        await tx.shares.add(ours, shared, "https://node.example/shares/1", tx.now)
        await tx.publications.set_mentions(mentioning, [ours.id])
        await tx.publications.set_mentions(plain, [theirs.id])
        await tx.likes.add(theirs, liked_elsewhere, "https://other.example/likes/1", tx.now)
        await add_post(tx, ours, 10, in_reply_to=answered.uri, kind=Kind.NOTE)
        await add_post(tx, theirs, 11, kind=Kind.EVENT)
        await add_post(tx, theirs, 12, created_at=tx.now)
    async with database.begin() as tx:
        before = tx.now - timedelta(days=90)
        assert await upkeep.count_forgettable(tx, before) == 2
        found = await upkeep.forgettable(tx, before, 100)
        assert set(found) == {plain.id, liked_elsewhere.id}
        assert await prune_posts(tx, timedelta(days=90)) == 2
        assert await prune_posts(tx, timedelta(days=90)) == 0
        assert await tx.publications.find(plain.id) is None
        assert await tx.publications.find(liked.id) == liked


async def test_what_is_forgotten_is_not_found_any_more_and_may_come_again(database: Database) -> None:
    async with database.begin() as tx:
        theirs = await add_actor(tx, "reader", is_local=False)
        post = await add_post(tx, theirs, 1)
        await upkeep.forget(tx, [post.id])
        await upkeep.forget(tx, [])
        assert await tx.tombstones.by_uri(post.uri) is None
        await add_post(tx, theirs, 1)


async def test_posts_go_a_few_at_a_time(database: Database) -> None:
    async with database.begin() as tx:
        theirs = await add_actor(tx, "reader", is_local=False)
        for number in range(3):
            await add_post(tx, theirs, number)
        assert len(await upkeep.forgettable(tx, tx.now, 2)) == 2
    assert AT_ONCE < 5000


async def test_waiting_deliveries_are_counted_by_host(database: Database) -> None:
    async with database.begin() as tx:
        ours = await add_actor(tx, "amina", is_local=True)
        activity = await tx.activities.record(
            Activity(tx.new_id(), f"{ours.uri}/1", ours.id, "Create", "x", True, tx.now, None, None, {})
        )
        states = [("a.example", DeliveryState.WAITING), ("a.example", DeliveryState.WAITING)]
        states += [("b.example", DeliveryState.WAITING), ("b.example", DeliveryState.SENT)]
        await tx.deliveries.add(
            [
                Delivery(
                    tx.new_id(), activity.id, ours.id, host, f"https://{host}/{n}", "x", state, tx.now, tx.now
                )
                for n, (host, state) in enumerate(states)
            ]
        )
        assert await upkeep.oldest_activity_waiting(tx) == START
        await tx.activities.mark_fanned_out(activity, tx.now, "{}")
        assert await upkeep.oldest_activity_waiting(tx) is None
        activity = replace(activity, fanned_out_at=START, document="{}")
        assert await upkeep.waiting_by_host(tx) == {"a.example": 2, "b.example": 1}
        assert await upkeep.activities_by_ids(tx, [activity.id, activity.id]) == {activity.id: activity}
        assert await upkeep.activities_by_ids(tx, []) == {}


async def test_history_and_spent_secrets_go_after_thirty_days(database: Database) -> None:
    async with database.begin() as tx:
        ours = await add_actor(tx, "amina", is_local=True)
        theirs = await add_actor(tx, "reader", is_local=False)
        member = await tx.members.add(Member(tx.new_id(), ours.id, "a@b.example", "admin", tx.now))
        for days in (31, 29):
            then = tx.now - timedelta(days=days)
            await tx.members.add_token(
                AccessToken(tx.new_id(), f"revoked {days}", member.id, ["read"], then, None, then)
            )
            await tx.members.add_invitation(
                Invitation(tx.new_id(), f"expired {days}", "member", then, expires_at=then)
            )
            await tx.members.add_invitation(
                Invitation(tx.new_id(), f"used {days}", "member", then, tx.now + OLD, used_at=then)
            )
            row = Received(tx.new_id(), theirs.id, f"urn:{days}", "", "Like", "{}", then, then)
            await tx.received.keep([row])
            await tx.received.conclude(row, "applied", None, then)
        await tx.members.add_token(AccessToken(tx.new_id(), "good", member.id, ["read"], tx.now - OLD))
        pruned = await prune_history(tx)
        assert (pruned.received, pruned.deliveries, pruned.secrets) == (1, 0, 3)
        assert pruned.total == 4
        assert await tx.members.by_token("good") is not None
        assert await tx.members.invitation("expired 31") is None
        assert await tx.members.invitation("expired 29") is not None
        assert (await prune_history(tx)).total == 0


async def test_the_database_knows_its_size_and_how_many_strangers_it_knows(database: Database) -> None:
    async with database.begin() as tx:
        await add_actor(tx, "amina", is_local=True)
        await add_actor(tx, "reader", is_local=False)
        assert await upkeep.count_remote_actors(tx) == 1
        assert await upkeep.size_in_bytes(tx) > 50_000
