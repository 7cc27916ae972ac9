"""The last part of a page's path, made from the title."""

import re
import unicodedata
from typing import Final

from actors.characters import MARKS
from storage.kinds import Kind
from storage.transaction import Transaction

LONGEST: Final = 60

_MOST_TRIED: Final = 9
# Marks belong to the words of Hindi, Thai or Burmese, which would otherwise fall to pieces.
_BETWEEN_WORDS: Final = re.compile(rf"[^\w{MARKS}]+|_+")
_MARK: Final = re.compile(f"[{MARKS}]")


def slug_of(title: str) -> str:
    """Return a title as the last part of a path: words of any script in lower case, joined by hyphens.

    Empty where the title has no letters; what has digits alone would be taken for an identifier.
    """
    spelled = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", title[: 4 * LONGEST]).casefold())
    slug = ""
    for word in filter(None, _BETWEEN_WORDS.split(spelled)):
        longer = f"{slug}-{word}" if slug else _cut(word)
        if len(longer) > LONGEST:
            break
        slug = longer
    return slug if not slug.isdecimal() else ""


async def free_slug(tx: Transaction, kind: Kind, title: str, publication_id: int) -> str | None:
    """Return a slug that no other local publication of the kind has; None where there can be none."""
    wanted = slug_of(title)
    if not wanted:
        return None
    for number in range(1, _MOST_TRIED + 1):
        slug = wanted if number == 1 else f"{wanted}-{number}"
        if await tx.publications.by_slug(kind, slug) is None:
            return slug
    return f"{wanted}-{publication_id}"


def _cut(word: str) -> str:
    # Whole sentences are one word in Chinese or Thai; a letter goes with its marks.
    end = min(len(word), LONGEST)
    while end < len(word) and end and _MARK.match(word, end):
        end -= 1
    return word[:end]
