"""What a post was and is, version by version, as clients read it."""

from collections.abc import Sequence
from typing import Any

from actors.revising import restored, stands_since
from node.mastodon.entities.statuses import rendering_of
from node.mastodon.replies import stamp
from storage.actors import Actor
from storage.history import Revision
from storage.polls import PollView
from storage.publications import Publication


def edit_entities(
    publication: Publication,
    earlier: Sequence[Revision],
    author: Actor,
    account: dict[str, Any],
    poll: PollView | None,
    base_url: str,
) -> list[dict[str, Any]]:
    """Return every version of a publication, the oldest first and the present one last."""
    versions = [restored(publication, revision) for revision in earlier]
    entities = [_entity(version, author, account, _options(version), base_url) for version in versions]
    titles = [option.title for option in poll.options] if poll else []
    return [*entities, _entity(publication, author, account, titles, base_url)]


def _entity(
    version: Publication, author: Actor, account: dict[str, Any], options: list[str], base_url: str
) -> dict[str, Any]:
    fields = rendering_of(version, author, {}, base_url).fields
    entity = {
        "content": fields["content"],
        "spoiler_text": fields["spoiler_text"],
        "sensitive": fields["sensitive"],
        "created_at": stamp(stands_since(version)),
        "account": account,
        "media_attachments": fields["media_attachments"],
        "emojis": fields["emojis"],
    }
    return entity | ({"poll": {"options": [{"title": title} for title in options]}} if options else {})


def _options(version: Publication) -> list[str]:
    """Return what could be chosen then, as far as that is known: for what was written here."""
    poll = (version.source or {}).get("details", {}).get("poll")
    return list(poll["options"]) if poll else []
