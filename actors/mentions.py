"""Microblog posts: plain text whose addresses, mentions and hashtags become links as Mastodon makes them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from actors.characters import MARKS, readable
from actors.links import URL_IN_TEXT, trim_url
from actors.text import sanitise

MAX_SOURCE: Final = 50_000
"""Characters of a post that are read; text beyond is cut off."""

_SHOWN_OF_URL: Final = 30
_URL_PREFIX: Final = re.compile(r"https?://(?:www\.)?", re.IGNORECASE)
_PARAGRAPHS: Final = re.compile(r"\n[^\S\n]*+\n\s*+")

# Every part is bounded or possessive, so that no text makes the search go back over what it has read.
_MENTION: Final = (
    r"(?<![\w/=@])[@＠](?P<user>[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}+)"
    r"(?:@(?P<host>[^\W_](?:[\w.-]{0,252}+)(?::[0-9]{1,5})?))?"
)
# Hashtags take letters, marks and digits of any script; the middle dots and the joiners of Persian and
# Indic scripts hold words together.
_HASHTAG: Final = rf"(?<![\w/=)&#＃{MARKS}])[#＃](?P<tag>\w[\w{MARKS}·・\u200c\u200d]{{0,99}}+)"
_ENTITY: Final = re.compile(f"(?P<url>{URL_IN_TEXT})|{_MENTION}|{_HASHTAG}", re.IGNORECASE)
_TAG_ENDS: Final = "·・\u200c\u200d"


@dataclass(frozen=True, slots=True)
class MentionTarget:
    """An actor that can be mentioned: its id, the page people see and its handle `user@host`."""

    uri: str
    url: str
    handle: str


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A post as HTML, the ids of the actors it mentions and its hashtags without `#`, each once, in order."""

    html: str
    mentions: tuple[str, ...]
    hashtags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entity:
    """Something in a text that may become a link: where it stands, what it is and what it names.

    `kind` is `url`, `mention` or `hashtag`.
    """

    start: int
    end: int
    kind: str
    value: str


def find_mentions(source: str) -> tuple[str, ...]:
    """Return the mentions in a text, each once: `user@host`, or `user` for an actor here, in lower case."""
    return tuple(dict.fromkeys(e.value for e in entities_in(_prepared(source)) if e.kind == "mention"))


def find_hashtags(source: str) -> tuple[str, ...]:
    """Return the hashtags in a text without `#`, each once whatever its case, as first written."""
    return _each_once(e.value for e in entities_in(_prepared(source)) if e.kind == "hashtag")


def render_note(
    source: str, *, targets: Mapping[str, MentionTarget], tag_url: Callable[[str], str]
) -> RenderedText:
    """Return a plain-text post as sanitised HTML.

    `targets` holds the actors known for what `find_mentions` returned; others stay text. `tag_url` returns
    the page of a hashtag, percent-encoded.
    """
    text = _prepared(source)
    entities = list(entities_in(text))
    found = {e.value: targets[e.value] for e in entities if e.kind == "mention" and e.value in targets}
    # Of two actors with the same name both are shown with their host.
    names = Counter(name_of(target) for target in {t.uri: t for t in found.values()}.values())
    pieces: list[str] = []
    position = 0
    for entity in entities:
        pieces.append(escape(text[position : entity.start], quote=False))
        position = entity.end
        written = text[entity.start : entity.end]
        if entity.kind == "url":
            pieces.append(_url_link(entity.value))
        elif entity.kind == "hashtag":
            pieces.append(_hashtag_link(written, tag_url(entity.value)))
        elif entity.value in found:
            target = found[entity.value]
            pieces.append(_mention_link(target, with_host=names[name_of(target)] > 1))
        else:
            pieces.append(escape(written, quote=False))
    pieces.append(escape(text[position:], quote=False))
    return RenderedText(
        html=sanitise(_paragraphs("".join(pieces))),
        mentions=tuple(dict.fromkeys(target.uri for target in found.values())),
        hashtags=_each_once(entity.value for entity in entities if entity.kind == "hashtag"),
    )


def name_of(target: MentionTarget) -> str:
    """Return the part of a handle before the host."""
    return target.handle.lstrip("@").partition("@")[0]


def _prepared(source: str) -> str:
    return readable(source)[:MAX_SOURCE].strip()


def entities_in(text: str) -> Iterator[Entity]:
    """Yield the addresses, mentions and hashtags of a text in order; none overlap."""
    for match in _ENTITY.finditer(text):
        start = match.start()
        if match["url"]:
            url = trim_url(match["url"])
            yield Entity(start, start + len(url), "url", url)
        elif match["user"]:
            written = match[0].rstrip(".-:")
            name = written[1:].lower()
            user, at, host = name.partition("@")
            if user.strip(".-") == user and (not at or host):
                yield Entity(start, start + len(written), "mention", name)
        else:
            tag = match["tag"].rstrip(_TAG_ENDS)
            if not tag.replace("_", "").isdecimal() and tag.strip("_"):
                yield Entity(start, start + 1 + len(tag), "hashtag", tag)


def _each_once(tags: Iterator[str]) -> tuple[str, ...]:
    first_written: dict[str, str] = {}
    for tag in tags:
        first_written.setdefault(tag.casefold(), tag)
    return tuple(first_written.values())


def _paragraphs(marked_up: str) -> str:
    """Return text in which links are marked up already, with its lines and paragraphs marked up too."""
    paragraphs = _PARAGRAPHS.split(marked_up)
    return "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs if paragraph)


def _url_link(url: str) -> str:
    """Return a link whose text Mastodon's readers see shortened and everyone else whole."""
    prefix = _URL_PREFIX.match(url)
    start = prefix.end() if prefix else 0
    shown, rest = url[start : start + _SHOWN_OF_URL], url[start + _SHOWN_OF_URL :]
    parts = [f'<span class="invisible">{escape(url[:start])}</span>']
    parts.append(
        f'<span class="ellipsis">{escape(shown)}</span>' if rest else f"<span>{escape(shown)}</span>"
    )
    if rest:
        parts.append(f'<span class="invisible">{escape(rest)}</span>')
    return f'<a href="{escape(url)}" translate="no">{"".join(parts)}</a>'


def _hashtag_link(written: str, url: str) -> str:
    return (
        f'<a href="{escape(url)}" class="mention hashtag" rel="tag">#<span>{escape(written[1:])}</span></a>'
    )


def _mention_link(target: MentionTarget, *, with_host: bool) -> str:
    shown = target.handle.lstrip("@") if with_host else name_of(target)
    return (
        f'<span class="h-card" translate="no"><a href="{escape(target.url)}" class="u-url mention">'
        f"@<span>{escape(shown)}</span></a></span>"
    )
