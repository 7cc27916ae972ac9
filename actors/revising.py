"""What a publication was: the part of it that is kept when it changes."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from storage.history import Revision
from storage.publications import Publication


def snapshot(publication: Publication, moment: datetime, reason: str = "") -> Revision:
    """Return a publication as it is before it changes at a moment, with the reason why it does."""
    return Revision(
        publication.id,
        publication.revision,
        moment,
        reason,
        {
            "title": publication.title_map or publication.title,
            "summary": publication.summary_map or publication.summary,
            "content": publication.content_map or publication.content,
            "language": publication.language,
            "source": publication.source,
            "details": publication.details,
            "jurisdiction": publication.jurisdiction,
            "concepts": publication.concepts,
            "attachments": publication.attachments,
            "license": publication.license,
            "visibility": publication.visibility,
            "sensitive": publication.sensitive,
            "tags": publication.tags,
            "updated": (publication.updated_at or publication.published_at).isoformat(),
        },
    )


def restored(publication: Publication, revision: Revision) -> Publication:
    """Return a publication as it was at a revision, as far as that was kept."""
    was = revision.snapshot
    language = was.get("language")
    title, title_map = _text(was.get("title"), language)
    summary, summary_map = _text(was.get("summary"), language)
    content, content_map = _text(was.get("content"), language)
    return replace(
        publication,
        revision=revision.revision,
        updated_at=datetime.fromisoformat(was["updated"]),
        language=language,
        title=title,
        title_map=title_map,
        summary=summary,
        summary_map=summary_map,
        content=content,
        content_map=content_map,
        source=was.get("source"),
        details=was.get("details") or {},
        attachments=was.get("attachments") or [],
        sensitive=was.get("sensitive", publication.sensitive),
        tags=was.get("tags", publication.tags),
    )


def stands_since(publication: Publication) -> datetime:
    """Return since when a publication says what it says."""
    return publication.updated_at or publication.published_at


def _text(kept: Any, language: str | None) -> tuple[str, dict[str, str] | None]:
    if isinstance(kept, dict):
        return kept.get(language or "") or next(iter(kept.values()), ""), kept
    return kept or "", None
