"""The forms of a word under which other forms of it are found."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

import snowballstemmer

from actors.letters import fold

_LATIN: Final = (
    "ca catalan, cs czech, da danish, de german, en english, eo esperanto, es spanish, et estonian, "
    "eu basque, fi finnish, fr french, ga irish, hu hungarian, id indonesian, it italian, lt lithuanian, "
    "ms indonesian, nb norwegian, nl dutch, nn norwegian, no norwegian, pl polish, pt portuguese, "
    "ro romanian, sr serbian, st sesotho, sv swedish, tr turkish"
)
_SNOWBALL: Final[Mapping[str, Mapping[str, str]]] = {
    "Arabic": {"ar": "arabic", "fa": "persian"},
    "Armenian": {"hy": "armenian"},
    "Cyrillic": {"ru": "russian", "sr": "serbian"},
    "Devanagari": {"hi": "hindi", "ne": "nepali"},
    "Greek": {"el": "greek"},
    "Hebrew": {"yi": "yiddish"},
    "Latin": dict(pair.split() for pair in _LATIN.split(",")),
    "Tamil": {"ta": "tamil"},
}
# Where the language is unknown, the one that most texts in the script are written in.
_USUAL: Final = {
    "Arabic": "ar",
    "Armenian": "hy",
    "Cyrillic": "ru",
    "Devanagari": "hi",
    "Greek": "el",
    "Latin": "en",
    "Tamil": "ta",
}
# Languages that do not write in Latin script; foreign words in them are stemmed as their script's usual one.
_LANGUAGES_BY_SCRIPT: Final = {
    "Arabic": "ar azb bal bqi ckb fa glk ks lrc mzn pnb ps sd skr ug ur",
    "Armenian": "hy",
    "Cyrillic": "ba be bg ce cv kk ky mk mn os ru rue sah tg tt udm uk",
    "Devanagari": "bho hi kok mai mr ne sa",
    "Ethiopic": "am ti tig",
    "Greek": "el",
    "Hebrew": "he iw yi",
    "Other": "as bn bo dv dz gu ja ka km kn ko lo ml my nqo or pa si te th zh",
    "Tamil": "ta",
}
_SCRIPT_OF: Final = {
    language: script for script, languages in _LANGUAGES_BY_SCRIPT.items() for language in languages.split()
}
# The code points below which each script lies, as far as their words change form.
_SCRIPTS: Final = (
    (0x0250, "Latin"),
    (0x0370, "Other"),
    (0x0400, "Greek"),
    (0x0530, "Cyrillic"),
    (0x0590, "Armenian"),
    (0x0600, "Hebrew"),
    (0x0700, "Arabic"),
    (0x0900, "Other"),
    (0x0980, "Devanagari"),
    (0x0B80, "Other"),
    (0x0C00, "Tamil"),
    (0x1200, "Other"),
    (0x1380, "Ethiopic"),
    (0x1E00, "Other"),
    (0x1F00, "Latin"),
    (0x2000, "Greek"),
)

# Conjunctions and prepositions stick to the word in Arabic and Amharic, classes of nouns in Swahili. What
# follows must be long enough to be a word; a wrong guess only adds one more form beside the word itself.
_ARABIC_ARTICLE: Final = re.compile(r"\A[وف]?(?:[بك]?ال|لل)(?=\w{2})")
_ARABIC_PREFIX: Final = re.compile(r"\A[وفبلك](?=\w{4})")
_AMHARIC_PREFIX: Final = re.compile(r"\A(?:ስለ|ወደ|እንደ|እነ|ያለ|ከነ|የሚ|የ|በ|ለ|ከ|ብ|ን)(?=\w{2})")
_AMHARIC_SUFFIX: Final = re.compile(r"(?<=\w{2})(?:ዎች|ዎቹ|ን|ም|ና)\Z")
# Snowball leaves these apart: prisão and prisões.
_PORTUGUESE_PLURAL: Final = re.compile(r"(?<=\w{2})(?:[õã]e|oe)s\Z")
_VOWELS: Final = 8
_PLURAL_VOWEL: Final = 6
_SWAHILI_PREFIX: Final = re.compile(r"\A(?:mwa|wa|ma|mi|ki|vi|ku|mw|m)(?=\w{4})")


def stems_of(spelled: str, word: str, language: str | None = None) -> tuple[str, ...]:
    """Return the folded forms other than itself under which a word is also found; empty for most scripts.

    `spelled` is the word before folding, `word` after it. An unknown language is guessed from the script.
    """
    script = script_of(word)
    language = (language or "").lower().replace("_", "-").partition("-")[0]
    forms: list[str] = []
    algorithm = _algorithm(script, language)
    if algorithm == "portuguese":
        spelled = _PORTUGUESE_PLURAL.sub("ão", spelled)
    if algorithm:
        forms.append(fold(_snowball_stem(algorithm, spelled)))
    if script == "Arabic" and (language == "ar" or _SCRIPT_OF.get(language) != "Arabic"):
        forms.append(_without_arabic_prefix(word))
    elif script == "Ethiopic":
        forms.extend(_amharic_forms(word))
    elif language == "sw" and script == "Latin":
        forms.append(_SWAHILI_PREFIX.sub("", word))
    return tuple(dict.fromkeys(form for form in forms if form not in {"", word}))


def script_of(word: str) -> str:
    """Return the script a word begins in, of those that matter for its forms, or "Other"."""
    first = ord(word[0]) if word else 0
    return next((script for end, script in _SCRIPTS if first < end), "Other")


def _algorithm(script: str, language: str) -> str | None:
    """Return the stemmer for words of a script in a text of this language, if there is one."""
    algorithms = _SNOWBALL.get(script, {})
    if language and (language in algorithms or _SCRIPT_OF.get(language, "Latin") == script):
        return algorithms.get(language)
    return algorithms.get(_USUAL.get(script, ""))


@lru_cache(maxsize=16_384)
def _snowball_stem(algorithm: str, word: str) -> str:
    # A stemmer holds the word it works on, so threads must not share one.
    return str(_stemmer_class(algorithm)().stemWord(word))


@cache
def _stemmer_class(algorithm: str) -> Any:
    return type(snowballstemmer.stemmer(algorithm))


def _without_arabic_prefix(word: str) -> str:
    bare = _ARABIC_ARTICLE.sub("", word)
    return bare if bare != word else _ARABIC_PREFIX.sub("", word)


def _amharic_forms(word: str) -> tuple[str, str]:
    bare = _AMHARIC_PREFIX.sub("", word)
    stem = _AMHARIC_SUFFIX.sub("", bare)
    if stem.endswith("ች") and len(stem) > 2 and ord(stem[-2]) % _VOWELS == _PLURAL_VOWEL:  # noqa: PLR2004 - a root
        # The plural turned the last consonant's vowel into o; the dictionary has it without a vowel.
        stem = f"{stem[:-2]}{chr(ord(stem[-2]) - 1)}"
    return bare, stem
