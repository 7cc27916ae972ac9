"""What lets people and their programs in: access tokens, invitations, links that set a password.

Each is a secret that is shown once; only its SHA-256 is kept.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from actors.errors import Conflict, Invalid, NotFound
from actors.scopes import unknown
from storage.actors import Actor
from storage.applications import Application
from storage.kinds import Role
from storage.members import AccessToken, Invitation, Member
from storage.transaction import Transaction

INVITATION_DAYS = 7
RESET_HOURS = 24


async def issue_token(tx: Transaction, member: Member, scopes: Sequence[str]) -> tuple[str, AccessToken]:
    """Make an access token for a member; the text is returned this once and not kept.

    Raises Invalid for scopes that do not exist, Conflict for a disabled member. Whether the member may do
    what a scope covers is asked at each request, of the role they have then.
    """
    if (wrong := unknown(scopes)) or not scopes:
        what = f"{', '.join(wrong)} is not a scope" if wrong else "at least one is needed"
        raise Invalid(f"These scopes cannot be given: {what}.", {"scopes": what})
    if member.disabled_at is not None:
        raise Conflict("This member is disabled, so no token of theirs would open anything.")
    text, token = new_token(tx, scopes, member=member.id)
    await tx.members.add_token(token)
    return text, token


def new_token(
    tx: Transaction,
    scopes: Sequence[str],
    *,
    member: int | None = None,
    application: Application | None = None,
    request: int | None = None,
) -> tuple[str, AccessToken]:
    """Make a token, which the caller keeps: a member's, a program's own, or of somebody who asks to join.

    `member` and `request` are ids. Its characters can stand in every header and address as they are.
    """
    text = secrets.token_urlsafe(32)
    number = application.id if application else None
    return text, AccessToken(
        id=tx.new_id(),
        digest=digest_of(text),
        member_id=member,
        scopes=list(dict.fromkeys(scopes)),
        created_at=tx.now,
        application_id=number,
        request_id=request,
    )


async def find_token(tx: Transaction, text: str) -> tuple[AccessToken, Member, Actor] | None:
    """Find whose an access token is; None for one that opens nothing (any more)."""
    return await tx.members.by_token(digest_of(text))


async def invite(tx: Transaction, role: str, *, days: int = INVITATION_DAYS) -> tuple[str, Invitation]:
    """Make an invitation to join with a role; its code is returned this once and works once."""
    if role not in set(Role):
        raise Invalid(f"The role must be one of {', '.join(Role)}.", {"role": "is not a role"})
    return await _add_invitation(tx, role, timedelta(days=days), None)


async def reset_link(tx: Transaction, member: Member) -> tuple[str, Invitation]:
    """Make an invitation to set a member's password; its code is returned this once and works once."""
    return await _add_invitation(tx, member.role, timedelta(hours=RESET_HOURS), member)


async def find_invitation(tx: Transaction, code: str) -> Invitation:
    """Find an invitation that still works; NotFound for any other, and Conflict for one used or expired."""
    invitation = await tx.members.invitation(digest_of(code))
    if invitation is None:
        raise NotFound("There is no such invitation; the link may be incomplete.")
    if invitation.used_at is not None:
        raise Conflict("This invitation was used already; ask for another.")
    if invitation.expires_at <= tx.now:
        raise Conflict("This invitation has expired; ask for another.")
    return invitation


async def use_invitation(tx: Transaction, code: str) -> Invitation:
    """Use an invitation up, in the transaction of what it was for; Conflict when somebody was quicker."""
    invitation = await find_invitation(tx, code)
    if not await tx.members.use_invitation(invitation, tx.now):
        raise Conflict("This invitation was used already; ask for another.")
    return invitation


def digest_of(secret: str) -> str:
    """Return what is kept of a token or a code. They are random and long, so a plain digest is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def _add_invitation(
    tx: Transaction, role: str, lasts: timedelta, member: Member | None
) -> tuple[str, Invitation]:
    code = secrets.token_urlsafe(24)
    invitation = Invitation(
        tx.new_id(), digest_of(code), role, tx.now, tx.now + lasts, member.id if member else None
    )
    await tx.members.add_invitation(invitation)
    return code, invitation
