"""Moving pictures without what is not seen: the parts of a GIF, PNG or WebP that draw it, and no others.

What has many frames is not decoded and encoded again, which would take long and make it larger. Only the
parts that are known to draw are copied, so that comments, places and whatever was hidden behind the end go.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from node.files.refusals import Refusal

_DAMAGED: Final = "This picture is damaged: it breaks off."
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {
        b"IHDR",
        b"PLTE",
        b"tRNS",
        b"IDAT",
        b"IEND",
        b"acTL",
        b"fcTL",
        b"fdAT",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"sBIT",
    }
)
_WEBP_KEPT: Final = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
#: In the flags of VP8X: that there is a colour profile, EXIF, XMP.
_WEBP_METADATA: Final = 0x20 | 0x08 | 0x04
_GIF_LOOPS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})
_GIF_HEADER: Final = 13
_EXTENSION: Final = 0x21
_IMAGE: Final = 0x2C
_TRAILER: Final = 0x3B
_GRAPHIC_CONTROL: Final = 0xF9
_APPLICATION: Final = 0xFF
_HAS_TABLE: Final = 0x80


def drawn_parts(source: Path, ending: str) -> bytes:
    """Return a GIF, PNG or WebP with nothing in it but what draws it; Refusal where it breaks off."""
    data = source.read_bytes()
    try:
        return {"gif": _gif, "png": _png, "webp": _webp}[ending](data)
    except IndexError as error:
        raise Refusal(_DAMAGED) from error


def _png(data: bytes) -> bytes:
    parts = [_PNG_START]
    place = len(_PNG_START)
    while True:
        length = int.from_bytes(_bytes(data, place, 4), "big")
        kind = _bytes(data, place + 4, 4)
        chunk = _bytes(data, place, length + 12)
        place += length + 12
        if kind in _PNG_KEPT:
            parts.append(chunk)
        if kind == b"IEND":
            return b"".join(parts)


def _webp(data: bytes) -> bytes:
    parts: list[bytes] = []
    end = min(len(data), 8 + int.from_bytes(_bytes(data, 4, 4), "little"))
    place = 12
    while place + 8 <= end:
        kind = data[place : place + 4]
        length = int.from_bytes(data[place + 4 : place + 8], "little")
        chunk = _bytes(data, place, 8 + length)
        place += 8 + length + (length & 1)
        if kind in _WEBP_KEPT:
            if kind == b"VP8X":
                chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_METADATA]) + chunk[9:]
            parts.append(chunk + bytes(length & 1))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _gif(data: bytes) -> bytes:
    place = _GIF_HEADER + _table_length(data[10])
    parts = [_bytes(data, 0, place)]
    while data[place] != _TRAILER:
        start = place
        if data[place] == _IMAGE:
            # The place and size of the frame, its colours, the size of codes, then the codes.
            place += 10 + _table_length(data[place + 9]) + 1
            is_drawn = True
        elif data[place] == _EXTENSION:
            label = data[place + 1]
            name = data[place + 3 : place + 3 + data[place + 2]]
            is_drawn = label == _GRAPHIC_CONTROL or (label == _APPLICATION and name in _GIF_LOOPS)
            place += 2
        else:
            raise Refusal(_DAMAGED)
        for block in _blocks(data, place):
            place = block
        if is_drawn:
            parts.append(_bytes(data, start, place - start))
    return b"".join([*parts, bytes([_TRAILER])])


def _blocks(data: bytes, place: int) -> Iterator[int]:
    """Yield where each of a run of blocks ends; the last one is empty."""
    while True:
        length = data[place]
        place += 1 + length
        yield place
        if not length:
            return


def _table_length(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & _HAS_TABLE else 0


def _bytes(data: bytes, place: int, length: int) -> bytes:
    if place + length > len(data):
        raise IndexError(place)
    return data[place : place + length]
