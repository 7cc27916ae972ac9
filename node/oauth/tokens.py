"""What programs ask for themselves: tokens in exchange for codes, their end, and who somebody is."""

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from actors.applications import proven_application
from actors.authorising import issue_program_token, redeem_code, revoke_presented
from actors.scopes import beyond, read_scopes
from node.context import node_of
from node.files.portraits import picture
from node.http.auth import require
from node.http.inputs import KIB
from node.http.rates import Quota, spend
from node.mastodon.parameters import Parameters, parameters_of
from node.mastodon.replies import EMPTY, answer
from node.oauth.asking import granted
from storage.applications import Application
from storage.members import AccessToken

_LARGEST = 64 * KIB
_WRONG_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported "
    "authentication method."
)
_WRONG_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used "
    "in the authorization request, or was issued to another client."
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a program proves itself with; `is_basic` where it came in a header."""

    client_id: str
    secret: str
    is_basic: bool


async def give_token(request: Request) -> Response:
    """Exchange a code for a token of a member's, or give a program one of its own."""
    spend(request, Quota.REQUESTS)
    parameters = await parameters_of(request, body_limit=_LARGEST)
    grant = parameters.text("grant_type") or ""
    if not grant:
        return failure("invalid_request", "Missing required parameter: grant_type.")
    if grant not in {"authorization_code", "client_credentials"}:
        return failure(
            "unsupported_grant_type", "The grant type must be authorization_code or client_credentials."
        )
    credentials = credentials_of(request, parameters)
    async with node_of(request).database.read() as tx:
        application = await proven_application(tx, credentials.client_id, credentials.secret)
    if application is None:
        return _wrong_client(credentials)
    if grant == "client_credentials":
        return await _give_own(request, application, parameters)
    return await _give_for_code(request, application, parameters)


async def revoke(request: Request) -> Response:
    """Let a token that a program hands back open nothing any more."""
    spend(request, Quota.REQUESTS)
    parameters = await parameters_of(request, body_limit=_LARGEST)
    credentials = credentials_of(request, parameters)
    database = node_of(request).database
    async with database.read() as tx:
        application = await proven_application(tx, credentials.client_id, credentials.secret)
    is_revoked = False
    if application is not None:
        async with database.begin() as tx:
            is_revoked = await revoke_presented(tx, application, parameters.text("token") or "")
    if not is_revoked:
        return failure("unauthorized_client", "You are not authorized to revoke this token", status=403)
    return answer(EMPTY)


async def show_user(request: Request) -> Response:
    """Tell a program who the member is (OpenID Connect's claims, as Mastodon has them)."""
    caller = await require(request, "profile")
    base_url = node_of(request).base_url
    return answer(
        {
            "iss": base_url,
            "sub": caller.actor.uri,
            "name": caller.actor.name,
            "preferred_username": caller.actor.username,
            "profile": caller.actor.url or caller.actor.uri,
            "picture": picture(caller.actor, "avatar", base_url),
        }
    )


def credentials_of(request: Request, parameters: Parameters) -> Credentials:
    """Return what a program proves itself with: in a header (RFC 6749, 2.3.1), or among the parameters."""
    scheme, _, encoded = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            text = ""
        name, _, secret = text.partition(":")
        return Credentials(unquote_plus(name).replace("\x00", ""), unquote_plus(secret), is_basic=True)
    return Credentials(
        parameters.text("client_id") or "", parameters.text("client_secret") or "", is_basic=False
    )


def failure(error: str, description: str, *, status: int = 400) -> Response:
    """Answer with an error of OAuth's."""
    return answer({"error": error, "error_description": description}, status=status)


async def _give_own(request: Request, application: Application, parameters: Parameters) -> Response:
    scopes = granted(application, read_scopes(parameters.text("scope") or ""))
    if beyond(application.scopes, scopes):
        return failure("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    async with node_of(request).database.begin() as tx:
        text, token = await issue_program_token(tx, application, scopes)
    return token_answer(text, token)


async def _give_for_code(request: Request, application: Application, parameters: Parameters) -> Response:
    code, redirect_uri = parameters.text("code"), parameters.text("redirect_uri")
    if not code or not redirect_uri:
        missing = "redirect_uri" if code else "code"
        return failure("invalid_request", f"Missing required parameter: {missing}.")
    verifier = parameters.text("code_verifier") or None
    async with node_of(request).database.begin() as tx:
        given = await redeem_code(tx, application, code, redirect_uri=redirect_uri, verifier=verifier)
    if given is None:
        return failure("invalid_grant", _WRONG_GRANT)
    return token_answer(*given)


def token_answer(text: str, token: AccessToken) -> Response:
    """Answer with a token; it is shown this once."""
    return answer(
        {
            "access_token": text,
            "token_type": "Bearer",
            "scope": " ".join(token.scopes),
            "created_at": int(token.created_at.timestamp()),
        }
    )


def _wrong_client(credentials: Credentials) -> Response:
    response = failure("invalid_client", _WRONG_CLIENT, status=401)
    if credentials.is_basic:
        response.headers["WWW-Authenticate"] = 'Basic realm="OAuth"'
    return response


ROUTES: list[BaseRoute] = [
    Route("/oauth/token", give_token, methods=["POST"]),
    Route("/oauth/revoke", revoke, methods=["POST"]),
    Route("/oauth/userinfo", show_user, methods=["GET", "POST"]),
]
