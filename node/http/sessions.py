"""Who is signed in with this browser: a cookie that names a session, which the node keeps."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import Request
from starlette.responses import Response

from actors.signing_in import LONGEST, find_session, is_touched_late
from node.context import node_of
from storage.actors import Actor
from storage.errors import Busy
from storage.members import Member
from storage.sessions import Session

_LONGEST_SECRET = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A member before a browser."""

    session: Session
    member: Member
    actor: Actor


async def signed_in(request: Request) -> SignedIn | None:
    """Return who is signed in with the browser that asks, or None."""
    if "signed_in" in request.scope:
        return cast("SignedIn | None", request.scope["signed_in"])
    found = None
    secret = secret_of(request)
    if secret:
        database = node_of(request).database
        async with database.read() as tx:
            known = await find_session(tx, secret)
            is_late = known is not None and is_touched_late(known[0], tx)
        found = SignedIn(*known) if known else None
        if found is not None and is_late:
            try:
                async with database.begin() as tx:
                    await tx.sessions.touch(found.session, tx.now)
            except Busy:
                pass  # Somebody else wants the database more; the next request notes it.
    request.scope["signed_in"] = found
    return found


def secret_of(request: Request) -> str:
    """Return the secret of the session that a browser claims to have; empty where it claims none."""
    secret = request.cookies.get(cookie_name(request, "session"), "")
    return secret if len(secret) <= _LONGEST_SECRET else ""


def set_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int | None) -> None:
    """Let a browser keep a secret: for this host alone, out of reach of scripts and of other sites."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )


def set_session(request: Request, response: Response, secret: str) -> None:
    """Let a browser be signed in from now on."""
    set_cookie(request, response, "session", secret, seconds=int(LONGEST.total_seconds()))
    drop_cookie(request, response, "form")


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Let a browser forget a secret."""
    full = cookie_name(request, name)
    if full in request.cookies:
        response.delete_cookie(full, path="/", secure=_is_secure(request), httponly=True, samesite="lax")


def cookie_name(request: Request, name: str) -> str:
    """Return the full name of a cookie: over https one that no other host of the domain can set."""
    return f"__Host-{name}" if _is_secure(request) else name


def _is_secure(request: Request) -> bool:
    return node_of(request).base_url.startswith("https://")
