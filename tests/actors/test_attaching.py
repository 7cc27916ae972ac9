"""What may be attached by whom, and what becomes of it."""

from datetime import timedelta

import pytest

from actors.attaching import (
    KEPT_FOR,
    attach,
    check_attachable,
    checked_description,
    describe,
    detach,
    hold,
)
from actors.errors import Invalid, NotFound
from storage.database import Database
from storage.kinds import MediaState
from tests.actors.people import local
from tests.node.served import add_publication
from tests.storage.test_media import upload


async def test_media_of_the_owner_is_attached_in_the_order_that_was_asked_for(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        note = await add_publication(tx, owner)
        ids = [(await upload(tx, owner.id)).id for _ in range(4)][::-1]
        assert [each.id for each in await check_attachable(tx, owner, [*ids, ids[0]])] == ids
        attached = await attach(tx, owner, ids, note)
        assert [each.id for each in attached] == ids
        assert {each.publication_id for each in attached} == {note.id}
        # To the same post as often as it is edited.
        assert len(await check_attachable(tx, owner, ids, note)) == 4


async def test_nothing_is_attached_where_nothing_is_named(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        note = await add_publication(tx, owner)
        assert await check_attachable(tx, owner, []) == []
        assert await attach(tx, owner, [], note) == []


async def test_more_than_four_are_refused(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        ids = [(await upload(tx, owner.id)).id for _ in range(5)]
        with pytest.raises(Invalid, match=r"^Cannot attach more than 4 files$"):
            await check_attachable(tx, owner, ids)


async def test_what_is_unknown_foreign_or_attached_elsewhere_is_all_the_same(database: Database) -> None:
    async with database.begin() as tx:
        owner, other = await local(tx, "amina"), await local(tx, "benta")
        note, second = await add_publication(tx, owner), await add_publication(tx, owner)
        foreign, used = await upload(tx, other.id), await upload(tx, owner.id)
        await attach(tx, owner, [used.id], note)
        for number in (foreign.id, used.id, 5, 0):
            sentence = f"^Media {number} not found or already attached to another post$"
            with pytest.raises(Invalid, match=sentence):
                await check_attachable(tx, owner, [number])
            with pytest.raises(Invalid, match=sentence):
                await attach(tx, owner, [number], second)


@pytest.mark.parametrize("kind", ["video", "audio"])
async def test_a_recording_stands_alone(database: Database, kind: str) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        recording, picture = await upload(tx, owner.id, kind=kind), await upload(tx, owner.id)
        assert len(await check_attachable(tx, owner, [recording.id])) == 1
        with pytest.raises(Invalid, match=r"^Cannot attach a video to a post that already contains images$"):
            await check_attachable(tx, owner, [picture.id, recording.id])


@pytest.mark.parametrize("state", [MediaState.PROCESSING, MediaState.FAILED])
async def test_what_is_not_ready_is_not_attached(database: Database, state: str) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        media = await upload(tx, owner.id, state=state)
        with pytest.raises(Invalid, match=r"have not finished processing\. Try again in a moment!$"):
            await check_attachable(tx, owner, [media.id])


async def test_an_edit_takes_away_what_it_does_not_name(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        note = await add_publication(tx, owner)
        one, two, three = [await upload(tx, owner.id, kept_until=tx.now) for _ in range(3)]
        await attach(tx, owner, [one.id, two.id], note)
        await attach(tx, owner, [two.id, three.id], note)
        assert [each.id for each in await tx.media.of(note.id)] == [two.id, three.id]
        removed = await tx.media.get(one.id)
        assert removed is not None
        assert (removed.publication_id, removed.kept_until) == (None, tx.now + KEPT_FOR)


@pytest.mark.parametrize("keep", [True, False])
async def test_media_outlives_its_post_for_a_while_if_it_should(database: Database, *, keep: bool) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        note = await add_publication(tx, owner)
        media = await upload(tx, owner.id)
        await attach(tx, owner, [media.id], note)
        assert [each.id for each in await detach(tx, note, keep=keep)] == [media.id]
        await tx.publications.remove(note)
        gone = {each.id for each in await tx.media.spent(tx.now + timedelta(hours=23), 10)}
        assert gone == (set() if keep else {media.id})
        if keep:
            second = await add_publication(tx, owner)
            assert len(await attach(tx, owner, [media.id], second)) == 1


async def test_media_waits_for_what_is_published_later(database: Database) -> None:
    async with database.begin() as tx:
        owner, other = await local(tx, "amina"), await local(tx, "benta")
        media = await upload(tx, owner.id)
        await hold(tx, owner, [media.id], 30)
        assert await tx.media.spent(tx.now + timedelta(days=30), 10) == []
        assert len(await tx.media.spent(tx.now + timedelta(days=32), 10)) == 1
        with pytest.raises(Invalid):
            await hold(tx, other, [media.id], 30)


async def test_what_is_said_of_it_is_its_owners_to_change(database: Database) -> None:
    async with database.begin() as tx:
        owner, other = await local(tx, "amina"), await local(tx, "benta")
        media = await upload(tx, owner.id)
        changed = await describe(tx, owner, media.id, description=" Said\x00 ", focus=(1.0, 0.0))
        assert (changed.description, changed.focus) == ("Said", (1.0, 0.0))
        assert await tx.media.get(media.id) == changed
        assert await describe(tx, owner, media.id) == changed
        with pytest.raises(NotFound):
            await describe(tx, other, media.id, description="Mine")
        with pytest.raises(NotFound):
            await describe(tx, owner, 5, description="Nobody's")


def test_a_description_has_a_limit() -> None:
    assert checked_description("x" * 1500) == "x" * 1500
    with pytest.raises(Invalid, match="Description is too long"):
        checked_description("x" * 1501)
