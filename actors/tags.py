"""Hashtags as names: one spelling for all the ways in which people write the same one."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

MAX_TAG: Final = 100
"""Characters of a hashtag that count."""

_MOST: Final = 100


def folded_tag(name: str) -> str:
    """Return the one spelling of a hashtag by which it is found, without `#`; empty where there is none."""
    return unicodedata.normalize("NFKC", name).strip().lstrip("#").strip().casefold()[:MAX_TAG]


def tag_names(tags: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the hashtags among a publication's tags, each once, as `folded_tag` spells them."""
    found = (
        folded_tag(tag["name"])
        for tag in tags
        if tag.get("type") == "Hashtag" and isinstance(tag.get("name"), str)
    )
    return list(dict.fromkeys(name for name in found if name))[:_MOST]
