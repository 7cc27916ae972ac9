"""Resources: manuals, model laws, recordings and other documents that a body shares."""

import re
from typing import Any, Final

from actors.fields import Fields
from actors.kinds import wording
from actors.kinds.rules import Draft, KindRules, Page
from actors.labels import facts, label
from actors.licences import licence_label
from actors.locales import language_name
from actors.taxonomy import schemes
from storage.kinds import Kind

_LONGEST: Final = 200
_MOST_PAGES: Final = 100_000
_MOST_LINKS: Final = 20
_DURATION: Final = re.compile(
    r"P(?=[0-9T])(?:[0-9]{1,3}D)?(?:T(?=[0-9])(?:[0-9]{1,3}H)?(?:[0-9]{1,2}M)?)?", re.ASCII
)


def _read(fields: Fields) -> dict[str, Any]:
    return {
        "genre": fields.choice("genre", tuple(schemes()["genre"].concepts)),
        "links": _read_links(fields),
        "translation_of": fields.url("translation_of"),
        "released": fields.period("released"),
        "isbn": fields.text("isbn", 20),
        "level": fields.text("level", _LONGEST),
        "pages": fields.whole("pages", _MOST_PAGES),
        "time_required": fields.read(
            "time_required",
            lambda value: value if isinstance(value, str) and _DURATION.fullmatch(value) else None,
            "a duration such as PT3H or PT1H30M",
        ),
        "free": fields.flag("free"),
    }


def _read_links(fields: Fields) -> list[dict[str, str]]:
    given = fields.given("links")
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > _MOST_LINKS:
        fields.fault(
            "links", f"must be a list of at most {_MOST_LINKS} addresses, or objects with url and name"
        )
        return []
    return [link for place, entry in enumerate(given) if (link := _read_link(fields, place, entry))]


def _read_link(fields: Fields, place: int, entry: Any) -> dict[str, str]:
    document = {"url": entry} if isinstance(entry, str) else entry
    if not isinstance(document, dict):
        fields.fault(f"links.{place}", "must be an address, or an object with url and name")
        return {}
    inside = fields.inside(f"links.{place}", document)
    url, name = inside.url("url"), inside.text("name", _LONGEST)
    inside.refuse_unknown()
    if inside.given("url") is None:
        inside.fault("url", "is missing")
    return ({"url": url} | ({"name": name} if name else {})) if url else {}


def _concepts(draft: Draft) -> list[str]:
    genre = draft.details.get("genre")
    return [f"genre/{genre}"] if genre else []


def _facts(draft: Draft) -> dict[str, Any]:
    return dict(draft.details)


def _summary(draft: Draft, language: str) -> str:
    known = wording.kind_facts(
        draft,
        language,
        _genre(draft, language),
        _pages(draft, language),
        licence_label(draft.license) if draft.license else "",
    )
    return wording.summary(draft, language, known)


def _content(draft: Draft, language: str, _page: Page) -> str:
    told = facts(
        [
            _genre(draft, language),
            _pages(draft, language),
            language_name(draft.language, language),
        ]
    ).replace(" · ", ", ")
    return "".join(
        [
            wording.opening(draft.title.get(language) or draft.title[draft.language], told),
            wording.body(draft, language),
            wording.documents(draft.attachments, language),
            wording.links(label("links", language), draft.details.get("links", ())),
        ]
    )


def _genre(draft: Draft, language: str) -> str:
    genre = draft.details.get("genre")
    return wording.concept_label(f"genre/{genre}", language) if genre else ""


def _pages(draft: Draft, language: str) -> str:
    count = draft.details.get("pages")
    return label("pages", language, count=count) if count else ""


RESOURCE: Final = KindRules(
    kind=Kind.RESOURCE,
    type="Page",
    tag="LegalAidResource",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
    concepts=_concepts,
)
