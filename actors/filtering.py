"""Filters: what a member does not want to see, and finding it in what is shown to them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from actors.errors import Invalid, NotFound
from storage.actors import Actor
from storage.filters import Filter, FilterKeyword, FilterStatus, WholeFilter
from storage.transaction import Transaction

CONTEXTS: Final = ("home", "notifications", "public", "thread", "account")
ACTIONS: Final = ("warn", "hide", "blur")
MAX_FILTERS: Final = 100
MAX_KEYWORDS: Final = 500

_LONGEST_TITLE: Final = 256
_LONGEST_KEYWORD: Final = 512
#: Thai, Lao, Burmese, Khmer, kana and Han are written without spaces: a word's end cannot be told there.
_WITHOUT_SPACES: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


@dataclass(frozen=True, slots=True)
class Match:
    """A filter that applies, with the words it found and the publication it names."""

    filter: Filter
    keywords: list[str]
    status_ids: list[int]


class Sieve:
    """An actor's filters, ready to look into many texts."""

    def __init__(self, filters: Sequence[WholeFilter]) -> None:
        self._filters = [
            (each.filter, pattern(each.keywords), {status.publication_id for status in each.statuses})
            for each in filters
        ]

    def matches(self, words: str, publication_id: int) -> list[Match]:
        """Return the filters that apply to a publication with these words."""
        found = []
        for each, keywords, publications in self._filters:
            hits = list(dict.fromkeys(keywords.findall(words))) if keywords else []
            named = [publication_id] if publication_id in publications else []
            if hits or named:
                found.append(Match(each, hits, named))
        return found


def pattern(keywords: Sequence[FilterKeyword]) -> re.Pattern[str] | None:
    """Return what finds any of these keywords, whatever the case; None where there are none."""
    parts = [_part(keyword) for keyword in keywords if keyword.keyword]
    return re.compile("|".join(parts), re.IGNORECASE) if parts else None


def _part(keyword: FilterKeyword) -> str:
    text = keyword.keyword
    if not keyword.whole_word or _WITHOUT_SPACES.search(text):
        return re.escape(text)
    before = r"\b" if re.match(r"\w", text) else ""
    after = r"\b" if re.search(r"\w\Z", text) else ""
    return f"{before}{re.escape(text)}{after}"


async def make_filter(
    tx: Transaction,
    owner: Actor,
    *,
    title: str,
    contexts: Sequence[str],
    action: str,
    expires_in: int | None,
    keywords: Sequence[tuple[str, bool]] = (),
) -> WholeFilter:
    """Make a filter with keywords (text, only whole words); Invalid names everything that is wrong."""
    if len(await tx.filters.of(owner)) >= MAX_FILTERS:
        raise Invalid("There cannot be more filters.", {"title": f"is more than the {MAX_FILTERS} allowed"})
    _check(title, contexts, action)
    _check_room(len(keywords))
    made = Filter(tx.new_id(), owner.id, title, _in_order(contexts), action, expiry(tx.now, expires_in))
    await tx.filters.add(made)
    rows = [_keyword(tx, made, text, whole_word=whole) for text, whole in keywords]
    await tx.filters.add_keywords(rows)
    return WholeFilter(made, rows)


async def change_filter(
    tx: Transaction,
    owner: Actor,
    filter_id: int,
    changes: Mapping[str, object],
    *,
    keywords: Sequence[tuple[int | None, str | None, bool | None, bool]] = (),
) -> None:
    """Change what `changes` names of a filter, and keywords: (id, text, only whole words, whether it goes).

    Keywords of other filters are passed over. NotFound for anybody else's filter, Invalid for what is wrong.
    """
    known = await find_filter(tx, owner, filter_id)
    changed = replace(known.filter, **changes)  # type: ignore[arg-type]
    _check(changed.title, changed.contexts, changed.action)
    await tx.filters.change(replace(changed, contexts=_in_order(changed.contexts)))
    by_id = {keyword.id: keyword for keyword in known.keywords}
    _check_room(len(by_id) + sum(number is None and not goes for number, _, _, goes in keywords))
    for number, text, whole, goes in keywords:
        if number is None:
            if not goes:
                row = _keyword(tx, changed, text or "", whole_word=True if whole is None else whole)
                await tx.filters.add_keywords([row])
        elif number in by_id and goes:
            await tx.filters.remove_keyword(number)
        elif number in by_id:
            before = by_id[number]
            await tx.filters.change_keyword(
                replace(
                    before,
                    keyword=checked_keyword(before.keyword if text is None else text),
                    whole_word=before.whole_word if whole is None else whole,
                )
            )


async def add_keyword(
    tx: Transaction, owner: Actor, filter_id: int, text: str, *, whole_word: bool
) -> FilterKeyword:
    """Let a filter look for more words."""
    known = await find_filter(tx, owner, filter_id)
    _check_room(len(known.keywords) + 1)
    row = _keyword(tx, known.filter, text, whole_word=whole_word)
    await tx.filters.add_keywords([row])
    return row


async def find_filter(tx: Transaction, owner: Actor, filter_id: int) -> WholeFilter:
    """Find an actor's own filter; NotFound for anybody else's."""
    for each in await tx.filters.of(owner):
        if each.filter.id == filter_id:
            return each
    raise NotFound("Record not found")


async def find_keyword(tx: Transaction, owner: Actor, keyword_id: int) -> tuple[WholeFilter, FilterKeyword]:
    """Find a keyword of an actor's own filter; NotFound for anybody else's."""
    for each in await tx.filters.of(owner):
        for keyword in each.keywords:
            if keyword.id == keyword_id:
                return each, keyword
    raise NotFound("Record not found")


async def find_status(tx: Transaction, owner: Actor, status_id: int) -> tuple[WholeFilter, FilterStatus]:
    """Find what says that an actor's own filter hides one publication; NotFound for anybody else's."""
    for each in await tx.filters.of(owner):
        for status in each.statuses:
            if status.id == status_id:
                return each, status
    raise NotFound("Record not found")


def expiry(now: datetime, seconds: int | None) -> datetime | None:
    """Return when something ends that lasts for some seconds; None is never."""
    return None if seconds is None else now + timedelta(seconds=min(max(seconds, 0), 10 * 366 * 86400))


def checked_keyword(text: str) -> str:
    """Return the words to look for; Invalid where there are none, or too many."""
    text = text.strip()
    if not text:
        raise Invalid("A keyword cannot be empty.", {"keyword": "can't be blank"})
    if len(text) > _LONGEST_KEYWORD:
        raise Invalid(
            "The keyword is too long.", {"keyword": f"is longer than {_LONGEST_KEYWORD} characters"}
        )
    return text


def _check_room(count: int) -> None:
    if count > MAX_KEYWORDS:
        raise Invalid("There cannot be more keywords.", {"keyword": f"is more than {MAX_KEYWORDS}"})


def _keyword(tx: Transaction, owner: Filter, text: str, *, whole_word: bool) -> FilterKeyword:
    return FilterKeyword(tx.new_id(), owner.id, checked_keyword(text), whole_word)


def _check(title: str, contexts: Sequence[str], action: str) -> None:
    faults = {}
    if not title.strip():
        faults["title"] = "can't be blank"
    elif len(title) > _LONGEST_TITLE:
        faults["title"] = f"is longer than {_LONGEST_TITLE} characters"
    if not contexts:
        faults["context"] = "can't be blank"
    elif not set(contexts) <= set(CONTEXTS):
        faults["context"] = f"must be among {', '.join(CONTEXTS)}"
    if action not in ACTIONS:
        faults["filter_action"] = f"must be one of {', '.join(ACTIONS)}"
    if faults:
        name, fault = next(iter(faults.items()))
        raise Invalid(f"Validation failed: {name} {fault}", faults)


def _in_order(contexts: Sequence[str]) -> list[str]:
    return [context for context in CONTEXTS if context in contexts]
