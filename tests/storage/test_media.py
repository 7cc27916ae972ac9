"""Rows of uploads and of copies, on both engines."""

from datetime import timedelta
from typing import Any

import pytest

from storage.copies import Copy
from storage.database import Database
from storage.kinds import MediaState
from storage.media import Media, Usage
from storage.transaction import Transaction
from tests.actors.people import local
from tests.fediverse import START
from tests.node.served import add_publication

HOUR = timedelta(hours=1)


async def upload(tx: Transaction, owner_id: int, **facts: Any) -> Media:
    number = tx.new_id()
    values: dict[str, Any] = {
        "id": number,
        "owner_id": owner_id,
        "publication_id": None,
        "state": MediaState.READY,
        "kind": "image",
        "media_type": "image/jpeg",
        "file": f"{number}.jpg",
        "preview": f"{number}.webp",
        "url": f"https://node.example/media/files/{number}.jpg",
        "preview_url": None,
        "size": 1000,
        "preview_size": 10,
        "width": 12,
        "height": 8,
        "duration": None,
        "blurhash": None,
        "focus_x": 0.5,
        "focus_y": -0.25,
        "description": "",
        "created_at": tx.now,
        "kept_until": tx.now + 24 * HOUR,
        **facts,
    }
    return await tx.media.add(Media(**values))


async def test_what_is_kept_comes_back(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        kept = await upload(tx, owner.id, duration=5.25, description="Ünïcode")
    async with database.read() as tx:
        assert await tx.media.get(kept.id) == kept
        assert kept.focus == (0.5, -0.25)
        assert await tx.media.owned(owner.id, [kept.id, 5]) == {kept.id: kept}
        assert await tx.media.owned(owner.id + 1, [kept.id]) == {}
        assert await tx.media.get(5) is None
        assert await tx.media.usage() == {"image": Usage(1, 1010)}
        assert await tx.media.known_files([kept.file, "other.jpg", f"{kept.id}.webp"]) == set(kept.files)


async def test_media_is_attached_once_and_set_free_when_its_publication_goes(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        other = await local(tx, "benta")
        one, two = await add_publication(tx, owner), await add_publication(tx, owner)
        kept = await upload(tx, owner.id, kept_until=tx.now)
        assert await tx.media.attach(other.id, [kept.id], one.id) == set()
        assert await tx.media.attach(owner.id, [kept.id], one.id) == {kept.id}
        assert await tx.media.attach(owner.id, [kept.id], one.id) == {kept.id}
        assert await tx.media.attach(owner.id, [kept.id], two.id) == set()
        assert [each.id for each in await tx.media.of(one.id)] == [kept.id]
        assert await tx.media.spent(tx.now + HOUR, 10) == []
    async with database.begin() as tx:
        await tx.publications.remove(one)
    async with database.begin() as tx:
        found = await tx.media.get(kept.id)
        assert found is not None
        assert found.publication_id is None
        assert [each.id for each in await tx.media.spent(tx.now + HOUR, 10)] == [kept.id]
        await tx.media.hold([kept.id], tx.now + 2 * HOUR)
        assert await tx.media.spent(tx.now + HOUR, 10) == []
        await tx.media.hold([kept.id], tx.now)
        assert await tx.media.spent(tx.now + HOUR, 10) == [], "holding never makes it shorter"
        await tx.media.remove([kept.id])
        assert await tx.media.get(kept.id) is None


async def test_what_changes_is_all_but_whose_it_is_and_where(database: Database) -> None:
    from dataclasses import replace  # noqa: PLC0415 - only here

    async with database.begin() as tx:
        owner = await local(tx, "amina")
        note = await add_publication(tx, owner)
        kept = await upload(tx, owner.id, state=MediaState.PROCESSING)
        assert await tx.media.processing(START + HOUR, 10) == [kept.id]
        assert await tx.media.processing(START - HOUR, 10) == []
        await tx.media.attach(owner.id, [kept.id], note.id)
        await tx.media.change(replace(kept, state=MediaState.READY, width=99, publication_id=None))
        found = await tx.media.get(kept.id)
        assert found == replace(kept, state=MediaState.READY, width=99, publication_id=note.id)
        assert await tx.media.processing(START + HOUR, 10) == []


async def test_copies_are_found_by_use_and_age(database: Database) -> None:
    copies = [
        Copy(
            f"{n}",
            "picture",
            f"https://remote.example/{n}",
            START - n * HOUR,
            START - n * HOUR,
            file=f"{n}.jpg",
            size=100,
        )
        for n in range(5)
    ]
    failure = Copy(
        "x", "picture", "https://remote.example/x", START, START, failed_until=START + HOUR, failure="Down."
    )
    async with database.begin() as tx:
        for copy in [*copies, failure]:
            await tx.copies.keep(copy)
        await tx.copies.keep(copies[0])
    async with database.begin() as tx:
        assert await tx.copies.get("3") == copies[3]
        assert await tx.copies.get("x") == failure
        assert [copy.digest for copy in await tx.copies.least_used(2)] == ["4", "3"]
        await tx.copies.touch("4", START)
        assert [copy.digest for copy in await tx.copies.least_used(2)] == ["3", "2"]
        assert await tx.copies.size() == 500
        usage = await tx.copies.usage()
        assert (usage.count, usage.size, usage.failures) == (5, 500, 1)
        unused = await tx.copies.expired(START - 2 * HOUR, START - 50 * HOUR, 10)
        assert [copy.digest for copy in unused] == ["3"]
        old = await tx.copies.expired(START - 50 * HOUR, START - 3 * HOUR, 10)
        assert [copy.digest for copy in old] == ["4"]
        assert [copy.digest for copy in await tx.copies.of_url("https://remote.example/x")] == ["x"]
        assert [copy.digest for copy in await tx.copies.after("2", 2)] == ["3", "4"]
        assert await tx.copies.known_files(["1.jpg", "9.jpg"]) == {"1.jpg"}
        await tx.copies.remove(["0", "1", "2", "3", "4", "x"])
        assert await tx.copies.size() == 0


async def test_an_owner_who_goes_takes_their_media_along(database: Database) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        kept = await upload(tx, owner.id)
        note = await add_publication(tx, owner)
        await tx.media.attach(owner.id, [kept.id], note.id)
        await tx.media.detach([kept.id], tx.now)
        assert (await tx.media.of(note.id)) == []
        assert [each.id for each in await tx.media.spent(tx.now + HOUR, 1)] == [kept.id]


@pytest.mark.parametrize("most", [1, 2])
async def test_what_is_spent_comes_a_few_at_a_time(database: Database, most: int) -> None:
    async with database.begin() as tx:
        owner = await local(tx, "amina")
        for _ in range(3):
            await upload(tx, owner.id, kept_until=tx.now)
        assert len(await tx.media.spent(tx.now + HOUR, most)) == most
