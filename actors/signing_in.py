"""Members sign in with a browser, which is known by its session until that ends."""

import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Final

from actors.granting import digest_of
from actors.usernames import folded
from storage.actors import Actor
from storage.members import Member
from storage.sessions import Session
from storage.transaction import Transaction

LONGEST: Final = timedelta(days=90)
"""How long somebody stays signed in at most."""

IDLE: Final = timedelta(days=14)
"""How long somebody stays signed in who does not come back meanwhile."""

_TOUCHED_EVERY: Final = timedelta(hours=1)
_LONGEST_LOGIN: Final = 320


async def find_login(tx: Transaction, login: str, domain: str) -> tuple[Member, Actor] | None:
    """Find who signs in by an e-mail address, a user name or a handle of this node."""
    login = login.strip()
    if not login or len(login) > _LONGEST_LOGIN:
        return None
    if "@" in login.removeprefix("@"):
        member = await tx.members.by_email(login)
        if member is not None:
            return member, await tx.actors.get(member.actor_id)
        login, _, host = login.removeprefix("@").rpartition("@")
        if host.lower() != domain:
            return None
    actor = await tx.actors.local(folded(login))
    member = await tx.members.of(actor) if actor else None
    return (member, actor) if actor and member else None


def may_enter(member: Member, actor: Actor) -> bool:
    """Say whether somebody with the right password gets in."""
    return member.disabled_at is None and actor.suspended_at is None and actor.gone_at is None


async def start_session(tx: Transaction, member: Member) -> tuple[str, Session]:
    """Sign a member in; the secret for the browser's cookie is returned this once and not kept."""
    secret = secrets.token_urlsafe(32)
    session = Session(
        id=tx.new_id(),
        digest=digest_of(secret),
        member_id=member.id,
        created_at=tx.now,
        used_at=tx.now,
        expires_at=tx.now + LONGEST,
    )
    await tx.sessions.add(session)
    await tx.members.change(replace(member, signed_in_at=tx.now))
    return secret, session


async def find_session(tx: Transaction, secret: str) -> tuple[Session, Member, Actor] | None:
    """Find who is signed in with the browser that has a secret."""
    return await tx.sessions.open(digest_of(secret), tx.now, tx.now - IDLE)


def is_touched_late(session: Session, tx: Transaction) -> bool:
    """Say whether it is time to note that a session is in use."""
    return tx.now - session.used_at >= _TOUCHED_EVERY


async def end_session(tx: Transaction, secret: str) -> None:
    """Sign a browser out, if it was signed in."""
    await tx.sessions.end(digest_of(secret))


async def count_sessions(tx: Transaction, member: Member) -> int:
    """In how many browsers a member is signed in."""
    return await tx.sessions.count(member, tx.now, tx.now - IDLE)


async def sign_out_everywhere(tx: Transaction, member: Member) -> None:
    """End everything that opens something in a member's name: browsers, programs, codes on their way."""
    await tx.sessions.end_all(member)
    await tx.applications.drop_codes(member)
    await tx.members.revoke_tokens(member, tx.now)
