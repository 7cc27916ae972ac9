from datetime import timedelta

import pytest

from actors import filtering
from actors.errors import Invalid, NotFound
from storage.database import Database
from storage.filters import Filter, FilterKeyword, FilterStatus, WholeFilter
from tests.make import remote_actor


def sieve(*keywords: tuple[str, bool], publications: tuple[int, ...] = ()) -> filtering.Sieve:
    one = Filter(1, 2, "one", ["home"], "warn")
    return filtering.Sieve(
        [
            WholeFilter(
                one,
                [FilterKeyword(n, 1, text, whole) for n, (text, whole) in enumerate(keywords)],
                [FilterStatus(n, 1, publication) for n, publication in enumerate(publications)],
            )
        ]
    )


@pytest.mark.parametrize(
    ("keyword", "whole", "text", "found"),
    [
        ("bail", True, "No BAIL today", ["BAIL"]),
        ("bail", True, "bailiff", []),
        ("bail", False, "bailiff", ["bail"]),
        ("#aid", True, "an #aid post", ["#aid"]),
        ("دفاع", True, "عن دفاع قانوني", ["دفاع"]),
        ("法律", True, "国际法律援助", ["法律"]),
        ("a.b", True, "axb", []),
        ("c++", True, "in c++ today", ["c++"]),
    ],
)
def test_keywords_are_found_as_words(keyword: str, whole: bool, text: str, found: list[str]) -> None:
    matches = sieve((keyword, whole)).matches(text, 7)
    assert [word for match in matches for word in match.keywords] == found


def test_a_single_publication_is_found_whatever_it_says() -> None:
    [match] = sieve(publications=(7,)).matches("anything", 7)
    assert match.status_ids == [7]
    assert sieve(publications=(7,)).matches("anything", 8) == []


async def test_a_filter_ends_by_itself_and_is_nobody_elses(database: Database) -> None:
    async with database.begin() as tx:
        owner, other = await remote_actor(tx), await remote_actor(tx, "https://other.example/users/x")
        made = await filtering.make_filter(
            tx,
            owner,
            title="t",
            contexts=["public", "home"],
            action="hide",
            expires_in=60,
            keywords=[("x", True)],
        )
        assert made.filter.contexts == ["home", "public"]
        assert [each.filter.id for each in await tx.filters.active(owner, tx.now)] == [made.filter.id]
        assert await tx.filters.active(owner, tx.now + timedelta(seconds=61)) == []
        with pytest.raises(NotFound):
            await filtering.find_filter(tx, other, made.filter.id)


@pytest.mark.parametrize(
    ("title", "contexts", "action", "field"),
    [
        (" ", ["home"], "warn", "title"),
        ("t", [], "warn", "context"),
        ("t", ["nowhere"], "warn", "context"),
        ("t", ["home"], "burn", "filter_action"),
    ],
)
async def test_what_is_wrong_with_a_filter_is_named(
    database: Database, title: str, contexts: list[str], action: str, field: str
) -> None:
    async with database.begin() as tx:
        owner = await remote_actor(tx)
        with pytest.raises(Invalid) as refused:
            await filtering.make_filter(
                tx, owner, title=title, contexts=contexts, action=action, expires_in=None
            )
        assert field in refused.value.fields
