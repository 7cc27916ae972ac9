"""What a file is, its bytes say: neither its name nor what its sender calls it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.files.recordings import scrub
from node.files.types import supported_media_types
from tests.node.served import ServedNode, served
from tests.node.uploading import (
    SECRET,
    Uploader,
    flac,
    mp3,
    mp4,
    office,
    opendocument,
    picture,
    uploader,
    wav,
)


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"limits": {"free_space_mib": 0}}) as found:
        yield found


@pytest.fixture
async def amina(node: ServedNode, monkeypatch: pytest.MonkeyPatch) -> Uploader:
    monkeypatch.setenv("PATH", "/nowhere")
    return await uploader(node)


OGG = b"OggS\0\2" + bytes(20) + b"\1\x1e"
EBML = b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm" + bytes(40)

TAKEN = {
    "jpeg": (picture(), "image", "image/jpeg"),
    "png": (picture("PNG"), "image", "image/png"),
    "film": (mp4(), "video", "video/mp4"),
    "film of an iPhone": (mp4().replace(b"ftypisom", b"ftypqt  "), "video", "video/quicktime"),
    "film without a picture": (mp4(has_video=False), "audio", "audio/mp4"),
    "sound in MP4": (mp4(has_video=False).replace(b"ftypisom", b"ftypM4A "), "audio", "audio/mp4"),
    "mp3 with tags": (mp3(), "audio", "audio/mpeg"),
    "mp3 without tags": (mp3()[mp3().index(b"\xff\xfb") :], "audio", "audio/mpeg"),
    "wav": (wav(), "audio", "audio/wav"),
    "flac": (flac(), "audio", "audio/flac"),
    "ogg vorbis": (OGG + b"\1vorbis" + bytes(100), "audio", "audio/ogg"),
    "ogg opus": (OGG + b"OpusHead" + bytes(100), "audio", "audio/ogg"),
    "ogg theora": (OGG + b"\x80theora" + bytes(100), "video", "video/ogg"),
    "webm": (EBML + b"V_VP9" + bytes(100), "video", "video/webm"),
    "webm without a picture": (EBML + b"A_OPUS" + bytes(100), "audio", "audio/webm"),
    "pdf": (b"%PDF-1.7\n...", "unknown", "application/pdf"),
    "word": (
        office(),
        "unknown",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "excel": (office("xl"), "unknown", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "powerpoint": (
        office("ppt", ppt__embeddings__sheet_dot_xlsx="a table"),
        "unknown",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
    "writer": (opendocument(), "unknown", "application/vnd.oasis.opendocument.text"),
    "calc": (opendocument("spreadsheet"), "unknown", "application/vnd.oasis.opendocument.spreadsheet"),
    "impress": (opendocument("presentation"), "unknown", "application/vnd.oasis.opendocument.presentation"),
    "text": ("Ünïcode\ntext".encode(), "unknown", "text/plain; charset=utf-8"),
    "text of old": ("Ünïcode\ntext".encode("latin-1"), "unknown", "text/plain; charset=utf-8"),
    "an actor": (
        b'{"@context": "https://www.w3.org/ns/activitystreams"}',
        "unknown",
        "text/plain; charset=utf-8",
    ),
}

REFUSED = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "html after space": b"\xef\xbb\xbf  \n<HTML>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "xml": b"<?xml version='1.0'?><x/>",
    "mhtml": b"MIME-Version: 1.0\nContent-Type: multipart/related",
    "postscript": b"%!PS-Adobe-3.0",
    "script": b"#!/bin/sh\nrm -rf /",
    "playlist": b"#EXTM3U\nfile:///etc/passwd",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd",
    "rtf": b"{\\rtf1 text}",
    "program": b"\x7fELF" + bytes(200),
    "windows program": b"MZ" + bytes(200),
    "old word": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "tiff": b"II*\0" + bytes(200),
    "psd": b"8BPS\0\1" + bytes(200),
    "icon": b"\0\0\1\0\1\0" + bytes(200),
    "bitmap": b"BM" + bytes(200),
    "matroska": EBML.replace(b"webm", b"mkvx") + b"V_VP9",
    "avi": b"RIFF\0\0\0\0AVI " + bytes(200),
    "gzip": b"\x1f\x8b\x08" + bytes(200),
    "flash": b"CWS" + bytes(200),
    "nothing": bytes(2000),
    "utf-16": "text".encode("utf-16"),
    "text that ends in a program": b"text\n" * 20_000 + b"\0\1\2",
    "webassembly": b"\0asm\1\0\0\0",
    "space": b"   \n ",
}


@pytest.mark.parametrize("what", TAKEN)
async def test_it_is_taken_for_what_it_is_whatever_it_is_called(amina: Uploader, what: str) -> None:
    content, kind, media_type = TAKEN[what]
    for name, said in (
        ("x", "application/octet-stream"),
        ("page.html", "text/html"),
        ("a.json", "application/activity+json"),
    ):
        response = await amina.send(content, name, said)
        assert response.status_code == 200, response.text
        found = response.json()
        assert found["type"] == kind
        served_as = await amina.download(found["url"])
        assert served_as.headers["content-type"] == media_type
        assert served_as.headers["x-content-type-options"] == "nosniff"
        is_saved = "content-disposition" in served_as.headers
        assert is_saved == (kind == "unknown")


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_none_of_these_is_refused_whatever_it_is_called(amina: Uploader, what: str) -> None:
    for name, said in (("a.png", "image/png"), ("a.pdf", "application/pdf"), ("a.txt", "text/plain")):
        response = await amina.send(REFUSED[what], name, said)
        assert response.status_code == 422, response.text
        assert response.json()["error"].startswith("This kind of file is not taken.")


async def test_a_table_is_told_from_other_text_by_its_name_alone(amina: Uploader) -> None:
    table = await amina.sent(b"a,b\n1,2\n", name="Figures.CSV")
    assert table["url"].endswith("/Figures.csv")
    assert (await amina.download(table["url"])).headers["content-type"] == "text/csv; charset=utf-8"


PROGRAMS = {
    "macros of Word": office(word__vbaProject_dot_bin="macro"),
    "macros of Excel": office("xl", xl__macrosheets__sheet1_dot_xml="macro"),
    "types with macros": office(types="application/vnd.ms-word.document.macroEnabled.main+xml"),
    "controls": office(word__activeX__activeX1_dot_xml="control"),
    "a wrapped file": office(word__embeddings__oleObject1_dot_bin="wrapped"),
    "a program": office(word__media__setup_dot_exe="MZ"),
    "macros of LibreOffice": opendocument(Basic__Standard__Module1_dot_xml="macro"),
    "scripts of LibreOffice": opendocument(Scripts__python__x_dot_py="macro"),
}


@pytest.mark.parametrize("what", PROGRAMS)
async def test_documents_that_could_do_something_are_refused(amina: Uploader, what: str) -> None:
    said = await amina.refused(PROGRAMS[what], name="form.docx")
    assert said == "This document contains programs, which are not taken. Save it without macros, or as PDF."


async def test_other_archives_and_damaged_ones_are_refused(amina: Uploader) -> None:
    assert (
        await amina.refused(office("data").replace(b"[Content_Types].xml", b"[Content_Types].txt"))
    ).startswith("This kind of file is not taken.")
    assert await amina.refused(office()[:-30]) == "This document is damaged: it cannot be opened."


async def test_a_document_that_unpacks_to_absurdly_much_is_refused(amina: Uploader) -> None:
    archive = bytearray(office(word__large_dot_xml="x"))
    place = archive.rindex(b"PK\1\2")
    archive[place + 24 : place + 28] = (2_000_000_000).to_bytes(4, "little")
    said = await amina.refused(bytes(archive))
    assert said == "This document unpacks to more than anybody needs, and is not taken."


@pytest.mark.parametrize("make", [mp4, wav, mp3, flac])
async def test_notes_about_a_recording_go_and_the_recording_stays(amina: Uploader, make: object) -> None:
    assert callable(make)
    given = make()
    assert SECRET.encode() in given
    found = await amina.sent(given)
    content = (await amina.download(found["url"])).content
    assert SECRET.encode() not in content
    if make is mp4:
        assert len(content) == len(given)
        # The date of recording as well: 3,900,000,000 seconds after 1904.
        assert (3_900_000_000).to_bytes(4, "big") not in content
    if make in {mp4, wav, flac}:
        assert found["meta"]["duration"] == (5.5 if make is mp4 else 2.0)


@pytest.mark.parametrize(
    ("ending", "broken"),
    [
        ("mp4", mp4()[:200]),
        ("mp4", mp4()[:28]),
        ("flac", flac()[:30]),
        ("wav", wav()[:30]),
    ],
)
async def test_a_recording_that_breaks_off_is_refused(amina: Uploader, ending: str, broken: bytes) -> None:
    assert scrub.__module__.endswith("recordings"), ending
    assert await amina.refused(broken) == "This recording is damaged: it breaks off."


def test_what_is_offered_to_clients_is_what_is_taken() -> None:
    offered = supported_media_types()
    assert {"image/jpeg", "image/avif", "video/mp4", "audio/mpeg", "application/pdf", "text/csv"} <= set(
        offered
    )
    assert not {"image/svg+xml", "text/html", "application/zip"} & set(offered)
    assert "image/heic" in offered
