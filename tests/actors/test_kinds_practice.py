"""A practice reads as the worked example does, in any language, and says how complete it is."""

from typing import Any

import pytest

from actors.kinds import Rendered, render
from actors.kinds.practice import SECTIONS, completeness, sections_in
from actors.text import plain, sanitise
from tests.drafting import PRACTICE, drafted, office
from tests.shared import shared_json


def rendered(**more: Any) -> Rendered:
    return render(drafted(PRACTICE, **more), office())


def test_the_texts_are_those_of_the_worked_example() -> None:
    example = shared_json("examples", "practice.jsonld")
    practice = rendered(attachments=[])
    assert practice.summary == example["summary"]
    assert practice.content == example["content"]
    assert practice.title == example["name"]
    assert practice.title_map == example["nameMap"]
    assert practice.tags[:3] == example["tag"]


def test_documents_are_links_at_the_end_of_the_text() -> None:
    content = rendered().content
    assert content.startswith(rendered(attachments=[]).content)
    assert '<h3>Documents</h3><ul><li><a href="https://ke.legalaid.example/media/protocol.pdf"' in content
    assert "Protocol with the police, 1 page (PDF, 84 kB)</a></li>" in content


@pytest.mark.parametrize(
    ("language", "summary", "opening", "heading"),
    [
        ("fr", "Pratique · Kenya · garde à vue · prometteuse. R.", "Kenya, depuis 2023.", "Problème"),
        ("es", "Práctica · Kenia · detención policial · prometedora. R.", "Kenia, desde 2023.", "Problema"),
        ("ar", "ممارسة · كينيا · الاحتجاز لدى الشرطة · واعدة. R.", "كينيا, منذ 2023.", "المشكلة"),
        ("pt", "Prática · Quênia · custódia policial · promissora. R.", "Quênia, desde 2023.", "Problema"),
        (
            "ru",
            "Практика · Кения · задержание в полиции · перспективная. R.",
            "Кения, с 2023 года.",
            "Проблема",
        ),
        ("zh", "实践 · 肯尼亚 · 警方羁押 · 有前景. R.", "肯尼亚, 自2023年起.", "问题"),
        ("sw", "Mbinu · Kenya · kizuizini polisi · yenye matumaini. R.", "Kenya, tangu 2023.", "Tatizo"),
        ("ne", "Practice · केन्या · प्रहरी हिरासत · promising. R.", "केन्या, since 2023.", "Problem"),
    ],
)
def test_the_facts_are_told_in_the_language_of_the_text(
    language: str, summary: str, opening: str, heading: str
) -> None:
    practice = rendered(language=language, title="T", summary="R.", sections={"problem": "P"}, attachments=[])
    assert practice.summary == f"<p>{summary}</p>"
    assert practice.content == f"<p><strong>T</strong> — {opening}</p><h3>{heading}</h3><p>P</p>"


def test_each_language_has_its_own_text_and_the_original_comes_first() -> None:
    practice = rendered(
        language="fr",
        title={"en": "Title", "fr": "Titre"},
        summary={"en": "Short.", "fr": "Bref."},
        body={"fr": "Texte"},
        sections={"problem": {"en": "Trouble", "fr": "Souci"}},
    )
    assert list(practice.title_map or {}) == ["fr", "en"]
    assert list(practice.summary_map or {}) == ["fr", "en"]
    assert list(practice.content_map or {}) == ["fr", "en"]
    assert practice.content == (practice.content_map or {})["fr"]
    assert "<p>Texte</p><h3>Problème</h3><p>Souci</p>" in practice.content
    english = (practice.content_map or {})["en"]
    assert english.startswith(
        "<p><strong>Title</strong> — Kenya, since 2023.</p><h3>Problem</h3><p>Trouble</p>"
    )


def test_a_practice_that_is_over_says_from_when_to_when() -> None:
    assert "— Kenya, 2023–2025.</p>" in rendered(ended="2025-06").content
    assert "— Kenya, 2023.</p>" in rendered(ended="2023-12").content
    assert "— Kenya.</p>" in rendered(started=None).content
    assert rendered(started=None, jurisdiction=[]).content.startswith(
        "<p><strong>Duty counsel by phone within three hours of arrest</strong></p>"
    )


def test_headings_of_the_author_stay_below_those_of_the_form() -> None:
    content = rendered(sections={"problem": "# One\n\n## Two\n\n```\n<h3>\n\n<p>\n```"}).content
    assert (
        "<h3>Problem</h3><h4>One</h4><h5>Two</h5><pre><code>&lt;h3&gt;\n\n&lt;p&gt;\n</code></pre>" in content
    )


def test_a_summary_is_one_paragraph_without_links_and_not_too_long() -> None:
    practice = rendered(
        summary="See https://a.example/\n\n<b>now</b> & [then](https://b.example/). " + "x" * 330
    )
    assert practice.summary.startswith("<p>Practice · Kenya")
    assert practice.summary.count("<p>") == 1
    assert "<a" not in practice.summary
    assert "&lt;b&gt;now&lt;/b&gt; &amp;" in practice.summary
    assert len(plain(practice.summary)) <= 500


def test_what_the_author_types_is_text_and_never_markup() -> None:
    practice = rendered(title="<script>alert(1)</script> A & B", body="<img src=x onerror=alert(1)>")
    assert practice.title == "<script>alert(1)</script> A & B"
    assert "<script" not in practice.content
    assert "<img" not in practice.content
    assert practice.content == sanitise(practice.content)


def test_facts_are_kept_in_the_words_of_the_publications_api() -> None:
    assert rendered().details == {
        "maturity": "promising",
        "evidence": "monitoring-data",
        "started": "2023-02",
        "based_on": ["https://np.legalaid.example/o/01JNXSTATIONDESK"],
        "translations": ["https://ke.legalaid.example/o/01JQ0PRACTICE-SW"],
        "review_status": "peer-reviewed",
        "sections_filled": list(SECTIONS),
        "audience_group": "https://np.legalaid.example/groups/police-custody",
    }


def test_concepts_carry_their_names_in_the_language_of_the_text() -> None:
    assert rendered().concepts[0] == {
        "id": "https://w3id.org/ilan/v/stage/police-custody",
        "scheme": "https://w3id.org/ilan/v/stage",
        "name": "Police custody",
    }
    assert rendered().concepts[4]["name"] == "SDG 16.3"
    assert rendered(language="es", title="T", sections={}).concepts[2]["name"] == "Directriz 4"


def test_hashtags_are_four_at_most_and_name_network_subject_country_and_kind() -> None:
    def names(**more: Any) -> list[str]:
        return [tag["name"] for tag in rendered(**more).tags]

    assert names() == ["#LegalAid", "#PoliceCustody", "#Kenya", "#LegalAidPractice"]
    french = {"language": "fr", "title": "T", "sections": {}}
    assert names(**french) == ["#LegalAid", "#GardeÀVue", "#Kenya", "#LegalAidPractice"]
    arabic = {"language": "ar", "title": "T", "sections": {}}
    assert names(**arabic)[1:3] == ["#الاحتجاز_لدى_الشرطة", "#كينيا"]
    assert names(concepts=["un-pg/guideline-14"], jurisdiction=["034", "CI"])[1:3] == [
        "#Paralegals",
        "#CôteDIvoire",
    ]
    assert names(concepts=["un-pg/guideline-4", "sdg/16.3"], jurisdiction=[]) == [
        "#LegalAid",
        "#LegalAidAtThePretrialStage",
        "#LegalAidPractice",
    ]
    assert names(**french, concepts=["un-pg/guideline-4"], jurisdiction=["002"]) == [
        "#LegalAid",
        "#LegalAidPractice",
    ]


def test_a_form_says_how_much_of_it_is_filled() -> None:
    assert completeness(rendered().details) == 100
    assert completeness(rendered(sections={"problem": "P"}, maturity=None).details) == round(100 * 3 / 9)
    assert completeness({}) == 0


def test_sections_are_found_again_by_their_headings_in_any_language() -> None:
    for language in ("en", "fr", "es", "pt", "ar", "ru", "zh", "sw"):
        draft = {"language": language, "title": "T", "sections": dict.fromkeys(SECTIONS, "x")}
        assert sections_in(rendered(**draft).content) == list(SECTIONS)
    assert sections_in("<h3>problem </h3><h3>Background</h3><p>Results</p>") == ["problem"]
    assert sections_in("<h3>" * 50_000 + "<h3 " * 50_000) == []
