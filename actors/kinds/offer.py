"""Offers of expert help and requests for it: which service, how much, where, and until when."""

from datetime import date
from html import escape
from typing import Any, Final

from actors import dates
from actors.addresses import tag_url
from actors.fields import Fields
from actors.kinds import wording
from actors.kinds.rules import Draft, KindRules, Page
from actors.labels import capitalised, label
from actors.locales import language_name
from actors.taxonomy import normalised, schemes
from storage.kinds import Kind

_MOST_HOURS: Final = 10_000


def _read(fields: Fields) -> dict[str, Any]:
    details: dict[str, Any] = {
        "service": _read_concept(fields, "service"),
        "hours": fields.number("hours", 0.25, _MOST_HOURS),
        "area_served": fields.territories("area_served"),
        "available_languages": fields.languages("available_languages"),
        "valid_from": fields.day("valid_from"),
        "valid_through": fields.day("valid_through"),
        "mode": fields.items("mode", lambda value: _last_name(value, "mode"), _names_of("mode")),
        "seniority": _read_concept(fields, "seniority"),
        "pro_bono": fields.flag("pro_bono"),
        "provider": fields.url("provider"),
    }
    if (
        details["valid_from"]
        and details["valid_through"]
        and details["valid_from"] > details["valid_through"]
    ):
        fields.fault("valid_from", "must not be after valid_through")
    return details


def _read_concept(fields: Fields, scheme: str) -> str | None:
    return fields.read(scheme, lambda value: _last_name(value, scheme), _names_of(scheme))


def _last_name(value: Any, scheme: str) -> str | None:
    reference = normalised(value, scheme) if isinstance(value, str) else None
    return reference.partition("/")[2] if reference else None


def _names_of(scheme: str) -> str:
    return f"one of {', '.join(schemes()[scheme].concepts)}"


def _concepts(draft: Draft) -> list[str]:
    seniority = draft.details.get("seniority")
    modes = [f"mode/{name}" for name in draft.details.get("mode", ())]
    return modes + ([f"seniority/{seniority}"] if seniority else [])


def _summary(draft: Draft, language: str) -> str:
    # A summary on a Note is a content warning elsewhere, so an offer has none; its text says it all.
    del draft, language
    return ""


def _content(draft: Draft, language: str, page: Page) -> str:
    title = wording.line(draft.title.get(language) or draft.title[draft.language], wording.MAX_TITLE)
    named = label("named", language, kind=label(f"kind.{draft.kind}", language), title=title)
    return "".join(
        [
            wording.opening(named, ""),
            wording.paragraph(draft.summary.get(language, "")),
            wording.paragraph(_terms(draft, language)),
            wording.body(draft, language),
            _how_to_answer(draft, language, page.url),
            wording.documents(draft.attachments, language),
            _hashtags(page),
        ]
    )


def _terms(draft: Draft, language: str) -> str:
    """Return the facts as sentences: how much and where, the languages, the last day."""
    details = draft.details
    is_request = draft.kind is Kind.REQUEST
    sentences = [
        ", ".join(
            filter(
                None,
                [
                    _hours(details.get("hours"), language, about=is_request),
                    label("pro_bono", language) if details.get("pro_bono") else "",
                    *(wording.concept_label(f"mode/{name}", language) for name in details.get("mode", ())),
                    _areas(details.get("area_served", []), language),
                    _validity(details, language, is_request=is_request),
                ],
            )
        ),
        ", ".join(language_name(tag, language) for tag in details.get("available_languages", ())),
        _last_day(details, language) if is_request else "",
    ]
    return " ".join(f"{capitalised(sentence)}." for sentence in sentences if sentence)


def _hours(count: float | None, language: str, *, about: bool) -> str:
    return label("about_hours" if about else "up_to_hours", language, hours=f"{count:g}") if count else ""


def _areas(codes: list[str], language: str) -> str:
    return label("in_areas", language, areas=wording.places(codes, language)) if codes else ""


def _validity(details: dict[str, Any], language: str, *, is_request: bool) -> str:
    first, last = details.get("valid_from"), details.get("valid_through")
    if is_request or not (first and last):
        return ""
    return dates.months(date.fromisoformat(first), date.fromisoformat(last), language)


def _last_day(details: dict[str, Any], language: str) -> str:
    last = details.get("valid_through")
    return label("apply_by", language, date=dates.day(date.fromisoformat(last), language)) if last else ""


def _how_to_answer(draft: Draft, language: str, url: str) -> str:
    """Return how to answer, and the warning against sending what a client told."""
    form = label("form", language)
    shown = wording.link(url, form) if url else escape(form, quote=False)
    before, _, after = label(f"ask.{draft.kind}", language).partition("{form}")
    return f"<p>{escape(before, quote=False)}{shown}{escape(after, quote=False)}</p>"


def _hashtags(page: Page) -> str:
    """Return the hashtags as links: in a Note, readers look for them in the text."""
    links = [
        f'<a href="{escape(tag_url(page.author, tag))}" class="mention hashtag" rel="tag">'
        f"#<span>{escape(tag, quote=False)}</span></a>"
        for tag in page.hashtags
    ]
    return f"<p>{' '.join(links)}</p>" if links else ""


def _facts(draft: Draft) -> dict[str, Any]:
    return dict(draft.details)


OFFER: Final = KindRules(
    kind=Kind.OFFER,
    type="Note",
    tag="LegalAidOffer",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
    concepts=_concepts,
)

REQUEST: Final = KindRules(
    kind=Kind.REQUEST,
    type="Note",
    tag="LegalAidRequest",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
    concepts=_concepts,
)
