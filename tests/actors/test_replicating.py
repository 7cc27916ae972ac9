"""Copies of what other nodes publish: kept once, revised by their authors alone, forgotten for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actors.errors import Forbidden
from actors.following import accept, follow
from actors.incoming import Incoming
from actors.replicating import forget, forget_all, keep, revise
from actors.searching import search
from storage.database import Database
from storage.kinds import FollowState, Kind, Visibility
from storage.publications import Publication
from storage.transaction import Transaction
from tests.fediverse import START
from tests.make import remote_actor, remote_publication

URI = "https://remote.example/o/1"
BEFORE = START - timedelta(days=1)


def incoming(uri: str = URI, **more: Any) -> Incoming:
    known: dict[str, Any] = {
        "uri": uri,
        "kind": Kind.PRACTICE,
        "type": "Article",
        "visibility": Visibility.PUBLIC,
        "published_at": BEFORE,
        "title": "Night court",
        "language": "en",
        "indexable": True,
    }
    return Incoming(**{**known, **more})


async def kept(tx: Transaction, **more: Any) -> Publication:
    publication = await keep(tx, await remote_actor(tx), incoming(**more))
    assert publication is not None
    return publication


async def test_what_comes_is_kept_once_with_its_own_date(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        first = await keep(tx, author, incoming())
        again = await keep(tx, author, incoming(title="Another"))
        assert first == again == await tx.publications.by_uri(URI)
        assert [each.uri for each, _ in (await search(tx, "night")).items] == [URI]
    assert first is not None
    assert (first.published_at, first.created_at, first.is_local) == (BEFORE, START, False)


async def test_what_is_older_has_the_smaller_id_whenever_it_came(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        new = await keep(tx, author, incoming("https://remote.example/o/2", published_at=START))
        old = await keep(tx, author, incoming())
    assert new is not None
    assert old is not None
    assert old.id < new.id


async def test_nothing_was_published_in_the_future(database: Database) -> None:
    async with database.begin() as tx:
        future = datetime(9999, 1, 1, tzinfo=UTC)
        publication = await kept(tx, published_at=future, updated_at=future)
    assert (publication.published_at, publication.updated_at) == (START, START)


async def test_ids_that_meet_give_way_to_one_another(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        next_number = tx.new_id(BEFORE) + 1
        # Another process took the next number of that moment.
        await remote_publication(tx, author, id=next_number)
        publication = await keep(tx, author, incoming())
    assert publication is not None
    assert publication.id != next_number


async def test_whom_it_addresses_may_read_it_if_known_here(database: Database) -> None:
    async with database.begin() as tx:
        named, other = [
            await remote_actor(tx, f"https://other.example/users/{name}") for name in ("named", "other")
        ]
        publication = await kept(
            tx,
            visibility=Visibility.DIRECT,
            recipients={"to": [named.uri], "cc": ["https://far.example/users/unknown"]},
        )
        assert await tx.publications.readable(publication.uri, named) is not None
        assert await tx.publications.readable(publication.uri, other) is None


async def test_a_newer_version_replaces_and_an_older_one_does_not(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        publication = await keep(tx, author, incoming())
        assert publication is not None
        newer = await revise(tx, author, publication, incoming(title="Day court", updated_at=START))
        older = await revise(
            tx, author, newer, incoming(title="Evening court", updated_at=START - timedelta(hours=1))
        )
        assert older == newer == await tx.publications.by_uri(URI)
        assert [each.uri for each, _ in (await search(tx, "day")).items] == [URI]
        assert (await search(tx, "night")).items == []
    assert (newer.title, newer.revision, newer.id) == ("Day court", 2, publication.id)


async def test_a_version_from_the_future_does_not_stop_later_ones(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        publication = await keep(tx, author, incoming())
        assert publication is not None
        ahead = await revise(
            tx, author, publication, incoming(title="Ahead", updated_at=START + timedelta(days=900))
        )
        after = await revise(tx, author, ahead, incoming(title="After", updated_at=START))
    assert ahead.updated_at == START
    assert after.title == "After"


async def test_author_address_and_dates_never_change_and_nothing_becomes_more_visible(
    database: Database,
) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        publication = await keep(tx, author, incoming(visibility=Visibility.PRIVATE))
        assert publication is not None
        changed = await revise(
            tx,
            author,
            publication,
            incoming(
                "https://remote.example/o/other",
                visibility=Visibility.PUBLIC,
                published_at=START,
                updated_at=START,
            ),
        )
        assert await tx.publications.readable(URI, None) is None
        narrower = await revise(tx, author, changed, incoming(visibility=Visibility.DIRECT, updated_at=START))
    assert (changed.uri, changed.author_id, changed.published_at) == (URI, author.id, BEFORE)
    assert changed.visibility == Visibility.PRIVATE
    assert narrower.visibility == Visibility.DIRECT


async def test_consent_that_is_withdrawn_counts_at_once(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        publication = await keep(tx, author, incoming())
        assert publication is not None
        await revise(tx, author, publication, incoming(indexable=False, updated_at=START))
        assert (await search(tx, "night court")).items == []
        assert await tx.publications.readable(URI, None) is not None


async def test_nobody_changes_or_deletes_what_another_wrote(database: Database) -> None:
    async with database.begin() as tx:
        publication = await kept(tx)
        thief = await remote_actor(tx, "https://remote.example/users/thief")
        with pytest.raises(Forbidden):
            await revise(tx, thief, publication, incoming(title="Stolen", updated_at=START))
        with pytest.raises(Forbidden):
            await forget(tx, thief, URI)
        assert await tx.publications.by_uri(URI) == publication


async def test_what_is_deleted_does_not_come_back(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        await keep(tx, author, incoming())
        await forget(tx, author, URI)
        assert await tx.publications.by_uri(URI) is None
        assert (await search(tx, "night court")).items == []
        assert await keep(tx, author, incoming()) is None


async def test_what_is_deleted_before_it_came_does_not_come(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        await forget(tx, author, URI)
        await forget(tx, author, URI)
        assert await keep(tx, author, incoming()) is None


async def test_nobody_can_keep_anothers_work_from_coming(database: Database) -> None:
    async with database.begin() as tx:
        thief = await remote_actor(tx, "https://remote.example/users/thief")
        await forget(tx, thief, URI)
        assert await kept(tx) is not None


async def test_an_actor_who_is_gone_leaves_nothing(database: Database) -> None:
    async with database.begin() as tx:
        author, other = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/reader")
        for number in range(3):
            visibility = [Visibility.PUBLIC, Visibility.PRIVATE, Visibility.DIRECT][number]
            await keep(tx, author, incoming(f"https://remote.example/o/{number}", visibility=visibility))
        staying = await keep(tx, other, incoming("https://other.example/o/1"))
        await follow(tx, author, other)
        await accept(tx, other, author)
        await forget_all(tx, author)
        assert [each.uri for each, _ in (await search(tx, "night court")).items] == [
            "https://other.example/o/1"
        ]
        assert await tx.publications.counts() == [(Kind.PRACTICE, False, 1)]
        assert await tx.follows.count_followers(other) == 0
        gone = await tx.actors.get(author.id)
    assert staying is not None
    assert gone.gone_at == START


async def test_follows_of_our_people_end_with_the_actor_they_follow(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        ours = await remote_actor(tx, "https://ours.example/actors/amina", is_local=True)
        await follow(tx, ours, author)
        await accept(tx, author, ours)
        assert await tx.follows.find(ours, author) is not None
        await forget_all(tx, author)
        found = await tx.follows.find(ours, author)
    assert found is None or found.state != FollowState.ACCEPTED
