"""What a program can find out about signing in here before it does (RFC 8414, with Mastodon's additions)."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from actors.scopes import SCOPES
from node.context import node_of
from node.http.rates import Quota, spend
from node.http.replies import PUBLIC, json_reply


async def show(request: Request) -> Response:
    """Name the addresses and what they can do."""
    spend(request, Quota.REQUESTS)
    base = node_of(request).base_url
    return json_reply(
        request,
        {
            # Without a final slash: clients compare it with the address that they began at.
            "issuer": base,
            "service_documentation": "https://docs.joinmastodon.org/",
            "authorization_endpoint": f"{base}/oauth/authorize",
            "token_endpoint": f"{base}/oauth/token",
            "revocation_endpoint": f"{base}/oauth/revoke",
            "userinfo_endpoint": f"{base}/oauth/userinfo",
            "app_registration_endpoint": f"{base}/api/v1/apps",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        },
        cache=PUBLIC,
    )


ROUTES: list[BaseRoute] = [Route("/.well-known/oauth-authorization-server", show, methods=["GET"])]
