r"""Characters that need care: marks, controls and those nobody sees.

Class bodies (`MARKS`, `UNSEEN`) stand between the brackets of a regular expression. They exist because
`\w` in `re` leaves combining marks out, and so cuts Hindi, Thai or Burmese words in pieces.
"""

import re
import unicodedata
from collections.abc import Iterable
from itertools import chain
from typing import Final


def _ranges(code_points: Iterable[int]) -> str:
    """Return sorted code points as the body of a character class."""
    bounds: list[list[int]] = []
    for code_point in code_points:
        if bounds and code_point == bounds[-1][1] + 1:
            bounds[-1][1] = code_point
        else:
            bounds.append([code_point, code_point])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in bounds)


# Only the stretches of Unicode that hold marks are walked, so that importing this stays within milliseconds.
# Beyond the first plane each range slows every search down, so only scripts in daily use are looked at:
# Hanifi Rohingya, Chakma and Adlam.
_STRETCHES: Final = (range(0x300, 0x3100), range(0xA600, 0xAC00), range(0xFB1E, 0xFE30))
_STRETCHES_BEYOND: Final = (range(0x10D24, 0x10D28), range(0x11100, 0x11135), range(0x1E944, 0x1E94B))

MARK_CODE_POINTS: Final = tuple(
    code_point
    for code_point in chain(*_STRETCHES, *_STRETCHES_BEYOND)
    if unicodedata.category(chr(code_point)).startswith("M")
)
MARKS: Final = _ranges(MARK_CODE_POINTS)

# Soft hyphen, joiners, direction marks and overrides, fillers, variation selectors and tag characters.
UNSEEN: Final = (
    r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff"
)

_LINE_ENDS: Final = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Embeddings and overrides (202A-202E) reorder what is read; isolates and direction marks, which text in
# Arabic or Hebrew needs, stay. Surrogates cannot be stored or sent, and NUL cuts strings short in C.
_REMOVED: Final = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_ORDINARY: Final = re.compile(r"[\n\t\x20-\x7e]*+")
_ISOLATES: Final = re.compile(r"[\u2066-\u2069]")
_PILE: Final = re.compile(f"([{MARKS}]{{8}})[{MARKS}]++")


def readable(text: str) -> str:
    r"""Return text without the characters that only deceive or break things.

    Line ends become `\n`; control characters, direction overrides and lone surrogates go; of marks piled on
    one letter the first eight stay, more than any script needs. Applying it again changes nothing.
    """
    if _ORDINARY.fullmatch(text):
        return text
    return _PILE.sub(r"\1", _REMOVED.sub("", _LINE_ENDS.sub("\n", text)))


def without_isolates(text: str) -> str:
    """Return text without direction isolates, which an unclosed line could spill over its surroundings."""
    return _ISOLATES.sub("", text)
