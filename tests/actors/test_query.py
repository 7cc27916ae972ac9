"""What readers type is understood alike by every search engine, and what was found is shown."""

import pytest
from hypothesis import given, settings

from actors.query import MAX_TERMS, Phrase, Query, excerpt, parse_query
from tests.actors.matching import ANY_TEXT, found


def test_words_phrases_exclusions_and_beginnings_are_told_apart() -> None:
    assert parse_query('Legal "Early Access" -court -"day care" deten*') == Query(
        required=(
            (Phrase(("legal",)),),
            (Phrase(("early", "access")),),
            (Phrase(("deten",), is_prefix=True),),
        ),
        excluded=((Phrase(("court",)),), (Phrase(("day", "care")),)),
    )


def test_a_phrase_stands_as_it_is_typed() -> None:
    text = "Early access to legal aid"
    assert found('"legal aid"', text, "en")
    assert not found('"aid legal"', text, "en")
    assert not found('"legal aids"', text, "en")
    assert found("“early access” « legal aid »", text, "en")
    assert found('"droits de l’homme"', "Les droits de l'homme", "fr")


def test_an_exclusion_excludes() -> None:
    assert found("aid -court", "legal aid")
    assert not found("aid -court", "legal aid in court")
    assert not found("-court", "legal aid"), "there is nothing to look for"


def test_a_beginning_finds_what_begins_so() -> None:
    assert found("deten*", "detention")
    assert not found("deten", "detention")
    assert not found("deten*", "indeterminate")


def test_a_word_is_sought_in_all_its_forms() -> None:
    (term,) = parse_query("المحكمة").required
    assert Phrase(("محكمه",)) in term
    (term,) = parse_query("rights", languages=("en",)).required
    assert term == (Phrase(("rights",)), Phrase(("right",)))
    (term,) = parse_query("rights", languages=()).required
    assert term == (Phrase(("rights",)),)


def test_what_an_address_or_a_hyphen_joins_is_sought_together() -> None:
    assert found("node.example", "see https://node.example/x")
    assert not found("node.example", "an example of a node")


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        '""',
        "-",
        '-"',
        "*",
        "' OR 1=1 --",
        "NEAR(a b)",
        "a AND b OR NOT c",
        "words: x",
        "^x",
        "{x y}",
        "a:*",
        "&|!<->",
    ],
)
def test_operators_of_engines_are_only_words(typed: str) -> None:
    query = parse_query(typed)
    for term in query.required + query.excluded:
        for phrase in term:
            assert all(token.isalnum() for token in phrase.tokens)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_whatever_is_typed_is_a_query_of_letters_and_digits(typed: str) -> None:
    query = parse_query(typed)
    for term in query.required + query.excluded:
        assert term
        for phrase in term:
            assert phrase.tokens
            assert all(token.isalnum() for token in phrase.tokens)
    excerpt(typed, query)


def test_long_queries_are_cut() -> None:
    query = parse_query(" ".join(f"word{number}" for number in range(1_000)))
    assert len(query.required) == MAX_TERMS
    assert not parse_query(" " * 400 + "beyond")


def test_single_letters_are_sought_only_when_alone() -> None:
    assert found("a lawyer", "the lawyer")
    assert found("x", "x")
    assert not parse_query("  ")


# --- the excerpt -------------------------------------------------------------------------------------------


def hits(pieces: list[tuple[str, bool]]) -> list[str]:
    return [piece for piece, is_hit in pieces if is_hit]


def test_an_excerpt_shows_the_part_where_most_was_found() -> None:
    filler = "Filler words here. " * 30
    text = f"Rights first. {filler}The lawyers defend fundamental rights. {filler}"
    pieces = excerpt(text, parse_query("fundamental rights lawyer"), 80)
    assert hits(pieces) == ["lawyers", "fundamental", "rights"]
    assert pieces[0] == ("… ", False)
    assert pieces[-1] == (" …", False)
    assert len("".join(piece for piece, _ in pieces)) <= 84


def test_a_short_text_is_shown_whole_and_marked() -> None:
    assert excerpt("Legal\n aid,  for all", parse_query("aid")) == [
        ("Legal ", False),
        ("aid", True),
        (", for all", False),
    ]
    assert excerpt("Legal aid", parse_query("nothing")) == [("Legal aid", False)]
    assert excerpt("", parse_query("x")) == []


def test_an_excerpt_cuts_no_words() -> None:
    text = "considerable " * 100
    shown = "".join(piece for piece, _ in excerpt(f"{text}lawyer {text}", parse_query("lawyer"), 60))
    assert set(shown.strip("… ").split()) == {"considerable", "lawyer"}


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("为公民提供法律援助服务", "法律援助", ["法律援助"]),
        ("คุ้มครองสิทธิมนุษยชน", "สิทธิ", ["สิทธิ"]),
        ("قررت المَحْكَمَة العليا", "المحكمة", ["المَحْكَمَة"]),
        ("Les Détentions arbitraires", "detention", ["Détentions"]),
        ("सभी न्यायालयों में", "न्यायालय", ["न्यायालयों"]),
        ("憲法第5条", "法", ["法"]),
    ],
)
def test_hits_are_marked_as_they_are_written(text: str, query: str, marked: list[str]) -> None:
    pieces = excerpt(text, parse_query(query))
    assert hits(pieces) == marked
    assert "".join(piece for piece, _ in pieces) == text
