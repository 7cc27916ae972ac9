"""How long a post is: counted as people and their programs count, not as computers store."""

from typing import Final

import regex

from actors.mentions import entities_in

URL_LENGTH: Final = 23
"""What every address counts, however long it is."""

_CLUSTER: Final = regex.compile(r"\X")


def length_of(text: str) -> int:
    """Return how many characters a reader sees: an emoji, or a letter with its marks, is one."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _CLUSTER.finditer(text))


def post_length(text: str, warning: str = "") -> int:
    """Return the length of a post: addresses count the same, mentions without their host, the warning too."""
    pieces: list[str] = []
    urls = position = 0
    for entity in entities_in(text):
        pieces.append(text[position : entity.start])
        position = entity.end
        if entity.kind == "url":
            urls += 1
        elif entity.kind == "mention":
            pieces.append("@" + entity.value.partition("@")[0])
        else:
            pieces.append(text[entity.start : entity.end])
    pieces.append(text[position:])
    return length_of(warning + "".join(pieces)) + urls * URL_LENGTH
