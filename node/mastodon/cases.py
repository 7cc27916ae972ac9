"""What notifications are about that is no status: reports, warnings, follows that were lost."""

from collections.abc import Sequence
from typing import Any, Final

from actors.notifying import About
from node.mastodon.entities.reports import report_entity, warning_entity
from node.mastodon.entities.severances import severance_entity
from node.mastodon.view import View
from storage.notifications import Notification
from storage.transaction import Transaction

CASES: Final = {About.REPORT: "report", About.WARNING: "moderation_warning", About.SEVERED: "event"}
"""Where such notifications say what they are about; without it they cannot be shown."""


async def cases_of(tx: Transaction, view: View, found: Sequence[Notification]) -> dict[int, dict[str, Any]]:
    """Return what to add to such notifications, by their numbers; nothing is asked where there are none."""
    reports = await tx.reports.by_ids(_subjects(found, About.REPORT))
    warnings = await tx.moderation.by_ids(_subjects(found, About.WARNING))
    severances = await tx.severances.by_ids(_subjects(found, About.SEVERED))
    targets = {each.target_id for each in reports.values()}
    targets |= {each.target_id for each in warnings.values() if each.target_id is not None}
    actors = list((await tx.actors.by_ids(sorted(targets))).values()) if targets else []
    accounts = dict(zip((actor.id for actor in actors), await view.accounts(actors), strict=True))
    cases: dict[int, dict[str, Any]] = {}
    for each in found:
        subject: dict[str, Any] | None = None
        if each.type == About.REPORT and (report := reports.get(each.subject_id)):
            subject = report_entity(report, accounts[report.target_id])
        elif each.type == About.WARNING and (warning := warnings.get(each.subject_id)):
            subject = warning_entity(warning, accounts[warning.target_id or 0])
        elif each.type == About.SEVERED and (severance := severances.get(each.subject_id)):
            subject = severance_entity(severance)
        if subject is not None:
            cases[each.id] = {CASES[About(each.type)]: subject}
    return cases


def _subjects(found: Sequence[Notification], about: About) -> list[int]:
    return [each.subject_id for each in found if each.type == about]
