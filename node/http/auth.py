"""Who asks: the member behind an access token, and what the token lets its program do."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request

from node.context import node_of
from node.http.rates import Quota, spend
from storage.actors import Actor
from storage.members import Member

_LONGEST_TOKEN = 512
#: What the old scope `follow` stands for, as in Mastodon.
_FOLLOW = frozenset(f"{verb}:{what}" for verb in ("read", "write") for what in ("blocks", "follows", "mutes"))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has signed in: the member, the actor they are, and the scopes of their token."""

    member: Member
    actor: Actor
    scopes: tuple[str, ...]

    def may(self, scope: str) -> bool:
        """Whether the token covers a scope."""
        return covers(self.scopes, scope)


def digest_of(token: str) -> str:
    """Return what is kept of a token: its SHA-256 in hexadecimal, so that the database lets nobody in."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()


def covers(granted: Iterable[str], scope: str) -> bool:
    """Whether any of the granted scopes covers one: `write` covers `write:statuses`, never the reverse."""
    return any(
        scope == each or scope.startswith(f"{each}:") or (each == "follow" and scope in _FOLLOW)
        for each in granted
    )


async def caller_of(request: Request) -> Caller | None:
    """Return who asks, or None for somebody who has not signed in.

    Raises HTTPException 401 for a token that opens nothing (any more), and 429 for too many requests: those
    who are signed in are counted by member, all others by the address they come from.
    """
    if "caller" in request.scope:
        return cast("Caller | None", request.scope["caller"])
    token = _token(request)
    caller = None
    if token is None:
        spend(request, Quota.REQUESTS)
    else:
        # Whoever guesses tokens is stopped before the database is asked.
        spend(request, Quota.REQUESTS, amount=0)
        async with node_of(request).database.read() as tx:
            found = await tx.members.by_token(digest_of(token))
        if found is None:
            spend(request, Quota.REQUESTS)
            raise _unauthorised("The access token is invalid or was revoked; please sign in again.")
        known, member, actor = found
        spend(request, Quota.REQUESTS, f"member {member.id}")
        caller = Caller(member, actor, tuple(known.scopes))
    request.scope["caller"] = caller
    return caller


async def require(request: Request, scope: str) -> Caller:
    """Return who asks; HTTPException 401 for somebody who has not signed in, 403 where `scope` is missing."""
    caller = await caller_of(request)
    if caller is None:
        raise _unauthorised("This needs an access token; please sign in.")
    if not caller.may(scope):
        raise HTTPException(
            403,
            f"The access token does not cover the scope {scope}.",
            {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )
    return caller


async def reader_of(request: Request, *scopes: str) -> Caller | None:
    """Return who reads something public: None for guests; HTTPException 401 for a token that opens nothing."""
    caller = await caller_of(request)
    return caller if caller is not None and any(caller.may(scope) for scope in scopes) else None


def _token(request: Request) -> str | None:
    lines = request.headers.getlist("authorization")
    if not lines:
        return None
    scheme, _, token = lines[0].strip().partition(" ")
    token = token.strip()
    if len(lines) > 1 or scheme.lower() != "bearer" or not token or len(token) > _LONGEST_TOKEN:
        raise _unauthorised("The Authorization header is not of the form: Bearer TOKEN.")
    return token


def _unauthorised(sentence: str) -> HTTPException:
    return HTTPException(401, sentence, {"WWW-Authenticate": "Bearer"})
