"""What members send: looked at, made safe, kept, and described in a row until it is attached to something."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from actors.attaching import KEPT_FOR, checked_description
from actors.errors import Invalid
from node.context import Node
from node.files.addresses import file_url
from node.files.examining import PREVIEW, UPLOAD, Examined
from node.files.films import ffmpeg, film, film_of_gif
from node.files.refusals import Refusal
from node.files.types import BY_ENDING
from storage.actors import Actor
from storage.files import new_name
from storage.kinds import MediaKind, MediaState
from storage.media import Media

log = logging.getLogger(__name__)

NO_SPACE: Final = "This node is short of disk space and takes no files now; please tell its operators."

_LONGEST_TITLE: Final = 80
_RECORDINGS: Final = frozenset({MediaKind.VIDEO, MediaKind.AUDIO})
_FILE: Final = "upload"
_THUMBNAIL: Final = "thumbnail"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a client sent, with the name that it has there."""

    content: BinaryIO
    name: str = ""

    @property
    def ending(self) -> str:
        """The end of its name, after the last dot."""
        return self.name.rpartition(".")[2] if "." in self.name else ""


def upload_of(file: UploadFile) -> Upload:
    """Return a file of a form as it is accepted."""
    return Upload(file.file, file.filename or "")


async def check_space(node: Node, size: int = 0) -> None:
    """Raise HTTPException 507 where `size` more bytes would leave less room than the operator wants."""
    if not await node.files.has_room(node.files.uploads, size):
        log.warning("An upload was refused: less than limits.free_space_mib is free")
        raise HTTPException(507, NO_SPACE)


async def accept(
    node: Node,
    owner: Actor,
    upload: Upload,
    *,
    description: str = "",
    focus: tuple[float, float] | None = None,
    thumbnail: Upload | None = None,
) -> Media:
    """Keep what a member sent, and return its row: ready, unless it is a recording that ffmpeg works on.

    Raises Invalid with a sentence for the member, and HTTPException 507.
    """
    description = checked_description(description)
    await check_space(node)
    files = node.files
    async with files.folder() as folder:
        with refusals():
            source = folder / _FILE
            await files.receive(upload.content, source)
            examined = await files.examine(source, folder, purpose=UPLOAD, hint=upload.ending)
            shown = examined
            if thumbnail is not None and examined.kind in _RECORDINGS:
                shown = await _thumbnail(node, thumbnail, folder)
        media = await _kept(node, owner, upload, folder, examined, shown)
    media = replace(
        media,
        description=description,
        focus_x=focus[0] if focus else None,
        focus_y=focus[1] if focus else None,
    )
    async with node.database.begin() as tx:
        await tx.media.add(media)
    if media.state == MediaState.PROCESSING:
        start(node, media.id)
    return media


async def set_thumbnail(node: Node, media: Media, thumbnail: Upload) -> Media:
    """Let another picture stand for a recording; of pictures the preview stays what it shows."""
    if media.kind not in _RECORDINGS:
        return media
    await check_space(node)
    async with node.files.folder() as folder:
        with refusals():
            shown = await _thumbnail(node, thumbnail, folder)
        name, size = await _keep(node, folder, shown.preview)
    async with node.database.begin() as tx:
        current = await tx.media.get(media.id)
        if current is not None:
            changed = replace(
                current,
                preview=name,
                preview_url=file_url(node.base_url, name) if name else None,
                preview_size=size,
                blurhash=shown.blurhash,
            )
            await tx.media.change(changed)
    await node.files.uploads.remove([each for each in (media.preview,) if each])
    return media if current is None else changed


def start(node: Node, media_id: int) -> "asyncio.Task[None]":
    """Begin what is left to do with a recording, unless that is under way."""
    return node.files.start(f"upload {media_id}", partial(finish, node, media_id))


async def finish(node: Node, media_id: int) -> None:
    """Do what is left to do with a recording or a moving picture; it is then ready or has failed."""
    async with node.database.read() as tx:
        media = await tx.media.get(media_id)
    if media is None or media.state != MediaState.PROCESSING:
        return
    async with node.files.folder() as folder:
        source = folder / _FILE
        if not await node.files.uploads.copy_to(media.file, source):
            changed = replace(media, state=MediaState.FAILED)
        else:
            try:
                changed = await _filmed(node, media, source, folder)
            except Refusal as refusal:
                log.info("Upload %d could not be finished: %s", media_id, refusal)
                changed = replace(media, state=MediaState.FAILED)
    async with node.database.begin() as tx:
        current = await tx.media.get(media_id)
        if current is not None:
            # What it is called may have changed meanwhile.
            changed = replace(
                changed,
                description=current.description,
                focus_x=current.focus_x,
                focus_y=current.focus_y,
                kept_until=current.kept_until,
            )
            await tx.media.change(changed)
    kept = set(changed.files) if current is not None else set()
    await node.files.uploads.remove({*media.files, *changed.files} - kept)


async def _filmed(node: Node, media: Media, source: Path, folder: Path) -> Media:
    """Return the row as it is once ffmpeg has done its part; without ffmpeg, as it was."""
    ready = replace(media, state=MediaState.READY)
    if ffmpeg() is None:
        return ready
    largest = node.files.largest_upload
    if media.kind == MediaKind.IMAGE:
        made = await film_of_gif(source, folder, largest=largest)
        if made is None:
            return ready
        name, size = await _keep(node, folder, made.name)
        assert name is not None, "there is a film"
        return replace(
            ready,
            kind=MediaKind.GIFV,
            media_type="video/mp4",
            file=name,
            url=file_url(node.base_url, name),
            size=size,
        )
    found = await film(source, media.file.rpartition(".")[2], folder, largest=largest)
    if found.still is not None and media.preview is None:
        shown = await node.files.examine(found.still, folder, purpose=PREVIEW)
        preview, preview_size = await _keep(node, folder, shown.preview)
        ready = replace(
            ready,
            preview=preview,
            preview_url=file_url(node.base_url, preview) if preview else None,
            preview_size=preview_size,
            blurhash=shown.blurhash,
        )
    if media.kind == MediaKind.VIDEO and media.width is None:
        ready = replace(ready, width=found.width, height=found.height)
    name, size = await _keep(node, folder, found.file.name)
    assert name is not None, "there is a film"
    return replace(
        ready,
        file=name,
        url=file_url(node.base_url, name),
        size=size,
        duration=found.seconds or media.duration,
    )


async def _thumbnail(node: Node, thumbnail: Upload, folder: Path) -> Examined:
    source = folder / _THUMBNAIL
    await node.files.receive(thumbnail.content, source)
    return await node.files.examine(source, folder, purpose=PREVIEW)


async def _kept(
    node: Node, owner: Actor, upload: Upload, folder: Path, examined: Examined, shown: Examined
) -> Media:
    """Move what was made into the store, and return the row that describes it."""
    assert examined.file is not None, "of an upload there is always a file"
    name, size = await _keep(node, folder, examined.file, examined.ending)
    assert name is not None, "see above"
    preview, preview_size = await _keep(node, folder, shown.preview)
    is_to_do = ffmpeg() is not None and (examined.kind in _RECORDINGS or _becomes_film(examined))
    base = node.base_url
    title = title_of(upload.name, examined.ending) if examined.kind == MediaKind.UNKNOWN else ""
    url = file_url(base, name, quote(title))
    preview_url = file_url(base, preview) if preview else None
    if preview_url is None and examined.kind == MediaKind.IMAGE:
        # It is as small as a preview would be.
        preview_url = url
    now = node.database.clock()
    return Media(
        id=node.database.identifiers.at(now),
        owner_id=owner.id,
        publication_id=None,
        state=MediaState.PROCESSING if is_to_do else MediaState.READY,
        kind=examined.kind,
        media_type=examined.media_type,
        file=name,
        preview=preview,
        url=url,
        preview_url=preview_url,
        size=size,
        preview_size=preview_size,
        width=examined.width,
        height=examined.height,
        duration=examined.duration,
        blurhash=shown.blurhash,
        focus_x=None,
        focus_y=None,
        description="",
        created_at=now,
        kept_until=now + KEPT_FOR,
    )


def _becomes_film(examined: Examined) -> bool:
    return examined.is_animated and examined.media_type == "image/gif"


async def _keep(
    node: Node, folder: Path, file: str | None, ending: str | None = None
) -> tuple[str | None, int]:
    """Move a file from a folder into the store; returns its name there and its size, or None and 0."""
    if file is None:
        return None, 0
    name = new_name(ending or file.rpartition(".")[2])
    return name, await node.files.uploads.keep(folder / file, name)


def title_of(name: str, ending: str) -> str:
    """Return what a document is saved as: its own name without anything that could mislead, or `document`."""
    stem = name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or name
    letters = "".join(each if each.isalnum() or each in "-_." else " " for each in stem)
    words = "-".join(letters.split()).strip("-_.")[:_LONGEST_TITLE].strip("-_.")
    return f"{words or 'document'}.{BY_ENDING[ending].ending}"


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what is refused inside into Invalid, for whoever sent the file."""
    try:
        yield
    except Refusal as error:
        raise Invalid(str(error), {"file": str(error)}) from error
