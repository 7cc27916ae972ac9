"""`rules`, `page` and `announce`: what operators tell everybody."""

from pathlib import Path

import pytest

from storage.announcements import Announcement
from storage.stream_events import StreamEvent
from storage.transaction import Transaction
from tests.node.commands import Commands, new_node


@pytest.fixture
def node(tmp_path: Path) -> Commands:
    return new_node(tmp_path)


def test_rules_are_added_translated_and_removed(node: Commands) -> None:
    assert "There are no rules." in node.ok("rules", "list")
    node.ok("rules", "add", "Be  kind.", "--hint", "Always.")
    node.ok("rules", "add", "Never write details of a case.")
    kind, details = node.json("rules", "list")
    assert (kind["text"], kind["hint"]) == ("Be kind.", "Always.")
    node.ok("rules", "translate", str(kind["id"]), "pt-br", "Seja gentil.")
    node.ok("rules", "remove", str(details["id"]))
    (left,) = node.json("rules", "list")
    assert left["translations"] == {"pt-BR": {"text": "Seja gentil.", "hint": ""}}
    assert "pt-BR" in node.ok("rules", "list")


def test_a_rule_that_says_nothing_or_is_not_there_is_refused(node: Commands) -> None:
    assert "text: is missing" in node.refused("rules", "add", "  ")
    assert "text: is longer than" in node.refused("rules", "add", "x" * 1001)
    assert "There is no rule 1" in node.refused("rules", "remove", "1")
    node.ok("rules", "add", "Be kind.")
    number = str(node.json("rules", "list")[0]["id"])
    assert "language: is not the code" in node.refused("rules", "translate", number, "x", "y")
    node.ok("rules", "remove", number)
    assert "There is no rule" in node.refused("rules", "remove", number)


def test_pages_are_written_shown_and_removed(node: Commands, tmp_path: Path) -> None:
    (tmp_path / "privacy.md").write_text("\ufeff# Privacy\n\nWe keep *little*.\n", "utf-8")
    said = node.ok("page", "set", "privacy", str(tmp_path / "privacy.md"))
    assert "https://legalaid.example/privacy says it in en." in said
    node.ok("page", "set", "privacy", "-", "--language", "fr", given="Nous gardons peu.")
    assert node.ok("page", "show", "privacy") == "# Privacy\n\nWe keep *little*.\n"
    assert node.ok("page", "show", "privacy", "--language", "FR") == "Nous gardons peu.\n"
    assert [each["language"] for each in node.json("page", "list")] == ["en", "fr"]
    node.ok("page", "remove", "privacy", "fr")
    assert "There is no page privacy in fr." in node.refused("page", "show", "privacy", "--language", "fr")
    assert "There is no document" in node.refused("page", "remove", "privacy", "fr")


def test_terms_may_hold_from_a_later_day_on(node: Commands) -> None:
    said = node.ok("page", "set", "terms", "-", "--effective", "2099-01-01", given="Be honest.")
    assert "from 2099-01-01 on" in said
    assert node.json("page", "list")[0]["effective_on"] == "2099-01-01"
    assert "There is no page terms" in node.refused("page", "show", "terms")


def test_a_page_that_says_nothing_is_refused(node: Commands) -> None:
    assert "text: is missing" in node.refused("page", "set", "about", "-", given=" \n")
    assert "text: is longer" in node.refused("page", "set", "about", "-", given="word " * 30_000)
    assert "language: is not" in node.refused("page", "set", "about", "-", "--language", "?", given="x")
    refused = node.refused("page", "set", "about", "-", "--effective", "2099-01-01", given="x")
    assert "effective: is only for the terms" in refused
    assert "UTF-8" in node.refused("page", "set", "about", "-", given=b"\xff\xfe\x00")
    assert "imprint" in node.misused("page", "set", "imprint", "-")


def test_announcements_are_made_listed_and_removed(node: Commands) -> None:
    node.ok(
        "announce",
        "add",
        "The **server** rests.",
        "--starts",
        "2098-03-01T20:00+03:00",
        "--ends",
        "2099-03-02",
    )
    (shown,) = node.json("announce", "list")
    assert (shown["text"], shown["source"]) == ("The server rests.", "The **server** rests.")
    assert shown["starts_at"] == "2098-03-01T17:00:00+00:00"

    async def kept(tx: Transaction) -> tuple[Announcement | None, list[StreamEvent]]:
        return await tx.announcements.find(shown["id"]), await tx.stream_events.after(0, 9)

    announcement, (event,) = node.read(kept)
    assert announcement is not None
    assert announcement.content == "<p>The <strong>server</strong> rests.</p>\n"
    assert event.event == "announcement"
    assert str(shown["id"]) in str(event.payload)
    node.ok("announce", "remove", str(shown["id"]))
    _, events = node.read(kept)
    assert (events[-1].event, events[-1].payload) == ("announcement.delete", str(shown["id"]))
    assert node.json("announce", "list") == []
    assert "There is no announcement" in node.refused("announce", "remove", str(shown["id"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((" ",), "text: is missing"),
        (("x", "--ends", "2001-01-01"), "ends: is over already"),
        (("x", "--starts", "2099-02-01", "--ends", "2099-01-01"), "ends: must be after starts"),
        (("x", "--all-day"), "all_day: needs"),
    ],
)
def test_an_announcement_that_makes_no_sense_is_refused(
    node: Commands, arguments: tuple[str, ...], said: str
) -> None:
    assert said in node.refused("announce", "add", *arguments)
    assert node.json("announce", "list") == []


def test_a_moment_that_is_none_is_wrong_usage(node: Commands) -> None:
    assert "is not a moment" in node.misused("announce", "add", "x", "--ends", "tomorrow")
