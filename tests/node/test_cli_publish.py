import json
from pathlib import Path
from typing import Any

import pytest

from node.cli.documents import read_document
from node.cli.frame import CommandFailed
from storage.publications import Publication
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node

PRACTICE: dict[str, Any] = {
    "kind": "practice",
    "title": "Duty counsel by phone",
    "summary": "A lawyer within three hours of arrest.",
    "jurisdiction": ["KE"],
    "concepts": ["stage/police-custody"],
    "license": "CC-BY-4.0",
    "maturity": "promising",
    "sections": {"problem": "Nobody came.", "what_we_did": "One number."},
}
MARKDOWN = """\
---
kind: event
title:
  en: Counsel at first hearings
  fr: L’avocat à la première audience
language: en
starts: 2027-03-02T14:00:00+03:00
ends: 2027-03-02T16:00:00+03:00
timezone: Africa/Nairobi
jurisdiction: [NO, KE]
join_mode: free
---

Short talks, then *an hour* for questions.
"""


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    return new_node(tmp_path)


def published(node: Commands, uri: str) -> Publication:
    async def find(tx: Transaction) -> Publication | None:
        return await tx.publications.by_uri(uri)

    found = node.read(find)
    assert found is not None
    return found


def publish(node: Commands, document: dict[str, Any], *arguments: str) -> str:
    return node.ok("publish", "-", *arguments, given=json.dumps(document)).strip()


def test_a_json_document_is_published_in_the_bodys_name_and_its_uri_printed(node: Commands) -> None:
    done = node.run("publish", "-", given=json.dumps(PRACTICE))
    assert done.exit_code == 0, done.output
    uri = done.stdout.strip()
    assert done.stdout == f"{uri}\n"
    assert uri.startswith("https://legalaid.example/o/")
    assert "ilan serve" in done.stderr
    publication = published(node, uri)
    assert (publication.kind, publication.title) == ("practice", "Duty counsel by phone")

    async def author(tx: Transaction) -> str:
        return (await tx.actors.get(publication.author_id)).username

    assert node.read(author) == "office"


def test_markdown_with_front_matter_is_published_from_a_file(node: Commands, tmp_path: Path) -> None:
    file = tmp_path / "event.md"
    file.write_text(MARKDOWN, "utf-8")
    publication = published(node, node.ok("publish", str(file)).strip())
    assert publication.kind == "event"
    assert publication.title_map == {
        "en": "Counsel at first hearings",
        "fr": "L’avocat à la première audience",
    }
    # To YAML a bare NO would be false.
    assert publication.jurisdiction == ["NO", "KE"]
    assert publication.starts_at is not None
    assert publication.starts_at.isoformat() == "2027-03-02T11:00:00+00:00"
    assert "<em>an hour</em>" in publication.content


def test_what_runs_is_told_and_what_does_not_is_said(node: Commands) -> None:
    async def beat(tx: Transaction) -> None:
        await tx.facts.set("heartbeat", tx.now.isoformat())

    node.write(beat)
    done = node.run("publish", "-", given=json.dumps(PRACTICE))
    assert done.exit_code == 0
    assert done.stderr == ""


def test_a_member_publishes_in_their_own_name(node: Commands) -> None:
    node.add_member()
    by_option = publish(node, {"kind": "note", "body": "Good morning"}, "--as", "@Amina")
    by_field = publish(node, {"kind": "note", "body": "Good evening", "as": "amina"})
    assert published(node, by_option).author_id == published(node, by_field).author_id
    assert published(node, by_option).url == f"https://legalaid.example/@amina/{by_option.rpartition('/')[2]}"


def test_nobody_publishes_as_a_stranger_or_as_somebody_disabled(node: Commands) -> None:
    given = json.dumps(PRACTICE)
    assert "no actor nobody" in node.refused("publish", "-", "--as", "nobody", given=given)
    node.add_member("amina", "editor")
    node.ok("member", "disable", "amina")
    assert "disabled" in node.refused("publish", "-", "--as", "amina", given=given)


def test_every_bad_field_is_named_on_a_line_of_its_own(node: Commands) -> None:
    document = {
        "kind": "event",
        "title": "",
        "starts": "never",
        "jurisdiction": ["XX"],
        "visibility": "open",
        "colour": 1,
    }
    lines = node.refused("publish", "-", given=json.dumps(document)).splitlines()
    named = {line.partition(":")[0] for line in lines[1:]}
    assert {"title", "starts", "jurisdiction", "visibility", "colour"} <= named
    assert len(named) == len(lines) - 1
    assert node.json("search") == {"total": 0, "items": []}


def test_the_bodys_country_and_language_are_the_default(node: Commands) -> None:
    document = {name: value for name, value in PRACTICE.items() if name != "jurisdiction"}
    publication = published(node, publish(node, document))
    assert (publication.jurisdiction, publication.language) == (["KE"], "en")
    assert published(node, publish(node, {"kind": "note", "body": "x"})).jurisdiction == []


def test_a_publication_is_replaced_at_its_address_and_the_earlier_version_kept(node: Commands) -> None:
    uri = publish(node, PRACTICE)
    again = publish(
        node, PRACTICE | {"title": "Duty counsel by radio"}, "--replace", uri, "--reason", "No phones"
    )
    assert again == uri
    publication = published(node, uri)
    assert (publication.title, publication.revision) == ("Duty counsel by radio", 2)

    async def reasons(tx: Transaction) -> list[str]:
        return [revision.reason for revision in await tx.revisions.of(publication)]

    assert node.read(reasons) == ["No phones"]


def test_a_publication_is_withdrawn(node: Commands) -> None:
    uri = publish(node, PRACTICE)
    assert node.ok("publish", "--withdraw", uri).strip() == uri
    assert node.json("search")["total"] == 0

    async def is_buried(tx: Transaction) -> bool:
        return await tx.tombstones.by_uri(uri) is not None

    assert node.read(is_buried)
    assert "nothing published here" in node.refused("publish", "--withdraw", uri)
    assert "nothing published here" in node.refused(
        "publish", "-", "--replace", uri, given=json.dumps(PRACTICE)
    )


def test_somebody_known_is_mentioned_and_a_stranger_stays_text(node: Commands) -> None:
    node.add_member()
    done = node.run("publish", "-", given=json.dumps({"kind": "note", "body": "@amina @nobody good morning"}))
    assert done.exit_code == 0, done.output
    assert "@nobody was not found" in done.stderr
    publication = published(node, done.stdout.strip())
    assert [tag["href"] for tag in publication.tags] == ["https://legalaid.example/actors/amina"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["publish"],
        ["publish", "/no/such/file"],
        ["publish", "-", "--withdraw", "https://legalaid.example/o/1"],
        ["publish", "-", "--replace", "https://legalaid.example/o/1", "--as", "amina"],
    ],
)
def test_wrong_usage_ends_with_2(node: Commands, arguments: list[str]) -> None:
    node.misused(*arguments)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "neither"),
        ("Just text.", "neither"),
        ("{", "not well-formed JSON"),
        ("[]", "one object"),
        ('{"kind": "note"', "not well-formed JSON"),
        ("---\nkind: note\n", "neither"),
        ("---\nkind: note\ntitle: [x\nbody: y\n---\n", "line 4"),
        ("---\n---\nText", "field: value"),
        ("---\n- note\n---\n", "field: value"),
        ("---\nstarted: 2023-02-31\n---\n", "cannot be read"),
        ("---\nbody: one\n---\nanother", "Keep one"),
        ("---\n!!python/object/apply:os.getcwd []\n---\n", "not well-formed YAML"),
        ("[" * 100_000, "not well-formed JSON"),
        ("---\na: " + "[" * 3000 + "\n---\n", "front matter"),
    ],
)
def test_a_file_of_the_wrong_form_is_refused(text: str, said: str) -> None:
    with pytest.raises(CommandFailed) as caught:
        read_document(text)
    assert said in f"{caught.value.message} {caught.value.remedy}"


def test_a_file_that_is_no_text_is_refused(node: Commands, tmp_path: Path) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff\xe0")
    assert "not UTF-8" in node.refused("publish", str(tmp_path / "picture"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("12:30", "12:30"),
        ("017", "017"),
        ("2023", 2023),
        ("1.5", 1.5),
        ("-3", -3),
        ("1e3", "1e3"),
        ("~", None),
    ],
)
def test_front_matter_says_what_people_mean(written: str, read: object) -> None:
    value = read_document(f"---\nfield: {written}\n---\n")["field"]
    assert value == read
    assert type(value) is type(read)


def test_front_matter_may_come_with_any_line_ends_and_a_byte_order_mark() -> None:
    assert read_document("\ufeff---\r\nkind: note\r\n---\r\nText\r\nmore\r\n") == {
        "kind": "note",
        "body": "Text\r\nmore",
    }
    assert read_document("---\nkind: note\n...\n") == {"kind": "note"}
    assert read_document('\ufeff {"kind": "note"}') == {"kind": "note"}
