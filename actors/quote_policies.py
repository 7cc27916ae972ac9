"""Who may quote: policies, in the words of the client API, and how they answer somebody (FEP-044f)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from actors.announcing import announce_edit
from actors.recording import record
from storage.actors import Actor
from storage.kinds import FollowState, Visibility
from storage.publications import Publication
from storage.transaction import Transaction


class Allowed(StrEnum):
    """How a policy answers somebody who wants to quote."""

    AUTOMATIC = "automatic"
    MANUAL = "manual"
    DENIED = "denied"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class QuotePolicy:
    """Who may quote: unasked, or after the author has looked at it.

    Each is of the words `public`, `followers`, `following` (those whom the author follows) and
    `unsupported_policy` (others, whom this program cannot tell).
    """

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


ANYBODY: Final = QuotePolicy(("public",))
NOBODY: Final = QuotePolicy()
POLICIES: Final[Mapping[str, QuotePolicy]] = {
    "public": ANYBODY,
    "followers": QuotePolicy(("followers",)),
    "nobody": NOBODY,
}
"""What an author here can choose from, by the words of the client API."""


def policy_of(publication: Publication) -> QuotePolicy:
    """Return who may quote a publication: what its author said, or what is usual where nothing is said.

    What only some may read is quoted by nobody else, whatever is said.
    """
    if not publication.is_public:
        return NOBODY
    said = publication.details.get("quote_policy")
    if isinstance(said, str):
        return POLICIES.get(said, NOBODY)
    if isinstance(said, dict):
        return QuotePolicy(tuple(said.get("automatic", ())), tuple(said.get("manual", ())))
    return ANYBODY if publication.is_local else NOBODY


def name_of_policy(publication: Publication) -> str:
    """Return the word by which a member chose who may quote a publication of their own."""
    policy = policy_of(publication)
    return next((name for name, each in POLICIES.items() if each == policy), "nobody")


def allows(publication: Publication, reader_id: int | None, *, follows: bool, is_followed: bool) -> Allowed:
    """Return how a policy answers a reader, who `follows` the author or not, and `is_followed` by them."""
    if reader_id is None or publication.visibility == Visibility.DIRECT:
        return Allowed.DENIED
    if publication.author_id == reader_id:
        return Allowed.AUTOMATIC
    policy = policy_of(publication)
    belongs = {"public"} | ({"followers"} if follows else set()) | ({"following"} if is_followed else set())
    if not belongs.isdisjoint(policy.automatic):
        return Allowed.AUTOMATIC
    if not belongs.isdisjoint(policy.manual):
        return Allowed.MANUAL
    is_unclear = "unsupported_policy" in (*policy.automatic, *policy.manual)
    return Allowed.UNKNOWN if is_unclear else Allowed.DENIED


async def set_policy(tx: Transaction, author: Actor, publication: Publication, name: str) -> None:
    """Let another policy, one of `POLICIES`, say who may quote a note; it is no edit, and all quotes stay."""
    if name_of_policy(publication) == name:
        return
    source = publication.source or {}
    changed = replace(
        publication,
        revision=publication.revision + 1,
        details={**publication.details, "quote_policy": name},
        source={**source, "details": {**source.get("details", {}), "quote_policy": name}},
    )
    await tx.publications.change(changed)
    await announce_edit(tx, changed)
    await record(tx, author, "Update", changed.uri, publication=changed, is_public=changed.is_public)


async def may_quote(tx: Transaction, actor: Actor, publication: Publication, author: Actor) -> Allowed:
    """Return how the policy of a publication answers an actor; between two who block it is denied."""
    if await tx.follows.blocked_either_way(actor, author):
        return Allowed.DENIED
    return allows(
        publication,
        actor.id,
        follows=await _follows(tx, actor, author),
        is_followed=await _follows(tx, author, actor),
    )


async def _follows(tx: Transaction, follower: Actor, followed: Actor) -> bool:
    found = await tx.follows.find(follower, followed)
    return found is not None and found.state == FollowState.ACCEPTED
