"""Notes and everything else of the fediverse that reads as a text: posts, articles, videos, polls."""

from typing import Any, Final

from actors.text import plain_line
from federation import vocabulary as as2
from federation.translate.kinds.rules import Translation, present
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

_LONGEST_OPTION: Final = 500
_PLAIN: Final = "text/plain"


def _write(publication: Publication, _author: Actor) -> dict[str, Any]:
    written = (publication.source or {}).get("body", {}).get(publication.language)
    return {"source": {"content": written, "mediaType": _PLAIN}} if written else {}


def _read(value: as2.Object) -> dict[str, Any]:
    return present({"quote": value.quote, "poll": _poll(value)})


def _poll(value: as2.Object) -> dict[str, Any] | None:
    poll = value.poll
    if poll is None:
        return None
    options = [
        {"title": plain_line(option.name, _LONGEST_OPTION), "votes": option.votes} for option in poll.options
    ]
    return {
        "options": options,
        "multiple": poll.multiple,
        "closed": poll.closed,
        "voters": poll.voters,
        "closes": value.end_time.isoformat() if value.end_time else None,
    }


NOTE: Final = Translation(kind=Kind.NOTE, write=_write, read=_read, attaches_files=True)
POST: Final = Translation(kind=Kind.POST, read=_read, attaches_files=True)
