"""Notes and everything else of the fediverse that reads as a text: posts, articles, videos, polls."""

from typing import Any, Final

from federation import vocabulary as as2
from federation.translate.kinds.rules import Translation, present
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

_PLAIN: Final = "text/plain"


def _write(publication: Publication, _author: Actor) -> dict[str, Any]:
    written = (publication.source or {}).get("body", {}).get(publication.language)
    return {"source": {"content": written, "mediaType": _PLAIN}} if written else {}


def _read(value: as2.Object) -> dict[str, Any]:
    return present({"quote": value.quote if as2.is_web_address(value.quote) else None})


NOTE: Final = Translation(kind=Kind.NOTE, write=_write, read=_read, attaches_files=True)
POST: Final = Translation(kind=Kind.POST, read=_read, attaches_files=True)
