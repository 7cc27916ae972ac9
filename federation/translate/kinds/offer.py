"""Offers and requests as `Note` with FEP-0837's properties, so that every reader sees the whole text."""

from typing import Any, Final

from actors.taxonomy import BASE, short_name
from federation import vocabulary as as2
from federation.translate.kinds import facts
from federation.translate.kinds.rules import Translation, present
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

_HOUR: Final = "hour"
_HOURS: Final = frozenset({_HOUR, "h"})


def _write(publication: Publication, author: Actor) -> dict[str, Any]:
    details = publication.details
    is_offer = publication.kind == Kind.OFFER
    return {
        "purpose": str(publication.kind),
        "unitBased": False,
        "publishes": _intent(publication, author, is_offer=is_offer),
        "areaServed": details.get("area_served"),
        "availableLanguage": details.get("available_languages"),
        "validFrom": details.get("valid_from"),
        "validThrough": details.get("valid_through"),
        "isAccessibleForFree": details.get("pro_bono"),
    }


def _intent(publication: Publication, author: Actor, *, is_offer: bool) -> dict[str, Any]:
    details = publication.details
    service, hours = details.get("service"), details.get("hours")
    quantity = {"hasUnit": _HOUR, "hasNumericalValue": f"{hours:g}"} if hours else None
    return present(
        {
            "type": "Intent",
            "id": f"{publication.uri}#primary",
            "action": "deliverService",
            "provider": details.get("provider") or (author.uri if is_offer else None),
            "resourceConformsTo": f"{BASE}/service/{service}" if service else None,
            "resourceQuantity": quantity,
            "availableQuantity": quantity if is_offer else None,
        }
    )


def _read(value: as2.Object) -> dict[str, Any]:
    document = value.document
    intent = as2.read_proposal(document).publishes
    concepts = [concept.id for concept in as2.read_concepts(document)]
    return present(
        {
            "service": short_name(intent.resource_conforms_to, "service"),
            "hours": _hours(intent.resource_quantity),
            "area_served": facts.territories(document, "areaServed"),
            "available_languages": facts.languages(document, "availableLanguage"),
            "valid_from": facts.a_day(document, "validFrom"),
            "valid_through": facts.a_day(document, "validThrough"),
            "mode": [name for iri in concepts if (name := short_name(iri, "mode"))],
            "seniority": next((name for iri in concepts if (name := short_name(iri, "seniority"))), None),
            "pro_bono": facts.flag(document, "isAccessibleForFree"),
            "provider": None if intent.provider == value.attributed_to else intent.provider,
        }
    )


def _hours(quantity: as2.Quantity | None) -> float | int | None:
    if quantity is None or quantity.unit.rpartition(":")[2] not in _HOURS:
        return None
    count = float(quantity.value)
    return int(count) if count.is_integer() else count


OFFER: Final = Translation(
    kind=Kind.OFFER, additional_types=("ilan:ExpertOffer", "vf:Proposal"), write=_write, read=_read
)
REQUEST: Final = Translation(
    kind=Kind.REQUEST, additional_types=("ilan:ExpertRequest", "vf:Proposal"), write=_write, read=_read
)
