"""Concepts in what a reader types, in any language: a word then also finds what is about its concept.

So a French word finds Arabic documents, without any translation of either (`domain.md` §6.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeAlias

from actors import taxonomy
from actors.query import Query, Term, parse_query

_QUOTES: Final = frozenset('"“”„‟«»「」『』')

_Words: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Recognised:
    """A concept that the required terms of a query from `first` up to (not including) `end` name."""

    concept: taxonomy.Concept
    first: int
    end: int


def concepts_in(text: str, query: Query) -> list[Recognised]:
    """Return the concepts that a query names by their labels or synonyms, longest names first.

    A name inside a longer one does not count. A text with quotation marks is taken as it stands: whoever uses
    them wants those words and no others.
    """
    if not _QUOTES.isdisjoint(text):
        return []
    words = _words(query.required)
    names = _names()
    longest = max(map(len, names))
    found: list[Recognised] = []
    for length in range(min(longest, len(words)), 0, -1):
        for first in range(len(words) - length + 1):
            end = first + length
            if any(
                each.first <= first and end <= each.end for each in found if each.end - each.first > length
            ):
                continue
            found += [Recognised(each, first, end) for each in names.get(words[first:end], ())]
    return found


def _words(terms: tuple[Term, ...]) -> _Words:
    return tuple(term[0].tokens for term in terms)


@cache
def _names() -> Mapping[_Words, tuple[taxonomy.Concept, ...]]:
    """Return every concept by its labels and synonyms in all languages, each read as a query is."""
    found: dict[_Words, dict[str, taxonomy.Concept]] = {}
    for scheme in taxonomy.schemes().values():
        for concept in scheme.concepts.values():
            synonyms = (name for names in concept.synonyms.values() for name in names)
            for name in (*concept.labels.values(), *synonyms):
                if words := _words(parse_query(name, ()).required):
                    found.setdefault(words, {})[concept.reference] = concept
    return {words: tuple(concepts.values()) for words, concepts in found.items()}
