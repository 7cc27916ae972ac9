"""A resource says what it is and how long, in which language and under which licence."""

from typing import Any

from actors.kinds import Rendered, render
from tests.drafting import RESOURCE, drafted, office


def resource(**more: Any) -> Rendered:
    return render(drafted(RESOURCE, **more), office("ar.legalaid.example"))


def test_the_summary_has_the_shape_of_the_worked_example() -> None:
    assert resource().summary == (
        "<p>Recurso · Argentina · manual · 96 págs. · CC BY. Guía práctica para la primera audiencia.</p>"
    )
    assert (resource().summary_map or {})["en"] == (
        "<p>Resource · Argentina · manual · 96 pages · CC BY. A guide to the first hearing.</p>"
    )


def test_the_text_names_it_and_leads_to_its_files() -> None:
    assert resource().content.startswith(
        "<p><strong>Manual de audiencias de control de detención</strong> — manual, 96 págs., español.</p>"
        "<p>Listas de control para las primeras 24 horas.</p><h3>Documentos</h3><ul><li><a "
        'href="https://ar.legalaid.example/media/manual-ligero.html"'
    )
    assert '<h3>Enlaces</h3><ul><li><a href="https://archive.example/manual"' in resource().content


def test_its_genre_is_a_concept_too() -> None:
    found = resource()
    assert found.concepts[-1]["id"] == "https://w3id.org/ilan/v/genre/manual"
    assert found.details["genre"] == "manual"
    assert found.type == "Page"


def test_a_licence_that_has_no_short_name_is_left_out() -> None:
    assert "CC" not in resource(license="https://a.example/licence").summary
    assert "· CC0." in resource(license="CC0-1.0").summary
    assert "· CC BY-NC-ND." in resource(license="CC-BY-NC-ND-4.0").summary
