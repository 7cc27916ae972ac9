"""Becoming a member: by invitation, by signing up where that is open, or by asking where somebody decides."""

from collections.abc import Sequence
from typing import Final

from actors.accounts import NewKeys, add_member, check_new_member, set_password
from actors.errors import Conflict, Invalid, NotFound
from actors.granting import new_token, use_invitation
from actors.locales import language_tag
from actors.notifying import About, tell_moderators
from actors.usernames import folded
from storage.actors import Actor
from storage.applications import Application
from storage.kinds import Role
from storage.members import AccessToken, Member
from storage.membership_requests import MembershipRequest
from storage.transaction import Transaction

LONGEST_REASON: Final = 2_000
MOST_WAITING: Final = 500
"""How many requests may wait: nobody reads more, and whoever sends them by the thousand is stopped."""

TAKEN: Final = "has already been taken"


async def join(
    tx: Transaction,
    code: str,
    *,
    base_url: str,
    domain: str,
    username: str,
    email: str,
    password: str,
    keys: NewKeys,
    language: str | None = None,
    jurisdiction: Sequence[str] = (),
) -> Member:
    """Let whoever has an invitation become a member with the role in it. `password` is a hash.

    Raises Invalid, NotFound and Conflict as `add_member` and `use_invitation`.
    """
    invitation = await use_invitation(tx, code)
    if invitation.member_id is not None:
        raise Conflict("This link sets a password; it does not let anybody join.")
    await check_free(tx, username, email)
    member = await add_member(
        tx,
        base_url=base_url,
        domain=domain,
        username=username,
        email=email,
        role=invitation.role,
        keys=keys,
        password=password,
        language=language,
        jurisdiction=jurisdiction,
    )
    await _tell(tx, member)
    return member


async def set_invited_password(tx: Transaction, code: str, member: Member, password: str) -> Member:
    """Let whoever has a link for a member set that member's password (a hash)."""
    invitation = await use_invitation(tx, code)
    if invitation.member_id != member.id:
        raise NotFound("There is no such invitation; the link may be incomplete.")
    return await set_password(tx, member, password)


async def check_free(tx: Transaction, username: str, email: str) -> None:
    """Raise Invalid where a user name or an e-mail address is somebody's, or somebody waits to get it."""
    username, email = folded(username), email.strip()
    fields = {}
    if await tx.actors.local(username) or await tx.membership_requests.by_username(username):
        fields["username"] = TAKEN
    if await tx.members.by_email(email) or await tx.membership_requests.by_email(email):
        fields["email"] = TAKEN
    if fields:
        raise Invalid("This member cannot be added.", fields)


async def sign_up(
    tx: Transaction,
    application: Application,
    scopes: Sequence[str],
    *,
    base_url: str,
    domain: str,
    username: str,
    email: str,
    password: str,
    keys: NewKeys,
    language: str | None = None,
    jurisdiction: Sequence[str] = (),
) -> tuple[str, AccessToken]:
    """Let somebody become a member without being asked, by a program that gets a token. `password` is a hash.

    Raises Invalid with every bad field named.
    """
    await check_free(tx, username, email)
    member = await add_member(
        tx,
        base_url=base_url,
        domain=domain,
        username=username,
        email=email,
        role=Role.MEMBER,
        keys=keys,
        password=password,
        language=language,
        jurisdiction=jurisdiction,
    )
    await _tell(tx, member)
    text, token = new_token(tx, scopes, member=member.id, application=application)
    await tx.members.add_token(token)
    return text, token


async def ask_to_join(
    tx: Transaction,
    application: Application,
    scopes: Sequence[str],
    *,
    username: str,
    email: str,
    password: str,
    reason: str = "",
    language: str | None = None,
) -> tuple[str, AccessToken]:
    """Keep somebody's request to join until it is decided; the token opens nothing before.

    `password` is a hash. Raises Invalid with every bad field named, and Conflict where too many wait already.
    """
    username, email, reason = folded(username), email.strip(), reason.strip()
    check_new_member(username=username, email=email, role=Role.MEMBER, language=language)
    if len(reason) > LONGEST_REASON:
        raise Invalid(
            "This request cannot be kept.", {"reason": f"is longer than {LONGEST_REASON} characters"}
        )
    await check_free(tx, username, email)
    if await tx.membership_requests.count() >= MOST_WAITING:
        raise Conflict(
            "Too many requests to join wait here already; please ask the people who run this node."
        )
    request = MembershipRequest(
        id=tx.new_id(),
        username=username,
        email=email,
        password=password,
        reason=reason,
        created_at=tx.now,
        language=language_tag(language) if language else None,
        application_id=application.id,
    )
    await tx.membership_requests.add(request)
    text, token = new_token(tx, scopes, application=application, request=request.id)
    await tx.members.add_token(token)
    return text, token


async def find_request(tx: Transaction, username: str) -> MembershipRequest:
    """Find somebody's request; NotFound where there is none."""
    request = await tx.membership_requests.by_username(folded(username))
    if request is None:
        raise NotFound(f"Nobody asks to join as {folded(username)}.")
    return request


async def find_request_by_login(tx: Transaction, login: str) -> MembershipRequest | None:
    """Find the request of somebody who tries to sign in before it is decided."""
    login = login.strip()
    if "@" in login.removeprefix("@"):
        return await tx.membership_requests.by_email(login)
    return await tx.membership_requests.by_username(folded(login))


async def approve(
    tx: Transaction,
    request: MembershipRequest,
    *,
    base_url: str,
    domain: str,
    keys: NewKeys,
    role: str = Role.MEMBER,
    jurisdiction: Sequence[str] = (),
) -> tuple[Member, Actor]:
    """Let somebody who asked become a member; their program's token works from now on.

    Raises Conflict when somebody else decided first.
    """
    if not await tx.membership_requests.remove(request):
        raise Conflict("This request was decided already.")
    member = await add_member(
        tx,
        base_url=base_url,
        domain=domain,
        username=request.username,
        email=request.email,
        role=role,
        keys=keys,
        password=request.password,
        language=request.language,
        jurisdiction=jurisdiction,
    )
    await tx.tokens.give(request.id, member)
    return member, await _tell(tx, member)


async def reject(tx: Transaction, request: MembershipRequest) -> None:
    """Turn somebody down who asked to join: what they wrote is forgotten; Conflict when decided already."""
    if not await tx.membership_requests.remove(request):
        raise Conflict("This request was decided already.")
    await tx.tokens.drop_requested(request.id)


async def _tell(tx: Transaction, member: Member) -> Actor:
    """Tell the moderators of somebody who is a member now, and return their actor."""
    actor = await tx.actors.get(member.actor_id)
    await tell_moderators(tx, About.SIGN_UP, actor)
    return actor
