"""HTML in, HTML out: `sanitise` is the one door through which foreign or written HTML passes."""

import re
from collections.abc import Mapping
from html import escape
from types import MappingProxyType
from typing import Final

import nh3

from actors.characters import MARKS, readable, without_isolates
from actors.links import safe_url
from actors.markup import tokens, unescape
from actors.tidying import tidy

MAX_HTML: Final = 200_000
"""Characters of HTML that are read; text beyond is cut off."""

_EVERYWHERE: Final = ("lang", "dir")
_SIMPLE_ELEMENTS: Final = (
    "b bdi blockquote caption code del em h2 h3 h4 h5 h6 i pre rp rt ruby s strong sub sup table tbody tfoot "
    "thead tr u ul"
)
_ELEMENTS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **dict.fromkeys(_SIMPLE_ELEMENTS.split(), _EVERYWHERE),
        "a": ("href", *_EVERYWHERE, "class", "rel", "translate"),
        "abbr": (*_EVERYWHERE, "title"),
        "br": (),
        "hr": (),
        "li": (*_EVERYWHERE, "value"),
        "ol": (*_EVERYWHERE, "start", "reversed"),
        "p": (*_EVERYWHERE, "class", "translate"),
        "span": (*_EVERYWHERE, "class", "translate"),
        "td": (*_EVERYWHERE, "colspan", "rowspan"),
        "th": (*_EVERYWHERE, "colspan", "rowspan"),
    }
)
"""What is kept: Mastodon's elements, then headings, tables and what careful writing in any script needs."""

_CLASS: Final = re.compile(
    r"mention|hashtag|ellipsis|invisible|quote-inline|(?:h|p|u|dt|e)(?:-[a-z]{1,30}){1,4}"
)
_REL: Final = frozenset({"nofollow", "noopener", "noreferrer", "tag", "me"})
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,5})")
_COUNT: Final = re.compile(r"[1-9][0-9]?")
_VALUES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "lang": re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,6}"),
        "dir": re.compile("ltr|rtl|auto"),
        "translate": re.compile("no"),
        "start": _NUMBER,
        "value": _NUMBER,
        "colspan": _COUNT,
        "rowspan": _COUNT,
    }
)

_PARTIAL_REFERENCE: Final = re.compile(r"&[#\w]{0,40}\Z")
_ROOM_FOR_END_TAGS: Final = 2_000
_PASSES: Final = 6

_SPACES: Final = re.compile(r"\s++")
_PARAGRAPHS: Final = frozenset(
    {"blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"}
)
_STANDS_FOR: Final = {"br": "\n", "td": " ", "th": " "}
_LINES: Final = frozenset({"caption", "dd", "div", "dt", "figcaption", "figure", "li", "section", "tr"})
_CONTINUES: Final = re.compile(f"[{MARKS}\u200d]")

_ARABIC: Final = "ar arc arz azb bal bgn bqi ckb fa glk ks lrc mzn pnb prs ps sd sdh skr ug ur"
_RIGHT_TO_LEFT: Final = frozenset([*_ARABIC.split(), "dv", "he", "iw", "ji", "nqo", "rhg", "syr", "yi"])
_RIGHT_TO_LEFT_SCRIPTS: Final = frozenset(
    {"adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa", "yezi"}
)
_SCRIPT_LENGTH: Final = 4


def _attribute(_element: str, name: str, value: str) -> str | None:
    """Return the value an attribute may have, or None where it must go."""
    kept: str | None = None
    if name == "href":
        kept = safe_url(value)
    elif name == "class":
        kept = " ".join(word for word in value.split() if _CLASS.fullmatch(word)) or None
    elif name == "rel":
        kept = " ".join(word for word in value.split() if word in _REL) or None
    elif name in _VALUES:
        kept = value if _VALUES[name].fullmatch(value) else None
    elif name == "title":
        kept = plain_line(escape(value), 200) or None
    elif name == "reversed":
        kept = ""
    return kept


# Building a Cleaner costs more than using it; it is never changed.
_CLEANER: Final = nh3.Cleaner(
    tags=set(_ELEMENTS),
    attributes={name: set(attributes) for name, attributes in _ELEMENTS.items()},
    attribute_filter=_attribute,
    url_schemes={"http", "https"},
    url_relative="deny",
    link_rel=None,
)


def sanitise(html: str) -> str:
    """Return HTML that is safe to store, to show and to send, whoever wrote it.

    Links are absolute http(s) only; at most `MAX_HTML` characters come out, what exceeds them is cut in its
    text. Takes time in proportion to the length and is a fixed point: sanitising again changes nothing.
    """
    for _ in range(_PASSES):
        before, html = html, _pass(html)
        if html == before:
            return html
    # Markup that still changes after so many passes was made to confuse parsers: its text is enough.
    return _pass(escape(plain(html), quote=False))


def _pass(html: str) -> str:
    """Tidy and clean once; what this leaves unchanged is safe and stays so."""
    if len(html) > MAX_HTML:
        html = _PARTIAL_REFERENCE.sub("", html[: MAX_HTML - _ROOM_FOR_END_TAGS])
    return readable(_CLEANER.clean(tidy(readable(html), _ELEMENTS)))


def plain(html: str) -> str:
    """Return the text of sanitised HTML: paragraphs apart by an empty line, other lines by a line end.

    Addresses that Mastodon shortens come out whole. Linear in time, also for HTML that is not sanitised.
    """
    parts: list[str] = []
    breaks = 0
    for token in tokens(html[:MAX_HTML]):
        text = ""
        if token.kind == "text":
            text = _SPACES.sub(" ", unescape(token.value))
        elif token.value in _PARAGRAPHS:
            breaks = 2
        elif token.value in _LINES:
            breaks = max(breaks, 1)
        elif token.kind == "open":
            text = _STANDS_FOR.get(token.value, "") or unescape(token.attributes.get("alt", ""))
        if breaks and text and not text.isspace():
            parts.append("\n" * breaks)
            breaks = 0
        parts.append(text)
    return _without_empty_lines(readable("".join(parts)))


def _without_empty_lines(text: str) -> str:
    """Return text without spaces around its lines and with at most one empty line in a row."""
    lines: list[str] = []
    for line in text.split("\n"):
        words = " ".join(line.split())
        if words or (lines and lines[-1]):
            lines.append(words)
    return "\n".join(lines).strip("\n")


def plain_line(text: str, limit: int) -> str:
    """Return text as one line fit for a title, at most `limit` characters long.

    Strips markup and control characters and collapses whitespace. What is cut off is shown by an ellipsis.
    """
    line = " ".join(without_isolates(plain(text)).split())
    if len(line) <= limit:
        return line
    end = max(limit - 1, 0)
    # A letter goes with its marks, and an emoji with what it is joined to.
    while end and (_CONTINUES.match(line, end) or line[end - 1] == "\u200d"):
        end -= 1
    return f"{line[:end].rstrip()}…"[: max(limit, 0)]


def text_direction(language: str | None) -> str:
    """Return "rtl" or "ltr" for a language tag (BCP 47); unknown languages run from left to right."""
    primary, *rest = (language or "").replace("_", "-").lower().split("-")
    script = next((part for part in rest if len(part) == _SCRIPT_LENGTH and part.isalpha()), None)
    is_rtl = script in _RIGHT_TO_LEFT_SCRIPTS if script else primary in _RIGHT_TO_LEFT
    return "rtl" if is_rtl else "ltr"
