"""Hashtags of a publication: what its readers elsewhere can follow it by."""

import re
from collections.abc import Iterable
from typing import Any, Final

from actors.addresses import tag_url
from actors.locales import is_country, territory_name
from actors.taxonomy import find
from storage.actors import Actor

NETWORK: Final = "LegalAid"
"""The hashtag of everything in the network, the same in every language."""

MAX_HASHTAGS: Final = 4

_LONGEST: Final = 30
_WORDS: Final = re.compile(r"\w+")
_BRACKETED: Final = re.compile(r"\s*[(（].*?[)）]")
# What a reader would look for by name; the others say how a thing is, not what it is about.
_TELLING: Final = ("stage", "topic", "group", "delivery")
_NUMBERED: Final = "un-pg"


def hashtags_of(
    concepts: Iterable[str], jurisdiction: Iterable[str], language: str, kind_tag: str
) -> tuple[str, ...]:
    """Return at most four hashtags without the sign: the network, the subject, the country, the kind."""
    country = next((code for code in jurisdiction if is_country(code)), None)
    tags = [
        NETWORK,
        _subject(list(concepts), language),
        camel_case(_BRACKETED.sub("", territory_name(country, language))) if country else "",
        kind_tag,
    ]
    first: dict[str, str] = {}
    for tag in tags:
        first.setdefault(tag.casefold(), tag)
    return tuple(tag for tag in first.values() if tag)[:MAX_HASHTAGS]


def camel_case(words: str) -> str:
    """Return words as one hashtag: `PoliceCustody`; scripts without capitals join theirs by underscores."""
    parts = _WORDS.findall(words)
    has_capitals = any(part.upper() != part.lower() for part in parts)
    return ("" if has_capitals else "_").join(part[:1].upper() + part[1:] for part in parts)


def hashtag(author: Actor, tag: str) -> dict[str, Any]:
    """Return a hashtag as ActivityStreams writes it, with the page of it on the author's node."""
    return {"type": "Hashtag", "name": f"#{tag}", "href": tag_url(author, tag)}


def _subject(references: list[str], language: str) -> str:
    """Return the hashtag of the first concept that has a fitting name."""
    for schemes in (_TELLING, (_NUMBERED,)):
        for reference in references:
            known = find(reference) if reference.partition("/")[0] in schemes else None
            _, colon, title = known.label(language).rpartition(": ") if known else ("", "", "")
            # Of a numbered concept the number alone tells nobody anything.
            name = camel_case(title) if colon or schemes is _TELLING else ""
            if name and len(name) <= _LONGEST:
                return name
    return ""
