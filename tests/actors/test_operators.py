import pytest

from actors.operators import read_operators
from storage.identifiers import smallest_at
from storage.kinds import Kind
from tests.node.served import START


def test_our_facets_are_read_and_the_words_are_left() -> None:
    asked = read_operators("kind:practice country:KE bail stage:police-custody lang:fr hearing")
    assert asked.words == "bail hearing"
    assert asked.kinds == (Kind.PRACTICE,)
    assert asked.countries == ("KE",)
    assert asked.concepts == ("stage/police-custody",)
    assert asked.languages == ("fr",)


def test_operators_of_mastodon_are_read() -> None:
    asked = read_operators("from:@amina@other.example has:media -is:reply in:library x")
    assert (asked.author, asked.scope, asked.words) == ("amina@other.example", "library", "x")
    assert asked.conditions.has_media is True
    assert asked.conditions.is_answer is False


def test_days_are_bounds_in_time() -> None:
    day = START.replace(hour=0)
    during = read_operators("during:2026-08-23").conditions
    assert during.after_id == smallest_at(day) - 1
    assert read_operators("before:2026-08-23").conditions.before_id == smallest_at(day)
    assert during.before_id is not None
    assert during.before_id > smallest_at(START)


@pytest.mark.parametrize(
    "text",
    ["http://a.example/b", "foo:bar", "country:nowhere", "before:yesterday", "has:hope", "10:30 at court"],
)
def test_what_is_no_operator_is_words(text: str) -> None:
    asked = read_operators(text)
    assert asked.words == text
    assert not asked.narrows
