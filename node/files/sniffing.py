"""What a file is, from its bytes: neither its name nor what its sender calls it counts.

Whatever is not recognised is refused: HTML, SVG and XML, programs, archives, playlists, old Office formats.
"""

from pathlib import Path
from typing import Final

from node.files.documents import office_ending
from node.files.types import BY_ENDING, FileType

_HEAD: Final = 64 * 1024
_STARTS: Final = {
    b"\xff\xd8\xff": "jpg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
}
_HEIC: Final = frozenset({b"heic", b"heix", b"heim", b"heis"})
_HEIF: Final = frozenset({b"mif1", b"msf1"})
_AVIF: Final = frozenset({b"avif", b"avis"})
_SOUND: Final = frozenset({b"M4A ", b"M4B "})
_FILM: Final = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VH"}
    | {b"dash", b"MSNV", b"3gp4", b"3gp5", b"3gp6", b"mmp4", b"hvc1", b"av01"}
)
_VIDEO_TRACKS: Final = (b"V_VP8", b"V_VP9", b"V_AV1")
_SOUND_TRACKS: Final = (b"A_OPUS", b"A_VORBIS")
#: What a browser or a program could take for a page, a playlist, a script or a document of its own.
_NO_TEXT: Final = (b"<", b"%!", b"#!", b"#extm3u", b"ffconcat", b"{\\rtf", b"mime-version:", b"begin:v")
_IN_TEXT: Final = bytes({9, 10, 12, 13} | (set(range(0x20, 0x100)) - {0x7F}))
_MPEG_BITRATES: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG_2_BITRATES: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def sniff(path: Path, *, hint: str = "") -> FileType | None:
    """Return what a file is; None for what is not taken.

    `hint` is the end of its name, and only tells tables from other plain text. Raises Refusal for an office
    document that may not be taken.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    ending = _picture(head) or _iso_recording(head) or _other_recording(path, head)
    if ending is None and head.startswith(b"%PDF-"):
        ending = "pdf"
    if ending is None and head.startswith(b"PK\x03\x04"):
        ending = office_ending(path)
    if ending is None and _is_text(path, head):
        ending = "csv" if hint.lower() == "csv" else "txt"
    return BY_ENDING[ending] if ending else None


def _picture(head: bytes) -> str | None:
    for start, ending in _STARTS.items():
        if head.startswith(start):
            return ending
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    brands = _brands(head)
    if _AVIF.intersection(brands):
        return "avif"
    if brands and (brands[0] in _HEIC or (brands[0] in _HEIF and _HEIC.intersection(brands))):
        return "heic"
    return None


def _iso_recording(head: bytes) -> str | None:
    """Return the ending of a recording in an ISO base media file, by its major brand."""
    brands = _brands(head)
    if not brands:
        return None
    if brands[0] == b"qt  ":
        return "mov"
    if brands[0] in _SOUND:
        return "m4a"
    return "mp4" if _FILM.intersection(brands) else None


def _brands(head: bytes) -> list[bytes]:
    """Return the brands that an ISO base media file says it follows, the major one first."""
    if head[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(head[:4], "big"), len(head), 512)
    return [head[8:12], *(head[place : place + 4] for place in range(16, end - 3, 4))]


def _other_recording(path: Path, head: bytes) -> str | None:
    if head.startswith(b"OggS"):
        return _ogg(head)
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return _webm(head)
    if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(b"fLaC"):
        return "flac"
    return "mp3" if _is_mp3(path, head) else None


def _ogg(head: bytes) -> str | None:
    first = head[:512]
    if b"\x80theora" in first:
        return "ogv"
    known = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
    return "ogg" if any(each in first for each in known) else None


def _webm(head: bytes) -> str | None:
    if b"webm" not in head[:128]:
        return None
    if any(each in head for each in _VIDEO_TRACKS):
        return "webm"
    return "weba" if any(each in head for each in _SOUND_TRACKS) else None


def _is_mp3(path: Path, head: bytes) -> bool:
    """Whether there are two frames of MPEG audio in a row, after the tag if there is one."""
    start = id3_length(head)
    with path.open("rb") as file:
        file.seek(start)
        frames = file.read(8192)
    length = _frame_length(frames)
    return length > 0 and _frame_length(frames[length:]) > 0


def id3_length(head: bytes) -> int:
    """Return the length of the ID3 tag that a file begins with; 0 for none."""
    if head[:3] != b"ID3" or len(head) < 10:  # noqa: PLR2004 - the length of the tag's header
        return 0
    size = 0
    for each in head[6:10]:
        size = size << 7 | (each & 0x7F)
    return 10 + size


def _frame_length(data: bytes) -> int:
    """Return the length of the frame of MPEG audio, layer III, that data begins with; 0 for none."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE6 != 0xE2:  # noqa: PLR2004 - the bits of ISO 11172-3 2.4.1.3
        return 0
    version, bitrate, rate = data[1] >> 3 & 3, data[2] >> 4, data[2] >> 2 & 3
    if version == 1 or bitrate in {0, 15} or rate == 3:  # noqa: PLR2004 - what the standard reserves
        return 0
    is_first = version == 3  # noqa: PLR2004 - MPEG 1
    kilobits = (_MPEG_BITRATES if is_first else _MPEG_2_BITRATES)[bitrate]
    return (144 if is_first else 72) * kilobits * 1000 // _MPEG_RATES[version][rate] + (data[2] >> 1 & 1)


def _is_text(path: Path, head: bytes) -> bool:
    if not head or not head.removeprefix(b"\xef\xbb\xbf").strip():
        return False
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:32].lower()
    if start.startswith(_NO_TEXT) or head.translate(None, _IN_TEXT):
        return False
    return not path.read_bytes().translate(None, _IN_TEXT)
