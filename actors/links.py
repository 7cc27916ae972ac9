"""Links in text: which are fit to follow, where they start and end, and what they pretend."""

import re
import unicodedata
from typing import Final
from urllib.parse import quote

from actors.characters import UNSEEN

MAX_URL: Final = 4096
"""Longer addresses are not linked; browsers and other servers give up at about this length."""

_UNSEEN: Final = re.compile(f"[{UNSEEN}]")
_ABSOLUTE: Final = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]{2,45}\]|[^\x00-\x20\x7f\s/?#@:\\\[\]<>\"'`{}|^%,;!$&()*+=]{1,253})"
    r"(?P<port>:[0-9]{1,5})?"
    r"(?P<rest>(?:[/?#][^\x00-\x1f\x7f-\x9f\ud800-\udfff]*)?)",
    re.IGNORECASE,
)
_ENCODED: Final = re.compile(r"[\s\"<>\\^`{|}]")

# A web address inside running text ends at spaces, quotation marks and the full-width punctuation of
# Chinese and Japanese, where no space follows; it may directly follow any letter that is not Latin.
URL_IN_TEXT: Final = (
    r"(?<![A-Za-z0-9_@/.])https?://[^\s<>\"«»“”„‘’`{}|^\\\u3000-\u3003\u3008-\u3011\u3014-\u301f"
    r"\uff01-\uff0c\uff0e\uff0f\uff1a-\uff20\uff3b-\uff3d\uff5b-\uff65\u2066-\u2069]{1,4096}+"
)
_TRAILING: Final = frozenset(".,:;!?'*_~…،؛؟۔।።၊။៖។")
_BRACKETS: Final = {")": "(", "]": "["}

# What follows the last dot of a file name is not the end of a host name.
_FILE_ENDINGS: Final = (
    "csv doc docx epub gif htm html ics jpeg jpg js json md mp3 mp4 odp ods odt ogg pdf png ppt pptx py rtf "
    "svg txt webm webp xls xlsx xml zip"
)
_FILES: Final = frozenset(_FILE_ENDINGS.split())
_NAMED_HOST: Final = re.compile(
    r"(?P<scheme>https?:/{0,2}|//)?(?P<host>(?:[\w-]{1,63}\.){1,10}(?P<last>[^\W\d_]{2,63}|xn--[\w-]{1,59}))"
    r"\.?(?::\d{1,5})?(?P<rest>[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_VISIBLE_READ: Final = 1_000


def safe_url(text: str) -> str | None:
    """Return an absolute http(s) URL fit for an `href`, or None where the text is not one.

    Characters nobody sees are removed and those a URL cannot hold are percent-encoded. Addresses with a user
    name or password are refused: today they only serve to show a host other than the real one.
    """
    if len(text) > MAX_URL:
        return None
    match = _ABSOLUTE.fullmatch(_UNSEEN.sub("", text.strip()))
    if match is None or int((match["port"] or ":0")[1:]) > 65_535:  # noqa: PLR2004 - the largest port
        return None
    if match["host"].startswith(".") or ".." in match["host"]:
        return None
    rest = _ENCODED.sub(lambda found: quote(found[0]), match["rest"])
    return f"{match['scheme'].lower()}://{match['host']}{match['port'] or ''}{rest}"


def trim_url(candidate: str) -> str:
    """Return an address found in running text without the punctuation of the sentence around it.

    A closing bracket stays where the address itself opened one.
    """
    unmatched = {closing: candidate.count(closing) - candidate.count(b) for closing, b in _BRACKETS.items()}
    end = len(candidate)
    while end:
        last = candidate[end - 1]
        if unmatched.get(last, 0) > 0:
            unmatched[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return candidate[:end]


def host_of(url: str) -> str:
    """Return the host of a URL that `safe_url` let through, in lower case."""
    match = _ABSOLUTE.fullmatch(url)
    return match["host"].lower() if match else ""


def hidden_host(visible: str, url: str) -> str | None:
    """Return the host a link really leads to where its visible text names another one, else None.

    Text names a host where any of its words is a web address, or its first word a bare host name.
    A page under the named host (`www.example.org` for `example.org`) is no other host.
    """
    real = host_of(url)
    if not real or visible.rstrip().endswith(f"[{real}]"):
        return None
    words = _UNSEEN.sub("", unicodedata.normalize("NFKC", visible[:_VISIBLE_READ])).split()
    for position, word in enumerate(words):
        named = _host_named_by(word, bare=position == 0)
        if named and named != real and not real.endswith(f".{named}"):
            return real
    return None


def _host_named_by(word: str, *, bare: bool) -> str | None:
    """Return the host a word names; without `bare` only where it is written as a web address."""
    match = _NAMED_HOST.fullmatch(word.strip("()[]{}<>\"'“”«»‘’.,;:!?…")[:MAX_URL].replace("。", "."))
    if match is None:
        return None
    host = match["host"].lower()
    if match["scheme"] or host.startswith("www."):
        return host.removeprefix("www.")
    return host if bare and match["last"].lower() not in _FILES else None
