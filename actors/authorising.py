"""Members let programs in: codes, the tokens that come of them, and how both end (RFC 6749, 7636, 7009)."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from actors.applications import OUT_OF_BAND
from actors.granting import digest_of, new_token
from actors.scopes import beyond
from storage.applications import Application, AuthorizationCode
from storage.members import AccessToken, Member
from storage.transaction import Transaction

CODE_SECONDS: Final = 60
"""How long a code works that a browser carries: no longer than a program needs to come with it."""

COPIED_CODE_SECONDS: Final = 600
"""How long a code works that somebody copies by hand."""

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


def is_challenge(text: str) -> bool:
    """Say whether a text can be a challenge of PKCE by the method S256."""
    return _CHALLENGE.fullmatch(text) is not None


async def give_code(
    tx: Transaction,
    member: Member,
    application: Application,
    *,
    redirect_uri: str,
    scopes: Sequence[str],
    challenge: str | None = None,
) -> str:
    """Make the code that tells a program of a member's consent; it is returned this once and works once.

    The caller has asked the member, and checked that the address and the scopes are the program's.
    """
    assert redirect_uri in application.redirect_uris
    assert not beyond(application.scopes, scopes)
    code = secrets.token_urlsafe(32)
    lasts = COPIED_CODE_SECONDS if redirect_uri == OUT_OF_BAND else CODE_SECONDS
    await tx.applications.add_code(
        AuthorizationCode(
            id=tx.new_id(),
            digest=digest_of(code),
            application_id=application.id,
            member_id=member.id,
            redirect_uri=redirect_uri,
            scopes=list(scopes),
            created_at=tx.now,
            expires_at=tx.now + timedelta(seconds=lasts),
            challenge=challenge,
        )
    )
    return code


async def is_given_to(tx: Transaction, member: Member, code: str) -> bool:
    """Say whether a code is one of a member's own that still works: no other is shown for copying."""
    known = await tx.applications.code(digest_of(code))
    return (
        known is not None
        and known.member_id == member.id
        and known.redirect_uri == OUT_OF_BAND
        and known.used_at is None
        and known.expires_at > tx.now
    )


async def redeem_code(
    tx: Transaction, application: Application, code: str, *, redirect_uri: str, verifier: str | None
) -> tuple[str, AccessToken] | None:
    """Exchange a code for a token; None for one that is not this program's, has expired, or does not fit.

    A code that comes again has been seen by somebody whom it was not meant for, so the token that came of it
    is revoked. That must be committed, which is why nothing is raised here.
    """
    known = await tx.applications.code(digest_of(code))
    if known is None or known.application_id != application.id:
        return None
    if known.used_at is not None:
        await _revoke_token_of(tx, known)
        return None
    if known.expires_at <= tx.now or known.redirect_uri != redirect_uri:
        return None
    if not _fits(known.challenge, verifier):
        return None
    text, token = new_token(tx, known.scopes, member=known.member_id, application=application)
    if not await tx.applications.use_code(known, token.id, tx.now):
        again = await tx.applications.code(known.digest)
        if again is not None:
            await _revoke_token_of(tx, again)
        return None
    await tx.members.add_token(token)
    return text, token


async def issue_program_token(
    tx: Transaction, application: Application, scopes: Sequence[str]
) -> tuple[str, AccessToken]:
    """Make a token for a program itself; it opens nothing that is somebody's."""
    assert not beyond(application.scopes, scopes)
    text, token = new_token(tx, scopes, application=application)
    await tx.members.add_token(token)
    return text, token


async def revoke_program(tx: Transaction, member: Member, application_id: int) -> bool:
    """Shut a program out: its tokens and codes of this member end. False where it has none."""
    await tx.applications.drop_codes(member, application_id)
    return await tx.tokens.revoke_program(member, application_id, tx.now)


async def revoke_presented(tx: Transaction, application: Application, text: str) -> bool:
    """Revoke a token that a program hands back; False for one that is another program's.

    One that opens nothing (any more) is as good as revoked.
    """
    holder = await tx.tokens.holder(digest_of(text))
    if holder is None:
        return True
    if holder.token.application_id != application.id:
        return False
    await tx.tokens.revoke(holder.token.id, tx.now)
    return True


async def _revoke_token_of(tx: Transaction, code: AuthorizationCode) -> None:
    if code.token_id is not None:
        await tx.tokens.revoke(code.token_id, tx.now)


def _fits(challenge: str | None, verifier: str | None) -> bool:
    # A verifier without a challenge tells that somebody left the challenge out on the way (RFC 9700, 2.1.1).
    if challenge is None or verifier is None:
        return challenge is None and verifier is None
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(challenge, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())
