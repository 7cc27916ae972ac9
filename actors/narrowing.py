"""Sanitised HTML cut down to what clients of microblogs can show: paragraphs, emphasis, lists and links."""

import re
from collections.abc import Mapping
from html import escape
from typing import Final

import nh3

_HEADING: Final = re.compile(r"<(/?)h[1-6](?:\s[^>]*)?>")
_TABLE: Final = re.compile(r"<table\b.*?</table>", re.DOTALL)
_RULE: Final = re.compile(r"<hr\s*/?>")
_SUBSET: Final = "a b blockquote br code del em i li ol p pre ruby rp rt s span strong u ul bdi"
_ATTRIBUTES: Final[Mapping[str, set[str]]] = {
    "a": {"href", "class", "translate", "lang", "dir"},
    "ol": {"start", "reversed"},
    "li": {"value"},
    "p": {"class", "lang", "dir", "translate"},
    "span": {"class", "lang", "dir", "translate"},
    "blockquote": {"lang", "dir"},
    "ul": {"lang", "dir"},
    "bdi": {"lang", "dir"},
}
_CLEANER: Final = nh3.Cleaner(
    tags=set(_SUBSET.split()),
    attributes=_ATTRIBUTES,
    link_rel="nofollow noopener",
    url_schemes={"http", "https", "mailto"},
)
_TAG_LINK: Final = re.compile(r'(<a\b[^>]*class="mention hashtag"[^>]*?) rel="nofollow noopener"')


def narrowed(html: str, url: str) -> str:
    """Return sanitised HTML with headings as bold paragraphs, and a link to `url` in place of each table.

    Takes time in proportion to the text; what it returns is worth keeping.
    """
    if "<h" in html:
        html = _HEADING.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", html)
        html = _RULE.sub("", html)
    if "<table" in html:
        address = escape(url)
        html = _TABLE.sub(f'<p><a href="{address}">{address}</a></p>', html)
    return _TAG_LINK.sub(r'\1 rel="tag nofollow noopener"', _CLEANER.clean(html))
