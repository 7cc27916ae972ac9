"""What a publication can be found by."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.analyser import analyse
from actors.indexing import MAX_BODY, MAX_STEMS, MAX_TITLE, concept_path, facet, facets_of, search_document
from actors.taxonomy import schemes
from storage.publications import Publication
from tests.drafting import EVERY, drafted, office, published


def publication(**facts: Any) -> Publication:
    return replace(published(drafted(kind="note", body="x"), office()), content="", content_map=None, **facts)


@pytest.mark.parametrize(
    ("prefix", "value", "token"),
    [
        ("k", "indicator_return", "k_indicator_return"),
        ("c", "KE-30", "c_ke_30"),
        ("t", "stage/police-custody", "t_stage_police_custody"),
        ("l", "zh-Hant", "l_zh_hant"),
    ],
)
def test_a_facet_is_one_word(prefix: str, value: str, token: str) -> None:
    assert facet(prefix, value) == token


@given(st.sampled_from("kclt"), st.text(max_size=200))
def test_no_facet_is_ever_cut_in_two_or_too_long(prefix: str, value: str) -> None:
    token = facet(prefix, value)
    assert len(token) <= 64
    assert token.isascii()
    assert token.replace("_", "").isalnum()


def test_values_that_ascii_cannot_spell_are_kept_apart() -> None:
    values = ["https://c.example/понятие/арест", "https://c.example/понятие/суд", "x" * 100, "x" * 101]
    assert len({facet("t", value) for value in values}) == 4


def test_a_concept_goes_by_its_short_name_or_its_whole_address() -> None:
    for scheme in schemes().values():
        for concept in scheme.concepts.values():
            assert concept_path(concept.iri) == concept_path(concept.reference) == concept.reference
    assert concept_path("https://w3id.org/ilan/v/stage/of-tomorrow") == "stage/of-tomorrow"
    assert concept_path("https://a.example/x/1") != concept_path("https://b.example/x/1")


def test_no_two_concepts_share_a_facet() -> None:
    references = [term.reference for scheme in schemes().values() for term in scheme.concepts.values()]
    assert len({facet("t", reference) for reference in references}) == len(references)


def test_what_is_of_a_part_is_of_the_whole() -> None:
    facets = facets_of(
        publication(
            kind="practice",
            jurisdiction=["KE-30", "034"],
            language="pt-BR",
            title_map={"pt-BR": "x", "sw": "x"},
            concepts=[{"id": "https://w3id.org/ilan/v/stage/prison", "scheme": "s", "name": "Prison"}],
        )
    )
    assert set(facets) == {
        "k_practice",
        "c_ke_30",
        "c_ke",
        "c_034",
        "l_pt_br",
        "l_pt",
        "l_sw",
        "t_stage_prison",
        "t_stage_post_conviction",
    }


@pytest.mark.parametrize("document", EVERY, ids=lambda document: str(document["kind"]))
def test_every_kind_is_found_by_its_words_in_all_its_languages(document: dict[str, Any]) -> None:
    made = published(drafted(document), office())
    found = search_document(made)
    for tag, title in (made.title_map or {}).items():
        assert analyse(title, tag).words in found.title
    assert f"k_{document['kind']}" in found.facets.split()
    for named in (*made.concepts, *made.tags):
        assert analyse(named["name"].lstrip("#"), made.language).words in found.body


def test_a_text_whose_language_is_unknown_is_not_lost_beside_its_translations() -> None:
    found = search_document(publication(language=None, title="Habeas", title_map={"fr": "Corpus"}))
    assert found.title.split() == ["habeas", "corpus"]


def test_markup_is_no_word() -> None:
    found = search_document(replace(publication(), content="<p>One<br>two &amp; <strong>three</strong></p>"))
    assert found.body.split()[:3] == ["one", "two", "three"]
    assert "strong" not in found.body


def test_what_is_too_long_is_cut_between_words() -> None:
    words = " ".join(f"word{number}" for number in range(60_000))
    found = search_document(replace(publication(), title=words, content=words))
    assert len(found.title) <= MAX_TITLE
    assert len(found.body) <= MAX_BODY
    assert len(found.stems) <= MAX_STEMS
    assert all(token.startswith("word") for token in (found.title.split()[-1], found.body.split()[-1]))
    assert found.title.split()[-1] in words.split()
