"""Languages and territories: their codes (BCP 47, ISO 3166, UN M49) and their names (CLDR)."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError

FALLBACK: Final = "en"
"""The language of names and labels that a language does not have."""

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}", re.ASCII)
_TERRITORY: Final = re.compile(r"(?P<code>[A-Z]{2})(?:-[A-Z0-9]{1,3})?|[0-9]{3}", re.ASCII)
_LONGEST_TAG: Final = 35
_TWO_LETTERS: Final = 2
_SCRIPT_LENGTH: Final = 4
# Exceptional reservations and other codes of CLDR that name no country.
_NO_COUNTRIES: Final = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"},
)
# English is written here as the United Nations write it: 2 March, not March 2.
_VARIANTS: Final = {"en": "en_001"}


def language_tag(text: str) -> str | None:
    """Return a language tag in its usual case (`en-GB`, `zh-Hant`), or None where it names no language.

    Three-letter codes are taken on trust; there are too many to list.
    """
    parts = text.replace("_", "-").split("-")
    primary = parts[0].lower()
    if len(text) > _LONGEST_TAG or not _TAG.fullmatch("-".join(parts)):
        return None
    if len(primary) == _TWO_LETTERS and primary not in locale_of(FALLBACK).languages:
        return None
    return "-".join([primary, *map(_subtag, parts[1:])])


def territory_code(text: str) -> str | None:
    """Return the code of a country, a part of one (`KE-30`) or a region (`034`), or None where it is none."""
    code = text.upper()
    match = _TERRITORY.fullmatch(code)
    if match is None or (match["code"] or code) not in _territories():
        return None
    return code


def is_country(code: str) -> bool:
    """Say whether a code names a whole country."""
    return len(code) == _TWO_LETTERS and code in _territories()


def territory_name(code: str, language: str) -> str:
    """Return the name of a country or region in a language; of a part of a country, country and code."""
    name = _name(locale_of(language).territories, locale_of(FALLBACK).territories, code.partition("-")[0])
    return f"{name} ({code})" if "-" in code else name


def language_name(tag: str, language: str) -> str:
    """Return the name of a language in a language, as it stands inside a sentence."""
    return _name(locale_of(language).languages, locale_of(FALLBACK).languages, tag.partition("-")[0])


def country_named(name: str) -> str | None:
    """Return the code of the country that has this code, or this name in English, or None."""
    text = name.strip()
    return territory_code(text) if len(text) == _TWO_LETTERS else _by_name().get(text.casefold())


@cache
def locale_of(language: str) -> Locale:
    """Return the CLDR data of a language, or what is closest to it."""
    tag = language.replace("_", "-")
    while tag:
        try:
            return Locale.parse(_VARIANTS.get(tag, tag.replace("-", "_")))
        except (UnknownLocaleError, ValueError):
            tag = tag.rpartition("-")[0]
    return Locale.parse(_VARIANTS[FALLBACK])


def _subtag(part: str) -> str:
    if len(part) == _TWO_LETTERS:
        return part.upper()
    return part.title() if len(part) == _SCRIPT_LENGTH and part.isalpha() else part.lower()


def _name(names: Mapping[str, str], fallback: Mapping[str, str], code: str) -> str:
    return names.get(code) or fallback.get(code) or code


@cache
def _territories() -> frozenset[str]:
    return frozenset(locale_of(FALLBACK).territories) - _NO_COUNTRIES


@cache
def _by_name() -> dict[str, str]:
    names = locale_of(FALLBACK).territories
    return {name.casefold(): code for code, name in names.items() if is_country(code)}
