"""Office documents: which kind it is, and whether it could do anything by itself.

Word, Excel, PowerPoint and OpenDocument files are archives. Their list of contents is looked at, and nothing
is unpacked but the two small parts that say what they are. What people wrote into them stays, and so does
what their programs noted about the authors.
"""

import re
import zipfile
from pathlib import Path
from typing import Final

from node.files.refusals import Refusal

_MOST_PARTS: Final = 20_000
_MOST_UNPACKED: Final = 1024 * 1024 * 1024
_MOST_TYPES: Final = 1024 * 1024
_OOXML: Final = {"word": "docx", "xl": "xlsx", "ppt": "pptx"}
_ODF: Final = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_LONGEST_ODF: Final = max(map(len, _ODF))
_TYPES: Final = "[Content_Types].xml"
#: Parts that are programs, or wrap files of any kind, in the names of either family.
_PROGRAM: Final = re.compile(
    r"(.*/)?(vbaproject\.bin|vbadata\.xml|activex/.*|macrosheets/.*|embeddings/.*\.bin)|(basic|scripts)/.*"
    r"|.*\.(exe|dll|js|vbs|bat|cmd|ps1|scr|jar|hta|lnk)"
)
_MACROS: Final = "This document contains programs, which are not taken. Save it without macros, or as PDF."


def office_ending(path: Path) -> str | None:
    """Return the ending of an office document; None for any other archive.

    Raises Refusal where it holds programs, or unpacks to absurdly much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _ending(archive)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError, RuntimeError) as error:
        raise Refusal("This document is damaged: it cannot be opened.") from error


def _ending(archive: zipfile.ZipFile) -> str | None:
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise Refusal("This document unpacks to more than anybody needs, and is not taken.")
    names = [part.filename.lower() for part in parts]
    ending = _opendocument(archive, names) or _ooxml(archive, names)
    if ending is None:
        return None
    if any(_PROGRAM.fullmatch(name) for name in names):
        raise Refusal(_MACROS)
    return ending


def _opendocument(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    if not names or names[0] != "mimetype":
        return None
    part = archive.infolist()[0]
    if part.file_size > _LONGEST_ODF + 2:
        return None
    return _ODF.get(archive.read(part).strip())


def _ooxml(archive: zipfile.ZipFile, names: list[str]) -> str | None:
    if _TYPES.lower() not in names:
        return None
    part = archive.infolist()[names.index(_TYPES.lower())]
    if part.file_size > _MOST_TYPES:
        return None
    with archive.open(part) as file:
        types = file.read(_MOST_TYPES).lower()
    if b"macroenabled" in types:
        raise Refusal(_MACROS)
    return next((_OOXML[name.partition("/")[0]] for name in names if name.partition("/")[0] in _OOXML), None)
