"""The languages the pages speak, and which of them a visitor wants."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from actors.text import text_direction

PARAMETER = "lang"
"""Asks for a language in an address, and remembers it as a cookie."""

_RANGE = re.compile(r"([A-Za-z]{1,8})(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_QUALITY = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE)
_LONGEST_HEADER = 500


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the pages, with the name its own speakers give it."""

    tag: str
    name: str

    @property
    def direction(self) -> str:
        """Which way it is written: `ltr` or `rtl`."""
        return text_direction(self.tag)


ENGLISH = Language("en", "English")
#: Those with a catalogue in `locales/`; a test keeps the two alike.
LANGUAGES = (
    Language("ar", "العربية"),
    ENGLISH,
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("pt", "Português"),
    Language("ru", "Русский"),
    Language("sw", "Kiswahili"),
    Language("zh", "中文"),
)
_BY_TAG = {language.tag: language for language in LANGUAGES}


def language_of(request: Request, own: Sequence[str]) -> Language:
    """Return the language to answer in: asked for, chosen before, preferred by the browser, the node's own.

    `own` are the node's languages, its first one first.
    """
    return (
        known(request.query_params.get(PARAMETER, ""))
        or known(request.cookies.get(PARAMETER, ""))
        or _first(accepted(request.headers.get("accept-language", "")))
        or _first(own)
        or ENGLISH
    )


def known(tag: str) -> Language | None:
    """Return the language of the pages that a tag (BCP 47) means, whatever its region or script."""
    return _BY_TAG.get(tag[:_LONGEST_HEADER].replace("_", "-").lower().partition("-")[0])


def accepted(header: str) -> list[str]:
    """Return the tags of an Accept-Language header, most wanted first (RFC 9110 12.5.4)."""
    ranked = sorted(_ranked(header[:_LONGEST_HEADER]), key=lambda pair: -pair[0])
    return [tag for quality, tag in ranked if quality > 0]


def _ranked(header: str) -> Iterator[tuple[float, str]]:
    for part in header.split(","):
        tag, _, parameters = (piece.strip() for piece in part.partition(";"))
        if not _RANGE.fullmatch(tag):
            continue
        quality = _QUALITY.fullmatch(parameters) if parameters else None
        if parameters and quality is None:
            continue
        yield (float(quality[1]) if quality else 1.0), tag


def _first(tags: Iterable[str]) -> Language | None:
    return next((language for tag in tags if (language := known(tag))), None)
