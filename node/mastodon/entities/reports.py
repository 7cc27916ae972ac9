"""Reports, and accounts as moderators see them."""

from collections.abc import Mapping, Sequence
from typing import Any

from node.mastodon.entities.instance import rule_entity
from node.mastodon.entities.roles import role_entity
from node.mastodon.replies import stamp, stamp_or_none
from storage.actors import Actor
from storage.documents import HouseRule
from storage.members import Member
from storage.membership_requests import MembershipRequest
from storage.moderation import ModerationAction
from storage.reports import Report


def report_entity(report: Report, target: dict[str, Any]) -> dict[str, Any]:
    """Return a Report; `target` is the Account that it is about."""
    return {
        "id": str(report.id),
        "action_taken": report.resolved_at is not None,
        "action_taken_at": stamp_or_none(report.resolved_at),
        "category": report.category,
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": stamp(report.created_at),
        "status_ids": [str(number) for number in report.publication_ids],
        "rule_ids": [str(number) for number in report.rule_ids],
        "target_account": target,
    }


def admin_report_entity(
    report: Report,
    accounts: Mapping[int, dict[str, Any]],
    statuses: Sequence[dict[str, Any]],
    rules: Sequence[HouseRule],
) -> dict[str, Any]:
    """Return an Admin::Report; `accounts` are the Admin::Accounts of all whom it names, by their numbers."""

    def named(number: int | None) -> dict[str, Any] | None:
        return None if number is None else accounts.get(number)

    return {
        "id": str(report.id),
        "action_taken": report.resolved_at is not None,
        "action_taken_at": stamp_or_none(report.resolved_at),
        "category": report.category,
        "comment": report.comment,
        "forwarded": report.forwarded,
        "created_at": stamp(report.created_at),
        "updated_at": stamp(report.updated_at),
        "account": named(report.reporter_id),
        "target_account": named(report.target_id),
        "assigned_account": named(report.assigned_to),
        "action_taken_by_account": named(report.resolved_by),
        "statuses": list(statuses),
        "rules": [rule_entity(rule) for rule in rules],
    }


def warning_entity(action: ModerationAction, target: dict[str, Any]) -> dict[str, Any]:
    """Return an AccountWarning: what moderators did about the account of whoever reads it."""
    return {
        "id": str(action.id),
        "action": action.verb,
        "text": action.comment,
        "status_ids": [],
        "target_account": target,
        "appeal": None,
        "created_at": stamp(action.created_at),
    }


def admin_account_entity(actor: Actor, member: Member | None, account: dict[str, Any]) -> dict[str, Any]:
    """Return an Admin::Account: an actor, and the member behind a local one.

    Addresses are not written down on this node, so there are none to show.
    """
    return {
        "id": str(actor.id),
        "username": actor.username,
        "domain": None if actor.is_local else actor.host,
        "created_at": stamp(actor.created_at),
        "email": member.email if member else None,
        "ip": None,
        "ips": [],
        "locale": member.language if member else None,
        "invite_request": None,
        "role": role_entity(member.role) if member else None,
        "confirmed": member is not None,
        "approved": member is not None,
        "disabled": member is not None and member.disabled_at is not None,
        "sensitized": actor.sensitized_at is not None,
        "silenced": actor.silenced_at is not None,
        "suspended": actor.suspended_at is not None,
        "account": account,
    }


def admin_request_entity(request: MembershipRequest, account: dict[str, Any]) -> dict[str, Any]:
    """Return the Admin::Account of somebody who asks to become a member."""
    entity: dict[str, Any] = {
        "id": str(request.id),
        "username": request.username,
        "domain": None,
        "created_at": stamp(request.created_at),
        "email": request.email,
        "ip": None,
        "ips": [],
        "locale": request.language,
        "invite_request": request.reason or None,
        "role": None,
        "confirmed": True,
        "approved": False,
        "disabled": False,
        "sensitized": False,
        "silenced": False,
        "suspended": False,
        "account": account,
    }
    if request.application_id is not None:
        entity["created_by_application_id"] = str(request.application_id)
    return entity
