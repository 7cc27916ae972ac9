"""Accounts as moderators see them: finding them, letting people join, and doing something about them."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors import joining
from actors.addresses import actor_uri
from actors.errors import Forbidden, NotFound
from actors.moderating import Measure, act, undo
from actors.roles import Act
from actors.roles import require as require_role
from node.context import Node, node_of
from node.http.auth import Caller
from node.keys import new_keys
from node.mastodon.admin.moderator import admin_accounts, admin_accounts_by_ids, found_actor, moderator
from node.mastodon.entities.accounts import account_entity
from node.mastodon.entities.reports import admin_account_entity, admin_request_entity
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post
from storage.actors import Actor
from storage.kinds import ActorType
from storage.membership_requests import MembershipRequest
from storage.moderation import WantedAccounts
from storage.standings import Standing
from storage.transaction import Transaction

_READ: Final = "admin:read:accounts"
_WRITE: Final = "admin:write:accounts"
_STATUSES: Final = ("active", "disabled", "silenced", "suspended")


async def list_v1(request: Request) -> Response:
    """List accounts; each thing that is wanted of them is a parameter of its own."""
    parameters = await parameters_of(request)
    local, remote = parameters.flag("local"), parameters.flag("remote")
    wanted = WantedAccounts(
        is_local=None if bool(local) == bool(remote) else bool(local),
        status=next((each for each in _STATUSES if parameters.flag(each)), ""),
        only_staff=bool(parameters.flag("staff")),
        **_names(parameters),
    )
    return await _list(request, parameters, wanted, is_pending=bool(parameters.flag("pending")))


async def list_v2(request: Request) -> Response:
    """List accounts by where they are, how things stand with them, and what they may do."""
    parameters = await parameters_of(request)
    status = parameters.text("status") or ""
    wanted = WantedAccounts(
        is_local={"local": True, "remote": False}.get(parameters.text("origin") or ""),
        status=status if status in _STATUSES else "",
        only_staff=parameters.text("permissions") == "staff",
        **_names(parameters),
    )
    return await _list(request, parameters, wanted, is_pending=status == "pending")


async def show(request: Request) -> Response:
    """Show one account, or somebody who asks to become a member."""
    caller = await moderator(request, _READ)
    number, node = path_id(request), node_of(request)
    async with node.database.read() as tx:
        waiting = await _waiting(tx, number)
        if waiting is not None:
            return answer(_requested(node, waiting))
        actor = await found_actor(tx, number)
        return answer((await admin_accounts(tx, node, caller, [actor]))[number])


async def approve(request: Request) -> Response:
    """Let somebody who asked become a member; Forbidden for who does not administer members."""
    caller = await moderator(request, _WRITE)
    require_role(caller.member.role, Act.ADMINISTER)
    number, node = path_id(request), node_of(request)
    settings = node.settings.node
    keys = new_keys()
    async with node.database.begin() as tx:
        waiting = await _waiting(tx, number)
        if waiting is None:
            raise Forbidden("Only a request that waits can be approved.")
        member, actor = await joining.approve(
            tx,
            waiting,
            base_url=settings.base_url,
            domain=settings.domain,
            keys=keys,
            jurisdiction=[settings.country] if settings.country else [],
        )
        account = account_entity(actor, Standing(), node.base_url)
    return answer(admin_account_entity(actor, member, account))


async def reject(request: Request) -> Response:
    """Turn somebody down who asked to become a member; Forbidden for who does not administer members."""
    caller = await moderator(request, _WRITE)
    require_role(caller.member.role, Act.ADMINISTER)
    number, node = path_id(request), node_of(request)
    async with node.database.begin() as tx:
        waiting = await _waiting(tx, number)
        if waiting is None:
            raise Forbidden("Only a request that waits can be rejected.")
        await joining.reject(tx, waiting)
    return answer(_requested(node, waiting))


async def remove(request: Request) -> Response:
    """Refuse to delete an account that is not suspended: only its owner, or time, deletes the rest."""
    await moderator(request, _WRITE)
    async with node_of(request).database.read() as tx:
        await found_actor(tx, path_id(request))
    raise Forbidden(
        "This node suspends accounts, and deletes none: what was published can be asked for later."
    )


async def take_measure(request: Request) -> Response:
    """Do something about an account, and resolve the report that asked for it."""
    caller = await moderator(request, _WRITE)
    parameters = await parameters_of(request)
    number = path_id(request)
    async with node_of(request).database.begin() as tx:
        target = await found_actor(tx, number)
        report_id = parameters.identifier("report_id")
        report = None if report_id is None else await tx.reports.find(report_id)
        if report_id is not None and (report is None or report.target_id != target.id):
            raise NotFound(NO_RECORD)
        await act(
            tx,
            caller.member,
            target,
            parameters.text("type") or Measure.NONE,
            comment=parameters.text("text") or "",
            report=report,
        )
    return answer(EMPTY)


def _undoing(measure: Measure) -> Callable[[Request], Awaitable[Response]]:
    async def take_back(request: Request) -> Response:
        caller = await moderator(request, _WRITE)
        number, node = path_id(request), node_of(request)
        async with node.database.begin() as tx:
            target = await found_actor(tx, number)
            await undo(tx, caller.member, target, measure)
            return answer((await admin_accounts_by_ids(tx, node, caller, [number]))[number])

    return take_back


async def _list(
    request: Request, parameters: Parameters, wanted: WantedAccounts, *, is_pending: bool
) -> Response:
    caller = await moderator(request, _READ)
    page, node = page_of(parameters, usual=100, most=200), node_of(request)
    async with node.database.read() as tx:
        if is_pending:
            waiting = [
                each
                for each in reversed(await tx.membership_requests.all())
                if page.since_id < each.id < page.max_id and each.id > (page.min_id or 0)
            ]
            chosen = waiting[: page.size] if page.min_id is None else waiting[-page.size :]
            return paged(
                request, [_requested(node, each) for each in chosen], [each.id for each in chosen], page
            )
        found = await tx.moderation.accounts(page, wanted)
        bodies = await _bodies(tx, node, caller, [actor for actor, _ in found])
    return paged(request, bodies, [actor.id for actor, _ in found], page)


async def _bodies(tx: Transaction, node: Node, caller: Caller, actors: list[Actor]) -> list[dict[str, Any]]:
    entities = await admin_accounts(tx, node, caller, actors)
    return [entities[actor.id] for actor in actors]


async def _waiting(tx: Transaction, number: int) -> MembershipRequest | None:
    return next((each for each in await tx.membership_requests.all() if each.id == number), None)


def _requested(node: Node, waiting: MembershipRequest) -> dict[str, Any]:
    """Return somebody who asks to become a member, as the account that they would have."""
    uri = actor_uri(node.base_url, waiting.username)
    actor = Actor(
        id=waiting.id,
        uri=uri,
        type=ActorType.PERSON,
        username=waiting.username,
        host=node.settings.node.domain,
        is_local=True,
        created_at=waiting.created_at,
        inbox=f"{uri}/inbox",
    )
    return admin_request_entity(waiting, account_entity(actor, Standing(), node.base_url))


def _names(parameters: Parameters) -> dict[str, str]:
    return {
        "username": parameters.text("username") or "",
        "name": parameters.text("display_name") or "",
        "host": parameters.text("by_domain") or "",
        "email": parameters.text("email") or "",
    }


ROUTES: list[BaseRoute] = [
    get("/api/v1/admin/accounts", list_v1),
    get("/api/v2/admin/accounts", list_v2),
    get("/api/v1/admin/accounts/{id}", show),
    delete("/api/v1/admin/accounts/{id}", remove),
    post("/api/v1/admin/accounts/{id}/approve", approve),
    post("/api/v1/admin/accounts/{id}/reject", reject),
    post("/api/v1/admin/accounts/{id}/action", take_measure),
    post("/api/v1/admin/accounts/{id}/enable", _undoing(Measure.DISABLE)),
    post("/api/v1/admin/accounts/{id}/unsilence", _undoing(Measure.SILENCE)),
    post("/api/v1/admin/accounts/{id}/unsuspend", _undoing(Measure.SUSPEND)),
    post("/api/v1/admin/accounts/{id}/unsensitive", _undoing(Measure.SENSITIVE)),
]
