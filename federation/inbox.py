"""Receiving: check who sent it and keep it; apply it once, a moment later.

    receive:    parse → policy → signature → who → which → kept ──▶ 202, and only after the commit
    apply_due:  handler → what it needs (network) → effect and outcome in one transaction

Both doors, the shared inbox and the personal ones, lead here; who is meant follows from the activity.
"""

import hashlib
from typing import Any

from federation import vocabulary as as2
from federation.applying import FAREWELLS, apply_due
from federation.authentication import KeyGone, authenticate
from federation.context import Federation
from federation.errors import Malformed, Unreachable, Untrusted
from federation.handlers import IGNORED
from federation.origins import same_origin
from federation.resolving import is_gone
from federation.signatures import SignedRequest
from storage.actors import Actor
from storage.received import Received
from storage.transaction import Transaction

__all__ = ["apply_due", "keep_received", "receive"]

#: Servers use one id again and again for what can be said, taken back and said again (Misskey, PeerTube).
_REPEATABLE = (
    as2.Follow,
    as2.Accept,
    as2.Reject,
    as2.Undo,
    as2.Like,
    as2.EmojiReact,
    as2.Announce,
    as2.Block,
)


async def receive(federation: Federation, request: SignedRequest) -> None:
    """Keep one signed activity; when this returns it is durable.

    Raises Malformed, Untrusted, or Unreachable when the sender's key cannot be had for the moment. What
    policy has nothing to do with, and what this node ignores, is dropped in silence.
    """
    document = as2.parse(request.body)
    claimed = _claimed_actor(document)
    host = federation.policy.host_of(claimed)
    if host in federation.hosts:
        raise Untrusted("An actor of this node cannot send from elsewhere.")
    if not await federation.policy.allows(host):
        return
    known: Actor | None = None
    is_farewell = as2.reading.kind(document) == "Delete" and as2.id_of(document.get("object")) == claimed
    if is_farewell:
        # Large servers tell everybody when an account is deleted; its key is gone by then (I6).
        async with federation.database.read() as tx:
            known = await tx.actors.by_uri(claimed)
        if known is None or known.gone_at is not None:
            return
    try:
        sender = await authenticate(federation, request, claimed)
    except KeyGone:
        if known is None or not await _has_left(federation, claimed):
            raise
        sender = known
    activity = as2.read_activity(document)
    if isinstance(activity, as2.Unknown) or type(activity) in IGNORED:
        return
    if sender.suspended_at is not None and not isinstance(activity, FAREWELLS):
        return
    _check_origin(activity)
    now = federation.clock()
    await federation.keep.add(
        Received(
            id=federation.database.identifiers.at(now),
            sender_id=sender.id,
            uri=activity.id or f"urn:sha256:{hashlib.sha256(request.body).hexdigest()}",
            fingerprint=_fingerprint(activity, request),
            verb=activity.type,
            body=request.body.decode(),
            received_at=now,
            due_at=now,
        )
    )


async def keep_received(tx: Transaction, rows: list[Received]) -> None:
    """Make received activities durable; what `Federation.keep` does with each group."""
    await tx.received.keep(rows)


def _claimed_actor(document: dict[str, Any]) -> str:
    actor = as2.id_of(document.get("actor"))
    if actor is None or as2.reading.kind(document) is None:
        raise Malformed("actor: expected the id of an actor, and type: the name of an activity")
    return actor


async def _has_left(federation: Federation, actor: str) -> bool:
    """Whether an actor whose key is gone is gone itself; asked once in a few minutes (I6)."""
    if not federation.keyring.may_refresh(actor, federation.clock()):
        return False
    try:
        return await is_gone(federation, actor)
    except Unreachable:
        federation.keyring.could_not_refresh(actor)
        raise


def _check_origin(activity: as2.Activity) -> None:
    """Refuse an activity whose id belongs to somebody else (O2, ORG-03); it may have none (I9)."""
    if (
        activity.id is not None
        and as2.is_web_address(activity.id)
        and not same_origin(activity.id, activity.actor)
    ):
        raise Untrusted("The id of the activity belongs to another server than its actor.")


def _fingerprint(activity: as2.Activity, request: SignedRequest) -> str:
    """Return what tells two activities with one id apart (I4).

    Some servers use one id for every edit. What can be said again after it was taken back is only the same
    when the very same request comes twice: saying it twice changes nothing anyhow.
    """
    if isinstance(activity, as2.Update):
        return hashlib.sha256(request.body).hexdigest()[:32]
    if isinstance(activity, _REPEATABLE):
        return hashlib.sha256("".join(request.values("signature")).encode("latin-1")).hexdigest()[:32]
    return ""
