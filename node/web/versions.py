"""Which language version of a publication is shown, and its texts without what pages say themselves."""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from html import escape

from actors.labels import SEPARATOR, capitalised, label
from actors.text import plain, plain_line
from node.pages.speech import Text
from storage.kinds import CATALOGUE, Kind
from storage.publications import Publication

LONGEST_TITLE = 300
_LONGEST_SUMMARY = 240
_LONGEST_LEAD = 1_000
_LONGEST_NOTE = 400
# Paragraphs do not stand in one another once they are sanitised.
_OPENING = re.compile(r"<p><strong>(.*?)</strong>.*?</p>", re.DOTALL)
_PARAGRAPH = re.compile(r"<p>.*?</p>", re.DOTALL)


def languages_of(publication: Publication) -> list[str]:
    """Return the languages in which there is a text or at least a title, the original one first."""
    found = [
        publication.language or "",
        *(publication.content_map or {}),
        *(publication.title_map or {}),
    ]
    return [tag for tag in dict.fromkeys(found) if tag]


def version_for(publication: Publication, wanted: Iterable[str]) -> str:
    """Return the language to show: the first wanted one that there is, or the original one."""
    there = languages_of(publication)
    for tag in wanted:
        exact = next((each for each in there if each.lower() == tag.lower()), None)
        close = next((each for each in there if _primary(each) == _primary(tag)), None)
        if tag and (exact or close):
            return exact or close or ""
    return publication.language or ""


def title_in(publication: Publication, language: str) -> Text:
    """Return the title in a language or the original one; notes have none."""
    title = _chosen(publication.title_map, publication.title, publication, language)
    return Text(plain_line(escape(title.text, quote=False), LONGEST_TITLE), title.language)


def content_in(publication: Publication, language: str) -> Text:
    """Return the text, as sanitised HTML, in a language or the original one, without what its page says too.

    For servers that show a text alone it begins with the title and ends with files, links and how to answer.
    """
    content = _chosen(publication.content_map, publication.content, publication, language)
    if publication.kind not in CATALOGUE:
        return content
    html = _without_title(content.text, {publication.title, *(publication.title_map or {}).values()} - {""})
    for heading in ("documents", "links"):
        html = _without_list(html, label(heading, content.language))
    html = _PARAGRAPH.sub(partial(_kept, publication, content.language), html)
    return Text(html, content.language)


def lead_in(publication: Publication, language: str, limit: int = _LONGEST_LEAD) -> Text:
    """Return the summary as one line, without the facts that it begins with for servers that show none."""
    own = (publication.source or {}).get("summary")
    if publication.is_local and isinstance(own, dict):
        tag = language if language in own else publication.language or ""
        return Text(plain_line(escape(str(own.get(tag, "")), quote=False), limit), tag)
    summary = _chosen(publication.summary_map, publication.summary, publication, language)
    words = plain_line(summary.text, _LONGEST_LEAD)
    if publication.kind in CATALOGUE and SEPARATOR in words:
        words = words.rpartition(SEPARATOR)[2].partition(". ")[2]
    return Text(plain_line(escape(words, quote=False), limit), summary.language)


def summary_in(publication: Publication, language: str) -> Text:
    """Return a few lines for a list: the summary, or how the text begins."""
    if publication.sensitive:
        # What its author put behind a warning is not read in passing.
        return Text(plain_line(publication.summary, _LONGEST_SUMMARY), publication.language or "")
    lead = lead_in(publication, language, _LONGEST_SUMMARY)
    if lead or publication.kind in CATALOGUE:
        return lead
    content = content_in(publication, language)
    return Text(plain_line(content.text, _LONGEST_NOTE), content.language)


def whole_text(publication: Publication, language: str) -> Text:
    """Return summary and text as plain text, for excerpts."""
    lead, content = lead_in(publication, language), content_in(publication, language)
    paragraphs = [lead.text, *plain(content.text).split("\n\n")]
    # So that headings and items do not read as one with what follows them.
    return Text(SEPARATOR.join(filter(None, paragraphs)), content.language)


def _chosen(
    by_language: Mapping[str, str] | None, original: str, publication: Publication, language: str
) -> Text:
    if by_language and language in by_language:
        return Text(by_language[language], language)
    return Text(original, publication.language or "")


def _without_title(html: str, titles: Iterable[str]) -> str:
    opening = _OPENING.match(html)
    if opening and any(plain(opening[1]).endswith(title) for title in titles):
        return html[opening.end() :]
    return html


def _without_list(html: str, heading: str) -> str:
    before, found, rest = html.partition(f"<h3>{escape(heading, quote=False)}</h3><ul>")
    return before + rest.partition("</ul>")[2] if found else html


def _kept(publication: Publication, language: str, paragraph: re.Match[str]) -> str:
    """Return a paragraph, or nothing for one that leads to the page it is on or repeats its facts."""
    html = paragraph[0]
    if publication.is_local and publication.url and f'<a href="{escape(publication.url)}"' in html:
        return ""
    if publication.kind not in {Kind.EVENT, Kind.TRAINING}:
        return html
    links = (f"{capitalised(label(key, language))}: <a " for key in ("online", "register"))
    repeated = (f"<p>{beginning}" for beginning in (label("address", language, address=""), *links))
    return "" if html.startswith(tuple(repeated)) else html


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
