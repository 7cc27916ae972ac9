"""Words that the node adds by itself: vocabularies, labels, names of places and languages, dates."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from actors import dates, labels, locales, taxonomy
from actors.licences import licence, licence_label, licence_url

LANGUAGES = ("en", "fr", "es", "ar", "pt", "ru", "zh", "sw")


def test_every_scheme_of_the_design_is_there_with_its_concepts() -> None:
    schemes = taxonomy.schemes()
    sizes = {"stage": 12, "group": 16, "delivery": 12, "topic": 16, "genre": 16, "maturity": 4, "evidence": 5}
    assert {name: len(schemes[name].concepts) for name in sizes} == sizes
    numbered = schemes["un-pg"].concepts
    assert len(numbered) == 32
    assert numbered["principle-7"].label("en") == "Principle 7: Prompt and effective provision of legal aid"
    assert {"service", "mode", "seniority", "member-kind", "remuneration", "sdg"} <= schemes.keys()


def test_every_concept_has_a_label_and_leads_to_its_broader_one() -> None:
    for scheme in taxonomy.schemes().values():
        assert scheme.label("en")
        for concept in scheme.concepts.values():
            assert all(label == label.strip() and label for label in concept.labels.values())
            assert concept.label("en")
            assert concept.label("tlh") == concept.label("en")
            assert locales.language_tag(next(iter(concept.labels))) is not None
            assert concept.broader is None or taxonomy.find(concept.broader), concept.reference
            assert taxonomy.find(concept.iri) == taxonomy.find(concept.reference) == concept


def test_a_concept_is_named_in_the_language_asked_for() -> None:
    assert taxonomy.concept("stage/police-custody", "fr-CA") == {
        "id": "https://w3id.org/ilan/v/stage/police-custody",
        "scheme": "https://w3id.org/ilan/v/stage",
        "name": "Garde à vue",
    }
    sdg = taxonomy.concept("http://metadata.un.org/sdg/16.3", "en")
    assert sdg == {
        "id": "http://metadata.un.org/sdg/16.3",
        "scheme": "http://metadata.un.org/sdg",
        "name": "SDG 16.3",
    }
    assert taxonomy.concept("https://thesaurus.example/a#b", "en") == {
        "id": "https://thesaurus.example/a#b",
        "scheme": "https://thesaurus.example/a",
        "name": "b",
    }


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "stage",
        "stage/",
        "stage/none",
        "https://w3id.org/ilan/v/stage/none",
        "https://x.example",
        "ftp://x/y",
    ],
)
def test_what_is_no_concept_is_none(reference: str) -> None:
    assert taxonomy.concept(reference, "en") is None
    assert taxonomy.normalised(reference) is None


def test_every_language_has_every_label_with_the_same_places() -> None:
    english = labels._labels()["en"]
    assert set(labels._labels()) == set(LANGUAGES)
    for language in LANGUAGES:
        words = labels._labels()[language]
        assert words.keys() == english.keys()
        for key, text in words.items():
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[key])), key


def test_a_label_is_never_missing() -> None:
    assert labels.label("kind.practice", "fr-BE") == "Pratique"
    assert labels.label("kind.practice", "ne") == "Practice"
    assert labels.label("since", "zh-Hant", year=2023) == "自2023年起"
    assert labels.label("address", "en", address="{name} {0.__class__}") == "Place: {name} {0.__class__}"


def test_labels_stand_in_sentences_without_their_capital() -> None:
    assert labels.in_sentence("Police custody", "en") == "police custody"
    assert labels.in_sentence("SDG 16.3", "en") == "SDG 16.3"
    assert labels.in_sentence("Handbuch", "de") == "Handbuch"
    assert labels.in_sentence("الاستئناف", "ar") == "الاستئناف"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("kmb", "kmb"),
        ("xx", None),
        ("english", None),
        ("e", None),
        ("en-", None),
        ("en" + "-abc" * 12, None),
        ("", None),
    ],
)
def test_language_tags_are_known_in_one_spelling(given: str, expected: str | None) -> None:
    assert locales.language_tag(given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("ke", "KE"),
        ("KE-30", "KE-30"),
        ("034", "034"),
        ("001", "001"),
        ("EU", None),
        ("ZZ", None),
        ("999", None),
    ],
)
def test_territories_are_countries_their_parts_and_regions(given: str, expected: str | None) -> None:
    assert locales.territory_code(given) == expected


def test_places_and_languages_have_names_in_every_language() -> None:
    assert locales.territory_name("034", "fr") == "Asie du Sud"
    assert locales.territory_name("KE-30", "en") == "Kenya (KE-30)"
    assert locales.language_name("sw", "es") == "suajili"
    assert locales.country_named("Nepal") == "NP"
    assert locales.country_named("np") == "NP"
    assert locales.country_named("Atlantis") is None
    assert locales.locale_of("tlh-Latn").language == "en"


def test_intervals_name_both_of_their_months_in_every_language() -> None:
    start, end = date(2027, 3, 2), date(2027, 4, 1)
    assert dates.days(start, end, "zh") == "2027年3月2日至4月1日"
    for language in ("en", "fr", "es", "ar", "pt", "ru", "sw", "fa", "ne", "de", "am", "my"):
        said = dates.days(start, end, language)
        march, april = (dates.day(moment, language) for moment in (start, end))
        first, second = (re.sub(r"[\d\W]+", " ", text).split() for text in (march, april))
        assert any(word in said for word in set(first) - set(second)), said
        assert any(word in said for word in set(second) - set(first)), said
        assert "2027" in said


def test_whole_months_are_told_as_months() -> None:
    assert dates.months(date(2027, 2, 1), date(2027, 2, 28), "en") == "February 2027"
    assert dates.months(date(2027, 12, 1), date(2028, 2, 29), "en") == "December 2027 – February 2028"
    assert dates.months(date(2027, 2, 1), date(2027, 2, 27), "en") == "1–27 February 2027"


def test_offsets_are_told_to_the_minute() -> None:
    def said(**ahead: int) -> str:
        return dates.offset(datetime(2027, 1, 1, tzinfo=timezone(timedelta(**ahead))))

    assert said(hours=5, minutes=45) == "UTC+05:45"
    assert said(hours=-3, minutes=-30) == "UTC-03:30"
    assert dates.offset(datetime(2027, 1, 1, tzinfo=UTC)) == "UTC"


def test_licences_have_names_and_addresses() -> None:
    assert licence("http://www.creativecommons.org/licenses/by-sa/3.0") == "CC-BY-SA-3.0"
    assert licence("https://spdx.org/licenses/MIT.html") == "MIT"
    assert licence_url("CC0-1.0") == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert licence_url("https://a.example/l") == "https://a.example/l"
    assert licence_url(None) is None
    assert licence("all rights reserved") is None
    assert licence_label("ODbL-1.0") == "ODbL-1.0"
    assert licence_label("https://a.example/l") == ""
