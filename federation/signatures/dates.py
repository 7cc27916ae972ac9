"""Dates in HTTP headers: IMF-fixdate (RFC 9110 section 5.6.7), the only form that is still written."""

import re
from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name: number for number, name in enumerate(_MONTHS, 1)}
_FIXDATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def write_http_date(moment: datetime) -> str:
    """Return an aware moment as `Sun, 06 Nov 1994 08:49:37 GMT`, whatever the locale."""
    utc = moment.astimezone(UTC)
    return (
        f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} "
        f"{utc.hour:02}:{utc.minute:02}:{utc.second:02} GMT"
    )


def read_http_date(text: str) -> datetime:
    """Return the moment in UTC that an IMF-fixdate names, or raise ValueError.

    A day of the week that does not fit the date is ignored: it says nothing about when.
    """
    match = _FIXDATE.fullmatch(text)
    if match is None or match[2] not in _MONTH_NUMBERS:
        raise ValueError("This is not a date like 'Sun, 06 Nov 1994 08:49:37 GMT'.")
    day, year, hour, minute, second = map(int, match.group(1, 3, 4, 5, 6))
    return datetime(year, _MONTH_NUMBERS[match[2]], day, hour, minute, second, tzinfo=UTC)
