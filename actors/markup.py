"""Reads any HTML in linear time, however broken.

The tokeniser follows the HTML standard's for everything that matters here; like it, what an unfinished tag,
comment or script swallows is gone. It decides nothing about safety: `actors.text.sanitise` does.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

SWALLOWED: Final = frozenset(
    {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "template"}
    | {"textarea", "title", "xmp"}
)
"""Elements whose content is no text of the document."""

_MARKUP: Final = re.compile(r"<(?=[A-Za-z/!?])")
_NAME: Final = re.compile(r"</?+([A-Za-z][^\t\n\f\r />]*+)")
_ATTRIBUTE: Final = re.compile(
    r"[\t\n\f\r /]*+([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    r"(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\t\n\f\r >\"'][^\t\n\f\r >]*+)|(?=>)))?+"
)
_UNFINISHED_VALUE: Final = re.compile(r"[\t\n\f\r ]*+=")
_TAG_END: Final = re.compile(r"[\t\n\f\r /]*+>")
_COMMENT_END: Final = re.compile(r"--!?>")
_SWALLOWED_END: Final = {
    name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in SWALLOWED
    if name != "plaintext"
}
# Python refuses to read integers of thousands of digits; no character has that many.
_ENDLESS_REFERENCE: Final = re.compile(r"&#(?:[0-9]{64,}+|[xX][0-9a-fA-F]{64,}+);?")


class Token(NamedTuple):
    """A piece of HTML: `value` is raw text, or an element's name in lower case.

    Attribute values are raw too: character references are still in them.
    """

    kind: Literal["text", "open", "close"]
    value: str
    attributes: Mapping[str, str] = {}


def unescape(raw: str) -> str:
    """Return raw text with its character references resolved."""
    if "&" not in raw:
        return raw
    return html.unescape(_ENDLESS_REFERENCE.sub("\ufffd", raw))


def tokens(source: str) -> Iterator[Token]:
    """Yield the text, start tags and end tags of HTML; comments, doctypes and instructions are left out."""
    position, end = 0, len(source)
    while position < end:
        found = _MARKUP.search(source, position)
        start = found.start() if found else end
        if start > position:
            yield Token("text", source[position:start])
        if found is None:
            return
        name = _NAME.match(source, start)
        if name is None:
            position = _after_comment(source, start)
            continue
        attributes, position = _read_attributes(source, name.end())
        if position < 0:
            return
        element = name[1].lower()
        if source[start + 1] == "/":
            yield Token("close", element)
        elif element in SWALLOWED:
            position = _start_of_end_tag(source, element, position)
        else:
            yield Token("open", element, attributes)


def _after_comment(source: str, start: int) -> int:
    """Return where a comment, doctype or instruction that begins at `start` ends."""
    if source.startswith("<!--", start):
        # `<!-->` is a whole comment, so its end may overlap its beginning.
        closing = _COMMENT_END.search(source, start + 2)
        return closing.end() if closing else len(source)
    return source.find(">", start) + 1 or len(source)


def _read_attributes(source: str, position: int) -> tuple[dict[str, str], int]:
    """Return the attributes of a tag and where it ends; -1 where it never does."""
    attributes: dict[str, str] = {}
    while match := _ATTRIBUTE.match(source, position):
        position = match.end()
        name, double, single, bare = match.groups()
        if _UNFINISHED_VALUE.match(source, position):
            return {}, -1
        attributes.setdefault(name.lower(), double or single or bare or "")
    closing = _TAG_END.match(source, position)
    return attributes, closing.end() if closing else -1


def _start_of_end_tag(source: str, element: str, position: int) -> int:
    """Return where the end tag of a swallowed element begins, or the end of the source."""
    pattern = _SWALLOWED_END.get(element)
    closing = pattern.search(source, position) if pattern else None
    return closing.start() if closing else len(source)
