"""The one analysis of text for full-text search, the same for documents and queries on both engines.

Tokens hold letters and digits only. Index them with an analyser that cuts at spaces and changes nothing else
(`unicode61 remove_diacritics 0` in SQLite, `simple` in PostgreSQL): neither can cut them further.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from actors.letters import fold, is_unspaced, spell, tokens_of
from actors.stems import stems_of

MAX_TEXT: Final = 400_000
"""Characters of a text that are analysed."""
MAX_TOKENS: Final = 20_000
MAX_TOKEN_LENGTH: Final = 64

_COMPOUND: Final = re.compile(r"(?<![\w-])[^\W\d_]++(?:[-‐‑][^\W\d_]++)++(?![\w-])")
_HYPHENS: Final = re.compile("[-‐‑]")


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text as tokens joined by spaces, for two columns of an index.

    `words` has every token in order, so that phrases can be found in it; `stems` has each other form under
    which a word may be sought once, without order. Look for a query's tokens in both.
    """

    words: str
    stems: str


class Run(NamedTuple):
    """Words found together: one word as spelled, or the overlapping pairs of a run without spaces."""

    spelled: str
    words: tuple[str, ...]
    is_unspaced: bool


def analyse(text: str, language: str | None = None) -> Analysed:
    """Return the tokens of plain text; the language tag (BCP 47) chooses how words are stemmed."""
    spelled = spell(text[:MAX_TEXT], language)
    words: list[str] = []
    stems: dict[str, None] = {}
    seen: set[str] = set()
    for run in runs(spelled):
        words.extend(run.words)
        if run.is_unspaced:
            # No pair begins with the last letter of a run, by which it must be found too.
            stems[run.words[-1][-1]] = None
        elif run.spelled not in seen:
            seen.add(run.spelled)
            stems.update(dict.fromkeys(stems_of(run.spelled, run.words[0], language)))
        if len(words) >= MAX_TOKENS:
            break
    stems.update(dict.fromkeys(compounds(spelled)))
    return Analysed(words=" ".join(words[:MAX_TOKENS]), stems=" ".join(list(stems)[:MAX_TOKENS]))


def runs(spelled: str) -> Iterator[Run]:
    """Yield the words of spelled text in order, runs without spaces as their overlapping pairs."""
    found = [t if is_unspaced(t) else t[:MAX_TOKEN_LENGTH] for t in tokens_of(spelled)]
    if not found:
        return
    # Folding all words at once is many times faster; it never adds or removes the spaces between them.
    for token, folded in zip(found, fold(" ".join(found)).split(" "), strict=True):
        letters = folded if folded.isalnum() else "".join(filter(str.isalnum, folded))
        if letters and is_unspaced(token):
            pairs = tuple(letters[at : at + 2] for at in range(len(letters) - 1)) or (letters,)
            yield Run(token, pairs, is_unspaced=True)
        elif letters:
            yield Run(token, (letters[:MAX_TOKEN_LENGTH],), is_unspaced=False)


def compounds(spelled: str) -> tuple[str, ...]:
    """Return the words that hyphens join in spelled text, written in one: co-operation as cooperation."""
    if not _HYPHENS.search(spelled):
        return ()
    joined = (_HYPHENS.sub("", fold(compound)) for compound in _COMPOUND.findall(spelled))
    return tuple(dict.fromkeys(word[:MAX_TOKEN_LENGTH] for word in joined if word))
