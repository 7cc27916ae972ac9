"""Texts as their authors typed them, for apps in which a post is edited or written anew."""

from collections.abc import Mapping

from actors.drafts import draft_of
from actors.text import plain
from storage.kinds import Kind
from storage.publications import Publication


def source_of(publication: Publication) -> tuple[str, str]:
    """Return the plain text of a publication, and its content warning.

    Of practices, events and the like the text is the summary and the body, and there is no warning.
    """
    if publication.source is None:
        is_note = publication.kind in {Kind.NOTE, Kind.POST}
        return plain(publication.content), plain(publication.summary) if is_note else ""
    draft = draft_of(publication.source)
    body, summary = _in(draft.body, draft.language), _in(draft.summary, draft.language)
    if publication.kind == Kind.NOTE:
        return body, summary
    return "\n\n".join(text for text in (summary, body) if text), ""


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or next(iter(texts.values()), "")
