"""Liking and sharing, by local actors and remote ones through the same functions."""

from dataclasses import replace

import pytest

from actors.errors import Forbidden
from actors.following import block
from actors.reacting import like, share, unlike, unshare
from storage.actors import Actor
from storage.database import Database
from storage.kinds import Visibility
from storage.publications import Publication
from tests import make
from tests.actors.people import ALICE, deeds, local, recorded, remote


@pytest.fixture
async def asha(database: Database) -> Actor:
    async with database.begin() as tx:
        return await local(tx, "asha")


@pytest.fixture
async def alice(database: Database) -> Actor:
    async with database.begin() as tx:
        return await remote(tx)


@pytest.fixture
async def note(database: Database, alice: Actor) -> Publication:
    async with database.begin() as tx:
        return await make.remote_publication(tx, alice)


async def counts(database: Database, publication: Publication) -> tuple[int, int]:
    async with database.read() as tx:
        return await tx.likes.count(publication), await tx.shares.count(publication)


@pytest.mark.parametrize(("react", "verb"), [(like, "Like"), (share, "Announce")])
async def test_a_reaction_is_told_once(
    react: object, verb: str, database: Database, asha: Actor, note: Publication
) -> None:
    async with database.begin() as tx:
        await react(tx, asha, note)  # type: ignore[operator]
        await react(tx, asha, note)  # type: ignore[operator]
    (activity,) = await recorded(database)
    assert (activity.verb, activity.object, activity.publication_id) == (verb, note.uri, note.id)
    assert activity.target_id == note.author_id
    assert activity.is_public is (verb == "Announce")
    assert sum(await counts(database, note)) == 1


@pytest.mark.parametrize(
    ("react", "take_back", "verb"), [(like, unlike, "Like"), (share, unshare, "Announce")]
)
async def test_a_reaction_is_taken_back_with_what_it_was(
    react: object, take_back: object, verb: str, database: Database, asha: Actor, note: Publication
) -> None:
    async with database.begin() as tx:
        await take_back(tx, asha, note)  # type: ignore[operator]
        await react(tx, asha, note)  # type: ignore[operator]
        await take_back(tx, asha, note)  # type: ignore[operator]
        await take_back(tx, asha, note)  # type: ignore[operator]
    said, undone = await recorded(database)
    assert (undone.verb, undone.object) == ("Undo", said.uri)
    assert undone.details["activity"] == {
        "id": said.uri,
        "type": verb,
        "actor": asha.uri,
        "object": note.uri,
    }
    assert await counts(database, note) == (0, 0)


async def test_a_remote_reaction_keeps_its_own_id_and_is_not_recorded(
    database: Database, alice: Actor, asha: Actor, note: Publication
) -> None:
    async with database.begin() as tx:
        await like(tx, alice, note, uri=f"{ALICE}/likes/1")
        await like(tx, alice, note, uri=f"{ALICE}/likes/2")
        assert await tx.likes.publication_of(alice, f"{ALICE}/likes/1") == note.id
        await unlike(tx, alice, note)
    assert await recorded(database) == []
    assert asha.is_local


async def test_only_its_author_shares_what_is_private(database: Database, asha: Actor, alice: Actor) -> None:
    async with database.begin() as tx:
        theirs = await make.remote_publication(tx, alice, visibility=Visibility.PRIVATE)
        with pytest.raises(Forbidden):
            await share(tx, asha, theirs)
        own = await make.remote_publication(tx, asha, 2, visibility=Visibility.PRIVATE, is_local=True)
        await share(tx, asha, own)
    (activity,) = await recorded(database)
    assert not activity.is_public


async def test_unlisted_things_may_be_shared(database: Database, asha: Actor, note: Publication) -> None:
    async with database.begin() as tx:
        await share(tx, asha, replace(note, visibility=Visibility.UNLISTED))
    assert [verb for _, verb, _ in await deeds(database)] == ["Announce"]


@pytest.mark.parametrize("react", [like, share])
@pytest.mark.parametrize("is_blocker", [True, False])
async def test_nobody_reacts_across_a_block(
    react: object, is_blocker: bool, database: Database, asha: Actor, alice: Actor, note: Publication
) -> None:
    async with database.begin() as tx:
        blocker, blocked = (asha, alice) if is_blocker else (alice, asha)
        await block(tx, blocker, blocked, uri=f"{blocker.uri}#blocks/1")
        with pytest.raises(Forbidden):
            await react(tx, asha, note)  # type: ignore[operator]
    assert await counts(database, note) == (0, 0)
