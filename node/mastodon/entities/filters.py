"""Filters as clients see them, in today's form and in that of before Mastodon 4."""

from typing import Any

from actors.filtering import Match
from node.mastodon.replies import stamp_or_none
from storage.filters import Filter, FilterKeyword, FilterStatus, WholeFilter


def filter_entity(whole: WholeFilter) -> dict[str, Any]:
    """Return a Filter with its keywords and statuses."""
    return {
        **_head(whole.filter),
        "keywords": [keyword_entity(keyword) for keyword in whole.keywords],
        "statuses": [status_entity(status) for status in whole.statuses],
    }


def keyword_entity(keyword: FilterKeyword) -> dict[str, Any]:
    """Return a FilterKeyword."""
    return {"id": str(keyword.id), "keyword": keyword.keyword, "whole_word": keyword.whole_word}


def status_entity(status: FilterStatus) -> dict[str, Any]:
    """Return a FilterStatus."""
    return {"id": str(status.id), "status_id": str(status.publication_id)}


def result_entity(match: Match) -> dict[str, Any]:
    """Return a FilterResult: that a filter applies to a status, and why."""
    return {
        "filter": _head(match.filter),
        "keyword_matches": match.keywords or None,
        "status_matches": [str(number) for number in match.status_ids] or None,
    }


def old_entity(whole: WholeFilter, keyword: FilterKeyword) -> dict[str, Any]:
    """Return one keyword as a whole filter, as the first version of the API has it."""
    return {
        "id": str(keyword.id),
        "phrase": keyword.keyword,
        "context": whole.filter.contexts,
        "whole_word": keyword.whole_word,
        "expires_at": stamp_or_none(whole.filter.expires_at),
        "irreversible": whole.filter.action == "hide",
    }


def _head(each: Filter) -> dict[str, Any]:
    return {
        "id": str(each.id),
        "title": each.title,
        "context": each.contexts,
        "expires_at": stamp_or_none(each.expires_at),
        "filter_action": each.action,
    }
