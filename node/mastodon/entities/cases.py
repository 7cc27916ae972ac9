"""What notifications of moderation are about: reports for moderators, and warnings."""

from collections.abc import Sequence
from typing import Any

from actors.notifying import About
from node.mastodon.entities.reports import report_entity, warning_entity
from node.mastodon.view import View
from storage.notifications import Notification
from storage.transaction import Transaction


async def cases_of(tx: Transaction, view: View, found: Sequence[Notification]) -> dict[int, dict[str, Any]]:
    """Return what to add to such notifications, by their numbers; nothing is asked where there are none."""
    reports = await tx.reports.by_ids([each.subject_id for each in found if each.type == About.REPORT])
    warnings = await tx.moderation.by_ids([each.subject_id for each in found if each.type == About.WARNING])
    targets = {each.target_id for each in reports.values()}
    targets |= {each.target_id for each in warnings.values() if each.target_id is not None}
    if not targets:
        return {}
    actors = list((await tx.actors.by_ids(sorted(targets))).values())
    accounts = dict(zip((actor.id for actor in actors), await view.accounts(actors), strict=True))
    cases: dict[int, dict[str, Any]] = {}
    for each in found:
        if (report := reports.get(each.subject_id)) is not None:
            cases[each.id] = {"report": report_entity(report, accounts[report.target_id])}
        elif (warning := warnings.get(each.subject_id)) is not None and warning.target_id is not None:
            cases[each.id] = {"moderation_warning": warning_entity(warning, accounts[warning.target_id])}
    return cases
