"""Reporting somebody to the moderators."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from actors.reporting import MAX_PUBLICATIONS, report
from node.context import node_of
from node.http.auth import require
from node.mastodon.entities.reports import report_entity
from node.mastodon.parameters import NO_RECORD, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import post
from node.mastodon.view import View


async def create(request: Request) -> Response:
    """Report an account, and posts of it that the reporter can see; others are passed over."""
    caller = await require(request, "write:reports")
    parameters = await parameters_of(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        number = parameters.identifier("account_id") or 0
        target = (await tx.actors.by_ids([number])).get(number)
        if target is None:
            raise NotFound(NO_RECORD)
        ids = parameters.identifiers("status_ids")[:MAX_PUBLICATIONS]
        seen = [item.publication_id for item in await tx.timelines.by_ids(caller.actor, ids)]
        publications = [
            each for each in (await tx.publications.by_ids(seen)).values() if each.author_id == target.id
        ]
        kept = await report(
            tx,
            caller.actor,
            target,
            publications=publications,
            rule_ids=parameters.identifiers("rule_ids"),
            comment=(parameters.text("comment") or "").strip(),
            category=parameters.text("category") or "",
            forward=bool(parameters.flag("forward")),
        )
        account = await View(tx, node, caller.actor).account(target)
    return answer(report_entity(kept, account))


ROUTES: list[BaseRoute] = [post("/api/v1/reports", create)]
