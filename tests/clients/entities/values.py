"""The values that entities are made of, as strictly as the strictest client reads them."""

import re
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Annotated
from urllib.parse import urlsplit

from tests.clients.validation import Form

_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_LARGEST_ID = 2**63 - 1
_BLURHASH_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"


def is_id(value: str) -> bool:
    """Whether a text is an id that every client can hold: decimal digits that fit into 63 bits."""
    return re.fullmatch(r"[1-9][0-9]{0,18}", value) is not None and int(value) <= _LARGEST_ID


def is_timestamp(value: str) -> bool:
    """Whether a text is a moment in the one form that Ice Cubes reads."""
    if _TIMESTAMP.fullmatch(value) is None:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_date(value: str) -> bool:
    """Whether a text is a date alone."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_url(value: str, schemes: tuple[str, ...] = ("https", "http")) -> bool:
    """Whether a text is an absolute URL."""
    if re.search(r"[\s<>\"]", value):
        return False
    parts = urlsplit(value)
    return parts.scheme in schemes and bool(parts.hostname)


def is_blurhash(value: str) -> bool:
    """Whether a text is a blurhash: base 83, as long as its first digit says."""
    if len(value) < 6 or not set(value) <= set(_BLURHASH_DIGITS):
        return False
    size = _BLURHASH_DIGITS.index(value[0])
    return len(value) == 4 + 2 * (size % 9 + 1) * (size // 9 + 1)


class _Tags(HTMLParser):
    ALLOWED = frozenset("p br a span strong b em i u del ul ol li blockquote pre code ruby rt rp".split())  # noqa: SIM905 - reads better
    VOID = frozenset({"br"})

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.ALLOWED:
            self.faults.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.faults.append(name)
            if name == "href" and not re.match(
                r"(https?|mailto|xmpp|gemini|magnet|dat|gopher|ipfs):", value or ""
            ):
                self.faults.append(f"href {value}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.faults.append(f"{tag}/")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag}")


def html_faults(value: str) -> list[str]:
    """Return what in HTML is not well-formed, or beyond what every client can show (behaviours, 80)."""
    reader = _Tags()
    reader.feed(value)
    reader.close()
    return reader.faults + [f"{tag} is not closed" for tag in reader.open]


def is_safe_html(value: str) -> bool:
    """Whether every client can show HTML as it is."""
    return not html_faults(value)


Id = Annotated[str, Form(is_id, "an id of decimal digits that fits into 63 bits")]
Timestamp = Annotated[str, Form(is_timestamp, "a moment as YYYY-MM-DDTHH:MM:SS.mmmZ")]
Midnight = Annotated[
    str,
    Form(lambda value: is_timestamp(value) and value.endswith("T00:00:00.000Z"), "midnight of a day, in UTC"),
]
Day = Annotated[str, Form(is_date, "a date as YYYY-MM-DD")]
DayStamp = Annotated[
    str,
    Form(
        lambda value: value.isdecimal() and int(value) % 86400 == 0, "midnight in seconds since 1970, as text"
    ),
]
NumberText = Annotated[str, Form(lambda value: value.isascii() and value.isdecimal(), "a number as text")]
Url = Annotated[str, Form(is_url, "an absolute URL")]
SocketUrl = Annotated[
    str, Form(lambda value: is_url(value, ("wss", "ws")), "the absolute URL of a WebSocket")
]
UrlOrNothing = Annotated[str, Form(lambda value: value == "" or is_url(value), 'an absolute URL or ""')]
Html = Annotated[
    str, Form(is_safe_html, "HTML that every client can show", lambda value: ", ".join(html_faults(value)))
]
Word = Annotated[str, Form(lambda value: value.strip() != "", "text that is not empty")]
Count = Annotated[int, Form(lambda value: value >= 0, "a count, from 0")]
Positive = Annotated[int, Form(lambda value: value > 0, "a number from 1")]
HiddenCount = Annotated[int, Form(lambda value: value >= -1, "a count, or -1 where it is hidden")]
Language = Annotated[
    str,
    Form(
        lambda value: re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", value) is not None, "a language's code"
    ),
]
Blurhash = Annotated[str, Form(is_blurhash, "a blurhash")]
Acct = Annotated[
    str,
    Form(lambda value: re.fullmatch(r"[^@\s/]+(@[^@\s/]+)?", value) is not None, "user, or user@domain"),
]
