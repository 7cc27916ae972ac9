"""Offers and requests say everything in their text, since that is all that other servers show."""

from typing import Any

import pytest

from actors.kinds import Rendered, render
from actors.text import plain
from tests.drafting import OFFER, REQUEST, drafted, office

PAGE = "https://ke.legalaid.example/experts/offers/1"


def offer(**more: Any) -> Rendered:
    return render(drafted(OFFER, **more), office(), url=PAGE)


def terms(document: dict[str, Any], **more: Any) -> str:
    return plain(render(drafted(document, **more), office(), url=PAGE).content).split("\n\n")[1]


def hashtag(name: str) -> str:
    href = f"https://ke.legalaid.example/tags/{name.lower()}"
    attributes = f'href="{href}" class="mention hashtag" rel="nofollow noopener noreferrer tag"'
    return f"<a {attributes}>#<span>{name}</span></a>"


def test_an_offer_has_the_shape_of_the_worked_example() -> None:
    names = ("LegalAid", "Children", "Kenya", "LegalAidOffer")
    assert offer().content == (
        "<p><strong>Expert offer: training of trainers on child-friendly legal aid</strong></p>"
        "<p>Up to 20 hours, pro bono, remote, on site, in Africa, Kenya, Uganda, January – June 2027. "
        "English, Swahili, French.</p>"
        f'<p>To ask: answer this post privately, or <a href="{PAGE}" rel="nofollow noopener noreferrer">'
        "use the form</a>. Please do not send case details.</p>"
        f"<p>{' '.join(map(hashtag, names))}</p>"
    )


def test_a_request_says_how_long_one_may_apply() -> None:
    content = plain(render(drafted(REQUEST), office(), url=PAGE).content)
    assert content.startswith("Expert wanted: drafting quality standards for paralegals")
    assert terms(REQUEST) == "About 30 hours, remote, in Nepal. English. Apply by 15 January 2027."


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", "Jusqu’à 20 heures, bénévole, à distance, sur place, zone : Afrique, Kenya, Ouganda"),
        ("es", "Hasta 20 horas, pro bono, a distancia, presencial, zona: África, Kenia, Uganda"),
        ("ar", "عدد الساعات: حتى 20, دون مقابل, عن بُعد, حضوريًا, المنطقة: أفريقيا, كينيا, أوغندا"),
        ("zh", "最多20小时, 无偿, 远程, 现场, 地区：非洲, 肯尼亚, 乌干达"),
    ],
)
def test_the_terms_are_told_in_the_language_of_the_text(language: str, expected: str) -> None:
    assert terms(OFFER, language=language).startswith(expected)


def test_days_that_are_no_whole_months_are_told_as_days() -> None:
    assert "2 January – 30 June 2027" in terms(OFFER, valid_from="2027-01-02")
    assert "2.5 hours" in terms(OFFER, hours=2.5)


def test_an_offer_has_no_summary_which_others_take_for_a_warning() -> None:
    found = offer(summary="Ask early.")
    assert found.summary == ""
    assert found.summary_map is None
    assert "<p>Ask early.</p>" in found.content


def test_mode_and_seniority_are_concepts_and_facts() -> None:
    found = offer()
    assert [concept["id"].removeprefix("https://w3id.org/ilan/v/") for concept in found.concepts] == [
        "group/children",
        "un-pg/guideline-10",
        "mode/remote",
        "mode/on-site",
        "seniority/10-plus",
    ]
    assert found.details == {name: OFFER[name] for name in OFFER if name in found.details}
    assert found.details["seniority"] == "10-plus"
    assert (found.starts_at, found.ends_at) == (None, None)


def test_without_a_page_the_form_is_no_link() -> None:
    content = render(drafted(OFFER), office()).content
    assert "or use the form. Please" in content
