"""Titles in paths: of any script, whole letters, never taken for an identifier."""

import pytest

from actors.slugs import LONGEST, free_slug, slug_of
from storage.database import Database
from storage.kinds import Kind
from tests.make import remote_actor, remote_publication


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Duty counsel by phone", "duty-counsel-by-phone"),
        ("  What's  new?! ", "what-s-new"),
        ("Straße & Ämter", "strasse-ämter"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full-width"),
        ("snake_case / slash", "snake-case-slash"),
        ("कानूनी सहायता", "कानूनी-सहायता"),
        ("ความช่วยเหลือ", "ความช่วยเหลือ"),
        ("ရှေ့နေ", "ရှေ့နေ"),
        ("المساعدة القانونية", "المساعدة-القانونية"),
        ("法律援助", "法律援助"),
        ("2026", ""),
        ("٢٠٢٦", ""),
        ("2026 report", "2026-report"),
        ("?!", ""),
        ("", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("a%2Fb\x00c", "a-2fb-c"),
    ],
)
def test_a_title_becomes_a_path(title: str, slug: str) -> None:
    assert slug_of(title) == slug


def test_a_long_title_ends_with_a_whole_word() -> None:
    slug = slug_of("experience " * 20)
    assert slug == "-".join(["experience"] * 5)
    assert len(slug) <= LONGEST


def test_a_long_word_ends_with_a_whole_letter() -> None:
    slug = slug_of("ki\u0308" * 50)
    assert 0 < len(slug) <= LONGEST
    consonant_and_vowel = "กำ"
    thai = slug_of("x" * (LONGEST - 1) + "ก\u0e35" * 10)
    assert thai == "x" * (LONGEST - 1)
    assert slug_of(consonant_and_vowel)


async def test_a_slug_that_is_taken_gets_a_number_and_in_the_end_the_id(database: Database) -> None:
    async with database.begin() as tx:
        author = await remote_actor(tx)
        for number in range(1, 10):
            slug = await free_slug(tx, Kind.PRACTICE, "Rota", 77)
            await remote_publication(tx, author, number, kind=Kind.PRACTICE, slug=slug, is_local=True)
        assert slug == "rota-9"
        assert await free_slug(tx, Kind.PRACTICE, "Rota", 77) == "rota-77"
        assert await free_slug(tx, Kind.EVENT, "Rota", 77) == "rota"
        assert await free_slug(tx, Kind.NOTE, "", 77) is None
