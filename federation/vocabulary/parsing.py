"""Turn bytes into JSON documents that are safe to look into, and documents into bytes.

What another node sends is decoded by several programs in turn (theirs, proxies, ours, the database), and an
attacker lives off their differences. So everything on which decoders disagree is refused here, once:
encodings other than UTF-8, duplicate keys, numbers outside 64 bits, lone surrogates, NUL, nesting that
overflows a stack.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any, Final, NoReturn

from federation.errors import Malformed

MAX_DEPTH: Final = 32
"""Objects and arrays inside one another, the outermost included."""

MAX_MEMBERS: Final = 10_000
"""Keys and array items of a whole document."""

_MAX_DIGITS = 20  # one sign and the 19 digits of 2**63
_SUSPICIOUS_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object that `body` spells, or raise Malformed with a sentence saying what is wrong."""
    try:
        document = _DECODER.decode(body.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise Malformed("The body is not UTF-8.") from fault
    except json.JSONDecodeError as fault:
        raise Malformed(f"The body is not JSON: {fault.msg} at character {fault.pos}.") from fault
    except RecursionError as fault:
        raise Malformed(_TOO_DEEP) from fault
    if type(document) is not dict:
        raise Malformed("The body is not a JSON object.")
    # Brackets and commas, wherever they stand, bound depth and size from above: most bodies need no walk.
    opened = body.count(b"{") + body.count(b"[")
    if opened > MAX_DEPTH or opened + body.count(b",") > MAX_MEMBERS:
        _refuse_excess(document)
    if _SUSPICIOUS_ESCAPE.search(body):
        _refuse_unstorable_text(document)
    return document


def encode(document: Mapping[str, Any]) -> bytes:
    """Return a document as compact UTF-8 JSON, keys in their order; NaN and infinity raise ValueError."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


_TOO_DEEP = f"The document is nested more than {MAX_DEPTH} levels deep."


def _refuse_excess(document: dict[str, Any]) -> None:
    """Measure level by level: a list instead of the call stack, so that depth cannot exhaust it."""
    level: list[Any] = [document]
    members = 0
    for _ in range(MAX_DEPTH):
        members += sum(map(len, level))
        if members > MAX_MEMBERS:
            raise Malformed(f"The document has more than {MAX_MEMBERS} keys and items.")
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return
    raise Malformed(_TOO_DEEP)


def _refuse_unstorable_text(document: dict[str, Any]) -> None:
    """Tell halves of surrogate pairs from whole ones, which are ordinary emoji, and find NUL anywhere."""
    try:
        again = encode(document)
    except UnicodeEncodeError as fault:
        raise Malformed("A text contains half of a surrogate pair, which is not a character.") from fault
    if b"\\u0000" in again.replace(b"\\\\", b""):
        raise Malformed("A text contains the character NUL.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise Malformed("An object names the same key twice.")
    return document


def _integer(digits: str) -> int:
    if len(digits) <= _MAX_DIGITS and -(2**63) <= (number := int(digits)) < 2**63:
        return number
    raise Malformed("An integer does not fit into 64 bits.")


def _float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Malformed("A number is too large.")
    return number


def _constant(name: str) -> NoReturn:
    raise Malformed(f"{name} is not a JSON number.")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)
