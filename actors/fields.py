"""Checks a document field by field and gathers everything that is wrong with it.

Whoever asks for a field says by that that it exists; what was given and never asked for is unknown. Values
come from JSON and from YAML, where dates are dates already.
"""

import difflib
import re
import reprlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from actors.characters import readable
from actors.links import safe_url
from actors.locales import language_tag, territory_code

MAX_ITEMS: Final = 50
"""Values of a list."""

_PERIOD: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}", re.ASCII)
_LONGEST_SHOWN: Final = 60
_LONGEST_PATH: Final = 100
_YEARS: Final = range(1000, 3000)

_Read = TypeVar("_Read")


class Fields:
    """The fields of a document, or of a part of it, under `path`.

    Every reader returns None (or nothing) where the field is absent or wrong; what is wrong with it is then
    in `faults`, by the path of the field. `language` is that of texts that say nothing about theirs.
    """

    def __init__(
        self,
        document: Mapping[str, Any],
        *,
        language: str,
        path: str = "",
        faults: dict[str, str] | None = None,
    ) -> None:
        self._document = document
        self._path = path
        self._known: set[str] = set()
        self.language = language
        self.faults: dict[str, str] = {} if faults is None else faults

    def fault(self, name: str, message: str) -> None:
        """Say what is wrong with a field; the first fault of a field counts."""
        self.faults.setdefault(readable(f"{self._path}{name}")[:_LONGEST_PATH], message)

    def given(self, name: str) -> Any:
        """Return what stands in a field; an empty text, list or object is as good as none."""
        self._known.add(name)
        value = self._document.get(name)
        return None if value is None or value in ("", [], {}) else value

    def read(self, name: str, reader: Callable[[Any], _Read | None], expected: str) -> _Read | None:
        """Return what `reader` makes of a field; where it makes None of it the field must be `expected`."""
        value = self.given(name)
        if value is None:
            return None
        found = reader(value)
        if found is None:
            self.fault(name, f"must be {expected}, not {shown(value)}")
        return found

    def text(self, name: str, longest: int) -> str | None:
        """Return a text without space around it, of at most so many characters."""
        value = self.read(name, _text, "a text")
        return None if value is None else self._fitting(name, value, longest)

    def texts(self, name: str, longest: int, *, one_line: bool = False) -> dict[str, str]:
        """Return texts by language tag, that of the document first; a text alone is in that language."""
        value = self.given(name)
        if value is None:
            return {}
        by_language = value if isinstance(value, Mapping) else {self.language: value}
        found: dict[str, str] = {}
        for key, entry in by_language.items():
            path = f"{name}.{key}" if isinstance(value, Mapping) else name
            tag = language_tag(str(key))
            words = _text(entry)
            if tag is None:
                self.fault(path, f"{shown(key)} is no language code (BCP 47, such as en or pt-BR)")
            elif words is None:
                self.fault(path, f"must be a text, not {shown(entry)}")
            elif one_line and "\n" in words:
                self.fault(path, "must be a single line")
            elif words and self._fitting(path, words, longest):
                found[tag] = words
        if found and self.language not in found:
            self.fault(name, f"needs a text in {self.language!r}, the language of the publication")
        return {tag: found[tag] for tag in sorted(found, key=lambda tag: tag != self.language)}

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str | None:
        """Return one of several words."""
        found = self.read(name, lambda value: value if value in options else None, _one_of(options))
        return default if found is None else str(found)

    def flag(self, name: str) -> bool | None:
        """Return yes or no."""
        return self.read(name, lambda value: value if isinstance(value, bool) else None, "true or false")

    def whole(self, name: str, most: int) -> int | None:
        """Return a whole number from 1 to `most`."""

        def read(value: Any) -> int | None:
            is_whole = isinstance(value, int) and not isinstance(value, bool)
            return value if is_whole and 1 <= value <= most else None

        return self.read(name, read, f"a whole number from 1 to {most}")

    def number(self, name: str, least: float, most: float) -> float | None:
        """Return a number between two bounds; whole ones stay whole."""

        def read(value: Any) -> float | None:
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            return value if is_number and least <= value <= most else None

        return self.read(name, read, f"a number from {least:g} to {most:g}")

    def url(self, name: str) -> str | None:
        """Return a web address."""
        return self.read(name, web_address, "an address that begins with https://")

    def items(self, name: str, reader: Callable[[Any], _Read | None], expected: str) -> list[_Read]:
        """Return what `reader` makes of each value of a list, each once; a value alone is a list of one."""
        value = self.given(name)
        entries = value if isinstance(value, list) else [] if value is None else [value]
        if len(entries) > MAX_ITEMS:
            self.fault(name, f"has {len(entries)} values; at most {MAX_ITEMS} are taken")
            return []
        found = [(entry, reader(entry)) for entry in entries]
        wrong = [shown(entry) for entry, result in found if result is None]
        if wrong:
            self.fault(name, f"must be {expected}, not {', '.join(wrong)}")
        kept: list[_Read] = []
        for _, result in found:
            if result is not None and result not in kept:
                kept.append(result)
        return kept

    def urls(self, name: str) -> list[str]:
        """Return web addresses."""
        return self.items(name, web_address, "addresses that begin with https://")

    def languages(self, name: str) -> list[str]:
        """Return language tags."""
        return self.items(
            name,
            lambda value: language_tag(value) if isinstance(value, str) else None,
            "language codes (BCP 47, such as en or pt-BR)",
        )

    def territories(self, name: str) -> list[str]:
        """Return codes of countries, their parts and regions."""
        return self.items(
            name,
            lambda value: territory_code(value) if isinstance(value, str) else None,
            "codes of countries (ISO 3166, such as KE) or regions (UN M49, such as 034)",
        )

    def moment(self, name: str) -> datetime | None:
        """Return a moment with its offset from UTC."""
        return self.read(
            name, _moment, "a date and time with an offset (RFC 3339, such as 2027-03-02T09:00:00+05:45)"
        )

    def day(self, name: str) -> str | None:
        """Return a day as `2027-03-02`."""
        return self.read(name, _day, "a date such as 2027-03-02")

    def day_or_moment(self, name: str) -> str | None:
        """Return a day, or a moment with its offset, as text."""

        def read(value: Any) -> str | None:
            moment = _moment(value)
            return _day(value) or (moment.isoformat(timespec="seconds") if moment else None)

        return self.read(name, read, "a date such as 2027-03-02, with or without a time and its offset")

    def period(self, name: str) -> str | None:
        """Return a year, a month or a day: `2023`, `2023-02`, `2023-02-01`."""
        return self.read(name, _period, "a year, a month or a day, such as 2023, 2023-02 or 2023-02-01")

    def zone(self, name: str) -> str | None:
        """Return the name of a time zone (IANA)."""
        found = self.read(
            name,
            lambda value: value if time_zone(value) else None,
            "a time zone such as Africa/Nairobi" + self._zone_meant(name),
        )
        return None if found is None else str(found)

    def part(self, name: str) -> "Fields | None":
        """Return the fields of an object inside the document; the caller lets it refuse what is unknown."""
        value = self.read(name, lambda entry: entry if isinstance(entry, Mapping) else None, "an object")
        return None if value is None else self.inside(name, value)

    def inside(self, name: str, document: Mapping[str, Any]) -> "Fields":
        """Return the fields of a document that stands in this one."""
        return Fields(document, language=self.language, path=f"{self._path}{name}.", faults=self.faults)

    def refuse_unknown(self) -> None:
        """Find fault with every field that nobody asked for, and say which one may have been meant."""
        for name in self._document:
            if name not in self._known:
                meant = difflib.get_close_matches(str(name), sorted(self._known), 1)
                hint = f"; did you mean {meant[0]}?" if meant else ""
                self.fault(str(name), f"is not a field here{hint}")

    def _fitting(self, name: str, value: str, longest: int) -> str | None:
        if len(value) <= longest:
            return value
        self.fault(name, f"has {len(value)} characters; at most {longest} fit")
        return None

    def _zone_meant(self, name: str) -> str:
        value = self._document.get(name)
        if not isinstance(value, str) or time_zone(value):
            return ""
        meant = difflib.get_close_matches(value, available_timezones(), 1)
        return f" (did you mean {meant[0]}?)" if meant else ""


def web_address(value: Any) -> str | None:
    """Return a web address fit to follow, or None."""
    return safe_url(value) if isinstance(value, str) else None


def time_zone(name: Any) -> ZoneInfo | None:
    """Return a time zone by its IANA name, or None."""
    if not isinstance(name, str) or not _ZONE.fullmatch(name):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # An unknown name, a folder such as Africa, no zone's data.
        return None


def _text(value: Any) -> str | None:
    # Characters that only break things never come as far as the database.
    return readable(value).strip() if isinstance(value, str) else None


def _moment(value: Any) -> datetime | None:
    moment = value
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if not isinstance(moment, datetime) or moment.tzinfo is None or moment.year not in _YEARS:
        return None
    return moment


def _day(value: Any) -> str | None:
    text = value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or not _DAY.fullmatch(text) or not _is_date(text):
        return None
    return text


def _period(value: Any) -> str | None:
    is_year = isinstance(value, int) and not isinstance(value, bool)
    text = str(value) if is_year else value.isoformat() if isinstance(value, date) else value
    if not isinstance(text, str) or not _PERIOD.fullmatch(text):
        return None
    return text if _is_date(text + "0000-01-01"[len(text) :]) else None


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).year in _YEARS
    except ValueError:
        return False


def _one_of(options: Sequence[str]) -> str:
    return f"one of {', '.join(options)}" if len(options) > 1 else options[0]


def shown(value: Any) -> str:
    """Return a value as it stands in a sentence about it: quoted, and cut where it is long."""
    # Lists and objects may hold anything, as deep as they like.
    text = repr(value) if isinstance(value, str | int | float | None) else reprlib.repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
