"""What readers type into a search box, understood once for every search engine."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from actors.analyser import Run, compounds, runs
from actors.letters import TOKEN, fold, is_unspaced, spell
from actors.stems import stems_of

MAX_QUERY: Final = 400
"""Characters of a query that are read."""
MAX_TERMS: Final = 20
"""Terms of a query that are kept, required and excluded ones together."""
MAX_EXCERPTED: Final = 50_000
"""Characters of a text in which an excerpt is looked for."""

DEFAULT_LANGUAGES: Final = ("en", "fr", "es", "pt", "tr", "sw")
"""Languages in Latin script whose other forms of a word are sought too; other scripts tell theirs."""

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»「」『』", '"'))
_PART: Final = re.compile(
    r"(?P<minus>(?<!\S)[-−](?=\S))?+(?:\"(?P<phrase>[^\"]*+)\"?|(?P<chunk>[^\s\"/]++))|[\s/]"
)
_SHORTEST_PREFIX: Final = 2
_SHORTEST_HIGHLIGHT: Final = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that stand side by side in this order; the last may be only how a word begins."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


Term: TypeAlias = tuple[Phrase, ...]
"""Phrases of which any one is enough: a word and its other forms."""


@dataclass(frozen=True, slots=True)
class Query:
    """A text is found where it has every required term and no excluded one.

    Tokens hold letters and digits only, so they mean nothing to an engine's query language. A query without
    required terms is false and finds nothing.
    """

    required: tuple[Term, ...]
    excluded: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.required)


def parse_query(text: str, languages: Sequence[str] = DEFAULT_LANGUAGES) -> Query:
    """Return the query a reader typed: words, "phrases", -exclusions and beginnings*.

    Words are sought in all their forms in `languages`, phrases and exclusions as they stand. What exceeds the
    limits is left out; nothing a reader can type is an error.
    """
    required: list[Term] = []
    excluded: list[Term] = []
    for match in _PART.finditer(spell(text[:MAX_QUERY].translate(_QUOTES))):
        phrase, chunk = match["phrase"], match["chunk"]
        if phrase is not None:
            terms = _phrase(list(runs(phrase)))
        elif chunk is not None:
            terms = _chunk(chunk, () if match["minus"] else languages)
        else:
            continue
        (excluded if match["minus"] else required).extend(terms)
    # A single letter is an article or what an apostrophe left over, unless nothing else is sought.
    telling = [term for term in required if not _is_letter(term)] or required
    unwanted = tuple(dict.fromkeys(excluded))[: MAX_TERMS // 2]
    return Query(tuple(dict.fromkeys(telling))[: MAX_TERMS - len(unwanted)], unwanted)


def _phrase(found: list[Run]) -> list[Term]:
    tokens = tuple(word for run in found for word in run.words)
    return [(Phrase(tokens, is_prefix=_is_lone(found[-1])),)] if tokens else []


def _chunk(chunk: str, languages: Sequence[str]) -> list[Term]:
    """Return the terms of a piece of a query without spaces; no other forms are sought without languages."""
    found = list(runs(chunk))
    if len(found) > 1 and not any(run.is_unspaced for run in found):
        # What a hyphen or a dot joins is sought side by side, or written in one.
        together = Phrase(tuple(run.words[0] for run in found))
        return [(together, *(Phrase((compound,)) for compound in compounds(chunk)))]
    return [_term(run, languages, wants_prefix=chunk.endswith("*")) for run in found]


def _term(run: Run, languages: Sequence[str], *, wants_prefix: bool) -> Term:
    if run.is_unspaced:
        return (Phrase(run.words, is_prefix=_is_lone(run)),)
    word = run.words[0]
    if wants_prefix and len(word) >= _SHORTEST_PREFIX:
        return (Phrase((word,), is_prefix=True),)
    forms = dict.fromkeys(form for language in languages for form in stems_of(run.spelled, word, language))
    return (Phrase((word,)), *(Phrase((form,)) for form in forms))


def _is_lone(run: Run) -> bool:
    """Whether a run is a single character, which in a longer run is only the beginning of a pair."""
    return run.is_unspaced and len(run.words[0]) == 1


def _is_letter(term: Term) -> bool:
    word = term[0].tokens[0]
    return len(term[0].tokens) == 1 and len(word) == 1 and word.isascii() and word.isalpha()


def excerpt(text: str, query: Query, length: int = 200) -> list[tuple[str, bool]]:
    """Return a part of plain text in pieces, each with whether it is what was sought.

    The part is where most different terms stand within `length` characters; an ellipsis shows what was left
    out. Takes time in proportion to the text, of which the first `MAX_EXCERPTED` characters are read.
    """
    text = " ".join(text[:MAX_EXCERPTED].split())
    hits = list(_hits(text, query))
    start, end = _window(text, hits, length)
    pieces: list[tuple[str, bool]] = [("… ", False)] if start else []
    position = start
    for first, last, _ in hits:
        if first < position or last > end:
            continue
        pieces += [(text[position:first], False), (text[first:last], True)]
        position = last
    pieces += [(text[position:end], False), (" …" if end < len(text) else "", False)]
    return [(piece, is_hit) for piece, is_hit in pieces if piece]


def _hits(text: str, query: Query) -> Iterator[tuple[int, int, str]]:
    """Yield where the query's tokens stand in a text, in order, with the token; none overlap."""
    phrases = [phrase for term in query.required for phrase in term]
    tokens = frozenset(token for phrase in phrases for token in phrase.tokens)
    beginnings = tuple(phrase.tokens[-1] for phrase in phrases if phrase.is_prefix) + tuple(
        token for token in tokens if len(token) >= _SHORTEST_HIGHLIGHT
    )
    for match in TOKEN.finditer(text):
        if is_unspaced(match[0]):
            yield from _hits_in_run(match[0], match.start(), tokens, beginnings)
            continue
        word = fold(spell(match[0]))
        if word in tokens or word.startswith(beginnings):
            yield match.start(), match.end(), word


def _hits_in_run(
    run: str, start: int, tokens: frozenset[str], beginnings: tuple[str, ...]
) -> Iterator[tuple[int, int, str]]:
    """Yield where pairs of the query stand in a run without spaces, overlapping pairs as one."""
    folded = fold(spell(run))
    letters = folded if len(folded) == len(run) else [fold(spell(letter)) for letter in run]
    first: int | None = None
    last = 0
    for at in range(len(run)):
        pair = "".join(letters[at : at + 2])
        if pair not in tokens and not pair.startswith(beginnings):
            continue
        if first is not None and at >= last:
            yield start + first, start + last, run[first:last]
            first = None
        first = at if first is None else first
        last = min(at + 2, len(run)) if pair in tokens else at + 1
    if first is not None:
        yield start + first, start + last, run[first:last]


def _window(text: str, hits: Sequence[tuple[int, int, str]], length: int) -> tuple[int, int]:
    """Return the bounds of the part of a text that shows most different hits, not cutting words."""
    if len(text) <= length:
        return 0, len(text)
    best_start = _richest_start(hits, length)
    start = min(max(best_start - length // 4, 0), len(text) - length)
    if start:
        start = text.find(" ", start - 1, best_start) + 1 or start
    end = start + length
    if end < len(text):
        space = text.rfind(" ", start, end + 1)
        end = space if space > start + length // 2 else end
    return start, min(end, len(text))


def _richest_start(hits: Sequence[tuple[int, int, str]], length: int) -> int:
    """Return where the stretch of that length with most different hits begins."""
    inside: dict[str, int] = {}
    best = best_start = oldest = 0
    for first, last, token in hits:
        inside[token] = inside.get(token, 0) + 1
        while last - hits[oldest][0] > length and hits[oldest][0] < first:
            leaving = hits[oldest][2]
            inside[leaving] -= 1
            if not inside[leaving]:
                del inside[leaving]
            oldest += 1
        if len(inside) > best:
            best, best_start = len(inside), hits[oldest][0]
    return best_start
