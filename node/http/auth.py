"""Who asks: the member behind an access token, or a program alone, and what the token lets them do.

What is said to those who may not is what Mastodon says, word for word: programs go by it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request

from actors.scopes import covers
from node.context import Node, node_of
from node.http.rates import Quota, spend
from storage.actors import Actor
from storage.applications import Application
from storage.errors import Busy
from storage.members import Member
from storage.tokens import Holder

__all__ = [
    "Caller",
    "ClientProgram",
    "caller_of",
    "covers",
    "digest_of",
    "reader_of",
    "require",
    "require_app",
]

INVALID = "The access token is invalid"
NO_MEMBER = "This method requires an authenticated user"
OUTSIDE = "This action is outside the authorized scopes"
PENDING = "Your login is currently pending approval"

_KEPT_FOR = timedelta(seconds=1)
#: How seldom the use of a token is noted: nobody needs to know the hour.
_NOTED_EVERY = timedelta(days=1)
#: The characters of a token (RFC 6750); ours have fewer.
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,512}=*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has signed in: the member, the actor they are, and the scopes of their token.

    `application` is the program that they use; a token that an operator made has none.
    """

    member: Member
    actor: Actor
    scopes: tuple[str, ...]
    token_id: int = 0
    application: Application | None = None

    def may(self, scope: str) -> bool:
        """Whether the token covers a scope."""
        return covers(self.scopes, scope)


@dataclass(frozen=True, slots=True)
class ClientProgram:
    """A program with a token: its own, or that of the `caller` who uses it."""

    application: Application | None
    scopes: tuple[str, ...]
    token_id: int
    caller: Caller | None = None


def digest_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256 in hexadecimal, so that the database lets nobody in."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


async def caller_of(request: Request) -> Caller | None:
    """Return who asks, or None for somebody who has not signed in, or a program that asks for itself.

    Raises HTTPException 401 for a token that opens nothing (any more), 403 for one of somebody who is no
    member yet, and 429 for too many requests: those who are signed in are counted by member, all others by
    the address they come from.
    """
    program = await _program(request)
    return program.caller if program else None


async def require(request: Request, *scopes: str) -> Caller:
    """Return who asks, with a token that covers one of `scopes`.

    HTTPException 401 for somebody who has not signed in, 403 where the token covers none, 422 for a program
    that asks for itself.
    """
    program = await require_app(request, *scopes)
    if program.caller is None:
        raise HTTPException(422, NO_MEMBER)
    return program.caller


async def reader_of(request: Request, *scopes: str) -> Caller | None:
    """Return who reads something public: None for guests, programs alone, and tokens for something else.

    HTTPException 401 for a token that opens nothing.
    """
    caller = await caller_of(request)
    return caller if caller is not None and any(caller.may(scope) for scope in scopes) else None


async def require_app(request: Request, *scopes: str) -> ClientProgram:
    """Return the program that asks, for somebody or for itself; without `scopes` any token will do.

    HTTPException 401 where there is none, 403 where the token covers none of the scopes.
    """
    program = await _program(request)
    if program is None:
        raise _unauthorised("Bearer")
    if scopes and not any(covers(program.scopes, scope) for scope in scopes):
        needed = " ".join(scopes)
        raise HTTPException(
            403, OUTSIDE, {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed}"'}
        )
    return program


async def _program(request: Request) -> ClientProgram | None:
    if "program" in request.scope:
        return cast("ClientProgram | None", request.scope["program"])
    token = _token(request)
    program = None
    if token is None:
        spend(request, Quota.REQUESTS)
    else:
        # Whoever guesses tokens is stopped before the database is asked.
        spend(request, Quota.REQUESTS, amount=0)
        holder, now = await _holder(node_of(request), digest_of(token))
        if holder is None:
            spend(request, Quota.REQUESTS)
            raise _unauthorised('Bearer error="invalid_token"')
        spend(request, Quota.REQUESTS, f"member {holder.member.id}" if holder.member else None)
        if holder.member is None and holder.token.request_id is not None:
            raise HTTPException(403, PENDING)
        if now - (holder.token.used_at or holder.token.created_at) >= _NOTED_EVERY:
            await _note(request, holder)
        program = _program_of(holder)
    request.scope["program"] = program
    return program


async def _holder(node: Node, digest: str) -> tuple[Holder | None, datetime]:
    """Return who holds a token, and the moment.

    What is found is good for a second, but not beyond a change that this process makes: a client that asks
    for much at once is looked up once.
    """
    now = node.database.clock()
    state = node.database.state_of("access_tokens", "members", "actors", "applications")
    kept: tuple[datetime, Holder] | None = node.shelf.get(("token", digest), state)
    if kept is not None and timedelta() <= now - kept[0] < _KEPT_FOR:
        return kept[1], now
    async with node.database.read() as tx:
        holder = await tx.tokens.holder(digest)
    if holder is not None:
        node.shelf.put(("token", digest), state, (now, holder))
    return holder, now


def _program_of(holder: Holder) -> ClientProgram:
    token, scopes = holder.token, tuple(holder.token.scopes)
    caller = None
    if holder.member is not None and holder.actor is not None:
        caller = Caller(holder.member, holder.actor, scopes, token.id, holder.application)
    return ClientProgram(holder.application, scopes, token.id, caller)


async def _note(request: Request, holder: Holder) -> None:
    try:
        async with node_of(request).database.begin() as tx:
            await tx.tokens.touch(holder.token, tx.now)
    except Busy:
        return  # Somebody else wants the database more; the next request notes it.


def _token(request: Request) -> str | None:
    lines = request.headers.getlist("authorization")
    if not lines:
        return None
    scheme, _, token = lines[0].strip().partition(" ")
    token = token.strip()
    if len(lines) > 1 or scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
        raise _unauthorised('Bearer error="invalid_request"')
    return token


def _unauthorised(challenge: str) -> HTTPException:
    return HTTPException(401, INVALID, {"WWW-Authenticate": challenge})
