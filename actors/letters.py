"""One spelling for what readers take for the same letters, in every script.

`spell` keeps what a stemmer needs; `fold` goes further and leaves letters and digits only. Both search
engines then cut the result at spaces and nowhere else, whatever they know of scripts.
"""

import re
import unicodedata
from typing import Final, Literal

from actors.characters import MARK_CODE_POINTS, MARKS

UNSPACED: Final = (
    # Han, kana and Hangul (whose particles stick to the noun) …
    r"\u3005-\u3007\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    r"\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
    # … Thai, Lao, Burmese and Khmer, with their vowel signs and without their digits and punctuation.
    r"\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u109a-\u109f\ua9e0-\ua9ef"
    r"\ua9fa-\ua9fe\uaa60-\uaa7f\u1780-\u17d3\u17d7\u17dc\u17dd"
)
"""Scripts that put no spaces between words, as the body of a character class."""

_TURKIC: Final = frozenset({"tr", "az", "tt", "crh", "kk"})
_TURKIC_I: Final = str.maketrans({"I": "ı", "İ": "i"})

# Elided articles and pronouns (French, Italian) and English endings say nothing about what is sought.
_ELIDED: Final = re.compile(
    r"(?<![^\W_])(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|quest|dell|all|nell|sull|dall)'(?=[^\W_])"
)
_ENGLISH_ENDING: Final = re.compile(r"(?<=[^\W_])'(?:s|t|d|m|ll|re|ve)(?![^\W_])")
# Inside Cyrillic and Hebrew words, and in Swahili's ng', the apostrophe is a letter; Hebrew acronyms take
# quotation marks.
_INSIDE_WORD: Final = re.compile(
    r"(?<=[\u0400-\u052f])'(?=[\u0400-\u052f])|(?<=\bng)'(?=\w)"
    r"|(?<=[\u05d0-\u05ea])['\"\u05f3\u05f4](?=[\u05d0-\u05ea])"
)
_APOSTROPHES: Final = re.compile("[’ʼ‘`´ʹ＇]")
_HAS_JOINTS: Final = re.compile("['\"\u05f3\u05f4]")

# Persian joins affixes to words with a non-joiner; elsewhere joiners only shape letters. A zero-width space
# parts words in scripts that have no other space, but few writers set it.
_ARABIC_JOINT: Final = re.compile(r"(?<=[\u0620-\u06ff])\u200c")
_WORD_JOINT: Final = re.compile(rf"(?<=[{UNSPACED}])\u200b")
_WIDTHLESS: Final = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufeff]")

# Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs and hamza of Arabic, and its tatweel.
_STRIPPED: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    r"\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe2f]"
)

# Latin letters that no accent distinguishes; Arabic ones as Persian, Urdu and Kurdish keyboards write them.
_LATIN: Final = {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th"}
_ARABIC: Final = str.maketrans("ٱىةکیےہھەۃ", "ايهكييهههه")
# Amharic writes one sound with several series of letters, of seven vowels each.
_ETHIOPIC_SERIES: Final = ("ሐሀ", "ኀሀ", "ኸሀ", "ሠሰ", "ዐአ", "ፀጸ")
_ETHIOPIC_VARIANTS: Final = str.maketrans("ሃሓኃኻኣዓቍኵጕ", "ሀሀሀሀአአቁኩጉ")
_ETHIOPIC_VOWELS: Final = 7
# The digit zero of each script; nine more follow it.
_ZEROS: Final = "٠۰߀०০੦૦୦௦౦೦൦๐໐༠၀០᠐"
# Blocks laid out alike: nasal signs at 1 and 2, visarga at 3, nukta at 3C, virama at 4D, the letter na at 28.
_INDIC: Final = range(0x900, 0xD80, 0x80)
_NASALS: Final = (0x01, 0x02)
_UNHEARD: Final = (0x03, 0x3C, 0x4D)
_NA: Final = 0x28
# Marks that are left stand for vowels and tones. Neither search engine counts them as part of a word, so
# each is written as a rare Han letter of its own; the place is fixed, since indexes outlive Unicode versions.
_SPELT_OUT: Final = frozenset(range(0x700, 0xAC00)) - {0xA6F0, 0xA6F1}
_LETTERS_FOR_MARKS: Final = 0x20000


def _folded_letters() -> dict[int, str]:
    table = {m: chr(_LETTERS_FOR_MARKS + m) if m in _SPELT_OUT else "" for m in MARK_CODE_POINTS}
    for block in _INDIC:
        table.update((block + nasal, chr(block + _NA)) for nasal in _NASALS)
        table.update((block + sign, "") for sign in _UNHEARD)
    table[0xA70] = chr(0xA00 + _NA)  # Gurmukhi writes nasals with a sign of its own too.
    for zero in _ZEROS:
        table.update((ord(zero) + digit, str(digit)) for digit in range(10))
    for rarer, usual in _ETHIOPIC_SERIES:
        table.update((ord(rarer) + vowel, chr(ord(usual) + vowel)) for vowel in range(_ETHIOPIC_VOWELS))
    table.update((ord(letter), kept) for letter, kept in _LATIN.items())
    table.update((letter, chr(kept)) for letter, kept in (_ARABIC | _ETHIOPIC_VARIANTS).items())
    return table


_FOLDED: Final = _folded_letters()

_WORD: Final = rf"[^\W_{UNSPACED}]"
TOKEN: Final = re.compile(rf"{_WORD}++(?:[{MARKS}]++{_WORD}*+)*+|[{UNSPACED}]++")
"""A word with its marks, or a run of an unspaced script, in spelled text."""

_PLAIN_TOKEN: Final = re.compile(r"[^\W_]++")
# Few ranges, because they are tried at every character: marks below U+0700, and all that follows.
_NOT_PLAIN: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0700-\U0010ffff]"
)
_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_PIECE_LENGTH: Final = 1_000
_PIECE: Final = re.compile(rf".{{1,{_PIECE_LENGTH}}}(?!\S)|.{{1,{_PIECE_LENGTH}}}", re.DOTALL)
_FIRST_UNSPACED: Final = "\u0e01"


def is_unspaced(token: str) -> bool:
    """Whether a token is a run of a script without spaces."""
    return token >= _FIRST_UNSPACED and _UNSPACED.match(token) is not None


def _normalised(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """Return text in a normal form, in time proportional to its length whatever marks are piled up in it."""
    # The standard library sorts a pile of marks in quadratic time, so it gets no more than a piece at once.
    if len(text) <= _PIECE_LENGTH:
        return unicodedata.normalize(form, text)
    return "".join(unicodedata.normalize(form, piece) for piece in _PIECE.findall(text))


def tokens_of(spelled: str) -> list[str]:
    """Return the words of spelled text and its runs of unspaced scripts, in order."""
    # Most text has neither marks nor such runs; then a simpler pattern finds the same many times faster.
    return (TOKEN if _NOT_PLAIN.search(spelled) else _PLAIN_TOKEN).findall(spelled)


def spell(text: str, language: str | None = None) -> str:
    """Return text in compatibility form and lower case, words held together or parted where apostrophes say.

    Accents and vowel signs stay. The language matters for the i of Turkish and its relatives only.
    """
    if language and language.lower().partition("-")[0] in _TURKIC:
        text = text.translate(_TURKIC_I)
    if text.isascii():
        text = text.lower()
    else:
        text = _normalised("NFKC", text).casefold()
        text = _APOSTROPHES.sub("'", text)
        if _WIDTHLESS.search(text):
            text = _ARABIC_JOINT.sub(" ", _WORD_JOINT.sub("", text)).replace("\u200b", " ")
            text = _WIDTHLESS.sub("", text)
    if _HAS_JOINTS.search(text):
        text = _ELIDED.sub("", _ENGLISH_ENDING.sub("", _INSIDE_WORD.sub("", text)))
    return text


def fold(text: str) -> str:
    """Return spelled words, apart by spaces, without accents and in the letters most common for a sound."""
    if text.isascii():
        return text
    stripped = _STRIPPED.sub("", _normalised("NFD", text))
    return stripped if stripped.isascii() else _normalised("NFC", stripped).translate(_FOLDED)
