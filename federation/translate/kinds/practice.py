"""Practices as `Article` with schema.org's words for provenance and two of the network's own."""

from typing import Any, Final

from actors.kinds.practice import REVIEWS, sections_in
from actors.taxonomy import BASE, short_name
from federation import vocabulary as as2
from federation.translate.kinds.facts import a_period, addresses
from federation.translate.kinds.rules import Translation, one_or_many, present
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

_OPEN: Final = ".."


def _write(publication: Publication, _author: Actor) -> dict[str, Any]:
    details = publication.details
    maturity, evidence = details.get("maturity"), details.get("evidence")
    return {
        "temporalCoverage": _coverage(details),
        "maturity": f"{BASE}/maturity/{maturity}" if maturity else None,
        "evidenceLevel": f"{BASE}/evidence/{evidence}" if evidence else None,
        "creativeWorkStatus": details.get("review_status"),
        "isBasedOn": one_or_many(details.get("based_on")),
        "workTranslation": details.get("translations"),
    }


def _coverage(details: dict[str, Any]) -> str | None:
    """Return since when, and until when, in ISO 8601: `2023-02/..` is still going on."""
    started, ended = details.get("started"), details.get("ended")
    return f"{started or _OPEN}/{ended or _OPEN}" if started or ended else None


def _read(value: as2.Object) -> dict[str, Any]:
    document = value.document
    started, _, ended = str(document.get("temporalCoverage", "")).partition("/")
    review = document.get("creativeWorkStatus")
    return present(
        {
            "maturity": short_name(as2.id_of(document.get("maturity")), "maturity"),
            "evidence": short_name(as2.id_of(document.get("evidenceLevel")), "evidence"),
            "started": a_period(started),
            "ended": a_period(ended),
            "based_on": addresses(document, "isBasedOn"),
            "translations": addresses(document, "workTranslation"),
            "review_status": review if review in REVIEWS else None,
            "sections_filled": sections_in(value.content or ""),
        }
    )


PRACTICE: Final = Translation(
    kind=Kind.PRACTICE, additional_types=("ilan:Practice",), write=_write, read=_read
)
