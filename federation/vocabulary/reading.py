"""Read single fields of a JSON document: tolerant of what occurs, bounded, total.

Functions take a document and the name of a field. Texts and required identifiers raise Malformed with that
name where the value is of no use; all else is None, empty or a default then, because nothing depends on it.
What is too long is cut, and what is too many is left out: one document must not fill a page or a database.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from federation.errors import Malformed
from federation.vocabulary.names import PUBLIC, PUBLIC_SPELLINGS, TYPE_ALIASES, short_term

Document = Mapping[str, Any]
"""A JSON object as it came from the wire."""

NAME_LENGTH: Final = 2_048
SUMMARY_LENGTH: Final = 20_000
CONTENT_LENGTH: Final = 200_000
ALT_TEXT_LENGTH: Final = 10_000
REPORT_LENGTH: Final = 5_000
FIELD_LENGTH: Final = 2_047
IDENTIFIER_LENGTH: Final = 2_048
LANGUAGE_LENGTH: Final = 35

MAX_RECIPIENTS: Final = 1_000
MAX_LANGUAGES: Final = 50
MAX_ALIASES: Final = 256
MAX_TYPES: Final = 16

_MAX_COUNT: Final = 10**12
_MAX_COUNT_DIGITS: Final = 12
_MAX_TIMESTAMP_LENGTH: Final = 40
_YEARS: Final = range(1000, 3000)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?", re.ASCII)


def text(document: Document, field: str, limit: int = NAME_LENGTH) -> str | None:
    """Return a text of at most `limit` characters, or None where the field says nothing.

    A string, a JSON-LD `@value`, a language map and a list of these all occur; the first text counts. Raises
    Malformed for anything else.
    """
    value = document.get(field)
    if type(value) is not str:
        found = _TEXT_OF.get(type(value), _nothing)(value)
        if found is None and value:
            raise Malformed(f"{field}: expected text")
        value = found or ""
    return value[:limit] or None


def texts(document: Document, field: str, limit: int = NAME_LENGTH) -> tuple[str | None, dict[str, str]]:
    """Return a text and its translations by language, the original language first.

    `nameMap` may come without `name` and the map may stand in `name` itself; each fills in for the other.
    """
    translations = language_map(document, field + "Map", limit)
    if not translations and type(document.get(field)) is dict:
        translations = language_map(document, field, limit)
    plain = text(document, field, limit)
    if plain is None and translations:
        plain = next(iter(translations.values()))
    return plain, translations


def language_map(document: Document, field: str, limit: int = NAME_LENGTH) -> dict[str, str]:
    """Return the texts of a language map by BCP 47 tag; other entries are left out."""
    value = document.get(field)
    if type(value) is not dict or "type" in value:
        return {}
    found: dict[str, str] = {}
    for tag, entry in value.items():
        words = _first_text(entry)
        if words and is_language(tag):
            found[tag] = words[:limit]
            if len(found) == MAX_LANGUAGES:
                break
    return found


def string(document: Document, field: str, limit: int = NAME_LENGTH) -> str | None:
    """Return a plain string of at most `limit` characters, or None for anything else."""
    value = document.get(field)
    return (value[:limit] or None) if type(value) is str else None


def strings(document: Document, field: str, limit: int = MAX_ALIASES) -> tuple[str, ...]:
    """Return one or many plain strings without repetition; what is not a string is left out."""
    return tuple(
        dict.fromkeys(
            value[:NAME_LENGTH] for value in many(document, field, limit) if type(value) is str and value
        ),
    )


def language(document: Document, field: str) -> str | None:
    """Return a BCP 47 tag given as a string, as the first of a list, or as PeerTube's `{"identifier": …}`."""
    value = _unwrapped(document.get(field))
    if type(value) is dict:
        value = value.get("identifier")
    return value if type(value) is str and is_language(value) else None


def is_language(tag: str) -> bool:
    """Say whether a string has the shape of a BCP 47 language tag (no registry is consulted)."""
    return len(tag) <= LANGUAGE_LENGTH and _LANGUAGE.fullmatch(tag) is not None


def own_id(document: Document) -> str | None:
    """Return the document's own id, or None where it has none; raise Malformed where it is unusable."""
    value = document.get("id")
    if type(value) is str and _is_identifier(value):
        return value
    if value:
        raise Malformed("id: expected an identifier")
    return None


def required_id(document: Document, field: str) -> str:
    """Return the one id that a field names, as an id or as an object with an id, or raise Malformed."""
    found = id_of(document.get(field))
    if found is None:
        raise Malformed(f"{field}: expected an identifier")
    return found


def linked_id(document: Document, *fields: str) -> str | None:
    """Return the first usable id among fields that mean the same, or None."""
    for field in fields:
        value = document.get(field)
        if value is not None and (found := id_of(value)) is not None:
            return found
    return None


def ids(document: Document, field: str, limit: int = MAX_RECIPIENTS) -> tuple[str, ...]:
    """Return the ids that a field names, one or many, without repetition; `PUBLIC` in its one spelling."""
    found = map(id_of, many(document, field, limit))
    return tuple(
        dict.fromkeys(PUBLIC if name in PUBLIC_SPELLINGS else name for name in found if name is not None)
    )


def id_of(value: Any) -> str | None:
    """Return the id that a value stands for, or None.

    The value may be the id, an object with an id, a Link with a `href`, or a list of exactly one of these.
    """
    value = _unwrapped(value)
    if type(value) is dict:
        value = value.get("id") or value.get("href")
    return value if type(value) is str and _is_identifier(value) else None


def many(document: Document, field: str, limit: int) -> Sequence[Any]:
    """Return what a field holds as a list of at most `limit` values: none, one or many."""
    value = document.get(field)
    if value is None:
        return ()
    return value[:limit] if type(value) is list else (value,)


def mappings(document: Document, field: str, limit: int) -> list[Document]:
    """Return the objects that a field holds, one or many; values of other kinds are left out."""
    return [value for value in many(document, field, limit) if type(value) is dict]


def mapping(document: Document, field: str) -> Document:
    """Return the object that a field holds (or the only one of a list), or an empty one."""
    value = _unwrapped(document.get(field))
    return value if type(value) is dict else {}


def types(document: Document) -> tuple[str, ...]:
    """Return the names of the document's types in their short spelling, or raise Malformed."""
    value = document.get("type")
    if type(value) is str and value:
        return (TYPE_ALIASES.get(value, value[:NAME_LENGTH]),)
    names = [name for name in many(document, "type", MAX_TYPES) if type(name) is str and name]
    if not names:
        raise Malformed("type: expected text")
    return tuple(dict.fromkeys(TYPE_ALIASES.get(name, name[:NAME_LENGTH]) for name in names))


def kind(document: Document) -> str | None:
    """Return the first of a document's types in its short spelling, or None; parts may go without."""
    value = document.get("type")
    if type(value) is list:
        value = next((name for name in value if type(name) is str), None)
    return TYPE_ALIASES.get(value, value[:NAME_LENGTH]) if type(value) is str and value else None


def additional_types(document: Document, others: Sequence[str]) -> tuple[str, ...]:
    """Return the finer kinds of a document: `others` of its types, and schema.org's `additionalType`."""
    if not others and "additionalType" not in document:
        return ()
    named = [*others, *strings(document, "additionalType", MAX_TYPES)]
    return tuple(dict.fromkeys(map(short_term, named)))


def timestamp(document: Document, field: str) -> datetime | None:
    """Return a moment in UTC, or None where the field holds none in the years 1000 to 2999.

    A moment without an offset is taken as UTC.
    """
    value = document.get(field)
    if type(value) is not str or len(value) > _MAX_TIMESTAMP_LENGTH:
        return None
    try:
        moment = datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def boolean(document: Document, *fields: str) -> bool:
    """Return whether one of several fields that mean the same is true, or the word "true"."""
    return any((value := document.get(field)) is True or value == "true" for field in fields)


def count(document: Document, field: str) -> int | None:
    """Return a number of things between 0 and 10^12, or None; digits in a string must be ASCII."""
    value = document.get(field)
    number = _COUNT_OF.get(type(value), _nothing)(value)
    return None if number is None else max(0, min(number, _MAX_COUNT))


def number(document: Document, field: str) -> float | None:
    """Return a finite number given as a number or as a plain decimal string, or None."""
    value = document.get(field)
    if type(value) is str and _DECIMAL.fullmatch(value):
        return float(value)
    if type(value) is int and abs(value) <= _MAX_COUNT:
        return float(value)
    return value if type(value) is float and math.isfinite(value) else None


def web_address(document: Document, *fields: str) -> str | None:
    """Return the first http(s) address among fields that mean the same, or None; never `javascript:`."""
    for field in fields:
        value = id_of(document.get(field))
        if value is not None and is_web_address(value):
            return value
    return None


def is_web_address(value: Any) -> bool:
    """Say whether a value is an http(s) address without spaces or control characters."""
    return (
        type(value) is str and value[:8].lower().startswith(("https://", "http://")) and _is_identifier(value)
    )


def _is_identifier(value: str) -> bool:
    """Say whether a string can go into logs, headers and pages: no space, no control, nothing invisible."""
    return 0 < len(value) <= IDENTIFIER_LENGTH and value.isprintable() and " " not in value


def _unwrapped(value: Any) -> Any:
    return value[0] if type(value) is list and len(value) == 1 else value


def _nothing(_: Any) -> None:
    return None


def _text_of_mapping(value: Document) -> str | None:
    if "type" in value:
        return None
    inner = value.get("@value")
    if type(inner) is str:
        return inner
    return next((entry for tag, entry in value.items() if type(entry) is str and is_language(tag)), None)


def _first_text(value: Any) -> str | None:
    """Look into one list at most: deeper ones mean nothing."""
    if type(value) is list:
        return next((entry for entry in value if type(entry) is str), None)
    return value if type(value) is str else None


def _text_of_list(value: list[Any]) -> str | None:
    for entry in value:
        found = _text_of_mapping(entry) if type(entry) is dict else _first_text(entry)
        if found is not None:
            return found
    return None


def _count_of_digits(value: str) -> int | None:
    if value.isascii() and value.isdigit():
        return int(value) if len(value) <= _MAX_COUNT_DIGITS else _MAX_COUNT
    return None


def _count_of_float(value: float) -> int | None:
    return int(value) if value.is_integer() else None


_TEXT_OF: Final[dict[type, Callable[[Any], str | None]]] = {dict: _text_of_mapping, list: _text_of_list}
_COUNT_OF: Final[dict[type, Callable[[Any], int | None]]] = {
    int: int,
    str: _count_of_digits,
    float: _count_of_float,
}
