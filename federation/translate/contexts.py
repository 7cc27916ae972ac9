"""JSON-LD contexts: inlined, with the terms a document uses and no others.

Whoever reads JSON-LD in full must resolve every context that is named, or lose the document; so the only one
named is ActivityStreams' own, which everybody has.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from federation import vocabulary as as2


def _linked(term: str) -> dict[str, str]:
    return {"@id": term, "@type": "@id"}


TERMS: Final[Mapping[str, Any]] = {
    "Hashtag": "as:Hashtag",
    "sensitive": "as:sensitive",
    "toot": "http://joinmastodon.org/ns#",
    "votersCount": "toot:votersCount",
    "blurhash": "toot:blurhash",
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "searchableBy": _linked("http://fedibird.com/ns#searchableBy"),
    "gts": "https://gotosocial.org/ns#",
    "interactionPolicy": _linked("gts:interactionPolicy"),
    "canQuote": _linked("gts:canQuote"),
    "canReply": _linked("gts:canReply"),
    "automaticApproval": _linked("gts:automaticApproval"),
    "quote": _linked("https://w3id.org/fep/044f#quote"),
    "quoteAuthorization": _linked("https://w3id.org/fep/044f#quoteAuthorization"),
    "QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest",
    "QuoteAuthorization": "https://w3id.org/fep/044f#QuoteAuthorization",
    "interactingObject": _linked("gts:interactingObject"),
    "interactionTarget": _linked("gts:interactionTarget"),
    "quoteUrl": "as:quoteUrl",
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "_misskey_quote": "https://misskey-hub.net/ns#_misskey_quote",
    "schema": "http://schema.org/",
    "additionalType": _linked("schema:additionalType"),
    "about": _linked("schema:about"),
    "inLanguage": "schema:inLanguage",
    "jurisdiction": "schema:jurisdiction",
    "license": _linked("schema:license"),
    "temporalCoverage": "schema:temporalCoverage",
    "isBasedOn": _linked("schema:isBasedOn"),
    "workTranslation": _linked("schema:workTranslation"),
    "translationOfWork": _linked("schema:translationOfWork"),
    "creativeWorkStatus": "schema:creativeWorkStatus",
    "associatedMedia": _linked("schema:associatedMedia"),
    "learningResourceType": "schema:learningResourceType",
    "educationalLevel": "schema:educationalLevel",
    "teaches": "schema:teaches",
    "competencyRequired": "schema:competencyRequired",
    "educationalCredentialAwarded": "schema:educationalCredentialAwarded",
    "timeRequired": "schema:timeRequired",
    "isAccessibleForFree": "schema:isAccessibleForFree",
    "isbn": "schema:isbn",
    "numberOfPages": "schema:numberOfPages",
    "datePublished": "schema:datePublished",
    "availableLanguage": "schema:availableLanguage",
    "areaServed": "schema:areaServed",
    "validFrom": "schema:validFrom",
    "validThrough": "schema:validThrough",
    "applicationDeadline": "schema:applicationDeadline",
    "maximumAttendeeCapacity": "schema:maximumAttendeeCapacity",
    "superEvent": _linked("schema:superEvent"),
    "VirtualLocation": "schema:VirtualLocation",
    "PostalAddress": "schema:PostalAddress",
    "address": _linked("schema:address"),
    "streetAddress": "schema:streetAddress",
    "addressLocality": "schema:addressLocality",
    "addressRegion": "schema:addressRegion",
    "postalCode": "schema:postalCode",
    "addressCountry": "schema:addressCountry",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "Concept": "skos:Concept",
    "inScheme": _linked("skos:inScheme"),
    "vf": "https://w3id.org/valueflows/ont/vf#",
    "Intent": "vf:Intent",
    "action": "vf:action",
    "purpose": "vf:purpose",
    "publishes": _linked("vf:publishes"),
    "unitBased": "vf:unitBased",
    "resourceConformsTo": _linked("vf:resourceConformsTo"),
    "resourceQuantity": _linked("vf:resourceQuantity"),
    "availableQuantity": _linked("vf:availableQuantity"),
    "om2": "http://www.ontology-of-units-of-measure.org/resource/om-2/",
    "hasUnit": "om2:hasUnit",
    "hasNumericalValue": "om2:hasNumericalValue",
    "provider": _linked("vf:provider"),
    "f8": "https://w3id.org/fep/8a8e/",
    "joinMode": "f8:joinMode",
    "externalParticipationUrl": _linked("f8:externalParticipationUrl"),
    "timezone": "f8:timezone",
    "eventStatus": {"@id": "f8:eventStatus", "@type": "@vocab"},
    "EventScheduled": "f8:EventScheduled",
    "EventCancelled": "f8:EventCancelled",
    "EventPostponed": "f8:EventPostponed",
    "EventRescheduled": "f8:EventRescheduled",
    "EventMovedOnline": "f8:EventMovedOnline",
    "EventTentative": "f8:EventTentative",
    "category": {"@id": "f8:category", "@container": "@list"},
    "organizers": _linked("f8:organizers"),
    "OrganizersCollection": "f8:OrganizersCollection",
    "attendees": _linked("f8:attendees"),
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "status": "ical:status",
    "mz": "https://joinmobilizon.org/ns#",
    "isOnline": "mz:isOnline",
    "participantCount": "mz:participantCount",
    "contacts": _linked("mz:contacts"),
    "ilan": as2.ILAN_NAMESPACE,
    "maturity": _linked("ilan:maturity"),
    "evidenceLevel": _linked("ilan:evidenceLevel"),
}
"""Every term beyond ActivityStreams that a publication may use, in the order in which they are written."""

#: Properties whose values are terms themselves.
_TERMS_AS_VALUES: Final = frozenset({"type", "additionalType", "eventStatus"})
_NATURAL: Final = frozenset({"nameMap", "summaryMap", "contentMap", "@context"})


def context_of(document: Mapping[str, Any]) -> Any:
    """Return the `@context` of a document: ActivityStreams, and the terms that it uses."""
    used: set[str] = set()
    for term in _terms_in(document):
        while term in TERMS and term not in used:
            used.add(term)
            definition = TERMS[term]
            expanded = definition if isinstance(definition, str) else definition["@id"]
            term = expanded.partition(":")[0]  # noqa: PLW2901 - a term brings its prefix along
    own = {term: definition for term, definition in TERMS.items() if term in used}
    return [as2.AS2_CONTEXT, own] if own else as2.AS2_CONTEXT


def with_context(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with its context in front, and nowhere else."""
    return {"@context": context_of(document), **document}


def _terms_in(value: Any) -> Iterator[str]:
    """Yield every name that has a meaning in a document, with the prefix of those that have one."""
    if isinstance(value, list):
        for entry in value:
            yield from _terms_in(entry)
    elif isinstance(value, Mapping):
        for name, entry in value.items():
            if name in _NATURAL:
                continue
            yield name
            if name in _TERMS_AS_VALUES:
                yield from _names_in(entry)
            else:
                yield from _terms_in(entry)


def _names_in(value: Any) -> Iterator[str]:
    for name in value if isinstance(value, list) else [value]:
        if isinstance(name, str):
            yield name if name in TERMS else name.partition(":")[0]
