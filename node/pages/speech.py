"""Saying things in one language: messages, and the names of countries, languages and terms in it."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations

from babel.dates import get_timezone_location, get_timezone_name
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from actors import dates, labels, taxonomy
from actors.locales import (
    FALLBACK,
    country_named,
    is_country,
    language_name,
    language_tag,
    locale_of,
    territory_code,
    territory_name,
)
from actors.text import text_direction
from node.pages.catalogues import catalogue
from node.pages.languages import LANGUAGES, Language

_WORLD = "001"
_UNITS = ((10**9, "gigabyte"), (10**6, "megabyte"), (10**3, "kilobyte"))


@dataclass(frozen=True, slots=True)
class Text:
    """A text, or sanitised HTML, with the language it is written in (empty where nobody said)."""

    text: str
    language: str = ""

    @property
    def direction(self) -> str:
        """Which way it is written; `auto` leaves it to its first letter."""
        return text_direction(self.language) if self.language else "auto"

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True, slots=True)
class Speech:
    """One language of the pages, speaking. `speech_in` makes it."""

    language: Language
    catalogue: GNUTranslations

    def say(self, message: str, **values: object) -> str:
        """Return a message in this language, its `%(name)s` filled in."""
        return self.catalogue.gettext(message) % values

    def count(self, singular: str, plural: str, number: int) -> str:
        """Return the message for a number of things, its `%(number)s` filled in."""
        return self.catalogue.ngettext(singular, plural, number) % {"number": self.number(number)}

    def label(self, key: str, **values: str | int) -> str:
        """Return a label that publications carry too, such as `online`."""
        return labels.label(key, self.language.tag, **values)

    def joined(self, parts: Iterable[str]) -> str:
        """Return parts as a list in words: a, b and c; empty ones are left out."""
        kept = [part for part in parts if part]
        return format_list(kept, locale=locale_of(self.language.tag)) if kept else ""

    def number(self, number: float) -> str:
        """Return a number as it is written here."""
        return format_decimal(number, locale=locale_of(self.language.tag))

    def size(self, octets: int) -> str:
        """Return the size of a file, in decimal units."""
        least, unit = next((each for each in _UNITS if octets >= each[0]), (1, "byte"))
        amount = round(octets / least, 1 if least <= octets < 10 * least else 0)
        return format_unit(amount, unit, length="short", locale=locale_of(self.language.tag))

    def territory(self, code: str) -> str:
        """Return the name of a country, a part of one (ISO 3166) or a region (M49); nothing for no code."""
        if code == _WORLD:
            return self.say("Worldwide")
        return territory_name(code, self.language.tag) if territory_code(code) else ""

    def languages(self, tags: Iterable[str]) -> str:
        """Return the names of languages (BCP 47) as a list in words; what is no tag is left out."""
        names = [language_name(tag, self.language.tag) for tag in tags if language_tag(tag)]
        return labels.capitalised(self.joined(names))

    def term(self, scheme: str, name: str) -> str:
        """Return the name of a term of a vocabulary; one that is not known says what it can."""
        known = taxonomy.find(name if "/" in name else f"{scheme}/{name}")
        return known.label(self.language.tag) if known else labels.capitalised(name.replace("-", " "))

    def named(self, known: taxonomy.Concept | taxonomy.Scheme) -> Text:
        """Return the name of a concept or scheme, which is in English where it has none in this language."""
        tag = self.language.tag
        return Text(known.label(tag), tag if tag in known.labels else FALLBACK)

    def terms(self, scheme: str, names: Sequence[str]) -> str:
        """Return the names of several terms as a list in words."""
        first, *others = [self.term(scheme, name) for name in names] or [""]
        return self.joined([first, *(labels.in_sentence(each, self.language.tag) for each in others)])

    def day(self, day: date) -> str:
        """Return a date, such as 2 March 2027."""
        return dates.day(day, self.language.tag)

    def month(self, year: int, month: int) -> str:
        """Return a month, such as March 2027."""
        first, last = date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return dates.months(first, last, self.language.tag)

    def days(self, starts: datetime, ends: datetime | None) -> str:
        """Return the days from one moment to another, in the time zone of the moments."""
        if ends is None or ends.date() <= starts.date():
            return dates.day_of_week(starts, self.language.tag)
        return dates.days(starts, ends, self.language.tag)

    def span(self, starts: datetime, ends: datetime | None) -> str:
        """Return from when to when, with weekdays, in the time zone of the moments."""
        if ends is None or ends <= starts or ends.date() == starts.date():
            return self._day_and_hours(starts, ends if ends and ends > starts else None)
        return f"{self._day_and_hours(starts, None)} – {self._day_and_hours(ends, None)}"

    def zone(self, moment: datetime, name: str) -> str:
        """Return the time zone of a moment: its offset, and what people call it if it has a name (IANA)."""
        if not name or name == "UTC":
            return dates.offset(moment)
        locale = locale_of(self.language.tag)
        called = get_timezone_name(moment, "long", locale=locale)
        if any(character.isdecimal() for character in called):
            # It has no name of its own, only the offset once more.
            called = get_timezone_location(moment.tzinfo, locale=locale)
        return f"{dates.offset(moment)}{self._comma}{called}"

    @property
    def _comma(self) -> str:
        return {"ar": "، ", "zh": "，"}.get(self.language.tag, ", ")

    def _day_and_hours(self, starts: datetime, ends: datetime | None) -> str:
        return f"{dates.day_of_week(starts, self.language.tag)}{self._comma}{dates.hours(starts, ends)}"


@cache
def speech_in(language: Language) -> Speech:
    """Return the voice of a language."""
    return Speech(language, catalogue(language.tag))


def own_name(tag: str) -> str:
    """Return the name that a language gives itself."""
    exact = next((language.name for language in LANGUAGES if language.tag == tag.lower()), None)
    return exact or labels.capitalised(language_name(tag, tag))


def country_code(written: str) -> str | None:
    """Return the code of a country written as a code, or by its name in a language of the pages, or None."""
    spelled = _spelled(written)
    return country_named(spelled) or next(
        (codes[spelled] for language in LANGUAGES if spelled in (codes := _codes(language))), None
    )


@cache
def _codes(language: Language) -> dict[str, str]:
    names = locale_of(language.tag).territories
    return {_spelled(name): code for code, name in names.items() if is_country(code)}


def _spelled(name: str) -> str:
    return " ".join(name.casefold().split())
