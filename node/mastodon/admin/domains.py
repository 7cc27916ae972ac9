"""Other nodes as moderators treat them: blocked or limited, and in a closed network, let in."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import Invalid, NotFound
from actors.moderating import treat_host
from actors.roles import Act
from actors.roles import require as require_role
from federation.errors import Malformed
from federation.origins import canonical_host
from node.context import node_of
from node.mastodon.admin.moderator import moderator
from node.mastodon.entities.domains import SEVERITIES, admin_allow_entity, admin_block_entity
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, update
from storage.kinds import Policy
from storage.moderation import HostDecision
from storage.paging import Page
from storage.transaction import Transaction

_BLOCKS: Final = frozenset({Policy.BLOCKED, Policy.LIMITED})
_ALLOWS: Final = frozenset({Policy.TRUSTED})


async def list_blocks(request: Request) -> Response:
    """List the hosts that are blocked or limited."""
    await moderator(request, "admin:read:domain_blocks")
    page = page_of(await parameters_of(request), usual=100, most=200)
    async with node_of(request).database.begin() as tx:
        found = _part(await _decided(tx, _BLOCKS), page)
    bodies = [admin_block_entity(decision, policy) for decision, policy in found]
    return paged(request, bodies, [decision.id for decision, _ in found], page)


async def show_block(request: Request) -> Response:
    """Show a host that is blocked or limited."""
    await moderator(request, "admin:read:domain_blocks")
    async with node_of(request).database.begin() as tx:
        decision, policy = await _found(tx, request, _BLOCKS)
    return answer(admin_block_entity(decision, policy))


async def block(request: Request) -> Response:
    """Block or limit a host."""
    caller = await moderator(request, "admin:write:domain_blocks")
    parameters = await parameters_of(request)
    host = _host(parameters)
    policy = _policy(parameters) or Policy.LIMITED
    async with node_of(request).database.begin() as tx:
        known = await tx.peers.by_host(host)
        if known is not None and known.policy in _BLOCKS:
            raise Invalid("Validation failed: Domain has already been taken", {"domain": "is taken"})
        decision = await treat_host(tx, caller.member, host, policy, **_comments(parameters))
    return answer(admin_block_entity(decision, policy))


async def change_block(request: Request) -> Response:
    """Treat a host that is blocked or limited in the other way, or say why anew."""
    caller = await moderator(request, "admin:write:domain_blocks")
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        decision, known = await _found(tx, request, _BLOCKS)
        policy = _policy(parameters) or known
        changed = await treat_host(tx, caller.member, decision.host, policy, **_comments(parameters))
    return answer(admin_block_entity(changed, policy))


async def unblock(request: Request) -> Response:
    """Treat a host as any other again."""
    caller = await moderator(request, "admin:write:domain_blocks")
    async with node_of(request).database.begin() as tx:
        decision, _ = await _found(tx, request, _BLOCKS)
        await treat_host(tx, caller.member, decision.host, Policy.KNOWN)
    return answer(EMPTY)


async def list_allows(request: Request) -> Response:
    """List the hosts that are trusted: those alone are talked to where the federation is an allow-list."""
    await moderator(request, "admin:read:domain_allows")
    page = page_of(await parameters_of(request), usual=100, most=200)
    async with node_of(request).database.begin() as tx:
        found = _part(await _decided(tx, _ALLOWS), page)
    bodies = [admin_allow_entity(decision) for decision, _ in found]
    return paged(request, bodies, [decision.id for decision, _ in found], page)


async def show_allow(request: Request) -> Response:
    """Show a host that is trusted."""
    await moderator(request, "admin:read:domain_allows")
    async with node_of(request).database.begin() as tx:
        decision, _ = await _found(tx, request, _ALLOWS)
    return answer(admin_allow_entity(decision))


async def allow(request: Request) -> Response:
    """Trust a host; Forbidden for who does not administer the network."""
    caller = await moderator(request, "admin:write:domain_allows")
    require_role(caller.member.role, Act.ADMINISTER)
    host = _host(await parameters_of(request))
    async with node_of(request).database.begin() as tx:
        decision = await treat_host(tx, caller.member, host, Policy.TRUSTED)
    return answer(admin_allow_entity(decision))


async def disallow(request: Request) -> Response:
    """Trust a host no longer; Forbidden for who does not administer the network."""
    caller = await moderator(request, "admin:write:domain_allows")
    require_role(caller.member.role, Act.ADMINISTER)
    async with node_of(request).database.begin() as tx:
        decision, _ = await _found(tx, request, _ALLOWS)
        await treat_host(tx, caller.member, decision.host, Policy.KNOWN)
    return answer(EMPTY)


async def _decided(tx: Transaction, policies: frozenset[Policy]) -> list[tuple[HostDecision, Policy]]:
    """Return the hosts that are treated in one of these ways, the latest decision first.

    What was decided on the command line gets its number now.
    """
    treated = {host: policy for policy in policies for host in await tx.peers.with_policy(policy)}
    known = await tx.moderation.decisions(treated)
    for host in sorted(treated.keys() - known.keys()):
        known[host] = HostDecision(host, tx.new_id(), tx.now)
        await tx.moderation.decide(known[host])
    pairs = [(known[host], policy) for host, policy in treated.items()]
    return sorted(pairs, key=lambda pair: -pair[0].id)


async def _found(
    tx: Transaction, request: Request, policies: frozenset[Policy]
) -> tuple[HostDecision, Policy]:
    decision = await tx.moderation.decision(path_id(request))
    peer = await tx.peers.by_host(decision.host) if decision else None
    if decision is None or peer is None or peer.policy not in policies:
        raise NotFound(NO_RECORD)
    return decision, Policy(peer.policy)


def _part(decided: list[tuple[HostDecision, Policy]], page: Page) -> list[tuple[HostDecision, Policy]]:
    above = max(page.since_id, page.min_id or 0)
    within = [pair for pair in decided if above < pair[0].id < page.max_id]
    return within[: page.size] if page.min_id is None else within[-page.size :]


def _host(parameters: Parameters) -> str:
    try:
        return canonical_host((parameters.text("domain") or "").strip())
    except Malformed as error:
        raise Invalid(
            "Validation failed: Domain is not a valid domain", {"domain": "is not a domain"}
        ) from error


def _policy(parameters: Parameters) -> Policy | None:
    written = parameters.text("severity")
    if written is None:
        return None
    policy = next((policy for policy, severity in SEVERITIES.items() if severity == written), None)
    if policy is None:
        raise Invalid(
            "Validation failed: Severity is not included in the list",
            {"severity": f"is not one of {', '.join(SEVERITIES.values())}"},
        )
    return policy


def _comments(parameters: Parameters) -> dict[str, Any]:
    return {name: parameters.text(name) for name in ("public_comment", "private_comment")}


ROUTES: list[BaseRoute] = [
    get("/api/v1/admin/domain_blocks", list_blocks),
    post("/api/v1/admin/domain_blocks", block),
    get("/api/v1/admin/domain_blocks/{id}", show_block),
    update("/api/v1/admin/domain_blocks/{id}", change_block),
    delete("/api/v1/admin/domain_blocks/{id}", unblock),
    get("/api/v1/admin/domain_allows", list_allows),
    post("/api/v1/admin/domain_allows", allow),
    get("/api/v1/admin/domain_allows/{id}", show_allow),
    delete("/api/v1/admin/domain_allows/{id}", disallow),
]
