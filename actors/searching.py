"""Searching everything that this node holds, own publications and replicas alike."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from actors import taxonomy
from actors.indexing import concept_path, facet, index
from actors.locales import language_tag, territory_code
from actors.query import Phrase, Query, Term, parse_query
from actors.recognising import Recognised, concepts_in
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication
from storage.search import COUNT_LIMIT, Alternative, Match
from storage.search_conditions import UNCONDITIONAL, Conditions
from storage.transaction import Transaction

LARGEST_PAGE: Final = 100
SURVEYED: Final = 1_000
"""How many of the newest hits are counted by facet and by node."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What results are narrowed to: one of each non-empty group, in the case and spelling of the API.

    `author` narrows them to what one actor published, `is_local` to this node's own or to all others.
    """

    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    author: Actor | None = None
    is_local: bool | None = None
    conditions: Conditions = UNCONDITIONAL

    def tokens(self) -> tuple[tuple[str, ...], ...]:
        """Return the groups as facet tokens."""
        groups = (
            tuple(facet("k", kind) for kind in self.kinds),
            tuple(facet("c", country) for country in self.countries),
            tuple(facet("t", concept_path(concept)) for concept in self.concepts),
            tuple(facet("l", language) for language in self.languages),
        )
        return tuple(group for group in groups if group)


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what was found. `total` is exact up to 10,000.

    `query` is what the words were taken for, and `concepts` those that they name: what is about one of these
    was found as well.
    """

    total: int
    items: list[tuple[Publication, Actor]]
    query: Query
    concepts: tuple[taxonomy.Concept, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """How the newest `counted` hits are spread, in the spelling of the API; `hosts` by the authors' hosts."""

    counted: int
    kinds: Mapping[str, int]
    countries: Mapping[str, int]
    concepts: Mapping[str, int]
    languages: Mapping[str, int]
    hosts: Mapping[str, int]


async def search(
    tx: Transaction,
    text: str,
    reader: Actor | None = None,
    facets: Facets | None = None,
    *,
    offset: int = 0,
    size: int = 20,
    counted: bool = True,
) -> Results:
    """Find what `reader` (None: anybody) may find; title hits first, then the newest.

    Without words it lists what has the facets; words that contain nothing to look for find nothing. Nothing
    lies beyond the first 10,000. Without `counted` the total is only that of the page.
    """
    query = parse_query(text)
    recognised = concepts_in(text, query)
    concepts = tuple(dict.fromkeys(each.concept.reference for each in recognised))
    known = tuple(found for each in concepts if (found := taxonomy.find(each)) is not None)
    match = match_of(query, facets or Facets(), recognised)
    if _seeks_nothing(query, text):
        return Results(0, [], query)
    size = min(size, LARGEST_PAGE, max(COUNT_LIMIT - offset, 0))
    ids = await tx.search.find(match, reader, offset=offset, size=size) if size else []
    is_all = not counted or (len(ids) < size and not offset)
    total = len(ids) if is_all else await tx.search.count(match, reader)
    return Results(total, await load(tx, ids), query, known)


async def survey(
    tx: Transaction, text: str, reader: Actor | None = None, facets: Facets | None = None
) -> Survey:
    """Count by facet and by node what a search finds, among its newest hits."""
    query = parse_query(text)
    found = (
        []
        if _seeks_nothing(query, text)
        else await tx.search.survey(
            match_of(query, facets or Facets(), concepts_in(text, query)), reader, among=SURVEYED
        )
    )
    tokens = Counter(token for each in found for token in each.facets)
    return Survey(
        counted=len(found),
        kinds=_spelled(tokens, "k", lambda value: _kinds().get(value)),
        countries=_spelled(tokens, "c", lambda value: territory_code(value.replace("_", "-"))),
        concepts=_spelled(tokens, "t", lambda value: _references().get(value)),
        languages=_spelled(tokens, "l", lambda value: language_tag(value.replace("_", "-"))),
        hosts=dict(Counter(each.host for each in found).most_common()),
    )


async def latest(
    tx: Transaction,
    reader: Actor | None = None,
    facets: Facets | None = None,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 20,
) -> list[tuple[Publication, Actor]]:
    """List what has the facets, newest first; with `after`, what is just newer than that id.

    Without facets of text, an author's list has all that `reader` may read of it, whether or not the author
    wants it to be found by search.
    """
    facets = facets or Facets()
    size = min(size, LARGEST_PAGE)
    if facets.author is not None and not (facets.countries or facets.concepts or facets.languages):
        return await tx.publications.page(
            reader,
            author=facets.author,
            kinds=facets.kinds or None,
            local=facets.is_local,
            before=before,
            after=after,
            size=size,
        )
    match = match_of(Query(()), facets)
    return await load(tx, await tx.search.latest(match, reader, size=size, before=before, after=after))


async def load(tx: Transaction, ids: list[int]) -> list[tuple[Publication, Actor]]:
    """Return publications with their authors in the order of their ids, in two statements."""
    found = await tx.publications.by_ids(ids)
    authors = await tx.actors.by_ids([publication.author_id for publication in found.values()])
    return [(found[each], authors[found[each].author_id]) for each in ids]


def match_of(query: Query, facets: Facets, recognised: Iterable[Recognised] = ()) -> Match:
    """Return what the index is asked for a query and facets.

    A recognised concept does as well as all the words that name it: (A or C) and (B or C) is (A and B) or C.
    """
    groups = [tuple(_alternatives(term)) for term in query.required]
    for each in recognised:
        token = facet("t", each.concept.reference)
        for place in range(each.first, each.end):
            groups[place] += (Alternative((token,), facet=True),)
    return Match(
        all_of=tuple(groups),
        none_of=tuple(alternative for term in query.excluded for alternative in _alternatives(term)),
        facets=facets.tokens(),
        author_id=facets.author.id if facets.author else None,
        is_local=facets.is_local,
        conditions=facets.conditions,
    )


async def reindex(tx: Transaction, publications: Iterable[Publication]) -> int:
    """Index publications anew, as after a change of the analyser; returns how many are findable."""
    count = 0
    for publication in publications:
        await index(tx, publication)
        count += publication.indexable
    return count


def _seeks_nothing(query: Query, text: str) -> bool:
    return not query and bool(text.strip())


def _alternatives(term: Term) -> Iterator[Alternative]:
    for phrase in term:
        yield from _forms(phrase)


def _forms(phrase: Phrase) -> Iterator[Alternative]:
    words = Alternative(phrase.tokens, prefix=phrase.is_prefix)
    yield words
    if len(phrase.tokens) == 1:
        # The other forms of a word are indexed apart from it.
        yield replace(words, stem=True)


def _spelled(tokens: Counter[str], prefix: str, spelling: Callable[[str], str | None]) -> dict[str, int]:
    """Return the counts of one group of facets, most frequent first; what has no spelling is left out."""
    found: dict[str, int] = {}
    for token, count in tokens.most_common():
        group, _, value = token.partition("_")
        spelled = spelling(value) if group == prefix else None
        if spelled is not None:
            found[spelled] = count
    return found


@cache
def _kinds() -> Mapping[str, str]:
    return {_value_of(facet("k", kind)): kind.value for kind in Kind}


@cache
def _references() -> Mapping[str, str]:
    return {
        _value_of(facet("t", term.reference)): term.reference
        for scheme in taxonomy.schemes().values()
        for term in scheme.concepts.values()
    }


def _value_of(token: str) -> str:
    return token.partition("_")[2]
