"""One job of the child process: what a file is, and what is made of it for a purpose."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from node.files.refusals import Refusal
from node.files.sniffing import sniff
from node.files.types import BY_ENDING, BY_MEDIA_TYPE, NOT_TAKEN, FileType
from storage.kinds import MediaKind

UPLOAD: Final = "upload"
"""Anything that a member posts: kept without metadata, with a preview."""

COPY: Final = "copy"
"""A picture or a recording of another node."""

PREVIEW: Final = "preview"
"""A picture that stands for a recording."""

PORTRAITS: Final = ("avatar", "header")

_RECORDINGS: Final = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is and what was made of it; `file` and `preview` are names in the folder of the job."""

    media_type: str
    kind: str
    file: str | None
    preview: str | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    blurhash: str | None = None
    is_animated: bool = False

    @property
    def ending(self) -> str:
        """The end of the name of a file of this kind."""
        return BY_MEDIA_TYPE[self.media_type].ending


def examine(source: Path, folder: Path, *, purpose: str, hint: str, megapixels: int) -> Examined:
    """Find out what a file is, and write what is made of it into the folder.

    Raises Refusal for what is not taken for this purpose.
    """
    found = sniff(source, hint=hint)
    if found is None:
        raise Refusal(NOT_TAKEN)
    if purpose in {PREVIEW, *PORTRAITS} and found.kind != MediaKind.IMAGE:
        raise Refusal("This is not a picture that can be shown; send a JPEG, PNG, WebP, GIF or AVIF.")
    if found.kind == MediaKind.IMAGE:
        return _picture(source, folder, found, purpose, megapixels)
    if found.kind in _RECORDINGS:
        return _recording(source, folder, found)
    if purpose == COPY:
        raise Refusal("Documents of other nodes are not copied.")
    return Examined(found.media_type, found.kind, source.name)


def _picture(source: Path, folder: Path, found: FileType, purpose: str, megapixels: int) -> Examined:
    # Only pictures pay for the libraries that read them.
    from node.files.pictures import make_picture, make_portrait, make_preview  # noqa: PLC0415 - see above

    options: dict[str, Any] = {"megapixels": megapixels}
    if purpose in PORTRAITS:
        made = make_portrait(source, found.ending, folder, which=purpose, **options)
    elif purpose == PREVIEW:
        made = make_preview(source, found.ending, folder, **options)
    else:
        made = make_picture(source, found.ending, folder, **options)
    return Examined(
        made.media_type,
        MediaKind.IMAGE,
        made.file,
        made.preview,
        made.width,
        made.height,
        None,
        made.blurhash,
        made.is_animated,
    )


def _recording(source: Path, folder: Path, found: FileType) -> Examined:
    from node.files.recordings import scrub  # noqa: PLC0415 - as above

    name = f"original.{found.ending}"
    said = scrub(source, found.ending, folder / name)
    if said.has_video is False and found.ending in {"mp4", "mov"}:
        found = BY_ENDING["m4a"]
    return Examined(
        found.media_type,
        found.kind,
        name,
        width=said.width,
        height=said.height,
        duration=said.seconds,
    )
