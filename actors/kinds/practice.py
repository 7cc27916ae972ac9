"""Practices: what a body did, how far it came and what others must know to do it too."""

import re
from collections.abc import Mapping
from typing import Any, Final

from actors.fields import Fields
from actors.kinds import wording
from actors.kinds.rules import Draft, KindRules, Page
from actors.labels import label, label_keys
from actors.taxonomy import schemes
from actors.text import plain
from storage.kinds import Kind

SECTIONS: Final = ("problem", "what_we_did", "results", "what_it_takes", "what_went_wrong", "adapting_it")
"""The headings of a practice, in their order; "what went wrong" is what others learn most from."""

REVIEWS: Final = ("self-assessed", "peer-reviewed")

_LONGEST_SECTION: Final = 50_000
# Bounded, because other nodes' texts are looked at as they came.
_HEADING: Final = re.compile(r"<h3[^<>]{0,100}>(.{1,200}?)</h3>", re.DOTALL)
_YEAR: Final = 4


def completeness(details: Mapping[str, Any]) -> int:
    """Return how much of a practice's form is filled, in per cent, by the details of its row."""
    filled = set(details.get("sections_filled", ())) & set(SECTIONS)
    told = len(filled) + sum(1 for name in ("maturity", "evidence", "started") if details.get(name))
    return round(100 * told / (len(SECTIONS) + 3))


def sections_in(html: str) -> list[str]:
    """Return the sections that a practice's text has, by their headings in any language."""
    found = {
        key.removeprefix("section.")
        for heading in _HEADING.findall(html)
        for key in label_keys(plain(heading), "section.")
    }
    return [name for name in SECTIONS if name in found]


def _read(fields: Fields) -> dict[str, Any]:
    details: dict[str, Any] = {
        "maturity": fields.choice("maturity", tuple(schemes()["maturity"].concepts)),
        "evidence": fields.choice("evidence", tuple(schemes()["evidence"].concepts)),
        "started": fields.period("started"),
        "ended": fields.period("ended"),
        "based_on": fields.urls("based_on"),
        "translations": fields.urls("translations"),
        "review_status": fields.choice("review_status", REVIEWS),
        "sections": _read_sections(fields),
    }
    started, ended = details["started"], details["ended"]
    if started and ended and ended < started[: len(ended)]:
        fields.fault("started", "must not be after ended")
    return details


def _read_sections(fields: Fields) -> dict[str, dict[str, str]]:
    sections = fields.part("sections")
    if sections is None:
        return {}
    found = {name: sections.texts(name, _LONGEST_SECTION) for name in SECTIONS}
    sections.refuse_unknown()
    return {name: texts for name, texts in found.items() if texts}


def _facts(draft: Draft) -> dict[str, Any]:
    sections = draft.details.get("sections", {})
    known = {name: value for name, value in draft.details.items() if name != "sections"}
    filled = [name for name in SECTIONS if name in sections]
    return known | ({"sections_filled": filled} if filled else {})


def _summary(draft: Draft, language: str) -> str:
    maturity = draft.details.get("maturity")
    known = wording.kind_facts(
        draft,
        language,
        wording.first_label(draft, "stage", language),
        wording.concept_label(f"maturity/{maturity}", language) if maturity else "",
    )
    return wording.summary(draft, language, known)


def _content(draft: Draft, language: str, _page: Page) -> str:
    told = ", ".join(
        filter(None, [wording.places(draft.jurisdiction, language), _when(draft.details, language)])
    )
    sections = draft.details.get("sections", {})
    return "".join(
        [
            wording.opening(draft.title.get(language) or draft.title[draft.language], told),
            wording.body(draft, language),
            *(
                wording.section(label(f"section.{name}", language), sections[name][language])
                for name in SECTIONS
                if language in sections.get(name, {})
            ),
            wording.documents(draft.attachments, language),
        ]
    )


def _when(details: Mapping[str, Any], language: str) -> str:
    started, ended = details.get("started"), details.get("ended")
    if not started:
        return ""
    if not ended:
        return label("since", language, year=started[:_YEAR])
    return started[:_YEAR] if started[:_YEAR] == ended[:_YEAR] else f"{started[:_YEAR]}–{ended[:_YEAR]}"


PRACTICE: Final = KindRules(
    kind=Kind.PRACTICE,
    type="Article",
    tag="LegalAidPractice",
    read=_read,
    facts=_facts,
    summary=_summary,
    content=_content,
)
