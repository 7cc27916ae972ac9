"""Turns any HTML into well-nested HTML of a few elements, in linear time.

A browser's parser repairs broken HTML at a cost that grows with the square of its length, and faster where
formatting is left open. So `actors.text.sanitise` has it tidied first, and the parser behind the sanitiser
only ever meets well-nested markup of bounded depth. Where tidying guesses wrong the page looks odd; it is
never unsafe, because the sanitiser comes after it.
"""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from actors.links import hidden_host, host_of, safe_url
from actors.markup import Token, tokens, unescape

MAX_DEPTH: Final = 32
"""Deeper elements lose their tags and keep their text."""

_RENAMED: Final = {"h1": "h2", "strike": "del", "tt": "code"}
_VOID: Final = frozenset({"br", "hr"})
_CONTAINERS: Final = frozenset({"blockquote", "li", "td", "th"})
_TABLE_PARTS: Final = frozenset({"caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
_BLOCKS: Final = frozenset(
    {"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "hr", "table"}
)
# Elements that are not kept but begin and end a paragraph of their own.
_BOUNDARY_NAMES: Final = (
    "address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure "
    "footer form header hgroup legend li main menu nav optgroup option search section summary table tbody td "
    "tfoot th thead tr"
)
_BOUNDARIES: Final = frozenset(_BOUNDARY_NAMES.split())
# What a start tag closes when it was left open, and the element beyond which it must not look.
_CLOSES: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "table", "blockquote"})),
    "rt": (frozenset({"rt", "rp"}), frozenset({"ruby"})),
    "rp": (frozenset({"rt", "rp"}), frozenset({"ruby"})),
    "td": (frozenset({"td", "th", "caption"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th", "caption"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr", "caption"}), frozenset({"table"})),
    "thead": (frozenset({"thead", "tbody", "tfoot", "caption"}), frozenset({"table"})),
    "tbody": (frozenset({"thead", "tbody", "tfoot", "caption"}), frozenset({"table"})),
    "tfoot": (frozenset({"thead", "tbody", "tfoot", "caption"}), frozenset({"table"})),
    "a": (frozenset({"a"}), frozenset()),
}
# Without content these say nothing.
_NEVER_EMPTY: Final = frozenset(
    {"a", "abbr", "b", "bdi", "code", "del", "em", "i", "p", "s", "span", "strong", "sub", "sup", "u"}
)
_PARAGRAPH: Final = (frozenset({"p"}), _CONTAINERS)
_ONLY_IN_LINKS: Final = frozenset({"invisible", "ellipsis"})
_KEPT_REL: Final = ("tag", "me")


def tidy(source: str, kept: Mapping[str, tuple[str, ...]]) -> str:
    """Return HTML of the kept elements only, each with the attributes named for it, well nested.

    Images become links to themselves, formulas their annotation, other blocks paragraphs of their own. A link
    whose text names another host than the one it leads to shows the real one in square brackets.
    """
    page = _Page(kept)
    formula: list[Token] | None = None
    for token in tokens(source):
        if formula is not None:
            formula.append(token)
            if token.kind == "close" and token.value == "math":
                page.text(_annotation(formula))
                formula = None
        elif token.kind == "text":
            page.text(token.value)
        elif token.kind == "close":
            page.close(_RENAMED.get(token.value, token.value))
        elif token.value == "math":
            formula = [token]
        else:
            page.open(_RENAMED.get(token.value, token.value), token.attributes)
    if formula is not None:
        page.text(_annotation(formula))
    return page.finish()


def _annotation(formula: Iterable[Token]) -> str:
    """Return raw text that stands for a formula: its TeX, else its annotation, else whatever it shows."""
    texts: dict[str, list[str]] = {"shown": []}
    key, dollars = "shown", "$"
    for kind, value, attributes in formula:
        if kind == "text":
            texts.setdefault(key, []).append(value)
        elif value in {"annotation", "annotation-xml"}:
            encoding = attributes.get("encoding", "").strip().lower()
            key = "shown" if kind == "close" else encoding or "annotation"
        elif value == "math" and attributes.get("display") == "block":
            dollars = "$$"
    tex = "".join(texts.get("application/x-tex", [])).strip()
    if tex:
        return f"{dollars}{tex}{dollars}"
    candidates = (texts.get(name, []) for name in ("text/plain", "shown", "annotation"))
    return next((text for parts in candidates if (text := " ".join("".join(parts).split()))), "")


class _Page:
    """Well-nested HTML in the making."""

    __slots__ = (
        "hidden_from",
        "kept",
        "link",
        "link_hides",
        "link_text",
        "open_elements",
        "out",
        "overflow",
        "paragraph_due",
        "starts",
    )

    def __init__(self, kept: Mapping[str, tuple[str, ...]]) -> None:
        self.kept = kept
        self.out: list[str] = []
        self.open_elements: list[str] = []
        self.starts: list[int] = []
        self.overflow = 0
        self.paragraph_due = False
        self.link: str | None = None
        self.link_text: list[str] = []
        self.link_hides = False
        self.hidden_from: int | None = None

    def text(self, raw: str) -> None:
        """Add raw text; its character references stay as they are."""
        if not raw.isspace():
            self._begin_paragraph()
        if self.link is not None and self.hidden_from is None:
            self.link_text.append(raw)
        elif self.link is not None:
            self.link_hides = True
        if raw:
            self.out.append(raw.replace("<", "&lt;").replace(">", "&gt;"))

    def open(self, name: str, attributes: Mapping[str, str]) -> None:
        """Add a start tag, closing what it implies."""
        if name == "img":
            self._image(attributes)
        elif name not in self.kept or self._is_out_of_place(name):
            if name in _BOUNDARIES:
                self._boundary()
        elif name == "a" and "href" not in attributes:
            return
        elif len(self.open_elements) >= MAX_DEPTH and name not in _VOID:
            self.overflow += 1
        else:
            self._make_room(name)
            self._add(name, attributes)

    def close(self, name: str) -> None:
        """Add an end tag and those of everything left open inside; one that closes nothing is dropped."""
        if name not in self.kept:
            if name in _BOUNDARIES:
                self._boundary()
            return
        if self.overflow and name not in _VOID:
            self.overflow -= 1
            return
        position = self._position({name}, frozenset() if name in _TABLE_PARTS else frozenset({"td", "th"}))
        if position is not None:
            self._close_from(position)

    def finish(self) -> str:
        """Close what is open and return the page."""
        self._close_from(0)
        return "".join(self.out)

    def _is_out_of_place(self, name: str) -> bool:
        return name in _TABLE_PARTS and name != "table" and "table" not in self.open_elements

    def _make_room(self, name: str) -> None:
        """Close what the start tag of this element closes, and begin a paragraph that is due."""
        if name in _BLOCKS:
            self._close_found(*_PARAGRAPH)
            self.paragraph_due = False
        elif name in _CLOSES:
            self._close_found(*_CLOSES[name])
            self.paragraph_due = self.paragraph_due and name not in _BOUNDARIES
        if name not in _BLOCKS and name not in _BOUNDARIES and name != "br":
            self._begin_paragraph()

    def _add(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "a":
            self.link, self.link_text, self.link_hides = attributes["href"], [], False
            relations = attributes.get("rel", "").lower().split()
            extra = [relation for relation in _KEPT_REL if relation in relations]
            attributes = {**attributes, "rel": " ".join(["nofollow", "noopener", "noreferrer", *extra])}
        written = [name]
        for attribute in self.kept[name]:
            value = attributes.get(attribute)
            if value is not None and attribute == "class":
                value = self._classes(value)
            if value is not None:
                written.append(f'{attribute}="{value.replace(chr(34), "&quot;")}"')
        self.out.append(f"<{' '.join(written)}>")
        if name not in _VOID:
            self.open_elements.append(name)
            self.starts.append(len(self.out))

    def _classes(self, value: str) -> str | None:
        """Return the classes of an element; only links may hide or shorten their text."""
        classes = value.split()
        if self.link is None:
            classes = [name for name in classes if name not in _ONLY_IN_LINKS]
        elif "invisible" in classes and self.hidden_from is None:
            self.hidden_from = len(self.open_elements)
        return " ".join(classes) or None

    def _image(self, attributes: Mapping[str, str]) -> None:
        """Add an image as a link to it, named by its alternative text."""
        label = attributes.get("alt", "").strip()
        url = safe_url(unescape(attributes.get("src", "")))
        if url is None or self.link is not None or len(self.open_elements) >= MAX_DEPTH:
            self.text(label)
            return
        self.open("a", {"href": escape(url)})
        self.text(label or escape(url.partition("?")[0].rstrip("/").rpartition("/")[2]))
        self.close("a")

    def _begin_paragraph(self) -> None:
        """Keep text apart from the block before it that was not kept."""
        if not self.paragraph_due:
            return
        self.paragraph_due = False
        if not self.open_elements or self.open_elements[-1] in _CONTAINERS:
            self._add("p", {})
        else:
            self.out.append("\n")

    def _boundary(self) -> None:
        self._close_found(*_PARAGRAPH)
        self.paragraph_due = True

    def _position(self, names: Iterable[str], beyond: frozenset[str]) -> int | None:
        """Return where the innermost of these elements is open, not looking beyond others."""
        for position in range(len(self.open_elements) - 1, -1, -1):
            if self.open_elements[position] in names:
                return position
            if self.open_elements[position] in beyond:
                return None
        return None

    def _close_found(self, names: frozenset[str], beyond: frozenset[str]) -> None:
        position = self._position(names, beyond)
        if position is not None:
            self._close_from(position)

    def _close_from(self, position: int) -> None:
        while len(self.open_elements) > position:
            name = self.open_elements.pop()
            if name == "a":
                self._end_link()
            if self.hidden_from is not None and len(self.open_elements) <= self.hidden_from:
                self.hidden_from = None
            is_empty = self.starts.pop() == len(self.out)
            if is_empty and name in _NEVER_EMPTY:
                self.out.pop()
            else:
                self.out.append(f"</{name}>")

    def _end_link(self) -> None:
        """Show the real host of a link whose visible text names another, or is nowhere to be seen."""
        url = safe_url(unescape(self.link or ""))
        if url is not None:
            visible = unescape("".join(self.link_text))
            hides_all = self.link_hides and not visible.strip()
            host = host_of(url) if hides_all else hidden_host(visible, url)
            if host:
                self.out.append(f" [{escape(host)}]")
        self.link = None
