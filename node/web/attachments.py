"""Files and links beside a publication."""

from collections.abc import Mapping
from typing import Any

from actors.links import host_of, safe_url
from actors.text import plain_line
from federation.origins import same_origin
from node.pages.catalogues import message
from node.pages.speech import Speech, Text
from node.web.views import Attachment, Value
from storage.publications import Publication

_LONGEST_NAME = 300
_LONGEST_TEXT = 1_500
_LARGEST_SIDE = 100_000
#: What browsers draw without a plug-in, and what cannot carry a script.
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
_TYPES = {
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/epub+zip": "EPUB",
    "application/rtf": "RTF",
    "application/msword": "Word",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.oasis.opendocument.text": "OpenDocument",
    "application/vnd.ms-excel": "Excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "application/vnd.oasis.opendocument.spreadsheet": "OpenDocument",
    "application/vnd.ms-powerpoint": "PowerPoint",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PowerPoint",
    "application/vnd.oasis.opendocument.presentation": "OpenDocument",
    "text/csv": "CSV",
    "text/html": "HTML",
    "text/plain": "TXT",
    "text/markdown": "Markdown",
}
_FAMILIES = {"image": message("Picture"), "audio": message("Sound"), "video": message("Video")}


def attachments_of(publication: Publication, base_url: str, speech: Speech) -> tuple[Attachment, ...]:
    """Return the files of a publication. Pictures are drawn only from this node, so that no other is told."""
    found = (_attachment(entry, publication, base_url, speech) for entry in publication.attachments)
    return tuple(attachment for attachment in found if attachment)


def picture_of(publication: Publication, base_url: str) -> Mapping[str, Any] | None:
    """Return the first picture that can stand for a publication elsewhere, or None."""
    return next((entry for entry in publication.attachments if _is_picture(entry, base_url)), None)


def links_of(publication: Publication) -> tuple[Value, ...]:
    """Return the addresses that a resource is found at, with their names."""
    links = publication.details.get("links")
    found = []
    for entry in links if isinstance(links, list) else []:
        url = safe_url(str(entry.get("url", ""))) if isinstance(entry, dict) else safe_url(str(entry))
        name = plain_line(str(entry.get("name", "")), _LONGEST_NAME) if isinstance(entry, dict) else ""
        if url:
            found.append(Value(Text(name or host_of(url), publication.language or "" if name else ""), url))
    return tuple(found)


def _attachment(
    entry: dict[str, Any], publication: Publication, base_url: str, speech: Speech
) -> Attachment | None:
    url = safe_url(str(entry.get("url") or entry.get("href") or ""))
    if url is None or url == publication.url:
        return None
    name = plain_line(str(entry.get("name") or ""), _LONGEST_TEXT)
    is_picture = _is_picture(entry, base_url)
    return Attachment(
        name=Text(name or url.rstrip("/").rpartition("/")[2], publication.language or "" if name else ""),
        href=url,
        about=_about(entry, url, base_url, speech),
        is_picture=is_picture,
        width=_side(entry.get("width")),
        height=_side(entry.get("height")),
    )


def _about(entry: dict[str, Any], url: str, base_url: str, speech: Speech) -> tuple[str, ...]:
    """Return the type of a file, its size where that is known, and its host where it is another."""
    media_type = str(entry.get("mediaType") or "").partition(";")[0].strip().lower()
    family = _FAMILIES.get(media_type.partition("/")[0])
    size = entry.get("size")
    parts = [
        _TYPES.get(media_type) or (speech.say(family) if family else ""),
        speech.size(size) if isinstance(size, int) and size > 0 else "",
        "" if same_origin(url, base_url) else host_of(url),
    ]
    return tuple(part for part in parts if part)


def _is_picture(entry: Mapping[str, Any], base_url: str) -> bool:
    return entry.get("mediaType") in _PICTURES and same_origin(str(entry.get("url") or ""), base_url)


def _side(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value <= _LARGEST_SIDE else None
