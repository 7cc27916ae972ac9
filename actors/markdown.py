"""Markdown to HTML, for practices, statements and whatever else is written at length."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from actors.characters import readable
from actors.links import URL_IN_TEXT, trim_url
from actors.text import sanitise

MAX_MARKDOWN: Final = 100_000
"""Characters of Markdown that are read; text beyond is cut off."""

_TOP_HEADING: Final = 3  # The page and the title above the text have the first two levels.
_LAST_HEADING: Final = 6
_ADDRESS: Final = re.compile(URL_IN_TEXT, re.IGNORECASE)


def render_markdown(source: str) -> str:
    """Return sanitised HTML of Markdown: CommonMark with tables, strikethrough and bare addresses as links.

    Raw HTML is shown as it was typed. The highest heading in the text becomes h3. Takes up to some 15 µs per
    character of hostile input, so call it off the event loop for text that others wrote.
    """
    return sanitise(str(_parser().render(readable(source)[:MAX_MARKDOWN])))


@cache
def _parser() -> MarkdownIt:
    """Return the Markdown parser, which keeps nothing between texts."""
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("headings", _shift_headings)
    parser.core.ruler.push("addresses", _link_addresses)
    return parser


def _shift_headings(state: StateCore) -> None:
    """Give the highest heading of the text level three, and those below it the levels that follow."""
    headings = [token for token in state.tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=_TOP_HEADING)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + _TOP_HEADING, _LAST_HEADING)}"


def _link_addresses(state: StateCore) -> None:
    """Turn bare web addresses into links, and keep references from multiplying what they repeat."""
    # One definition may be referred to thousands of times; what they repeat may not outgrow the text.
    budget = MAX_MARKDOWN
    for block in state.tokens:
        for token in block.children or ():
            if token.type in {"link_open", "image"}:
                token.attrs.pop("title", None)
                key = "src" if token.type == "image" else "href"
                budget -= len(str(token.attrs[key]))
                if budget < 0:
                    token.attrs[key] = ""
        if block.children:
            block.children = list(_with_links(block.children))


def _with_links(children: list[Token]) -> Iterator[Token]:
    """Yield the tokens of a paragraph with the addresses in its text made links."""
    depth = 0
    for token in children:
        depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "text" and not depth:
            yield from _split(token)
        else:
            yield token


def _split(token: Token) -> Iterator[Token]:
    """Yield a text token in pieces: text, and links for the addresses in it."""
    text, position = token.content, 0
    for match in _ADDRESS.finditer(text):
        url = trim_url(match[0])
        yield _text(text[position : match.start()], token.level)
        yield Token(
            "link_open", "a", 1, attrs={"href": url}, level=token.level, markup="linkify", info="auto"
        )
        yield _text(url, token.level + 1)
        yield Token("link_close", "a", -1, level=token.level, markup="linkify", info="auto")
        position = match.start() + len(url)
    yield _text(text[position:], token.level)


def _text(content: str, level: int) -> Token:
    return Token("text", "", 0, content=content, level=level)
