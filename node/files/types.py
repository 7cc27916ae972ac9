"""The kinds of files that are taken: what each is called on the wire and on disk, and how it is shown.

What a file is, its bytes say (`sniffing`); neither its name nor what its sender calls it counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from storage.kinds import MediaKind


@dataclass(frozen=True, slots=True)
class FileType:
    """A kind of file. `is_download`: browsers save it and never show it as a page of this node's."""

    media_type: str
    ending: str
    kind: MediaKind

    @property
    def is_download(self) -> bool:
        """Whether it is saved and not shown."""
        return self.kind == MediaKind.UNKNOWN


_OOXML: Final = "application/vnd.openxmlformats-officedocument"
_ODF: Final = "application/vnd.oasis.opendocument"

TYPES: Final = (
    FileType("image/jpeg", "jpg", MediaKind.IMAGE),
    FileType("image/png", "png", MediaKind.IMAGE),
    FileType("image/webp", "webp", MediaKind.IMAGE),
    FileType("image/gif", "gif", MediaKind.IMAGE),
    FileType("image/avif", "avif", MediaKind.IMAGE),
    FileType("image/heic", "heic", MediaKind.IMAGE),
    FileType("video/mp4", "mp4", MediaKind.VIDEO),
    FileType("video/quicktime", "mov", MediaKind.VIDEO),
    FileType("video/webm", "webm", MediaKind.VIDEO),
    FileType("video/ogg", "ogv", MediaKind.VIDEO),
    FileType("audio/mpeg", "mp3", MediaKind.AUDIO),
    FileType("audio/mp4", "m4a", MediaKind.AUDIO),
    FileType("audio/ogg", "ogg", MediaKind.AUDIO),
    FileType("audio/webm", "weba", MediaKind.AUDIO),
    FileType("audio/wav", "wav", MediaKind.AUDIO),
    FileType("audio/flac", "flac", MediaKind.AUDIO),
    FileType("application/pdf", "pdf", MediaKind.UNKNOWN),
    FileType(f"{_OOXML}.wordprocessingml.document", "docx", MediaKind.UNKNOWN),
    FileType(f"{_OOXML}.spreadsheetml.sheet", "xlsx", MediaKind.UNKNOWN),
    FileType(f"{_OOXML}.presentationml.presentation", "pptx", MediaKind.UNKNOWN),
    FileType(f"{_ODF}.text", "odt", MediaKind.UNKNOWN),
    FileType(f"{_ODF}.spreadsheet", "ods", MediaKind.UNKNOWN),
    FileType(f"{_ODF}.presentation", "odp", MediaKind.UNKNOWN),
    FileType("text/csv", "csv", MediaKind.UNKNOWN),
    FileType("text/plain", "txt", MediaKind.UNKNOWN),
)

BY_MEDIA_TYPE: Final[Mapping[str, FileType]] = {each.media_type: each for each in TYPES}
BY_ENDING: Final[Mapping[str, FileType]] = {each.ending: each for each in TYPES}

NOT_TAKEN: Final = (
    "This kind of file is not taken. Taken are pictures (JPEG, PNG, WebP, GIF, AVIF), video (MP4, WebM, "
    "Ogg), sound (MP3, M4A, Ogg, WAV, FLAC), PDF, CSV, plain text, and Word, Excel, PowerPoint and "
    "OpenDocument files without macros."
)
"""What people are told when a file is none of these."""

_OTHER_NAMES: Final = ("audio/mp3", "audio/x-m4a", "audio/wave", "audio/x-wav", "audio/x-flac")


def reads_heif() -> bool:
    """Whether the library is installed that reads pictures as iPhones take them."""
    return find_spec("pillow_heif") is not None


def supported_media_types() -> list[str]:
    """Return the media types that clients may upload; iPhones send HEIC only where it is listed."""
    listed = [each.media_type for each in TYPES if each.media_type != "image/heic" or reads_heif()]
    if reads_heif():
        listed.append("image/heif")
    return [*listed, *_OTHER_NAMES]
