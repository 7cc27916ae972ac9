"""An event says when and where in one line, whatever the language, the place and what has become of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from actors.kinds import Rendered, render
from actors.kinds.event import PRIVATE
from actors.text import plain
from tests.drafting import EVENT, TRAINING, drafted, office
from tests.shared import shared_json


def event(**more: Any) -> Rendered:
    return render(drafted(EVENT, **more), office("np.legalaid.example"))


def summary(**more: Any) -> str:
    return plain(event(**more).summary)


def opening(**more: Any) -> str:
    return plain(event(**more).content).partition("\n")[0]


def test_the_texts_are_those_of_the_worked_example() -> None:
    example = shared_json("examples", "event.jsonld")
    conference = event()
    assert conference.summary == example["summary"]
    assert conference.content.startswith(example["content"])
    assert conference.title_map == example["nameMap"]


def test_the_text_ends_with_the_whole_address() -> None:
    assert event().content.endswith(
        "<p>Place: Conference Hall (example), 1 Example Road, Kathmandu, Nepal</p>"
    )
    assert "Place:" not in event(place={"locality": "Kathmandu"}).content


def test_a_training_of_one_afternoon_names_weekday_and_hours() -> None:
    training = render(drafted(TRAINING), office())
    assert training.summary == (
        "<p>Thu 14 January 2027, 14:00–15:30 (UTC+03:00) · online · English, French · free · 60 places · "
        "certificate</p>"
    )
    assert training.content.startswith(
        "<p><strong>Online training: first interview with a child in police custody</strong> — Thu 14 "
        "January 2027, 14:00–15:30 (UTC+03:00), online.</p><p>For duty lawyers and paralegals.</p>"
    )
    assert (training.content_map or {})["fr"].startswith(
        "<p><strong>Formation en ligne : premier entretien avec un enfant en garde à vue</strong> — jeu. "
        "14 janvier 2027, 14:00–15:30 (UTC+03:00), en ligne.</p><p>Pour les avocats de permanence.</p>"
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"join_url": None}, "2–3 March 2027 · Kathmandu (UTC+05:45) · free"),
        ({"place": None}, "2–3 March 2027 (UTC+05:45) · online · free"),
        ({"place": None, "join_url": None}, "2–3 March 2027 (UTC+05:45) · free"),
        ({"place": "The Hall", "join_url": None}, "2–3 March 2027 · The Hall (UTC+05:45) · free"),
        ({"place": {"country": "NP"}, "join_url": None}, "2–3 March 2027 · Nepal (UTC+05:45) · free"),
        (
            {"ends": "2027-03-02T17:00:00+05:45"},
            "Tue 2 March 2027, 09:00–17:00 (UTC+05:45) · Kathmandu and online · free",
        ),
        ({"ends": None}, "Tue 2 March 2027, 09:00 (UTC+05:45) · Kathmandu and online · free"),
        (
            {"ends": "2027-04-01T09:00:00+05:45", "free": False},
            "2 March – 1 April 2027 · Kathmandu (UTC+05:45) and online",
        ),
        (
            {"starts": "2027-03-02T09:00:00Z", "timezone": "Europe/London", "ends": None, "place": None},
            "Tue 2 March 2027, 09:00 (UTC) · online · free",
        ),
    ],
)
def test_when_and_where_come_first(more: dict[str, Any], expected: str) -> None:
    assert summary(**more, closes=None) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            "2–3 mars 2027 · Kathmandu (UTC+05:45) et en ligne · gratuit · inscription avant le 10 février",
        ),
        ("ar", "2–3 مارس 2027 · Kathmandu (UTC+05:45) وعبر الإنترنت · مجانًا · التسجيل حتى 10 فبراير"),
        ("ru", "2–3 марта 2027 г. · Kathmandu (UTC+05:45) и онлайн · бесплатно · регистрация до 10 февраля"),
        ("zh", "2027年3月2日至3日 · Kathmandu (UTC+05:45)及线上 · 免费 · 报名截止：2月10日"),
    ],
)
def test_dates_and_facts_are_told_in_the_language_of_the_text(language: str, expected: str) -> None:
    assert summary(language=language, title="T", body="B") == expected


def test_registration_closes_in_another_year_with_its_year() -> None:
    assert summary(closes="2026-12-10").endswith("register by 10 December 2026")
    assert summary(closes="2027-02-10T18:00:00+05:45").endswith("register by 10 February")


def test_what_is_called_off_says_so_before_all_else() -> None:
    example = shared_json("examples", "activity-update-event-cancelled.jsonld")["object"]
    assert event(status="cancelled").summary == example["summary"]
    assert opening(status="cancelled").endswith("— CANCELLED — was 2–3 March 2027, Kathmandu and online.")
    assert summary(status="postponed") == "POSTPONED — was 2–3 March 2027, Kathmandu and online"
    assert summary(status="rescheduled").startswith("NEW DATE — 2–3 March 2027 · Kathmandu (UTC+05:45)")
    assert summary(status="tentative", language="fr", title="T", body="B").startswith("PROVISOIRE — 2–3 mars")


def test_the_authors_summary_follows_the_facts() -> None:
    assert summary(summary="Two days.").endswith("register by 10 February. Two days.")


def test_the_private_link_is_in_nothing_that_others_see() -> None:
    conference = event()
    assert frozenset({"join_url"}) == PRIVATE
    shown = [
        conference.summary,
        conference.content,
        conference.details,
        conference.attachments,
        conference.tags,
    ]
    assert "meet.example" not in str(shown)
    assert conference.details["online"] is True
    assert "meet.example" in str(conference.source)


def test_public_links_are_in_the_text() -> None:
    content = event(
        online_url="https://live.example/1",
        join_mode="external",
        registration_url="https://forms.example/1?a=b&c",
    ).content
    assert '<p>Online: <a href="https://live.example/1"' in content
    assert '<p>Register: <a href="https://forms.example/1?a=b&amp;c"' in content


def test_an_event_is_kept_with_its_moments_in_utc() -> None:
    conference = event()
    assert conference.starts_at == datetime(2027, 3, 2, 3, 15, tzinfo=UTC)
    assert conference.ends_at == datetime(2027, 3, 3, 11, 15, tzinfo=UTC)
    assert event(ends=None).ends_at is None


def test_materials_are_files_like_any_other_and_pictures_come_first() -> None:
    training = render(drafted(TRAINING), office())
    assert [file["type"] for file in training.attachments] == ["Image", "Document"]
    assert training.attachments[1]["url"] == "https://ke.legalaid.example/media/slides.pdf"
    assert "materials" not in training.details
    assert "slides.pdf" in training.content
