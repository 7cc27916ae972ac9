"""The network's vocabularies (SKOS): what a publication is about, in words that every node understands alike.

They stand in `data/concepts.json`: schemes of concepts, each with labels by language, and where they help
`synonyms` by language and the `broader` concept.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from actors.locales import FALLBACK

BASE: Final = "https://w3id.org/ilan/v"
"""Where the network's own schemes live; an identifier, which nobody needs to visit."""

_LONGEST_REFERENCE: Final = 500


@dataclass(frozen=True, slots=True)
class Concept:
    """A term of a scheme. `reference` is its short name, such as `stage/police-custody`."""

    reference: str
    iri: str
    labels: Mapping[str, str]
    synonyms: Mapping[str, list[str]] = field(default_factory=dict)
    broader: str | None = None

    def label(self, language: str) -> str:
        """Return its name in a language, or in English."""
        return _in_language(self.labels, language)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A closed set of terms, by their last names."""

    name: str
    iri: str
    labels: Mapping[str, str]
    concepts: Mapping[str, Concept]

    def label(self, language: str) -> str:
        """Return its name in a language, or in English."""
        return _in_language(self.labels, language)


@cache
def schemes() -> Mapping[str, Scheme]:
    """Return every scheme by its name."""
    data: dict[str, Any] = json.loads(files("actors").joinpath("data", "concepts.json").read_bytes())
    return {name: _scheme(name, entry) for name, entry in data["schemes"].items()}


def find(reference: str) -> Concept | None:
    """Find a concept by its short name (`stage/police-custody`) or its address, or None."""
    return _by_reference().get(reference) or _by_iri().get(reference.rstrip("/"))


def concept(reference: str, language: str) -> dict[str, str] | None:
    """Return what a publication keeps of a concept: {"id", "scheme", "name"}, the name in a language.

    An address outside our schemes is taken as it is; None is returned for what is no concept.
    """
    known = find(reference)
    if known is not None:
        scheme = schemes()[known.reference.partition("/")[0]]
        return {"id": known.iri, "scheme": scheme.iri, "name": known.label(language)}
    if not is_foreign(reference):
        return None
    parent, _, last = reference.rstrip("/").rpartition("#" if "#" in reference else "/")
    return {"id": reference, "scheme": parent, "name": last}


def normalised(reference: str, scheme: str | None = None) -> str | None:
    """Return the short name of a known concept, the address of a foreign one, or None.

    With a `scheme` the name of the concept alone will do, and only its concepts count.
    """
    known = find(f"{scheme}/{reference}" if scheme and "/" not in reference else reference)
    if known is None:
        return reference if scheme is None and is_foreign(reference) else None
    return known.reference if scheme in {None, known.reference.partition("/")[0]} else None


def short_name(iri: str | None, scheme: str) -> str | None:
    """Return the last name of a concept of a scheme by its address: `promising` of `maturity`, or None."""
    known = find(iri) if iri else None
    own, _, name = known.reference.partition("/") if known else ("", "", "")
    return name if own == scheme else None


def closest(reference: str) -> str | None:
    """Return the short name that somebody may have meant, or None."""
    wanted = reference.removeprefix(f"{BASE}/").casefold()
    return next(iter(difflib.get_close_matches(wanted, _by_reference(), 1, 0.75)), None)


def is_foreign(reference: str) -> bool:
    """Say whether a reference is an address outside the network's schemes."""
    return (
        reference.startswith(("https://", "http://"))
        and not reference.startswith(f"{BASE}/")
        and len(reference) <= _LONGEST_REFERENCE
        and reference.isprintable()
        and " " not in reference
        and bool(reference.partition("://")[2].partition("/")[2])
    )


def _scheme(name: str, entry: Mapping[str, Any]) -> Scheme:
    iri = entry.get("iri") or f"{BASE}/{name}"
    concepts = {
        last: Concept(
            f"{name}/{last}",
            f"{iri}/{last}",
            term["labels"],
            term.get("synonyms", {}),
            term.get("broader"),
        )
        for last, term in entry["concepts"].items()
    }
    return Scheme(name, iri, entry["labels"], concepts)


@cache
def _by_reference() -> Mapping[str, Concept]:
    return {term.reference: term for scheme in schemes().values() for term in scheme.concepts.values()}


@cache
def _by_iri() -> Mapping[str, Concept]:
    return {term.iri: term for term in _by_reference().values()}


def _in_language(labels: Mapping[str, str], language: str) -> str:
    primary = language.partition("-")[0].lower()
    return labels.get(language) or labels.get(primary) or labels[FALLBACK]
