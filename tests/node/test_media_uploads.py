"""Uploading media, asking for it, changing and removing it: what clients send and get."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.attaching import attach
from node.uploads import accepting
from storage.kinds import MediaState
from tests.clients.entities.media import MediaAttachment, PendingAttachment
from tests.clients.validation import faults_of
from tests.node.served import ServedNode, served
from tests.node.signing_in import sign_in
from tests.node.uploading import Uploader, drawing, moving, mp3, mp4, picture, uploader

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"upload_mib": 1, "free_space_mib": 0}}) as found:
        yield found
        await found.node.files.settle()


@pytest.fixture
async def amina(node: ServedNode) -> Uploader:
    return await uploader(node)


@pytest.fixture
def _no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


async def test_a_picture_is_ready_in_the_answer_with_all_that_clients_draw_it_by(amina: Uploader) -> None:
    found = await amina.sent(picture(), description=" A red corner ", focus="-0.25, 0.5")
    assert list(faults_of(found, MediaAttachment, member=True)) == []
    assert found["type"] == "image"
    assert found["description"] == "A red corner"
    assert found["meta"]["focus"] == {"x": -0.25, "y": 0.5}
    assert found["meta"]["original"] == {"width": 1200, "height": 800, "size": "1200x800", "aspect": 1.5}
    assert found["meta"]["small"]["size"] == "587x391"
    assert found["blurhash"]
    assert (await amina.image(found["url"])).size == (1200, 800)
    assert (await amina.image(found["preview_url"])).size == (587, 391)


async def test_the_first_version_answers_alike_once_it_is_ready(amina: Uploader) -> None:
    found = await amina.sent(picture(), path="/api/v1/media")
    assert list(faults_of(found, MediaAttachment, member=True)) == []


async def test_a_small_picture_is_its_own_preview(amina: Uploader) -> None:
    found = await amina.sent(picture("PNG", drawing(40, 30)))
    assert found["preview_url"] == found["url"]


async def test_media_is_asked_for_by_its_id_until_it_is_attached(node: ServedNode, amina: Uploader) -> None:
    found = await amina.sent(picture())
    path = f"/api/v1/media/{found['id']}"
    asked = await amina.get(path)
    assert (asked.status_code, asked.json()) == (200, found)
    note = await node.publish(amina.actor)
    async with node.node.database.begin() as tx:
        await attach(tx, amina.actor, [int(found["id"])], note)
    gone = await amina.get(path)
    assert (gone.status_code, gone.json()["error"]) == (404, "Record not found")
    # What is attached stays where it is.
    assert (await amina.download(found["url"])).status_code == 200


async def test_media_of_others_is_not_there(node: ServedNode, amina: Uploader) -> None:
    found = await amina.sent(picture())
    other = await uploader(node, "benta")
    path = f"/api/v1/media/{found['id']}"
    assert (await other.get(path)).status_code == 404
    changed = await node.client.put(path, json={"description": "mine"}, headers=other.headers)
    assert changed.status_code == 404
    removed = await node.client.delete(path, headers=other.headers)
    assert removed.status_code == 404
    assert (await amina.get(path)).json() == found
    assert (await amina.get("/api/v1/media/nonsense")).status_code == 404
    assert (await amina.get("/api/v1/media/123456789")).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_what_is_said_of_media_changes_before_it_is_posted(
    node: ServedNode, amina: Uploader, method: str
) -> None:
    found = await amina.sent(picture(), description="Old")
    path = f"/api/v1/media/{found['id']}"
    response = await node.client.request(
        method, path, data={"description": "New", "focus": "9,-9"}, headers=amina.headers
    )
    assert response.status_code == 200
    changed = response.json()
    assert (changed["description"], changed["meta"]["focus"]) == ("New", {"x": 1.0, "y": -1.0})
    again = await node.client.request(method, path, json={"focus": "0.0,0.0"}, headers=amina.headers)
    assert (again.json()["description"], again.json()["meta"]["focus"]) == ("New", {"x": 0.0, "y": 0.0})
    emptied = await node.client.request(method, path, json={"description": ""}, headers=amina.headers)
    assert emptied.json()["description"] is None


async def test_media_can_be_removed_until_a_post_has_it(node: ServedNode, amina: Uploader) -> None:
    kept, removed = await amina.sent(picture()), await amina.sent(picture())
    note = await node.publish(amina.actor)
    async with node.node.database.begin() as tx:
        await attach(tx, amina.actor, [int(kept["id"])], note)
    done = await node.client.delete(f"/api/v1/media/{removed['id']}", headers=amina.headers)
    assert (done.status_code, done.json()) == (200, {})
    assert (await amina.download(removed["url"])).status_code == 404
    assert (await amina.download(removed["preview_url"])).status_code == 404
    refused = await node.client.delete(f"/api/v1/media/{kept['id']}", headers=amina.headers)
    assert refused.status_code == 422
    assert refused.json()["error"] == "Media attachment is currently used by a status"
    assert (await amina.download(kept["url"])).status_code == 200


async def test_uploading_needs_a_token_for_it(node: ServedNode, amina: Uploader) -> None:
    files = {"file": ("a.jpg", picture(), "image/jpeg")}
    nobody = await node.client.post("/api/v2/media", files=files)
    assert nobody.status_code == 401
    reader = await sign_in(node, amina.actor, ("read", "write:statuses"))
    response = await node.client.post(
        "/api/v2/media", files=files, headers={"authorization": f"Bearer {reader}"}
    )
    assert response.status_code == 403
    asked = await node.client.get("/api/v1/media/1", headers={"authorization": f"Bearer {reader}"})
    assert asked.status_code == 403


async def test_a_form_without_a_file_is_refused(node: ServedNode, amina: Uploader) -> None:
    for sent in ({"data": {"file": "text"}}, {"json": {"file": None}}, {}):
        response = await node.client.post("/api/v2/media", headers=amina.headers, **sent)  # type: ignore[arg-type]
        assert response.status_code == 422
        assert response.json()["error"] == "Validation failed: File can't be blank"


async def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    node: ServedNode, amina: Uploader
) -> None:
    async def never() -> AsyncIterator[bytes]:
        raise AssertionError("it was read")
        yield b""

    headers = {
        **amina.headers,
        "content-type": "multipart/form-data; boundary=x",
        "content-length": "90000000",
    }
    response = await node.client.post("/api/v2/media", content=never(), headers=headers)
    assert response.status_code == 413
    assert response.json()["error"] == "The file is larger than the 1 MiB that are taken here."


async def test_a_file_that_does_not_say_how_large_it_is_is_counted(node: ServedNode, amina: Uploader) -> None:
    start = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'

    async def endless() -> AsyncIterator[bytes]:
        yield start
        for _ in range(100):
            yield bytes(1024 * 1024)
        raise AssertionError("it was read to its end")

    headers = {**amina.headers, "content-type": "multipart/form-data; boundary=x"}
    response = await node.client.post("/api/v2/media", content=endless(), headers=headers)
    assert response.status_code == 413


async def test_a_little_too_much_is_too_much(amina: Uploader) -> None:
    said = await amina.refused(b"x" * (1024 * 1024 + 1), status=413)
    assert said == "The file is larger than the 1 MiB that are taken here."
    await amina.sent(b"x" * 1024 * 1024)


async def test_an_empty_file_is_refused(amina: Uploader) -> None:
    assert await amina.refused(b"") == "The file is empty."


async def test_too_long_a_description_and_an_odd_focus_are_refused(amina: Uploader) -> None:
    long = await amina.refused(picture(), description="x" * 1501)
    assert long == "Validation failed: Description is too long (maximum is 1500 characters)"
    for focus in ("middle", "1", "1,2,3", "nan,0", "inf,0"):
        assert await amina.refused(picture(), focus=focus) == "Validation failed: Focus is invalid"


async def test_uploads_are_counted_by_member(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"uploads_per_hour": 2, "free_space_mib": 0}}) as node:
        amina, benta = await uploader(node), await uploader(node, "benta")
        await amina.sent(b"one")
        await amina.sent(b"two")
        response = await amina.send(b"three")
        assert response.status_code == 429
        assert int(response.headers["retry-after"]) > 60
        await benta.sent(b"one")


async def test_a_full_disk_takes_no_uploads_and_says_so(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"free_space_mib": 1_048_576}}) as node:
        amina = await uploader(node)
        said = await amina.refused(picture(), status=507)
        assert said == "This node is short of disk space and takes no files now; please tell its operators."


async def test_a_document_is_a_file_to_be_saved_under_its_own_name(amina: Uploader) -> None:
    found = await amina.sent(
        b"%PDF-1.7 x", name="../..\\Protocol v2 \u202efdp.exe.pdf", description="The protocol"
    )
    assert list(faults_of(found, MediaAttachment, member=True)) == []
    assert (found["type"], found["preview_url"], found["meta"]) == ("unknown", None, {})
    assert found["url"].endswith("/Protocol-v2-fdp.exe.pdf")
    response = await amina.download(found["url"])
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"].startswith(
        'attachment; filename="Protocol-v2-fdp.exe.pdf"'
    )


@pytest.mark.usefixtures("_no_ffmpeg")
async def test_without_ffmpeg_recordings_pass_as_they_are(amina: Uploader) -> None:
    film = await amina.sent(mp4(), name="film.mp4")
    assert list(faults_of(film, MediaAttachment, member=True)) == []
    assert (film["type"], film["preview_url"]) == ("video", None)
    assert (film["meta"]["duration"], film["meta"]["size"]) == (5.5, "720x1280")
    sound = await amina.sent(mp3())
    assert (sound["type"], sound["preview_url"]) == ("audio", None)
    gif = await amina.sent(moving())
    assert (gif["type"], gif["url"].rpartition(".")[2]) == ("image", "gif")
    assert (await amina.image(gif["url"])).n_frames == 5  # type: ignore[attr-defined]
    assert (await amina.image(gif["preview_url"])).format == "WEBP"


@pytest.mark.usefixtures("_no_ffmpeg")
async def test_a_picture_can_stand_for_a_recording(node: ServedNode, amina: Uploader) -> None:
    found = await amina.sent(mp3(), thumbnail=picture())  # type: ignore[arg-type]
    assert (await amina.image(found["preview_url"])).size == (587, 391)
    assert found["blurhash"]
    other = await amina.sent(mp3())
    assert other["preview_url"] is None
    response = await node.client.put(
        f"/api/v1/media/{other['id']}", files={"thumbnail": ("a", picture())}, headers=amina.headers
    )
    assert response.status_code == 200
    first = response.json()["preview_url"]
    assert (await amina.image(first)).size == (587, 391)
    again = await node.client.put(
        f"/api/v1/media/{other['id']}", files={"thumbnail": ("a", picture("PNG"))}, headers=amina.headers
    )
    assert (await amina.download(again.json()["preview_url"])).status_code == 200
    assert (await amina.download(first)).status_code == 404
    bad = await node.client.put(
        f"/api/v1/media/{other['id']}", files={"thumbnail": ("a", b"text")}, headers=amina.headers
    )
    assert bad.status_code == 422
    assert "not a picture" in bad.json()["error"]


@needs_ffmpeg
async def test_a_moving_gif_becomes_a_silent_video(node: ServedNode, amina: Uploader) -> None:
    pending = await amina.sent(moving(), status=202)
    assert list(faults_of(pending, PendingAttachment, member=True)) == []
    path = f"/api/v1/media/{pending['id']}"
    first = await amina.get(path)
    assert first.status_code in {200, 206}
    await node.node.files.settle()
    ready = await amina.get(path)
    assert ready.status_code == 200
    found = ready.json()
    assert list(faults_of(found, MediaAttachment, member=True)) == []
    assert (found["type"], found["url"].rpartition(".")[2]) == ("gifv", "mp4")
    response = await amina.download(found["url"])
    assert (response.headers["content-type"], response.content[4:8]) == ("video/mp4", b"ftyp")
    assert len(list((node.node.settings.storage.media_path or Path()).rglob("*.gif"))) == 0


@needs_ffmpeg
async def test_a_video_gets_a_still_and_loses_its_notes(
    node: ServedNode, amina: Uploader, tmp_path: Path
) -> None:
    pending = await amina.sent(await _film(tmp_path), status=202)
    assert pending["url"] is None
    assert (await amina.get(f"/api/v1/media/{pending['id']}")).status_code in {200, 206}
    await node.node.files.settle()
    found = (await amina.get(f"/api/v1/media/{pending['id']}")).json()
    assert list(faults_of(found, MediaAttachment, member=True)) == []
    assert (found["type"], found["meta"]["size"]) == ("video", "320x240")
    assert found["meta"]["duration"] == pytest.approx(1.0, abs=0.2)
    assert (await amina.image(found["preview_url"])).size == (320, 240)
    assert found["blurhash"]
    assert b"legal office" not in (await amina.download(found["url"])).content


@needs_ffmpeg
async def test_the_first_version_waits_for_a_recording(amina: Uploader, tmp_path: Path) -> None:
    found = await amina.sent(await _film(tmp_path), path="/api/v1/media")
    assert found["url"]


@needs_ffmpeg
async def test_a_recording_that_cannot_be_read_fails_and_is_told_so(
    node: ServedNode, amina: Uploader
) -> None:
    pending = await amina.sent(mp4(), status=202)
    path = f"/api/v1/media/{pending['id']}"
    await node.node.files.settle()
    failed = await amina.get(path)
    assert failed.status_code == 422
    assert failed.json()["error"].startswith("This file could not be processed")
    changed = await node.client.put(path, json={"description": "x"}, headers=amina.headers)
    assert changed.status_code == 422
    assert (await amina.send(mp4(), path="/api/v1/media")).status_code == 422


@needs_ffmpeg
async def test_what_a_stopped_node_had_begun_goes_on_when_it_is_asked_for(
    node: ServedNode, amina: Uploader, tmp_path: Path
) -> None:
    pending = await amina.sent(await _film(tmp_path), status=202)
    await node.node.files.close()
    async with node.node.database.read() as tx:
        media = await tx.media.get(int(pending["id"]))
    assert media is not None
    assert media.state == MediaState.PROCESSING
    assert (await amina.get(f"/api/v1/media/{pending['id']}")).status_code == 206
    changed = await node.client.put(
        f"/api/v1/media/{pending['id']}", json={"description": "Said meanwhile"}, headers=amina.headers
    )
    assert changed.status_code in {200, 206}
    await node.node.files.settle()
    ready = await amina.get(f"/api/v1/media/{pending['id']}")
    assert (ready.status_code, ready.json()["description"]) == (200, "Said meanwhile")
    # Done is done, also for whoever comes late.
    await accepting.finish(node.node, media.id)
    assert (await amina.get(f"/api/v1/media/{pending['id']}")).json() == ready.json()


async def _film(folder: Path) -> bytes:
    path = folder / "made.mp4"
    process = await asyncio.create_subprocess_exec(
        *("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=duration=1:size=320x240:rate=10"),
        *("-pix_fmt", "yuv420p", "-metadata", "title=legal office", "-metadata", "location=+52.5+030.2/"),
        *("-y", str(path)),
    )
    assert await process.wait() == 0
    content = path.read_bytes()
    assert b"legal office" in content
    return content
