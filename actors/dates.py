"""Dates and times as people read them, in any language (CLDR), with the offset where it matters."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from babel import Locale
from babel.dates import format_date, parse_pattern

from actors.locales import locale_of

_THIN_SPACE: Final = "\u2009"
_DAYS: Final = ("yMMMMd", "yMMMd")
_MONTHS: Final = ("yMMMM",)


def day(moment: date, language: str, *, with_year: bool = True) -> str:
    """Return a day: `10 February 2027`, or `10 February`."""
    locale = locale_of(language)
    if with_year:
        return format_date(moment, "long", locale=locale)
    return _written(moment, _skeleton(locale, "MMMMd", "MMMd"), locale)


def day_of_week(moment: date, language: str) -> str:
    """Return a day with its short weekday: `Thu 14 January 2027`."""
    locale = locale_of(language)
    pattern = _skeleton(locale, "yMMMMEEEEd", "yMMMEd").replace("EEEE", "EEE")
    if locale.language == "en":
        pattern = pattern.replace("E, ", "E ")
    return _written(moment, pattern, locale)


def days(start: date, end: date, language: str) -> str:
    """Return the days from start to end: `2–3 March 2027`."""
    return day(start, language) if start == end else _interval(start, end, _DAYS, language)


def months(start: date, end: date, language: str) -> str:
    """Return what begins with one day and ends with another: whole months as `January–June 2027`."""
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        if (start.year, start.month) == (end.year, end.month):
            locale = locale_of(language)
            return _written(start, _skeleton(locale, *_MONTHS), locale)
        return _interval(start, end, _MONTHS, language)
    return days(start, end, language)


def hours(start: datetime, end: datetime | None) -> str:
    """Return the times of day: `14:00–15:30`."""
    return f"{start:%H:%M}–{end:%H:%M}" if end is not None else f"{start:%H:%M}"


def offset(moment: datetime) -> str:
    """Return how far the clocks of a moment are from UTC: `UTC+05:45`."""
    ahead = moment.utcoffset() or timedelta(0)
    minutes = int(ahead.total_seconds()) // 60
    sign = "+" if minutes > 0 else "-"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "UTC"


def _interval(start: date, end: date, skeletons: tuple[str, ...], language: str) -> str:
    """Return an interval by CLDR's pattern for the largest field in which its ends differ."""
    locale = locale_of(language)
    known = locale.interval_formats
    formats: Mapping[str, Sequence[str]] = next((known[name] for name in skeletons if name in known), {})
    differing = "y" if start.year != end.year else "M" if start.month != end.month else "d"
    patterns = formats.get(differing, ())
    # Some languages' patterns forget one of the months, and then say another date.
    if len(patterns) != len((start, end)) or (differing == "M" and not set(patterns[0]) & {"M", "L"}):
        return f"{day(start, language)} – {day(end, language)}"
    written = [
        _written(moment, pattern, locale) for pattern, moment in zip(patterns, (start, end), strict=True)
    ]
    return "".join(written).replace(_THIN_SPACE, " ")


def _skeleton(locale: Locale, *names: str) -> str:
    patterns = (locale.datetime_skeletons.get(name) for name in names)
    return next((str(pattern.pattern) for pattern in patterns if pattern), "d MMMM y")


def _written(moment: date, pattern: str, locale: Locale) -> str:
    """Return a date by a CLDR pattern, its month written out."""
    for short, long in (("MMM", "MMMM"), ("LLL", "LLLL")):
        if short in pattern and long not in pattern:
            pattern = pattern.replace(short, long)
    return str(parse_pattern(pattern).apply(moment, locale))
