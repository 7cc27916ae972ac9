"""Video and sound: how long and how large, and without notes about place, device and author.

Works on the containers alone and decodes nothing: MP4 and its relatives, FLAC, WAV, MP3. Of others nothing is
known but what they are; where ffmpeg is installed it does all of this better (`node.files.films`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from node.files.refusals import Refusal
from node.files.sniffing import id3_length

#: Boxes of MP4 that draw or sound nothing, and may say where and by whom it was recorded.
_NOTES: Final = frozenset({b"udta", b"meta", b"uuid", b"loci", b"skip"})
_INSIDE: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"edts"})
_DEEPEST: Final = 6
_MOST_BOXES: Final = 10_000
_LARGEST_BOX_READ: Final = 4096
_CHUNK: Final = 1024 * 1024
_DAMAGED: Final = "This recording is damaged: it breaks off."
_FLAC_KEPT: Final = frozenset({0, 3})
_WAV_KEPT: Final = frozenset({b"fmt ", b"fact", b"data"})
_ID3_AT_END: Final = 128


@dataclass(frozen=True, slots=True)
class Recording:
    """What a container says: `seconds` and pixels where they are known, and whether there is a picture."""

    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    has_video: bool | None = None


def scrub(source: Path, ending: str, target: Path) -> Recording:
    """Write a recording without notes about it; return what it says of itself. Refusal for a damaged one."""
    try:
        if ending in {"mp4", "mov", "m4a"}:
            return _scrub_mp4(source, target)
        if ending == "flac":
            return _scrub_flac(source, target)
        if ending == "wav":
            return _scrub_wav(source, target)
        if ending == "mp3":
            return _scrub_mp3(source, target)
    except (EOFError, IndexError, ValueError, ZeroDivisionError) as error:
        raise Refusal(_DAMAGED) from error
    with source.open("rb") as read, target.open("wb") as written:
        _copy(read, written, source.stat().st_size)
    return Recording()


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int
    header: int
    end: int


def _scrub_mp4(source: Path, target: Path) -> Recording:
    """Copy an MP4 and empty the boxes of notes where they are: what follows must stay where it is."""
    size = source.stat().st_size
    with source.open("rb") as read, target.open("w+b") as written:
        _copy(read, written, size)
        seconds, sides, kinds = None, (0, 0), set()
        is_film = False
        for box in _boxes(written, 0, size, 0, [0]):
            if box.kind in _NOTES:
                _empty(written, box)
                continue
            body = _body(written, box)
            if box.kind == b"moov":
                is_film = True
            elif box.kind == b"mvhd":
                seconds = _movie_seconds(body)
                _forget_times(written, box, body)
            elif box.kind in {b"tkhd", b"mdhd"}:
                sides = max(sides, _track_sides(body)) if box.kind == b"tkhd" else sides
                _forget_times(written, box, body)
            elif box.kind == b"hdlr":
                kinds.add(body[8:12])
    if not is_film:
        raise Refusal(_DAMAGED)
    has_video = b"vide" in kinds
    width, height = sides if has_video and all(sides) else (None, None)
    return Recording(seconds, width, height, has_video)


def _boxes(file: BinaryIO, start: int, end: int, depth: int, counted: list[int]) -> Iterator[_Box]:
    """Yield the boxes in a part of a file, and those inside of those that hold any."""
    place = start
    while place + 8 <= end:
        counted[0] += 1
        if counted[0] > _MOST_BOXES:
            raise ValueError("too many boxes")
        file.seek(place)
        header = file.read(16)
        length, kind, head = int.from_bytes(header[:4], "big"), header[4:8], 8
        if length == 1:
            length, head = int.from_bytes(header[8:16], "big"), 16
        elif length == 0:
            length = end - place
        if length < head or place + length > end:
            raise EOFError
        box = _Box(kind, place, head, place + length)
        yield box
        if kind in _INSIDE and depth < _DEEPEST:
            yield from _boxes(file, place + head, box.end, depth + 1, counted)
        place = box.end


def _body(file: BinaryIO, box: _Box) -> bytes:
    file.seek(box.start + box.header)
    return file.read(min(box.end - box.start - box.header, _LARGEST_BOX_READ))


def _empty(file: BinaryIO, box: _Box) -> None:
    """Turn a box into free space of the same length."""
    file.seek(box.start + 4)
    file.write(b"free")
    file.seek(box.start + box.header)
    left = box.end - box.start - box.header
    while left:
        step = min(left, _CHUNK)
        file.write(bytes(step))
        left -= step


def _forget_times(file: BinaryIO, box: _Box, body: bytes) -> None:
    """Write nothing in place of when it was recorded and changed."""
    length = 16 if body[0] == 1 else 8
    file.seek(box.start + box.header + 4)
    file.write(bytes(length))


def _movie_seconds(body: bytes) -> float | None:
    if body[0] == 1:
        scale, length = int.from_bytes(body[20:24], "big"), int.from_bytes(body[24:32], "big")
    else:
        scale, length = int.from_bytes(body[12:16], "big"), int.from_bytes(body[16:20], "big")
    return length / scale if scale and length else None


def _track_sides(body: bytes) -> tuple[int, int]:
    """Return the width and height of a track as it is shown: phones record on their side and note it."""
    start = 88 if body[0] == 1 else 76
    width = int.from_bytes(body[start : start + 4], "big") >> 16
    height = int.from_bytes(body[start + 4 : start + 8], "big") >> 16
    is_turned = any(body[start - 32 : start - 28]) and not any(body[start - 36 : start - 32])
    return (height, width) if is_turned else (width, height)


def _scrub_flac(source: Path, target: Path) -> Recording:
    with source.open("rb") as read, target.open("wb") as written:
        _exactly(read, 4)
        blocks: list[tuple[int, bytes]] = []
        is_last = False
        while not is_last:
            head = _exactly(read, 4)
            is_last = bool(head[0] & 0x80)
            body = _exactly(read, int.from_bytes(head[1:], "big"))
            if head[0] & 0x7F in _FLAC_KEPT:
                blocks.append((head[0] & 0x7F, body))
        if not blocks or blocks[0][0] != 0:
            raise ValueError("no stream information")
        written.write(b"fLaC")
        for number, (kind, body) in enumerate(blocks):
            flag = 0x80 if number == len(blocks) - 1 else 0
            written.write(bytes([kind | flag]) + len(body).to_bytes(3, "big") + body)
        _copy(read, written, source.stat().st_size)
    packed = int.from_bytes(blocks[0][1][10:18], "big")
    rate, samples = packed >> 44, packed & 0xFFFFFFFFF
    return Recording(samples / rate if rate and samples else None)


def _scrub_wav(source: Path, target: Path) -> Recording:
    size = source.stat().st_size
    seconds, rate = None, 0
    with source.open("rb") as read, target.open("wb") as written:
        written.write(b"RIFF\0\0\0\0WAVE")
        place = 12
        while place + 8 <= size:
            read.seek(place)
            head = _exactly(read, 8)
            length = min(int.from_bytes(head[4:], "little"), size - place - 8)
            if head[:4] == b"fmt ":
                rate = int.from_bytes(_exactly(read, 16)[8:12], "little")
                read.seek(place + 8)
            elif head[:4] == b"data" and rate:
                seconds = length / rate
            if head[:4] in _WAV_KEPT:
                written.write(head[:4] + length.to_bytes(4, "little"))
                _copy(read, written, length)
                written.write(bytes(length & 1))
            place += 8 + length + (length & 1)
        whole = written.tell()
        written.seek(4)
        written.write((whole - 8).to_bytes(4, "little"))
    if seconds is None:
        raise ValueError("no sound")
    return Recording(seconds)


def _scrub_mp3(source: Path, target: Path) -> Recording:
    size = source.stat().st_size
    with source.open("rb") as read, target.open("wb") as written:
        start = id3_length(read.read(10))
        end = size
        if size >= start + _ID3_AT_END:
            read.seek(size - _ID3_AT_END)
            if read.read(3) == b"TAG":
                end -= _ID3_AT_END
        read.seek(start)
        _copy(read, written, end - start)
    return Recording()


def _exactly(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) != length:
        raise EOFError
    return data


def _copy(source: BinaryIO, target: Any, length: int) -> None:
    """Copy at most so many bytes from where the source stands."""
    while length > 0 and (data := source.read(min(length, _CHUNK))):
        target.write(data)
        length -= len(data)
