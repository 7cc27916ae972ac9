"""What other servers demand of a publication, as read in their sources (`domain.md` §4.2, `rich-objects.md`).

Each function returns what its server would stumble over; nothing means that the document is understood whole.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

Document = dict[str, Any]
_CONVERTED = {"Article", "Page", "Event", "Image", "Audio", "Video"}


def mastodon(document: Document) -> Iterator[str]:
    """`status_parser.rb`, `create.rb`: title, summary and link of long things; content of notes."""
    if document["type"] not in _CONVERTED | {"Note", "Question"}:
        yield "drops the type"
    maps = [document[name] for name in ("contentMap", "nameMap", "summaryMap") if document.get(name)]
    if not maps or next(iter(maps[0])) != document["inLanguage"]:
        yield "takes another language for the original"
    if not isinstance(document.get("url"), str):
        yield "takes the first address whatever it is"
    if PUBLIC not in document["to"]:
        yield "is not public"
    media = [entry for entry in document.get("attachment", ()) if "href" not in entry]
    if len(media) > 4:
        yield "drops files after the fourth"
    if document["type"] in _CONVERTED:
        summary = document.get("summary", "")
        if not document.get("name") or not re.fullmatch(r"<p>(?:(?!</?p\b|<a\b).)+</p>", summary):
            yield "shows no title, or glues the summary to it, or takes its link for the card"
        if document["type"] != "Event" and media:
            yield "shows files instead of the card"
    elif document.get("name") or document.get("summary"):
        yield "hides the note behind a warning"


def gotosocial(document: Document) -> Iterator[str]:
    """`astointernal.go`: the text stands behind its summary, so it has to name the thing itself."""
    if document["type"] not in {"Article", "Document", "Image", "Video", "Note", "Page", "Event", "Question"}:
        yield "refuses the type"
    if not document.get("contentMap"):
        yield "knows no language"
    if document.get("updated", document["published"]) < document["published"]:
        yield "refuses what was changed before it was published"
    if document.get("name") and not document["content"].startswith(f"<p><strong>{document['name']}</strong>"):
        yield "shows a text that does not say what it is about"


def mobilizon(document: Document) -> Iterator[str]:
    """`transmogrifier.ex`, `converter/event.ex`: strict shapes, or the event is lost."""
    if not isinstance(document["type"], str) or not isinstance(document["attributedTo"], str):
        yield "compares strings"
    if document["type"] in ("Article", "Event") and not isinstance(document.get("actor"), str):
        yield "needs actor beside attributedTo"
    if not isinstance(document.get("image", {}), dict):
        yield "takes one picture"
    if not all(isinstance(entry, dict) for entry in document.get("attachment", ())):
        yield "takes objects as attachments only"
    if not isinstance(document.get("inLanguage"), str):
        yield "takes one language"
    yield from _mobilizon_event(document)


def _mobilizon_event(document: Document) -> Iterator[str]:
    location = document.get("location", {})
    if not isinstance(location, dict):
        yield "has no clause for a list of places"
    elif any(not isinstance(location.get(name, 0.0), float) for name in ("latitude", "longitude")):
        yield "takes decimal degrees only"
    if document.get("joinMode", "free") not in {"free", "restricted", "invite", "external"}:
        yield "refuses the way to join"
    if document.get("status", "CONFIRMED") not in {"CONFIRMED", "TENTATIVE", "CANCELLED"}:
        yield "refuses the status"


def lemmy(document: Document) -> Iterator[str]:
    """`protocol/page.rs`: one strict struct, refused as a whole where a single part does not fit."""
    for entry in document.get("attachment", ()):
        if entry["type"] not in {"Link", "Image", "Document"}:
            yield "refuses an attachment of another type"
    if not isinstance(document["attributedTo"], str) or not isinstance(document.get("context", ""), str):
        yield "refuses what is no string"
    if "language" in document:
        yield "reads a foreign language"


def takahe(document: Document) -> Iterator[str]:
    """`post.py`: types are strings, every attachment leads somewhere."""
    for part in (document, *document.get("tag", ()), *document.get("attachment", ())):
        if not isinstance(part.get("type"), str):
            yield "needs a type that is a string"
    if not all("url" in entry or "href" in entry for entry in document.get("attachment", ())):
        yield "refuses an attachment without an address"


def gancio(document: Document) -> Iterator[str]:
    """`helpers.js`, `events.js`: media types everywhere, the picture first, every tag named."""
    if not all(entry.get("mediaType") for entry in document.get("attachment", ())):
        yield "looks into the media type of every attachment"
    if not all(str(tag.get("name", "")).startswith(("#", "@")) for tag in document.get("tag", ())):
        yield "cuts the first letter off every tag"
    first = next(iter(document.get("attachment", ())), {})
    if document["type"] == "Event" and "image" in document and first.get("url") != document["image"]["url"]:
        yield "takes the first attachment for the picture"


CONSUMERS: dict[str, Callable[[Document], Iterator[str]]] = {
    "mastodon": mastodon,
    "gotosocial": gotosocial,
    "mobilizon": mobilizon,
    "lemmy": lemmy,
    "takahe": takahe,
    "gancio": gancio,
}
