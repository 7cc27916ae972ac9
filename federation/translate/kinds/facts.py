"""Single facts out of other nodes' documents: bounded, of the right kind, or absent."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from actors.fields import MAX_ITEMS, time_zone
from actors.locales import language_tag, territory_code
from actors.text import plain_line
from federation import vocabulary as as2

_PERIOD: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?", re.ASCII)
_DAY_LENGTH: Final = 10
_MOST: Final = 10**9
_LONGEST: Final = 200


def addresses(document: as2.Document, name: str) -> list[str]:
    """Return the web addresses that a property names, one or many."""
    found = (as2.id_of(entry) for entry in _many(document, name))
    return list(dict.fromkeys(uri for uri in found if uri is not None and as2.is_web_address(uri)))


def codes(document: as2.Document, name: str, read: Callable[[str], str | None]) -> list[str]:
    """Return the codes that a property names, one or many, as `read` spells them."""
    found = (read(entry) for entry in _many(document, name) if isinstance(entry, str))
    return list(dict.fromkeys(code for code in found if code is not None))


def territories(document: as2.Document, name: str) -> list[str]:
    """Return countries and regions."""
    return codes(document, name, territory_code)


def languages(document: as2.Document, name: str) -> list[str]:
    """Return language tags."""
    return codes(document, name, language_tag)


def line(document: as2.Document, name: str) -> str | None:
    """Return a short text without markup."""
    value = document.get(name)
    return plain_line(value, _LONGEST) or None if isinstance(value, str) else None


def flag(document: as2.Document, name: str) -> bool | None:
    """Return yes or no, or None where nothing is said."""
    value = document.get(name)
    return value if isinstance(value, bool) else None


def whole(document: as2.Document, name: str) -> int | None:
    """Return a whole number above zero."""
    value = document.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value <= _MOST else None


def a_period(text: Any) -> str | None:
    """Return a year, a month or a day."""
    if not isinstance(text, str) or not _PERIOD.fullmatch(text):
        return None
    return text if _is_date(text + "0000-01-01"[len(text) :]) else None


def a_day(document: as2.Document, name: str) -> str | None:
    """Return a day."""
    value = document.get(name)
    day = value[:_DAY_LENGTH] if isinstance(value, str) else None
    return day if day and len(day) == _DAY_LENGTH and a_period(day) else None


def day_or_moment(document: as2.Document, name: str) -> str | None:
    """Return a day, or a moment with its offset, as text."""
    value = document.get(name)
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    if len(value) == _DAY_LENGTH:
        return a_day(document, name)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found.isoformat(timespec="seconds") if found.tzinfo else None


def zone_name(document: as2.Document, name: str) -> str | None:
    """Return the name of a time zone (IANA)."""
    value = document.get(name)
    return str(value) if time_zone(value) else None


def moment(document: as2.Document, name: str, known: datetime | None, zone: str | None) -> str | None:
    """Return a moment that was read already, in its own offset or in the zone where that is told."""
    if known is None:
        return None
    if zone is not None:
        return known.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")
    own = datetime.fromisoformat(document[name])
    return (own if own.tzinfo else known).isoformat(timespec="seconds")


def _many(document: as2.Document, name: str) -> list[Any]:
    value = document.get(name)
    if value is None:
        return []
    return value[:MAX_ITEMS] if isinstance(value, list) else [value]


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
