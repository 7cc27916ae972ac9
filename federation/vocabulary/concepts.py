"""Terms of controlled vocabularies (SKOS), by which practices, events and experts are found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from federation.vocabulary import reading
from federation.vocabulary.reading import Document

MAX_CONCEPTS: Final = 100
MAX_SCHEME_CONCEPTS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Concept:
    """A term with an address; `labels` are its names by language."""

    id: str
    in_scheme: str | None = None
    name: str | None = None
    notation: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConceptScheme:
    """A vocabulary: its terms, and its names by language."""

    id: str
    labels: Mapping[str, str] = field(default_factory=dict)
    concepts: tuple[Concept, ...] = ()


def read_concept(document: Document) -> Concept:
    """Read a term, or raise Malformed where it has no id."""
    return _concept(reading.required_id(document, "id"), document)


def read_concepts(
    document: Document, field_name: str = "about", limit: int = MAX_CONCEPTS
) -> tuple[Concept, ...]:
    """Return the terms that a field names, by id or embedded; what has no id is left out."""
    found: dict[str, Concept] = {}
    for entry in reading.many(document, field_name, limit):
        identifier = reading.id_of(entry)
        if identifier is not None:
            found.setdefault(identifier, _concept(identifier, entry if type(entry) is dict else {}))
    return tuple(found.values())


def read_concept_scheme(document: Document) -> ConceptScheme:
    """Read a vocabulary, or raise Malformed where it has no id."""
    return ConceptScheme(
        reading.required_id(document, "id"),
        reading.language_map(document, "prefLabel"),
        read_concepts(document, "hasTopConcept", MAX_SCHEME_CONCEPTS),
    )


def _concept(identifier: str, document: Document) -> Concept:
    labels = reading.language_map(document, "prefLabel") or reading.language_map(document, "nameMap")
    return Concept(
        identifier,
        reading.linked_id(document, "inScheme"),
        reading.string(document, "name") or next(iter(labels.values()), None),
        reading.string(document, "notation"),
        labels,
    )
