"""Signing up through a program, where the people who run this node allow it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.accounts import check_new_member
from actors.errors import Invalid
from actors.joining import LONGEST_REASON, TAKEN, ask_to_join, check_free, sign_up
from actors.locales import language_tag
from actors.passwords import LONGEST, SHORTEST, check_password
from actors.usernames import LONGEST as LONGEST_USERNAME
from actors.usernames import check_username, folded
from node.context import Node, node_of
from node.http.auth import require_app
from node.http.inputs import KIB
from node.http.rates import Quota, spend
from node.keys import new_keys
from node.mastodon.parameters import Parameters, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import post
from storage.applications import Application
from storage.errors import Conflict
from storage.kinds import Role
from storage.members import AccessToken

CLOSED: Final = "This node takes no registrations: the people who run it invite its members."
NOT_ALLOWED: Final = "This action is not allowed"

_LARGEST: Final = 64 * KIB
_BLANK: Final = ("ERR_BLANK", "can't be blank")
_TAKEN: Final = ("ERR_TAKEN", TAKEN)
_NAMES: Final = {
    "username": "Username",
    "email": "Email",
    "password": "Password",
    "agreement": "Service agreement",
    "reason": "Reason",
}

Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SignUp:
    """What somebody wrote who wants to become a member."""

    username: str
    email: str
    password: str
    reason: str
    language: str | None
    has_agreed: bool


async def create(request: Request) -> Response:
    """Let somebody become a member, or ask to; the program gets a token of theirs.

    Where somebody decides, it opens nothing until they have.
    """
    program = await require_app(request, "write:accounts")
    if program.caller is not None or program.application is None:
        raise HTTPException(403, NOT_ALLOWED)
    node = node_of(request)
    mode = node.settings.registration.mode
    if mode == "closed":
        return answer({"error": CLOSED}, status=422)
    wanted = _read(await parameters_of(request, body_limit=_LARGEST))
    if problems := problems_of(wanted, is_reason_needed=mode == "approval"):
        return _refused(problems)
    # From here on the answer tells who is here, and costs something.
    spend(request, Quota.REGISTRATIONS)
    try:
        async with node.database.read() as tx:
            await check_free(tx, wanted.username, wanted.email)
        text, token = await _added(node, program.application, program.scopes, wanted, mode)
    except Invalid as error:
        return _refused(
            {
                field: _TAKEN if what == TAKEN else ("ERR_INVALID", what)
                for field, what in error.fields.items()
            }
        )
    except Conflict:
        return _refused({"username": _TAKEN})
    return answer(
        {
            "access_token": text,
            "token_type": "Bearer",
            "scope": " ".join(token.scopes),
            "created_at": int(token.created_at.timestamp()),
        }
    )


def problems_of(wanted: SignUp, *, is_reason_needed: bool) -> dict[str, Problem]:
    """Return what is wrong with what somebody wrote, by field, as Mastodon's word and a few of ours."""
    found = {
        "username": _username_problem(wanted.username),
        "email": _email_problem(wanted.email),
        "password": _password_problem(wanted.password),
        "agreement": None if wanted.has_agreed else ("ERR_ACCEPTED", "must be accepted"),
        "reason": _reason_problem(wanted.reason, is_needed=is_reason_needed),
    }
    return {field: problem for field, problem in found.items() if problem is not None}


def _read(parameters: Parameters) -> SignUp:
    locale = parameters.text("locale")
    return SignUp(
        username=folded(parameters.text("username") or ""),
        email=(parameters.text("email") or "").strip(),
        password=parameters.text("password") or "",
        reason=(parameters.text("reason") or "").strip(),
        language=language_tag(locale) if locale else None,
        has_agreed=parameters.flag("agreement") or False,
    )


async def _added(
    node: Node, application: Application, scopes: tuple[str, ...], wanted: SignUp, mode: str
) -> tuple[str, AccessToken]:
    hashed = await node.passwords.hash(wanted.password)
    settings = node.settings.node
    if mode == "approval":
        async with node.database.begin() as tx:
            return await ask_to_join(
                tx,
                application,
                scopes,
                username=wanted.username,
                email=wanted.email,
                password=hashed,
                reason=wanted.reason,
                language=wanted.language,
            )
    keys = await asyncio.to_thread(new_keys)
    async with node.database.begin() as tx:
        return await sign_up(
            tx,
            application,
            scopes,
            base_url=settings.base_url,
            domain=settings.domain,
            username=wanted.username,
            email=wanted.email,
            password=hashed,
            keys=keys,
            language=wanted.language,
            jurisdiction=[settings.country] if settings.country else [],
        )


def _username_problem(username: str) -> Problem | None:
    if not username:
        return _BLANK
    if len(username) > LONGEST_USERNAME:
        return "ERR_TOO_LONG", f"is too long (maximum is {LONGEST_USERNAME} characters)"
    try:
        check_username(username)
    except Invalid:
        return "ERR_INVALID", "must contain only letters, numbers and underscores"
    try:
        check_new_member(username=username, email="somebody@host.example", role=Role.MEMBER)
    except Invalid:
        return "ERR_RESERVED", "is reserved"
    return None


def _email_problem(email: str) -> Problem | None:
    if not email:
        return _BLANK
    try:
        check_new_member(username="somebody", email=email, role=Role.MEMBER)
    except Invalid:
        return "ERR_INVALID", "is invalid"
    return None


def _password_problem(password: str) -> Problem | None:
    if not password:
        return _BLANK
    if len(password) < SHORTEST:
        return "ERR_TOO_SHORT", f"is too short (minimum is {SHORTEST} characters)"
    if len(password) > LONGEST:
        return "ERR_TOO_LONG", f"is too long (maximum is {LONGEST} characters)"
    try:
        check_password(password)
    except Invalid as error:
        return "ERR_INVALID", error.fields["password"]
    return None


def _reason_problem(reason: str, *, is_needed: bool) -> Problem | None:
    if is_needed and not reason:
        return _BLANK
    if len(reason) > LONGEST_REASON:
        return "ERR_TOO_LONG", f"is too long (maximum is {LONGEST_REASON} characters)"
    return None


def _refused(problems: Mapping[str, Problem]) -> Response:
    said = ", ".join(
        f"{_NAMES.get(field, field)} {description}" for field, (_, description) in problems.items()
    )
    details = {
        field: [{"error": word, "description": description}]
        for field, (word, description) in problems.items()
    }
    return answer({"error": f"Validation failed: {said}", "details": details}, status=422)


ROUTES: list[BaseRoute] = [post("/api/v1/accounts", create)]
