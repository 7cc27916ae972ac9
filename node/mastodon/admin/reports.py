"""Reports as moderators see them: reading, taking on, resolving."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors import reporting
from actors.errors import NotFound
from node.context import Node, node_of
from node.http.auth import Caller
from node.mastodon.admin.moderator import admin_accounts_by_ids, moderator
from node.mastodon.entities.reports import admin_report_entity
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import answer
from node.mastodon.routing import get, post, update
from node.mastodon.view import View
from storage.reports import Report, WantedReports
from storage.transaction import Transaction

_READ: Final = "admin:read:reports"
_WRITE: Final = "admin:write:reports"
_Change = Callable[[Transaction, Report, Caller], Awaitable[Report]]


async def index(request: Request) -> Response:
    """List reports: those that are open, or with `resolved` those that are not."""
    caller = await moderator(request, _READ)
    parameters = await parameters_of(request)
    page, node = page_of(parameters, usual=100, most=200), node_of(request)
    wanted = WantedReports(
        resolved=bool(parameters.flag("resolved")),
        reporter_id=parameters.identifier("account_id"),
        target_id=parameters.identifier("target_account_id"),
        target_host=(parameters.text("by_target_domain") or "").lower(),
    )
    async with node.database.read() as tx:
        found = await tx.reports.page(page, wanted)
        bodies = await _bodies(tx, node, caller, found)
    return paged(request, bodies, [each.id for each in found], page)


async def show(request: Request) -> Response:
    """Show one report."""
    caller = await moderator(request, _READ)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await _found(tx, request)
        return answer((await _bodies(tx, node, caller, [found]))[0])


async def classify(request: Request) -> Response:
    """Say what a report is about."""
    parameters = await parameters_of(request)
    rules = parameters.identifiers("rule_ids") if parameters.has("rule_ids") else None

    async def change(tx: Transaction, found: Report, _caller: Caller) -> Report:
        return await reporting.classify(tx, found, parameters.text("category"), rules)

    return await _changed(request, change)


async def assign_to_self(request: Request) -> Response:
    """Take a report on."""

    async def change(tx: Transaction, found: Report, caller: Caller) -> Report:
        return await reporting.assign(tx, found, caller.actor)

    return await _changed(request, change)


async def unassign(request: Request) -> Response:
    """Leave a report to others."""

    async def change(tx: Transaction, found: Report, _caller: Caller) -> Report:
        return await reporting.assign(tx, found, None)

    return await _changed(request, change)


async def resolve(request: Request) -> Response:
    """Note that a report needs no more attention."""

    async def change(tx: Transaction, found: Report, caller: Caller) -> Report:
        return await reporting.resolve(tx, found, caller.actor)

    return await _changed(request, change)


async def reopen(request: Request) -> Response:
    """Note that a report needs attention again."""

    async def change(tx: Transaction, found: Report, _caller: Caller) -> Report:
        return await reporting.reopen(tx, found)

    return await _changed(request, change)


async def _changed(request: Request, change: _Change) -> Response:
    caller = await moderator(request, _WRITE)
    node = node_of(request)
    async with node.database.begin() as tx:
        changed = await change(tx, await _found(tx, request), caller)
        return answer((await _bodies(tx, node, caller, [changed]))[0])


async def _found(tx: Transaction, request: Request) -> Report:
    found = await tx.reports.find(path_id(request))
    if found is None:
        raise NotFound(NO_RECORD)
    return found


async def _bodies(
    tx: Transaction, node: Node, caller: Caller, reports: Sequence[Report]
) -> list[dict[str, Any]]:
    """Return Admin::Reports, in a number of statements that does not grow with them."""
    accounts = await admin_accounts_by_ids(
        tx, node, caller, {number for each in reports for number in each.actor_ids}
    )
    rules = {
        rule.id: rule
        for rule in await tx.documents.rules_by_ids([number for each in reports for number in each.rule_ids])
    }
    # Moderators see what the moderator could read anyway: no more of others' letters than was sent to them.
    statuses = await View(tx, node, caller.actor).statuses_by_ids(
        sorted({number for each in reports for number in each.publication_ids})
    )
    return [
        admin_report_entity(
            each,
            accounts,
            [statuses[number] for number in each.publication_ids if number in statuses],
            [rules[number] for number in each.rule_ids if number in rules],
        )
        for each in reports
    ]


ROUTES: list[BaseRoute] = [
    get("/api/v1/admin/reports", index),
    get("/api/v1/admin/reports/{id}", show),
    update("/api/v1/admin/reports/{id}", classify),
    post("/api/v1/admin/reports/{id}/assign_to_self", assign_to_self),
    post("/api/v1/admin/reports/{id}/unassign", unassign),
    post("/api/v1/admin/reports/{id}/resolve", resolve),
    post("/api/v1/admin/reports/{id}/reopen", reopen),
]
