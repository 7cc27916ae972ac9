"""Push subscriptions: where a program wants to be woken, and for what. One for each access token."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import Invalid, NotFound
from actors.pushing import ALERTS, POLICIES
from federation.errors import Malformed, Refused
from federation.origins import read_url
from node.context import Node, node_of
from node.http.auth import Caller, require
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, update
from node.push.encryption import is_secret, read_point
from node.push.keys import decoded, vapid_public_key
from storage.push_subscriptions import PushSubscription

_LONGEST_ENDPOINT: Final = 2048


async def create(request: Request) -> Response:
    """Keep a subscription, in place of the one that the token had."""
    caller = await require(request, "push")
    parameters = await parameters_of(request)
    node = node_of(request)
    given = parameters.within("subscription")
    keys = given.within("keys")
    endpoint = (given.text("endpoint") or "").strip()
    p256dh, auth = (keys.text("p256dh") or "").strip(), (keys.text("auth") or "").strip()
    _check(node, endpoint, p256dh, auth)
    async with node.database.begin() as tx:
        made = PushSubscription(
            id=tx.new_id(),
            token_id=caller.token_id,
            token=_token_of(request),
            endpoint=endpoint,
            p256dh=p256dh,
            auth=auth,
            standard=bool(given.flag("standard")),
            alerts=_alerts(parameters, {}),
            policy=_policy(parameters, "all"),
            created_at=tx.now,
        )
        await tx.push_subscriptions.set(made)
    return await _shown(node, made)


async def show(request: Request) -> Response:
    """Show the subscription of the token."""
    caller = await require(request, "push")
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.push_subscriptions.of_token(caller.token_id)
    return await _shown(node, found)


async def change(request: Request) -> Response:
    """Change what the program is woken for."""
    caller = await require(request, "push")
    parameters = await parameters_of(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        found = await tx.push_subscriptions.of_token(caller.token_id)
        if found is None:
            raise NotFound(NO_RECORD)
        changed = replace(
            found, alerts=_alerts(parameters, found.alerts), policy=_policy(parameters, found.policy)
        )
        await tx.push_subscriptions.change(changed)
    return await _shown(node, changed)


async def remove(request: Request) -> Response:
    """Wake the program no more."""
    caller: Caller = await require(request, "push")
    async with node_of(request).database.begin() as tx:
        await tx.push_subscriptions.remove_of_token(caller.token_id)
    return answer(EMPTY)


async def _shown(node: Node, found: PushSubscription | None) -> Response:
    if found is None:
        raise NotFound(NO_RECORD)
    return answer(
        {
            "id": str(found.id),
            "endpoint": found.endpoint,
            "standard": found.standard,
            # What only moderators are told of is named to those who asked for it.
            "alerts": {
                name: bool(found.alerts.get(name))
                for name in ALERTS
                if found.alerts.get(name) or not name.startswith("admin.")
            },
            "server_key": await vapid_public_key(node),
            "policy": found.policy,
        }
    )


def _token_of(request: Request) -> str:
    return request.headers["authorization"].partition(" ")[2].strip()


def _alerts(parameters: Parameters, before: dict[str, bool]) -> dict[str, bool]:
    given = parameters.within("data").within("alerts")
    return {
        name: flag if (flag := given.flag(name)) is not None else before.get(name, False) for name in ALERTS
    }


def _policy(parameters: Parameters, before: str) -> str:
    """Return the policy, which some programs send beside `data` and not in it."""
    policy = parameters.within("data").text("policy") or parameters.text("policy") or before
    if policy not in POLICIES:
        raise Invalid(
            "Validation failed: Data policy is not included in the list",
            {"data": f"policy must be one of {', '.join(POLICIES)}"},
        )
    return policy


def _check(node: Node, endpoint: str, p256dh: str, auth: str) -> None:
    """Raise Invalid for what no message could be sent to, with everything that is wrong."""
    faults: dict[str, str] = {}
    try:
        node.federation.transport.check(endpoint)
        address = read_url(endpoint, allow_http=True)
        if len(endpoint) > _LONGEST_ENDPOINT or address.domain in node.federation.hosts:
            faults["endpoint"] = "is not the address of a push service"
    except (Malformed, Refused):
        faults["endpoint"] = "is not an https address of a push service"
    try:
        read_point(decoded(p256dh))
    except ValueError:
        faults["p256dh"] = "is not a public key of the curve P-256, in base64url"
    try:
        is_good = is_secret(decoded(auth))
    except ValueError:
        is_good = False
    if not is_good:
        faults["auth"] = "is not a secret of 16 bytes, in base64url"
    if faults:
        raise Invalid("Validation failed: this subscription cannot be used", faults)


ROUTES: list[BaseRoute] = [
    post("/api/v1/push/subscription", create),
    get("/api/v1/push/subscription", show),
    update("/api/v1/push/subscription", change),
    delete("/api/v1/push/subscription", remove),
]
