"""The shapes of text that several kinds share. Everything returned is HTML that is yet to be sanitised."""

import re
from collections.abc import Iterable
from html import escape
from typing import Any, Final

from actors.kinds.rules import Draft
from actors.labels import facts, in_sentence, label
from actors.locales import territory_name
from actors.markdown import render_markdown
from actors.taxonomy import find
from actors.text import plain_line

MAX_TITLE: Final = 150
MAX_SUMMARY: Final = 500
"""Characters of a summary with its facts, so that other servers show all of it (FEP-b2b8)."""

_PLACES_NAMED: Final = 3
_AFTER_BLOCK: Final = re.compile(
    r"(</?(?:p|h[2-6]|ul|ol|li|blockquote|pre|table|thead|tbody|tr|th|td|hr)\b[^<>]*>)\n+"
)
_HEADING: Final = re.compile(r"<(/?)h([3-5])>")


def line(text: str, longest: int) -> str:
    """Return plain text as one line of at most so many characters; what looks like markup stays."""
    return plain_line(escape(text, quote=False), longest)


def escaped_line(text: str, longest: int) -> str:
    """Return plain text as one line of HTML."""
    return escape(line(text, longest), quote=False)


def opening(title: str, facts_: str) -> str:
    """Return the first line of a text, which names the thing: some servers show nothing above it."""
    told = f" — {escape(facts_, quote=False)}." if facts_ else ""
    return f"<p><strong>{escape(title, quote=False)}</strong>{told}</p>"


def paragraph(text: str) -> str:
    """Return plain text as a paragraph, or nothing where there is none."""
    return f"<p>{escape(text, quote=False)}</p>" if text else ""


def summary(draft: Draft, language: str, known: str) -> str:
    """Return the facts and then the author's summary, as one paragraph without links (Mastodon's card)."""
    words = draft.summary.get(language, "")
    told = f"{known.removesuffix('.')}. {words}" if known and words else known or words
    return paragraph(line(told, MAX_SUMMARY))


def kind_facts(draft: Draft, language: str, *more: str) -> str:
    """Return a summary's facts: the kind, the places, and what else there is to say in a few words."""
    return facts([label(f"kind.{draft.kind}", language), places(draft.jurisdiction, language), *more])


def places(codes: Iterable[str], language: str) -> str:
    """Return the names of the first few countries and regions."""
    return ", ".join([territory_name(code, language) for code in codes][:_PLACES_NAMED])


def concept_label(reference: str | None, language: str) -> str:
    """Return how a concept of ours is called inside a sentence, or nothing."""
    known = find(reference) if reference else None
    return in_sentence(known.label(language), language) if known else ""


def first_label(draft: Draft, scheme: str, language: str) -> str:
    """Return how the draft's first concept of a scheme is called inside a sentence, or nothing."""
    own = (reference for reference in draft.concepts if reference.startswith(f"{scheme}/"))
    return concept_label(next(own, None), language)


def body(draft: Draft, language: str) -> str:
    """Return the text that the author wrote."""
    return _html(draft.body[language]) if language in draft.body else ""


def section(heading: str, markdown: str) -> str:
    """Return a section under a heading; the headings inside it come below that one."""
    inner = _HEADING.sub(lambda tag: f"<{tag[1]}h{int(tag[2]) + 1}>", _html(markdown))
    return f"<h3>{escape(heading, quote=False)}</h3>{inner}"


def documents(attachments: Iterable[dict[str, Any]], language: str) -> str:
    """Return the documents as links in the text: attached, they would cost the post its card (Mastodon)."""
    files = [entry for entry in attachments if not entry["media_type"].startswith("image/")]
    return links(label("documents", language), files)


def links(heading: str, entries: Iterable[dict[str, Any]]) -> str:
    """Return links under a heading, or nothing where there are none."""
    items = "".join(f"<li>{link(entry['url'], entry.get('name') or entry['url'])}</li>" for entry in entries)
    return f"<h3>{escape(heading, quote=False)}</h3><ul>{items}</ul>" if items else ""


def link(url: str, shown: str) -> str:
    """Return a link with the text that it shows."""
    return f'<a href="{escape(url)}">{escape(shown, quote=False)}</a>'


def _html(markdown: str) -> str:
    """Return Markdown as HTML without the line ends between blocks."""
    return _AFTER_BLOCK.sub(r"\1", render_markdown(markdown))
