"""What ffmpeg does where it is installed: a still of a video, moving GIFs as video, recordings without notes.

It only ever sees files that were recognised, with their container named to it, no other protocol than files,
and no more time and memory than a process of its own is given.
"""

import logging
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from node.files.child import confine
from node.files.processes import Late, python, run
from node.files.refusals import Refusal

log = logging.getLogger(__name__)

_SECONDS: Final = 120.0
_MEMORY: Final = 3 * 1024 * 1024 * 1024
_ROOM: Final = 4
#: How ffmpeg calls the containers by the ends of their names, to be read and to be written.
_READ_AS: Final = {
    "mp4": "mov",
    "mov": "mov",
    "m4a": "mov",
    "webm": "matroska",
    "weba": "matroska",
    "ogg": "ogg",
    "ogv": "ogg",
    "mp3": "mp3",
    "wav": "wav",
    "flac": "flac",
    "gif": "gif",
}
_WRITTEN_AS: Final = {**_READ_AS, "mp4": "mp4", "m4a": "ipod", "webm": "webm", "weba": "webm"}
_SOUND: Final = frozenset({"m4a", "weba", "ogg", "mp3", "wav", "flac"})
_DURATION: Final = re.compile(rb"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")
_SIDES: Final = re.compile(rb"Stream #.*Video:.*?[, ](\d{1,5})x(\d{1,5})[, \[]")


@dataclass(frozen=True, slots=True)
class Film:
    """What ffmpeg made of a recording, and what it found: `still` is None where there is no picture."""

    file: Path
    still: Path | None
    seconds: float | None = None
    width: int | None = None
    height: int | None = None


def main() -> None:
    """Become ffmpeg, within limits; the arguments are the program, the bytes it may write, and its own."""
    _, _, program, written, *arguments = sys.argv
    confine(memory=_MEMORY, seconds=int(_SECONDS), written=int(written))
    os.execv(program, [program, *arguments])  # noqa: S606 - there is no shell, and the arguments are ours


def ffmpeg() -> str | None:
    """Return where ffmpeg is; None where it is not installed."""
    return shutil.which("ffmpeg")


async def film(source: Path, ending: str, folder: Path, *, largest: int) -> Film:
    """Copy a recording without notes, and take a still of what it shows; Refusal for a damaged one."""
    target = folder / f"film.{ending}"
    said = await _ffmpeg(
        folder,
        largest,
        *_input(source, ending),
        # A picture of a sound is its sleeve, and becomes its still.
        *(() if ending in _SOUND else ("-map", "0:v:0?")),
        *("-map", "0:a:0?", "-c", "copy", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-fflags", "+bitexact", "-f", _WRITTEN_AS[ending]),
        *(("-movflags", "+faststart") if _WRITTEN_AS[ending] in {"mp4", "mov", "ipod"} else ()),
        _path(target),
    )
    if not target.exists() or not target.stat().st_size:
        raise Refusal("This recording is damaged, or of a kind that is not taken.")
    still = folder / "still.png"
    await _ffmpeg(
        folder,
        largest,
        *_input(source, ending),
        *("-map", "0:v:0?", "-frames:v", "1", "-vf", "thumbnail=24,scale='min(1920,iw)':-2", "-f", "image2"),
        _path(still),
        may_fail=True,
    )
    found = _SIDES.search(said)
    return Film(
        target,
        still if still.exists() and still.stat().st_size else None,
        _seconds(said),
        int(found[1]) if found else None,
        int(found[2]) if found else None,
    )


async def film_of_gif(source: Path, folder: Path, *, largest: int) -> Path | None:
    """Turn a moving GIF into a silent video, which is a tenth of the size; None where that fails."""
    target = folder / "film.mp4"
    await _ffmpeg(
        folder,
        largest,
        *_input(source, "gif"),
        *("-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"),
        *("-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2", "-map_metadata", "-1", "-fflags", "+bitexact"),
        *("-threads", "1", "-movflags", "+faststart", "-f", "mp4"),
        _path(target),
        may_fail=True,
    )
    return target if target.exists() and target.stat().st_size else None


def _input(source: Path, ending: str) -> tuple[str, ...]:
    return (
        *("-hide_banner", "-nostdin", "-y", "-protocol_whitelist", "file"),
        *("-f", _READ_AS[ending], "-i", _path(source)),
    )


def _path(path: Path) -> str:
    # With its protocol, a path can be no option, and no other protocol.
    return f"file:{path}"


async def _ffmpeg(folder: Path, largest: int, *arguments: str, may_fail: bool = False) -> bytes:
    program = ffmpeg()
    assert program is not None, "whoever calls this has looked"
    command = python("films", program, str(largest * _ROOM), *arguments)
    try:
        code, _, errors = await run(command, folder=folder, seconds=_SECONDS)
    except Late as late:
        if may_fail:
            return b""
        raise Refusal("This recording takes too long to be read; make it shorter.") from late
    if code and not may_fail:
        log.info("ffmpeg ended with %d: %s", code, errors[-300:].decode("utf-8", "replace"))
        raise Refusal("This recording is damaged, or of a kind that is not taken.")
    return errors


def _seconds(said: bytes) -> float | None:
    found = _DURATION.search(said)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else None
