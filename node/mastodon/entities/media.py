"""Media attachments as clients see them."""

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

from node.files.addresses import address_in, proxy_url
from node.files.sizes import preview_size
from storage.kinds import MediaKind, MediaState
from storage.media import Media

MOST_SHOWN: Final = 16
"""How many attachments of one publication clients are given; others' posts may have more than ours."""

_LARGEST_SIDE: Final = 100_000
_MOST_SECONDS: Final = 10 * 24 * 3600
_LONGEST_TEXT: Final = 10_000
_AXES: Final = 2
_GIFV: Final = "gifv"
_FAMILIES: Final[Mapping[str, str]] = {
    "image": MediaKind.IMAGE,
    "video": MediaKind.VIDEO,
    "audio": MediaKind.AUDIO,
}
_TYPES: Final[Mapping[str, str]] = {
    "Image": MediaKind.IMAGE,
    "Video": MediaKind.VIDEO,
    "Audio": MediaKind.AUDIO,
}
#: Pictures that no client draws, or that may hold a program.
_NOT_DRAWN: Final = frozenset({"image/svg+xml", "image/tiff", "image/vnd.adobe.photoshop"})
_BLURHASH: Final = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,100}")
_DURATION: Final = re.compile(r"PT(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?", re.ASCII)


def media_entity(media: Media) -> dict[str, Any]:
    """Return the MediaAttachment of something that was uploaded here; `url` is null while it is looked at."""
    is_ready = media.state == MediaState.READY
    size = (media.width, media.height) if media.width and media.height else None
    return _entity(
        str(media.id),
        media.kind,
        url=media.url if is_ready else None,
        preview_url=media.preview_url if is_ready else None,
        meta=_meta(media.kind, size, media.duration, media.focus),
        description=media.description or None,
        blurhash=media.blurhash,
    )


def attachment_entities(
    publication_id: int, attachments: Iterable[Mapping[str, Any]], base_url: str
) -> list[dict[str, Any]]:
    """Return the MediaAttachments of a publication, of all its attachments in ActivityStreams' words.

    What lies elsewhere is shown through this node, by its place among the attachments, with the original as
    `remote_url`; files that nobody draws, such as documents, are named where they are. Links to pages are no
    media.
    """
    found = []
    for place, attachment in enumerate(attachments):
        url = address_in(attachment)
        kind = None if url is None else _kind(attachment)
        if url is not None and kind is not None:
            found.append(_attached(publication_id, place, attachment, kind, url, base_url))
    return found[:MOST_SHOWN]


def _attached(
    publication_id: int, place: int, attachment: Mapping[str, Any], kind: str, url: str, base_url: str
) -> dict[str, Any]:
    size = _size(attachment)
    name = attachment.get("name")
    preview = attachment.get("preview")
    number = attachment.get("mediaId")
    is_here = url.startswith(f"{base_url}/")
    preview_url = preview if isinstance(preview, str) else None
    shown = url
    if kind == MediaKind.IMAGE:
        preview_url = preview_url or url
    if not is_here and kind != MediaKind.UNKNOWN:
        shown = proxy_url(base_url, publication_id, place, url)
        preview_url = (
            proxy_url(base_url, publication_id, place, url, small=True) if kind == MediaKind.IMAGE else None
        )
    return _entity(
        number if isinstance(number, str) else _number_of(publication_id, url),
        kind,
        url=shown,
        preview_url=preview_url,
        remote_url=None if is_here else url,
        meta=_meta(kind, size, _seconds(attachment.get("duration")), _focus(attachment)),
        description=name[:_LONGEST_TEXT] if isinstance(name, str) and name else None,
        blurhash=_blurhash(attachment.get("blurhash")),
    )


def _entity(
    number: str,
    kind: str,
    *,
    url: str | None,
    preview_url: str | None,
    meta: dict[str, Any] | None,
    description: str | None,
    blurhash: str | None,
    remote_url: str | None = None,
) -> dict[str, Any]:
    return {
        "id": number,
        "type": str(kind),
        "url": url,
        "preview_url": preview_url,
        "remote_url": remote_url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta,
        "description": description,
        "blurhash": blurhash,
    }


def _kind(attachment: Mapping[str, Any]) -> str | None:
    """Return what clients take an attachment for; None for a link to a page."""
    type_ = attachment.get("type")
    media_type = str(attachment.get("mediaType") or "").partition(";")[0].strip().lower()
    if type_ == "Link" and not media_type.startswith(("image/", "video/", "audio/")):
        return None
    if attachment.get("mediaKind") == _GIFV:
        return MediaKind.GIFV
    if media_type in _NOT_DRAWN:
        return MediaKind.UNKNOWN
    kind = _FAMILIES.get(media_type.partition("/")[0])
    if kind is None and not media_type:
        kind = _TYPES.get(str(type_))
    if kind is None and media_type == "text/html":
        return None
    return kind or MediaKind.UNKNOWN


def _meta(
    kind: str, size: tuple[int, int] | None, seconds: float | None, focus: tuple[float, float] | None
) -> dict[str, Any] | None:
    if kind == MediaKind.IMAGE:
        return _picture_meta(size, focus)
    if kind == MediaKind.UNKNOWN:
        return {}
    meta: dict[str, Any] = {}
    original: dict[str, Any] = {}
    if size is not None and kind != MediaKind.AUDIO:
        meta |= _side_by_side(*size)
        original |= {"width": size[0], "height": size[1]}
        meta["small"] = _side_by_side(*preview_size(*size))
    if seconds is not None:
        meta |= {"length": _clock(seconds), "duration": round(seconds, 3)}
        original["duration"] = round(seconds, 3)
    if original:
        meta["original"] = original
    if focus is not None:
        meta["focus"] = {"x": focus[0], "y": focus[1]}
    return meta


def _picture_meta(size: tuple[int, int] | None, focus: tuple[float, float] | None) -> dict[str, Any] | None:
    if size is None:
        # Nothing is better than a guess: clients then measure the picture itself.
        return None
    meta: dict[str, Any] = {
        "original": _side_by_side(*size),
        "small": _side_by_side(*preview_size(*size)),
    }
    if focus is not None:
        meta["focus"] = {"x": focus[0], "y": focus[1]}
    return meta


def _side_by_side(width: int, height: int) -> dict[str, Any]:
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:05.2f}"


def _size(attachment: Mapping[str, Any]) -> tuple[int, int] | None:
    width, height = _side(attachment.get("width")), _side(attachment.get("height"))
    return (width, height) if width and height else None


def _side(value: Any) -> int | None:
    is_side = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST_SIDE
    return value if is_side else None


def _focus(attachment: Mapping[str, Any]) -> tuple[float, float] | None:
    given = attachment.get("focalPoint")
    if not isinstance(given, list | tuple) or len(given) != _AXES:
        return None
    if not all(isinstance(each, int | float) and -1 <= each <= 1 for each in given):
        return None
    return float(given[0]), float(given[1])


def _blurhash(value: Any) -> str | None:
    return value if isinstance(value, str) and _BLURHASH.fullmatch(value) else None


def _seconds(value: Any) -> float | None:
    """Return an `xsd:duration` of hours, minutes and seconds in seconds."""
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    return total if total <= _MOST_SECONDS else None


def _number_of(publication_id: int, url: str) -> str:
    """Return a number that stays the same as long as the publication has this file."""
    digest = blake2b(f"{publication_id} {url}".encode("utf-8", "replace"), digest_size=8).digest()
    return str((int.from_bytes(digest, "big") >> 1) or 1)
