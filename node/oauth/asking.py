"""What a program asks for when it sends somebody here, and how it gets its answer (RFC 6749, 7636, 9207)."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actors.applications import OUT_OF_BAND
from actors.authorising import is_challenge
from actors.scopes import DEFAULT, beyond, read_scopes
from node.context import node_of
from node.http.replies import PRIVATE
from storage.applications import Application

NATIVE = "/oauth/authorize/native"
_FALSE = frozenset({"", "false", "0", "f", "F", "FALSE", "off", "OFF"})
_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Asked:
    """The parameters of one request for consent; nothing of it is checked yet."""

    client_id: str
    redirect_uri: str
    response_type: str
    scopes: tuple[str, ...]
    state: str | None
    challenge: str
    method: str
    is_forced: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a program gets no code: one of RFC 6749's words, and a sentence for whoever wrote the program."""

    error: str
    description: str


def asked_of(request: Request) -> Asked:
    """Read what a program asks for."""
    query = request.query_params
    return Asked(
        # A text with NUL in it is nobody's name, and no database would take it.
        client_id=query.get("client_id", "").replace("\x00", ""),
        redirect_uri=query.get("redirect_uri", ""),
        response_type=query.get("response_type", ""),
        scopes=tuple(read_scopes(query.get("scope", ""))),
        state=query.get("state"),
        challenge=query.get("code_challenge", ""),
        method=query.get("code_challenge_method", ""),
        is_forced=query.get("force_login", "") not in _FALSE,
    )


def granted(application: Application, scopes: Sequence[str]) -> tuple[str, ...]:
    """Return the scopes that a program asks for; where it names none, the usual ones, or all of its own."""
    if scopes:
        return tuple(scopes)
    return tuple(application.scopes if beyond(application.scopes, DEFAULT) else DEFAULT)


def may_lead_to(application: Application, redirect_uri: str) -> bool:
    """Say whether an address is exactly one that the program was registered with."""
    return redirect_uri in application.redirect_uris


def refusal_of(asked: Asked, application: Application) -> Refusal | None:
    """Return why a program cannot have what it asks for, if so."""
    if asked.response_type != "code":
        return Refusal("unsupported_response_type", "Only response_type=code is known here.")
    if too_much := beyond(application.scopes, granted(application, asked.scopes)):
        return Refusal(
            "invalid_scope", f"The program was not registered with the scope {' '.join(too_much)[:200]}."
        )
    if asked.method not in {"", "S256"} or (asked.challenge and asked.method != "S256"):
        return Refusal("invalid_request", "The code challenge method must be S256.")
    if (asked.method and not asked.challenge) or (asked.challenge and not is_challenge(asked.challenge)):
        return Refusal("invalid_request", "The code challenge must be a SHA-256 in base64url.")
    if asked.state is not None and len(asked.state) > _LONGEST:
        return Refusal("invalid_request", f"The state is longer than {_LONGEST} characters.")
    return None


def lead_back(request: Request, asked: Asked, **answer: str) -> Response:
    """Lead somebody back to the program with the answer; a code to copy is shown on a page of ours.

    The caller has checked that the address is the program's.
    """
    if asked.redirect_uri == OUT_OF_BAND:
        url = f"{NATIVE}?{urlencode(answer)}"
        return RedirectResponse(url, HTTPStatus.SEE_OTHER, {"Cache-Control": PRIVATE})
    parts = dict(answer)
    if asked.state is not None:
        parts["state"] = asked.state[:_LONGEST]
    parts["iss"] = node_of(request).base_url
    between = "&" if "?" in asked.redirect_uri else "?"
    response = Response(status_code=HTTPStatus.FOUND, headers={"Cache-Control": PRIVATE})
    # Written as registered: what the framework would escape may be what the program goes by.
    response.headers["Location"] = f"{asked.redirect_uri}{between}{urlencode(parts)}"
    return response


def host_of(url: str | None) -> str:
    """Return the host of a web address; empty for an address of a program on somebody's own device."""
    parts = urlsplit(url or "")
    return parts.netloc if parts.scheme in {"http", "https"} else ""
