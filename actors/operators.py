"""The operators of a search: Mastodon's (`from:`, `has:`, `is:`, `before:` …) and the network's own.

`kind:practice country:KE stage:police-custody lang:fr` narrow to what has these facets; words before a colon
that are no operator are words.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from actors import taxonomy
from actors.locales import country_named, language_tag, territory_code
from storage.identifiers import smallest_at
from storage.kinds import Kind
from storage.search_conditions import UNCONDITIONAL, Conditions

_OPERATOR: Final = re.compile(
    r'(?<!\S)(?P<minus>[-−])?(?P<name>[A-Za-z][A-Za-z-]{0,15}):(?:"(?P<quoted>[^"]{1,100})"|(?P<value>[^\s"]{1,100}))'
)
_MEDIA: Final = {"image": "image", "video": "video", "audio": "audio"}
_KIND_ALIASES: Final = {"expert": Kind.OFFER, "post": Kind.POST}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was typed: the words that are left, and what they are narrowed to.

    `author` is a handle, without `@`, or `me`; `scope` is `all`, `library` or `public`.
    """

    words: str
    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    concepts: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    author: str | None = None
    scope: str = "all"
    conditions: Conditions = UNCONDITIONAL

    @property
    def narrows(self) -> bool:
        """Whether there is any operator in it."""
        return replace(self, words="") != Asked("")


def read_operators(text: str) -> Asked:
    """Return what a text asks for; an operator with a value that means nothing is taken for words."""
    asked = Asked("")
    words: list[str] = []
    position = 0
    for match in _OPERATOR.finditer(text):
        value = (match["quoted"] or match["value"]).strip()
        name = match["name"].lower()
        read = _read(asked, name, value, wanted=match["minus"] is None)
        if read is None:
            continue
        words.append(text[position : match.start()])
        position = match.end()
        asked = read
    words.append(text[position:])
    return replace(asked, words=" ".join("".join(words).split()))


def _read(asked: Asked, name: str, value: str, *, wanted: bool) -> Asked | None:
    """Return what is asked for with one operator more; None where it is none."""
    if name in _SETS:
        return _SETS[name](asked, value) if wanted else None
    if name in taxonomy.schemes():
        reference = taxonomy.normalised(value.lower(), name) if wanted else None
        return replace(asked, concepts=(*asked.concepts, reference)) if reference else None
    changes = _conditions(name, value.lower(), wanted=wanted)
    return None if changes is None else replace(asked, conditions=replace(asked.conditions, **changes))


def _conditions(name: str, value: str, *, wanted: bool) -> dict[str, Any] | None:
    if name == "has":
        if value in _MEDIA and wanted:
            return {"media_type": _MEDIA[value]}
        field = {"media": "has_media", "poll": "has_poll", "link": "has_page", "embed": "has_page"}.get(value)
    elif name == "is":
        field = {"reply": "is_answer", "sensitive": "is_sensitive"}.get(value)
    else:
        return _times(name, value) if wanted else None
    return {field: wanted} if field else None


def _times(name: str, value: str) -> dict[str, Any] | None:
    try:
        day = datetime.combine(date.fromisoformat(value), time(), UTC)
    except ValueError:
        return None
    start, end = smallest_at(day), smallest_at(day + timedelta(days=1))
    return {
        "before": {"before_id": start},
        "after": {"after_id": end - 1},
        "during": {"after_id": start - 1, "before_id": end},
    }.get(name)


def _kind(asked: Asked, value: str) -> Asked | None:
    name = value.lower().removesuffix("s")
    kind = _KIND_ALIASES.get(name) or next((each for each in Kind if each == name), None)
    return replace(asked, kinds=(*asked.kinds, kind.value)) if kind else None


def _country(asked: Asked, value: str) -> Asked | None:
    code = territory_code(value) or country_named(value)
    return replace(asked, countries=(*asked.countries, code)) if code else None


def _language(asked: Asked, value: str) -> Asked | None:
    tag = language_tag(value)
    return replace(asked, languages=(*asked.languages, tag)) if tag else None


def _topic(asked: Asked, value: str) -> Asked | None:
    """Return what is asked for with a concept more, named with its scheme or without."""
    named = value.lower()
    found = (taxonomy.normalised(named, scheme) for scheme in (None, *taxonomy.schemes()))
    reference = next(filter(None, found), None)
    return replace(asked, concepts=(*asked.concepts, reference)) if reference else None


def _author(asked: Asked, value: str) -> Asked | None:
    handle = value.removeprefix("@")
    return replace(asked, author=handle) if handle else None


def _scope(asked: Asked, value: str) -> Asked | None:
    return replace(asked, scope=value.lower()) if value.lower() in {"all", "library", "public"} else None


_SETS: Final[Mapping[str, Callable[[Asked, str], Asked | None]]] = {
    "kind": _kind,
    "country": _country,
    "lang": _language,
    "language": _language,
    "topic": _topic,
    "about": _topic,
    "from": _author,
    "in": _scope,
}
