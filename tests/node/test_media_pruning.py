"""What goes by itself: uploads without a post, files without a row, copies that nobody looks at."""

import os
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import httpx
import pytest
from PIL import Image
from starlette.datastructures import UploadFile

from actors.attaching import attach, detach
from actors.errors import Invalid
from node.files.addresses import name_in
from node.media.pruning import prune_media
from node.uploads.portraits import save_picture
from node.workers import upkeep
from storage.copies import Copy
from storage.files import new_name
from storage.kinds import MediaState
from tests.node.served import ServedNode, served
from tests.node.uploading import MAKER, Uploader, drawing, exif, mp3, picture, uploader


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"free_space_mib": 0}}) as found:
        yield found
        await found.node.files.settle()


@pytest.fixture
async def amina(node: ServedNode, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    monkeypatch.setenv("PATH", "/nowhere")
    return await uploader(node)


def files(node: ServedNode) -> set[str]:
    folder = node.node.settings.storage.media_path
    assert folder is not None
    return {path.name for path in folder.rglob("*") if path.is_file()}


def age(folder: Path, hours: float) -> None:
    """Let everything in a folder be older than it is."""
    moment = time.time() - hours * 3600
    for path in folder.rglob("*"):
        os.utime(path, (moment, moment))


async def test_uploads_that_nobody_posts_go_after_a_day_and_not_before(
    node: ServedNode, amina: Uploader
) -> None:
    posted, forgotten = await amina.sent(picture()), await amina.sent(picture())
    note = await node.publish(amina.actor)
    async with node.node.database.begin() as tx:
        await attach(tx, amina.actor, [int(posted["id"])], note)
    node.clock.forward(hours=23, minutes=59)
    assert (await prune_media(node.node)).total == 0
    assert (await amina.download(forgotten["url"])).status_code == 200
    node.clock.forward(minutes=2)
    assert (await prune_media(node.node, dry_run=True)).uploads == 1
    assert (await amina.download(forgotten["url"])).status_code == 200
    assert (await prune_media(node.node)).uploads == 1
    assert (await amina.download(forgotten["url"])).status_code == 404
    assert (await amina.get(f"/api/v1/media/{forgotten['id']}")).status_code == 404
    assert (await amina.download(posted["url"])).status_code == 200
    assert len(files(node)) == 2


async def test_upkeep_does_it_by_itself(node: ServedNode, amina: Uploader) -> None:
    await amina.sent(picture())
    node.clock.forward(hours=25)
    assert await upkeep(node.node) >= 1
    assert files(node) == set()


async def test_media_of_a_deleted_post_goes_once_it_had_time_to_be_posted_anew(
    node: ServedNode, amina: Uploader
) -> None:
    kept, dropped = await amina.sent(picture()), await amina.sent(picture())
    for media, keep in ((kept, True), (dropped, False)):
        note = await node.publish(amina.actor)
        async with node.node.database.begin() as tx:
            await attach(tx, amina.actor, [int(media["id"])], note)
            await detach(tx, note, keep=keep)
            await tx.publications.remove(note)
    node.clock.forward(minutes=1)
    await prune_media(node.node)
    assert (await amina.download(kept["url"])).status_code == 200
    assert (await amina.download(dropped["url"])).status_code == 404
    node.clock.forward(hours=25)
    await prune_media(node.node)
    assert files(node) == set()


async def test_files_that_nothing_names_go_after_a_day(
    node: ServedNode, amina: Uploader, tmp_path: Path
) -> None:
    media = await amina.sent(picture())
    stray = new_name("jpg")
    (tmp_path / "stray").write_bytes(b"x")
    await node.node.files.uploads.keep(tmp_path / "stray", stray)
    assert (await prune_media(node.node)).strays == 0
    folder = node.node.settings.storage.media_path
    assert folder is not None
    age(folder, 25)
    assert (await prune_media(node.node, dry_run=True)).strays == 1
    assert (await prune_media(node.node)).strays == 1
    assert stray not in files(node)
    assert (await amina.download(media["url"])).status_code == 200


@pytest.mark.parametrize(("which", "size"), [("avatar", (400, 400)), ("header", (1200, 400))])
async def test_an_actors_picture_is_cut_and_stays_as_long_as_it_is_one(
    node: ServedNode, amina: Uploader, which: Literal["avatar", "header"], size: tuple[int, int]
) -> None:
    folder = node.node.settings.storage.media_path
    assert folder is not None
    url = await save_picture(node.node, amina.actor, _form_file(picture(exif=exif())), kind=which)
    assert (await amina.image(url)).size == size
    assert MAKER.encode() not in (await amina.download(url)).content
    field = "icon" if which == "avatar" else "image"
    await node.change(amina.actor, **{field: url})
    age(folder, 25)
    assert (await prune_media(node.node)).strays == 0
    newer = await save_picture(
        node.node, amina.actor, _form_file(picture("PNG", drawing(40, 30, "RGBA"))), kind=which
    )
    await node.change(amina.actor, **{field: newer})
    age(folder, 25)
    assert (await prune_media(node.node)).strays == 1
    assert files(node) == {name_in(newer, node.node.base_url)}


async def test_an_actors_picture_must_be_one(node: ServedNode, amina: Uploader) -> None:
    for content in (mp3(), b"text", b"<svg/>", b"", picture()[:700]):
        with pytest.raises(Invalid):
            await save_picture(node.node, amina.actor, _form_file(content), kind="avatar")
    assert files(node) == set()


def _form_file(content: bytes) -> UploadFile:
    import io  # noqa: PLC0415 - only here

    return UploadFile(io.BytesIO(content), filename="picture")


async def test_copies_that_nobody_looks_at_go(node: ServedNode, tmp_path: Path) -> None:
    copies = {}
    async with node.node.database.begin() as tx:
        for digest, used, fetched in (("new", 1, 1), ("unused", 15, 15), ("old", 1, 91)):
            name = new_name("jpg")
            copies[digest] = name
            Image.new("RGB", (5, 5)).save(tmp_path / "copy.jpg")
            size = await node.node.files.copies.keep(tmp_path / "copy.jpg", name)
            await tx.copies.keep(
                Copy(
                    digest,
                    "picture",
                    f"https://remote.example/{digest}",
                    tx.now - timedelta(days=fetched),
                    tx.now - timedelta(days=used),
                    file=name,
                    size=size,
                )
            )
    assert (await prune_media(node.node, dry_run=True)).copies == 2
    assert (await prune_media(node.node)).copies == 2
    left = {path.name for path in (tmp_path / "copies").rglob("*.jpg")}
    assert left == {copies["new"]}


async def test_what_a_killed_process_left_is_cleared_and_finished(
    node: ServedNode, amina: Uploader, tmp_path: Path
) -> None:
    media = await amina.sent(mp3())
    async with node.node.database.begin() as tx:
        row = await tx.media.get(int(media["id"]))
        assert row is not None
        await tx.media.change(replace(row, state=MediaState.PROCESSING))
    left = tmp_path / "work" / "tmpabc"
    left.mkdir(parents=True)
    (left / "upload").write_bytes(b"x")
    node.clock.forward(minutes=11)
    await prune_media(node.node)
    assert left.exists()
    age(tmp_path / "work", 25)
    await prune_media(node.node)
    assert not left.exists()
    async with node.node.database.read() as tx:
        row = await tx.media.get(int(media["id"]))
    assert row is not None
    assert row.state == MediaState.READY


async def test_a_picture_travels_with_a_post_and_without_what_is_ours_alone(
    node: ServedNode, amina: Uploader
) -> None:
    media = await amina.sent(picture(), description="A red corner", focus="0.5,-0.5")
    headers = amina.headers
    response = await node.client.post(
        "/api/v1/statuses", json={"status": "Look", "media_ids": [media["id"]]}, headers=headers
    )
    assert response.status_code == 200, response.text
    status = response.json()
    assert status["media_attachments"] == [media]
    assert (await amina.get(f"/api/v1/media/{media['id']}")).status_code == 404
    document = (await node.get(httpx.URL(status["uri"]).path)).json()
    (attached,) = document["attachment"]
    assert attached["type"] == "Image"
    assert attached["mediaType"] == "image/jpeg"
    assert attached["url"] == media["url"]
    assert attached["name"] == "A red corner"
    assert attached["blurhash"] == media["blurhash"]
    assert attached["focalPoint"] == [0.5, -0.5]
    assert (attached["width"], attached["height"]) == (1200, 800)
    assert not attached.keys() & {"mediaId", "mediaKind", "preview", "size"}
    terms = next(each for each in document["@context"] if isinstance(each, dict))
    assert terms["blurhash"] == "toot:blurhash"


async def test_the_still_of_a_recording_travels_as_its_icon(node: ServedNode, amina: Uploader) -> None:
    response = await amina.send(mp3(), thumbnail=picture())
    media = response.json()
    posted = await node.client.post(
        "/api/v1/statuses", json={"status": "", "media_ids": [media["id"]]}, headers=amina.headers
    )
    assert posted.status_code == 200, posted.text
    (attached,) = (await node.get(httpx.URL(posted.json()["uri"]).path)).json()["attachment"]
    assert attached["type"] == "Document"
    assert attached["icon"] == {"type": "Image", "mediaType": "image/webp", "url": media["preview_url"]}
