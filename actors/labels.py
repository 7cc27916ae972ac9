"""The words that the node itself puts into what is published: kinds, headings and facts, in many languages.

They stand in `data/labels.json`. A language that has none gets English; a label is never missing.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from actors.locales import FALLBACK

SEPARATOR: Final = " · "
"""What stands between the facts of a summary."""

# Nouns are written with a capital inside a sentence as well.
_KEEPS_CAPITALS: Final = frozenset({"de", "lb"})


def label(key: str, language: str, **values: str | int) -> str:
    """Return a label such as `kind.practice` in a language, with its `{places}` filled."""
    words = _labels()
    primary = language.partition("-")[0].lower()
    text = next(
        words[tag][key] for tag in (language, primary, FALLBACK) if tag in words and key in words[tag]
    )
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def label_keys(text: str, prefix: str) -> frozenset[str]:
    """Return the keys that begin with `prefix` and have this label in some language."""
    return _keys().get(text.strip().casefold(), frozenset()) & _with_prefix(prefix)


def in_sentence(text: str, language: str) -> str:
    """Return a label as it stands inside a sentence: `police custody`, but `SDG 16.3`."""
    first = text.partition(" ")[0]
    if language.partition("-")[0] in _KEEPS_CAPITALS or first[1:] != first[1:].lower():
        return text
    return text[:1].lower() + text[1:]


def capitalised(text: str) -> str:
    """Return a text with its first letter as at the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def facts(parts: Iterable[str]) -> str:
    """Join the facts of a summary; empty ones are left out."""
    return SEPARATOR.join(part for part in parts if part)


@cache
def _labels() -> Mapping[str, Mapping[str, str]]:
    words: dict[str, dict[str, str]] = json.loads(
        files("actors").joinpath("data", "labels.json").read_bytes()
    )
    return words


@cache
def _keys() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for words in _labels().values():
        for key, text in words.items():
            found.setdefault(text.casefold(), set()).add(key)
    return {text: frozenset(keys) for text, keys in found.items()}


@cache
def _with_prefix(prefix: str) -> frozenset[str]:
    return frozenset(key for key in _labels()[FALLBACK] if key.startswith(prefix))
