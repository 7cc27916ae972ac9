"""The words of the pages in every language, read from gettext catalogues.

The catalogues lie beside this file as `.po`, the form that translators edit, and are compiled in memory when
a language is first asked for: a checkout and an installed package work alike, without a step in between.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locales"


def catalogue_path(tag: str) -> Path:
    """Return where the catalogue of a language lies."""
    return FOLDER / tag / "LC_MESSAGES" / "node.po"


@cache
def catalogue(tag: str) -> GNUTranslations:
    """Return the compiled catalogue of a language that the pages speak; a few milliseconds, once for each."""
    with catalogue_path(tag).open("rb") as source:
        messages = read_po(source, locale=tag, domain="node", abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def message(text: str) -> str:
    """Mark a text for translation that is written in one place and said in another."""
    return text
