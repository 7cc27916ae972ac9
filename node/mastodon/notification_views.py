"""Notifications as clients see them: one by one, and grouped."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from actors.notifying import About
from node.mastodon.cases import CASES, cases_of
from node.mastodon.fallbacks import Fallbacks
from node.mastodon.replies import stamp
from node.mastodon.view import View
from storage.notification_policies import NotificationPolicy, Waiting
from storage.notification_rows import OWN
from storage.notifications import GroupMember, Notification, own_key
from storage.transaction import Transaction

SAMPLE: Final = 8
"""How many accounts of a group are shown with it."""

KNOWN: Final = frozenset(About)
"""All types, of which clients choose; what they name besides is ignored."""

WITH_STATUS: Final = frozenset(
    {
        About.MENTION,
        About.STATUS,
        About.REBLOG,
        About.FAVOURITE,
        About.POLL,
        About.UPDATE,
        About.QUOTE,
        About.QUOTED_UPDATE,
    }
)


_OF_PARTIAL_ACCOUNTS: Final = ("id", "acct", "locked", "bot", "url", "avatar", "avatar_static")


async def notification_entities(
    tx: Transaction, view: View, found: Sequence[Notification], fallbacks: Fallbacks | None = None
) -> list[dict[str, Any]]:
    """Return each as a Notification; one whose status the reader may not see any more is left out."""
    accounts, statuses = await _what_they_are_about(tx, view, found)
    cases = await cases_of(tx, view, found)
    entities = []
    for each in found:
        case = cases.get(each.id, {})
        if not _can_be_shown(each, accounts, statuses, case):
            continue
        entity: dict[str, Any] = {
            "id": str(each.id),
            "type": each.type,
            "created_at": stamp(each.created_at),
            "group_key": each.group_key,
            "account": accounts[each.from_id],
        }
        if each.filtered:
            entity["filtered"] = True
        if each.publication_id is not None:
            entity["status"] = statuses[each.publication_id]
        if fallbacks is not None:
            entity |= fallbacks.of(each.type, entity["account"], case)
        entities.append(entity | case)
    return entities


async def grouped_entity(
    tx: Transaction,
    view: View,
    owner_id: int,
    found: Sequence[Notification],
    grouped: Collection[str],
    *,
    lowest: int = 0,
    partial: bool = False,
    fallbacks: Fallbacks | None = None,
) -> dict[str, Any]:
    """Return GroupedNotificationsResults.

    `lowest` is the number with which the page ends. `partial` sends whole accounts only of whoever came last.
    """
    keys = [each.group_key for each in found if each.type in grouped and not each.group_key.startswith(OWN)]
    members: dict[str, list[GroupMember]] = {}
    for member in await tx.notifications.members(owner_id, keys, most=SAMPLE, lowest=lowest):
        members.setdefault(member.group_key, []).append(member)
    others = [member.from_id for each in members.values() for member in each]
    accounts, statuses = await _what_they_are_about(tx, view, found, others)
    cases = await cases_of(tx, view, found)
    groups = []
    for each in found:
        case = cases.get(each.id, {})
        if _can_be_shown(each, accounts, statuses, case):
            group = _group(each, members.get(each.group_key, []) if each.type in grouped else [], accounts)
            if fallbacks is not None:
                group |= fallbacks.of(each.type, accounts[each.from_id], case)
            groups.append(group | case)
    body: dict[str, Any] = {
        "accounts": list(accounts.values()),
        "statuses": list(statuses.values()),
        "notification_groups": groups,
    }
    if partial:
        first = {group["sample_account_ids"][0] for group in groups}
        body["accounts"] = [account for account in accounts.values() if account["id"] in first]
        body["partial_accounts"] = [
            {name: account[name] for name in _OF_PARTIAL_ACCOUNTS}
            for account in accounts.values()
            if account["id"] not in first
        ]
    return body


def _can_be_shown(
    each: Notification,
    accounts: Mapping[int, dict[str, Any]],
    statuses: Mapping[int, dict[str, Any]],
    case: Mapping[str, Any],
) -> bool:
    """Whether everything is there without which programs cannot read a notification."""
    if each.from_id not in accounts or (each.type in CASES and not case):
        return False
    return each.type not in WITH_STATUS or each.publication_id in statuses


def _group(
    newest: Notification, members: Sequence[GroupMember], accounts: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    """Return a NotificationGroup; one without `members` stands alone, whatever else is about the same."""
    whole = members[0] if members else None
    sample = [member.from_id for member in members] or [newest.from_id]
    group: dict[str, Any] = {
        "group_key": newest.group_key if whole else own_key(newest.id),
        "notifications_count": whole.count if whole else 1,
        "type": newest.type,
        "most_recent_notification_id": whole.newest_id if whole else newest.id,
        "page_min_id": str((whole.oldest_id if whole else None) or newest.id),
        "page_max_id": str(newest.id),
        "latest_page_notification_at": stamp(newest.created_at),
        "sample_account_ids": [str(number) for number in dict.fromkeys(sample) if number in accounts],
    }
    if newest.publication_id is not None:
        group["status_id"] = str(newest.publication_id)
    return group


def policy_entity(policy: NotificationPolicy, waiting: tuple[int, int]) -> dict[str, Any]:
    """Return a NotificationPolicy. `waiting` is how many requests there are, and how many notifications."""
    return {
        "for_not_following": policy.for_not_following,
        "for_not_followers": policy.for_not_followers,
        "for_new_accounts": policy.for_new_accounts,
        "for_private_mentions": policy.for_private_mentions,
        "for_limited_accounts": policy.for_limited_accounts,
        "summary": {"pending_requests_count": waiting[0], "pending_notifications_count": waiting[1]},
    }


def old_policy_entity(policy: NotificationPolicy, waiting: tuple[int, int]) -> dict[str, Any]:
    """Return a NotificationPolicy as before Mastodon 4.3 was finished, which some programs still want."""
    return {
        "filter_not_following": policy.for_not_following != "accept",
        "filter_not_followers": policy.for_not_followers != "accept",
        "filter_new_accounts": policy.for_new_accounts != "accept",
        "filter_private_mentions": policy.for_private_mentions != "accept",
        "summary": {"pending_requests_count": waiting[0], "pending_notifications_count": waiting[1]},
    }


async def request_entities(view: View, found: Sequence[Waiting]) -> list[dict[str, Any]]:
    """Return each as a NotificationRequest."""
    accounts = await view.accounts([actor for _, _, actor in found])
    last_ids = [request.last_id for request, _, _ in found if request.last_id]
    statuses = await view.statuses_by_ids(last_ids)
    return [
        {
            "id": str(request.id),
            "created_at": stamp(request.created_at),
            "updated_at": stamp(request.updated_at),
            "notifications_count": str(count),
            "account": account,
            "last_status": statuses.get(request.last_id or 0),
        }
        for (request, count, _), account in zip(found, accounts, strict=True)
    ]


async def _what_they_are_about(
    tx: Transaction, view: View, found: Sequence[Notification], others: Collection[int] = ()
) -> tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]:
    """Return the accounts and the statuses that notifications name, by their numbers."""
    statuses = await view.statuses_by_ids([each.publication_id for each in found if each.publication_id])
    actors = await tx.actors.by_ids([*(each.from_id for each in found), *others])
    accounts = await view.accounts(list(actors.values()))
    return dict(zip(actors, accounts, strict=True)), statuses
