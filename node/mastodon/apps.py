"""Programs register, and ask how they are known here."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.applications import register_application
from actors.errors import Invalid
from actors.scopes import read_scopes
from node.context import node_of
from node.http.auth import require_app
from node.http.inputs import KIB
from node.http.rates import Quota, address_of, spend
from node.mastodon.parameters import Parameters, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import get, post
from node.push.keys import vapid_public_key
from storage.applications import Application

_LARGEST = 64 * KIB


async def register(request: Request) -> Response:
    """Register a program. Anybody may, without a token; how often is counted by address."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    parameters = await parameters_of(request, body_limit=_LARGEST)
    # Of its own bucket, but as many as people may try to sign in: a program does this before that.
    spend(request, Quota.SIGN_INS, f"programs of {address_of(request)}")
    try:
        async with node.database.begin() as tx:
            secret, application = await register_application(
                tx,
                name=parameters.text("client_name") or "",
                redirect_uris=redirect_uris_in(parameters),
                scopes=read_scopes(parameters.texts("scopes")),
                website=parameters.text("website") or "",
                allow_http=node.settings.federation.allow_http,
            )
    except Invalid as error:
        return answer({"error": str(error)}, status=422)
    return answer(
        {
            **application_entity(application, await vapid_public_key(node)),
            "client_id": application.client_id,
            "client_secret": secret,
            # Programs keep their registration for good.
            "client_secret_expires_at": 0,
        }
    )


async def verify_credentials(request: Request) -> Response:
    """Tell a program how it is known here; its secret is not said again."""
    program = await require_app(request)
    node = node_of(request)
    application = program.application
    if application is None:
        return answer(
            {"error": "This token was made by the people who run this node, for no program"}, status=422
        )
    return answer(application_entity(application, await vapid_public_key(node)))


def redirect_uris_in(parameters: Parameters) -> list[str]:
    """Return addresses that were sent as a list, or as one text with an address in each line."""
    return [uri for text in parameters.texts("redirect_uris") for uri in text.split()]


def application_entity(application: Application, push_key: str) -> dict[str, Any]:
    """Return an Application, without what only its owner may know."""
    return {
        "id": str(application.id),
        "name": application.name,
        "website": application.website,
        "scopes": application.scopes,
        "redirect_uris": application.redirect_uris,
        "redirect_uri": "\n".join(application.redirect_uris),
        "vapid_key": push_key,
    }


ROUTES: list[BaseRoute] = [
    post("/api/v1/apps", register),
    get("/api/v1/apps/verify_credentials", verify_credentials),
]
