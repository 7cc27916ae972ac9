"""What each search engine does with the tokens of a document and a query, in a few lines."""

from hypothesis import strategies as st

from actors.analyser import Analysed, analyse
from actors.query import Phrase, Query, parse_query

ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(max_codepoint=0x17FF),
        st.sampled_from("aéı-'\"*法กែ្ि़اة\u200b\u200c\u0301_5٣½ǆﬁ"),
    ),
    max_size=40,
)


def matches(document: Analysed, query: Query) -> bool:
    """What each engine does with the tokens of a document and a query."""
    words, stems = document.words.split(), set(document.stems.split())

    def has(phrase: Phrase) -> bool:
        *exact, last = phrase.tokens
        if not exact and any(s.startswith(last) if phrase.is_prefix else s == last for s in stems):
            return True
        return any(
            words[at : at + len(exact)] == exact
            and (word.startswith(last) if phrase.is_prefix else word == last)
            for at, word in enumerate(words[len(exact) :])
        )

    return (
        bool(query)
        and all(any(map(has, term)) for term in query.required)
        and not any(any(map(has, term)) for term in query.excluded)
    )


def found(query: str, text: str, language: str | None = None) -> bool:
    return matches(analyse(text, language), parse_query(query))
