"""What a publication was: the part of it that is kept when it changes."""

from datetime import datetime

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
