"""Media attachments of rows and of publications, as clients read them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from actors.attaching import attachment_of, file_of, ids_in
from node.mastodon.entities.media import attachment_entities, media_entity
from storage.kinds import MediaState
from storage.media import Media
from tests.clients.entities.media import MediaAttachment
from tests.clients.validation import faults_of

BASE = "https://node.example"
ELSEWHERE = "https://remote.example/files/a.jpg"
HASH = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"


def media(**facts: Any) -> Media:
    values: dict[str, Any] = {
        "id": 117144236851217934,
        "owner_id": 1,
        "publication_id": None,
        "state": MediaState.READY,
        "kind": "image",
        "media_type": "image/jpeg",
        "file": "a.jpg",
        "preview": "b.webp",
        "url": f"{BASE}/media/files/a.jpg",
        "preview_url": f"{BASE}/media/files/b.webp",
        "size": 1000,
        "preview_size": 100,
        "width": 1200,
        "height": 800,
        "duration": None,
        "blurhash": HASH,
        "focus_x": -0.5,
        "focus_y": 0.25,
        "description": "A red corner",
        "created_at": datetime(2026, 8, 23, tzinfo=UTC),
        "kept_until": datetime(2026, 8, 24, tzinfo=UTC),
        **facts,
    }
    return Media(**values)


def entities(*attachments: dict[str, Any], number: int = 5) -> list[dict[str, Any]]:
    found = attachment_entities(number, attachments, BASE)
    for each in found:
        if each["type"] != "image" or each["meta"] is not None:
            assert list(faults_of(each, MediaAttachment, member=False)) == []
    return found


KINDS = [
    media(),
    media(kind="gifv", media_type="video/mp4", duration=0.5),
    media(kind="video", media_type="video/mp4", duration=65.123456),
    media(kind="video", media_type="video/webm", width=None, height=None, preview=None, preview_url=None),
    media(kind="audio", media_type="audio/mpeg", width=None, height=None, duration=3700.0),
    media(
        kind="unknown", media_type="application/pdf", width=None, height=None, preview_url=None, blurhash=None
    ),
    media(description="", focus_x=None, focus_y=None),
]


@pytest.mark.parametrize("row", KINDS)
def test_what_is_attached_looks_as_it_did_when_it_was_uploaded(row: Media) -> None:
    (found,) = entities(attachment_of(row))
    assert found == media_entity(row)


def test_how_long_it_is_is_said_as_other_servers_say_it() -> None:
    (found,) = entities(attachment_of(KINDS[2]))
    assert found["meta"]["length"] == "0:01:05.12"
    assert found["meta"]["duration"] == 65.123
    assert attachment_of(KINDS[4])["duration"] == "PT3700S"


def test_what_is_not_ready_has_no_address() -> None:
    found = media_entity(media(state=MediaState.PROCESSING))
    assert (found["url"], found["preview_url"]) == (None, None)


def test_a_draft_and_a_publication_name_it_in_their_own_words() -> None:
    written, drafted = attachment_of(media()), file_of(media())
    assert written["type"] == "Image"
    assert written["mediaType"] == drafted["media_type"]
    assert {**drafted, "type": "Image", "mediaType": drafted.pop("media_type")}.keys() >= written.keys()
    assert ids_in([written, {"url": ELSEWHERE}, {"mediaId": "x"}]) == [media().id]


def test_what_lies_elsewhere_is_shown_through_this_node() -> None:
    page = {"type": "Link", "href": "https://remote.example/", "mediaType": "text/html"}
    picture = {
        "type": "Document",
        "mediaType": "image/jpeg",
        "url": ELSEWHERE,
        "name": "Alt",
        "width": 4000,
        "height": 3000,
        "blurhash": HASH,
        "focalPoint": [0.1, -0.2],
    }
    (found,) = entities(page, picture)
    assert found["url"].startswith(f"{BASE}/media/proxy/5/1?v=")
    assert found["preview_url"].startswith(f"{BASE}/media/proxy/5/1/small?v=")
    assert found["remote_url"] == ELSEWHERE
    assert found["description"] == "Alt"
    assert found["blurhash"] == HASH
    assert found["meta"]["focus"] == {"x": 0.1, "y": -0.2}
    assert found["meta"]["small"]["width"] * found["meta"]["small"]["height"] <= 640 * 360


def test_its_number_stays_and_is_its_own() -> None:
    one = {"type": "Image", "url": ELSEWHERE}
    other = {"type": "Image", "url": f"{ELSEWHERE}?2"}
    first, second = entities(one, other)
    assert first["id"].isdecimal()
    assert first["id"] != second["id"]
    assert [each["id"] for each in entities(other, one)] == [second["id"], first["id"]]
    assert entities(one, number=6)[0]["id"] != first["id"]


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        ({"type": "Document", "mediaType": "image/png"}, "image"),
        ({"type": "Document", "mediaType": "Image/PNG; charset=binary"}, "image"),
        ({"type": "Image"}, "image"),
        ({"type": "Video"}, "video"),
        ({"type": "Document", "mediaType": "video/mp4"}, "video"),
        ({"type": "Audio", "mediaType": "audio/ogg"}, "audio"),
        ({"type": "Document", "mediaType": "application/pdf"}, "unknown"),
        ({"type": "Image", "mediaType": "image/svg+xml"}, "unknown"),
        ({"type": "Document"}, "unknown"),
        ({"type": "Link", "mediaType": "image/jpeg"}, "image"),
    ],
)
def test_what_it_is_taken_for(attachment: dict[str, Any], kind: str) -> None:
    (found,) = entities({**attachment, "url": ELSEWHERE})
    assert found["type"] == kind
    assert found["remote_url"] == ELSEWHERE
    # A document is fetched from where it is, by whoever opens it.
    assert (found["url"] == ELSEWHERE) == (kind == "unknown")


@pytest.mark.parametrize(
    "attachment",
    [
        {"type": "Link", "href": "https://remote.example/"},
        {"type": "Document", "mediaType": "text/html", "url": "https://remote.example/"},
        {"type": "Image"},
        {"type": "Image", "url": "data:image/png;base64,AA=="},
        {"type": "Image", "url": "javascript:alert(1)"},
        {"type": "Image", "url": None},
        {"type": "Image", "url": [ELSEWHERE]},
        {},
    ],
)
def test_what_is_no_file_is_left_out(attachment: dict[str, Any]) -> None:
    assert entities(attachment) == []


@pytest.mark.parametrize(
    "odd",
    [
        {"width": -1, "height": 5},
        {"width": 10**9, "height": 5},
        {"width": True, "height": True},
        {"width": "5", "height": "5"},
        {"focalPoint": [9, 9]},
        {"focalPoint": [0]},
        {"focalPoint": "0,0"},
        {"blurhash": "<script>"},
        {"blurhash": "x" * 5000},
        {"duration": "forever"},
        {"duration": "PT"},
        {"duration": "PT99999999S"},
        {"name": ["x"]},
    ],
)
def test_absurd_facts_are_not_passed_on(odd: dict[str, Any]) -> None:
    (found,) = entities({"type": "Document", "mediaType": "image/png", "url": ELSEWHERE, **odd})
    assert (found["meta"], found["blurhash"], found["description"]) == (None, None, None)


def test_files_of_this_node_are_named_directly() -> None:
    (found,) = entities({"type": "Document", "mediaType": "image/png", "url": f"{BASE}/files/a.png"})
    assert (found["url"], found["preview_url"], found["remote_url"]) == (
        f"{BASE}/files/a.png",
        f"{BASE}/files/a.png",
        None,
    )


def test_there_are_never_too_many() -> None:
    many = [{"type": "Image", "url": f"{ELSEWHERE}?{number}"} for number in range(40)]
    assert len(entities(*many)) == 16


def test_a_still_is_named_only_where_there_is_one() -> None:
    assert attachment_of(replace(media(), preview_url=None)).get("preview") is None
