"""Concepts named in a query, whatever the language."""

import pytest

from actors.query import parse_query
from actors.recognising import concepts_in
from actors.taxonomy import schemes


def named(text: str) -> list[tuple[str, int, int]]:
    return [(each.concept.reference, each.first, each.end) for each in concepts_in(text, parse_query(text))]


@pytest.mark.parametrize(
    "text",
    [
        "police custody",
        "Garde à vue",
        "Detención policial",
        "الاحتجاز لدى الشرطة",
        "Задержание в полиции",
        "警方羁押",
        "प्रहरी हिरासत",
        "commissariat",
    ],
)
def test_a_concept_is_recognised_in_every_language(text: str) -> None:
    assert ("stage/police-custody", 0, len(parse_query(text).required)) in named(text)


def test_other_words_stay_beside_it() -> None:
    assert named("Kenya garde à vue 2026") == [("stage/police-custody", 1, 3)]


def test_a_name_inside_a_longer_one_does_not_count() -> None:
    assert ("service/training-of-trainers", 0, 3) in named("training of trainers")
    assert all(reference != "service/training" for reference, _, _ in named("training of trainers"))


@pytest.mark.parametrize("text", ['"police custody"', "«garde à vue»", "“police custody”"])
def test_quotation_marks_mean_the_words_themselves(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize("text", ["", "?!", "polis custod", "-police -custody"])
def test_what_names_nothing_is_nothing(text: str) -> None:
    assert named(text) == []


def test_every_concept_is_recognised_by_each_of_its_labels() -> None:
    unknown = [
        (concept.reference, label)
        for scheme in schemes().values()
        for concept in scheme.concepts.values()
        for label in concept.labels.values()
        if concept.reference not in {reference for reference, _, _ in named(label)}
    ]
    assert unknown == []
