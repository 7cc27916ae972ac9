"""Documents that nobody would write, for properties that must hold for all of them."""

import re
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from federation.errors import Malformed
from federation.vocabulary import (
    ACTIVITY_TYPES,
    ACTOR_TYPES,
    AUTHORIZATION_TYPES,
    COLLECTION_TYPES,
    OBJECT_TYPES,
)

TYPES = sorted(
    {
        *ACTIVITY_TYPES,
        *ACTOR_TYPES,
        *AUTHORIZATION_TYPES,
        *COLLECTION_TYPES,
        *OBJECT_TYPES,
        "Agreement",
        "Concept",
        "ConceptScheme",
        "CryptographicKey",
        "DataIntegrityProof",
        "Emoji",
        "FeaturedItem",
        "Hashtag",
        "Link",
        "Mention",
        "Multikey",
        "Place",
        "PropertyValue",
        "Relationship",
        "Recipe",
        "as:Note",
        "https://www.w3.org/ns/activitystreams#Person",
    },
)

FIELDS = re.findall(
    r"[@\w]+",
    """
    @context @id @value about actor additionalType address alsoKnownAs anyOf assertionMethod
    attachment attributedTo audience blurhash cc closed content contentMap context controller
    conversation cryptosuite deleted discoverable en endpoints endTime featured featuredObject first
    focalPoint followers formerType generator geo hasNumericalValue hasTopConcept height href icon
    id image implements inbox indexable inLanguage inReplyTo inScheme instrument interactingObject
    interactionTarget items knowsLanguage language last latitude likes links location longitude
    manuallyApprovesFollowers mediaType movedTo name nameMap next object oneOf orderedItems outbox
    owner partOf preferredUsername prefLabel prev proofValue protocols publicKey publicKeyMultibase
    publicKeyPem published publishes purpose quote rel relationship replies resourceQuantity result
    satisfies searchableBy sensitive sharedInbox software source startTime stipulates subject
    summary summaryMap tag target template to totalItems type unitBased updated url usage users
    value verificationMethod version votersCount webfinger width
    """,
)

STRINGS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(TYPES),
    st.sampled_from(
        [
            "https://example.org/1",
            "https://example.org/users/a?b=c#d",
            "http://[broken/",
            "javascript:alert(1)",
            "as:Public",
            "2026-03-02T09:00:00+05:45",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "-1",
            "１２３",
            "1e9",
            "true",
            "en",
            "{0.__class__}",
        ],
    ),
)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    STRINGS,
)

KEYS = st.one_of(st.sampled_from(FIELDS), st.text(max_size=6))


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6))


JSON = st.recursive(SCALARS, _deeper, max_leaves=20)
"""Any JSON value, with the protocol's names in it more often than chance has them."""

DOCUMENTS: st.SearchStrategy[dict[str, Any]] = st.builds(
    lambda document, known: {**document, **known},
    st.dictionaries(KEYS, JSON, max_size=8),
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(st.sampled_from(TYPES), st.lists(st.sampled_from(TYPES), max_size=3), JSON),
            "id": st.one_of(st.just("https://example.org/1"), JSON),
            "actor": st.one_of(st.just("https://example.org/users/a"), JSON),
            "object": JSON,
            "inbox": st.just("https://example.org/inbox"),
        },
    ),
)
"""Any JSON object that looks enough like a document to reach the readers."""


def refusal(reader: Callable[..., Any], *arguments: Any) -> str | None:
    """Return the sentence with which a reader refuses its arguments, or None where it reads them."""
    try:
        reader(*arguments)
    except Malformed as fault:
        return str(fault)
    return None
