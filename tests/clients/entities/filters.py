"""Filters, in their two versions."""

from typing import Literal

from tests.clients.entities.values import Id, Timestamp, Word
from tests.clients.validation import Entity

Place = Literal["home", "notifications", "public", "thread", "account"]


class FilterKeyword(Entity):
    id: Id
    keyword: Word
    whole_word: bool


class FilterStatus(Entity):
    id: Id
    status_id: Id


class ShallowFilter(Entity):
    """The filter that a status matches, without what it looks for."""

    id: Id
    title: Word
    context: list[Place]
    expires_at: Timestamp | None
    filter_action: Literal["warn", "hide", "blur"]


class Filter(ShallowFilter):
    keywords: list[FilterKeyword]
    statuses: list[FilterStatus]


class FilterV1(Entity):
    id: Id
    phrase: Word
    context: list[Place]
    whole_word: bool
    expires_at: Timestamp | None
    irreversible: bool


class FilterResult(Entity):
    filter: ShallowFilter
    keyword_matches: list[str] | None
    status_matches: list[Id] | None
