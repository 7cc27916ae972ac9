"""The words of actors' names, by whose beginnings people are found."""

import re
import unicodedata
from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Table, Text
from sqlalchemy.dialects import postgresql

from storage.base import metadata

_MOST: Final = 12
_LONGEST: Final = 40
_WORD: Final = re.compile(r"[^\W_]+")

actor_words = Table(
    "actor_words",
    metadata,
    # Compared byte by byte on both engines, so that a range of words is what begins alike.
    Column("word", Text().with_variant(postgresql.TEXT(collation="C"), "postgresql"), primary_key=True),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_actor_words_actor_id", "actor_id"),
)


def name_words(*names: str) -> list[str]:
    """Return the words of names, each once, without case and accents."""
    text = unicodedata.normalize("NFKD", " ".join(names).casefold())
    bare = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
    return list(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(bare)))[:_MOST]
