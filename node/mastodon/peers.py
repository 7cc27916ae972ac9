"""The other nodes that this one knows, those it limits or blocks, and how much happens here."""

import time
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from node.context import Node, node_of
from node.http.auth import caller_of
from node.http.rates import Quota, spend
from node.mastodon.entities.domains import SEVERITIES, domain_block_entity
from node.mastodon.entities.instance import week_entity
from node.mastodon.parameters import NO_RECORD, parameters_of
from node.mastodon.replies import answer, answer_all
from node.mastodon.routing import get
from storage.transaction import Transaction

MEMBERS_ONLY: Final = "This method requires an authenticated user"
_MOST_HOSTS: Final = 50_000
_MOST_FOUND: Final = 10
_KEPT: Final = 300.0
"""Seconds for which lists of hosts and numbers of weeks may be old."""


async def peers(request: Request) -> Response:
    """List the hosts that this node knows; clients tell by it which links lead to other nodes."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    async with node.database.read() as tx:
        return answer_all(await _hosts(tx, node))


async def search_peers(request: Request) -> Response:
    """List the known hosts with a word in their name, those that begin with it first."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    wanted = ((await parameters_of(request)).text("q") or "").strip().lower()
    if not wanted:
        return answer_all([])
    async with node.database.read() as tx:
        hosts = await _hosts(tx, node)
    found = sorted((not host.startswith(wanted), host) for host in hosts if wanted in host)
    return answer_all([host for _, host in found[:_MOST_FOUND]])


async def domain_blocks(request: Request) -> Response:
    """List the hosts that this node limits or blocks, to whom the operator wants to show them.

    Raises NotFound where nobody may see them, and HTTPException 401 for guests where only members may.
    """
    node = node_of(request)
    shown = node.settings.federation.show_blocks
    caller = await caller_of(request)
    if shown == "nobody":
        raise NotFound(NO_RECORD)
    if shown == "members" and caller is None:
        raise HTTPException(401, MEMBERS_ONLY, {"WWW-Authenticate": "Bearer"})
    async with node.database.read() as tx:
        treated = [
            (host, policy) for policy in SEVERITIES for host in sorted(await tx.peers.with_policy(policy))
        ]
        why = await tx.moderation.decisions([host for host, _ in treated])
    found = [domain_block_entity(host, policy, why.get(host)) for host, policy in treated]
    return answer(found)


async def activity(request: Request) -> Response:
    """Say how much was published in each of the last twelve weeks, by how many people."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    kept = node.shelf.get("weeks", None)
    if kept is None or kept[0] < time.monotonic():
        async with node.database.read() as tx:
            weeks = [week_entity(week) for week in await tx.usage.weeks()]
        kept = (time.monotonic() + _KEPT, weeks)
        node.shelf.put("weeks", None, kept)
    return answer_all(kept[1])


async def _hosts(tx: Transaction, node: Node) -> list[str]:
    kept: tuple[float, Any] | None = node.shelf.get("hosts", None)
    if kept is None or kept[0] < time.monotonic():
        hosts = set(await tx.usage.hosts(_MOST_HOSTS)) - node.federation.hosts
        kept = (time.monotonic() + _KEPT, sorted(hosts))
        node.shelf.put("hosts", None, kept)
    found: list[str] = kept[1]
    return found


ROUTES: list[BaseRoute] = [
    get("/api/v1/instance/peers", peers),
    get("/api/v1/instance/activity", activity),
    get("/api/v1/instance/domain_blocks", domain_blocks),
    get("/api/v1/peers/search", search_peers),
]
