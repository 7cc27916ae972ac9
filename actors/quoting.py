"""Quoting: who may quote what, and what becomes of the consent (FEP-044f).

Whoever wrote something decides who may quote it, with a policy that most answers follow from by themselves.
What is ours is agreed to by a stamp that anybody can look up and that its author can take back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from actors.errors import Forbidden, NotFound
from actors.incoming import IncomingQuote
from actors.links import host_of
from actors.notifying import About, notify
from actors.recording import record
from storage.actors import Actor
from storage.kinds import FollowState, Visibility
from storage.publications import Publication
from storage.quotes import Quote, QuoteState
from storage.transaction import Transaction

NO_SUCH_POST: Final = "The post you are trying to quote does not appear to exist."
"""What clients know as the answer for what is not there, or may not be quoted: always the same."""

CHECKED_EVERY: Final = timedelta(days=7)
"""How often the stamps of others are looked at again: consent can be taken back while we are not told."""

_REQUEST: Final = "QuoteRequest"


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


async def attach(tx: Transaction, author: Actor, publication: Publication, quoted_uri: str) -> None:
    """Let a new local publication quote another one, and ask for consent where that is needed.

    Raises NotFound, always the same, for what is not there or may not be quoted.
    """
    found = await tx.publications.readable(quoted_uri, author)
    if found is None:
        raise NotFound(NO_SUCH_POST)
    quoted, quoted_author = found
    answer = await may_quote(tx, author, quoted, quoted_author)
    if answer in {Allowed.DENIED, Allowed.UNKNOWN}:
        raise NotFound(NO_SUCH_POST)
    number = tx.new_id()
    is_own = quoted.author_id == author.id
    is_agreed = is_own or (quoted_author.is_local and answer is Allowed.AUTOMATIC)
    quote = Quote(
        publication_id=publication.id,
        id=number,
        quoted_uri=quoted.uri,
        quoted_id=quoted.id,
        state=QuoteState.ACCEPTED if is_agreed else QuoteState.PENDING,
        is_bare=False,
        request=None,
        approval=stamp_uri(quoted_author, number) if is_agreed and not is_own else None,
        changed_at=tx.now,
    )
    if not is_agreed and not quoted_author.is_local:
        asked = await record(tx, author, _REQUEST, quoted.uri, publication=publication, target=quoted_author)
        quote = replace(quote, request=asked.uri if asked else None)
    await tx.quotes.set(quote)
    if is_agreed:
        await notify(tx, quoted_author, About.QUOTE, author, publication)


async def receive(
    tx: Transaction, author: Actor, publication: Publication, incoming: IncomingQuote | None
) -> None:
    """Note what a remote publication quotes, as its author's node says.

    Consent of others is looked up later (`Quote.check_at`); for what is ours only what we know counts.
    """
    known = await tx.quotes.find(publication.id)
    if incoming is None:
        if known is not None:
            await tx.quotes.remove(publication.id)
        return
    if known is not None and known.quoted_uri == incoming.uri:
        await _renew(tx, known, incoming)
        return
    quoted = await tx.publications.by_uri(incoming.uri)
    quote = Quote(
        publication_id=publication.id,
        id=known.id if known else tx.new_id(),
        quoted_uri=incoming.uri,
        quoted_id=quoted.id if quoted else None,
        state=QuoteState.PENDING,
        is_bare=incoming.is_bare,
        request=None,
        approval=incoming.authorization,
        changed_at=tx.now,
    )
    await tx.quotes.set(await _judged(tx, author, quote, quoted))


async def _renew(tx: Transaction, known: Quote, incoming: IncomingQuote) -> None:
    if incoming.authorization in {None, known.approval}:
        return
    quoted = await tx.publications.find(known.quoted_id) if known.quoted_id else None
    if quoted is not None and quoted.is_local:
        return  # What is ours was agreed to here, or not at all.
    await tx.quotes.set(
        replace(
            known,
            state=QuoteState.PENDING if known.state != QuoteState.ACCEPTED else known.state,
            approval=incoming.authorization,
            is_bare=incoming.is_bare and known.is_bare,
            check_at=tx.now,
            attempts=0,
        )
    )


async def _judged(tx: Transaction, author: Actor, quote: Quote, quoted: Publication | None) -> Quote:
    """Return a new quote with what can be said of it at once, and when to look at its stamp."""
    if quoted is None:
        # Only who quotes somebody, or themselves, without asking needs no stamp to be looked up.
        is_worth_it = quote.approval is not None or host_of(quote.quoted_uri) == host_of(author.uri)
        return replace(quote, check_at=tx.now if is_worth_it else None)
    if quoted.author_id == author.id:
        return replace(quote, state=QuoteState.ACCEPTED)
    if not quoted.is_local:
        return replace(quote, check_at=tx.now if quote.approval else None)
    quote = replace(quote, approval=None)
    if not quote.is_bare:
        return quote
    quoted_author = await tx.actors.get(quoted.author_id)
    if await may_quote(tx, author, quoted, quoted_author) is not Allowed.AUTOMATIC:
        return quote
    return replace(quote, state=QuoteState.ACCEPTED, approval=stamp_uri(quoted_author, quote.id))


async def answer_request(
    tx: Transaction,
    asker: Actor,
    quoted: Publication,
    quoting: Publication | None,
    request: Mapping[str, Any],
) -> Quote | None:
    """Answer a remote actor that asks to quote something of ours: with a stamp, or a Reject (None).

    `quoting` is what it wants to publish, where that is kept here; `request` the QuoteRequest as it is to be
    named in the answer. Whom consent was taken from once does not get it again by asking.
    """
    author = await tx.actors.get(quoted.author_id)
    known = await tx.quotes.find(quoting.id) if quoting is not None else None
    is_meant = known is not None and known.quoted_uri == quoted.uri and quoting is not None
    is_allowed = await may_quote(tx, asker, quoted, author) is Allowed.AUTOMATIC
    if not is_meant or known is None or not is_allowed or known.state == QuoteState.REVOKED:
        await record(
            tx, author, "Reject", str(request["id"]), target=asker, details={"activity": dict(request)}
        )
        if known is not None and is_meant and known.state == QuoteState.PENDING:
            await tx.quotes.set(replace(known, state=QuoteState.REJECTED, changed_at=tx.now))
        return None
    agreed = replace(
        known,
        quoted_id=quoted.id,
        state=QuoteState.ACCEPTED,
        is_bare=False,
        request=str(request["id"]),
        approval=stamp_uri(author, known.id),
        changed_at=tx.now,
        check_at=None,
    )
    await tx.quotes.set(agreed)
    await notify(tx, author, About.QUOTE, asker, quoting)
    await record(
        tx,
        author,
        "Accept",
        str(request["id"]),
        target=asker,
        details={"activity": dict(request), "result": agreed.approval},
    )
    return agreed


async def accepted(tx: Transaction, quoted_author: Actor, quote: Quote, approval: str) -> None:
    """Note that a remote author agreed to be quoted here, and show the stamp to everybody who has the quote.

    Raises Forbidden when it is somebody else who agrees.
    """
    await _check_is_theirs(tx, quoted_author, quote)
    if quote.state == QuoteState.ACCEPTED and quote.approval == approval:
        return
    await tx.quotes.set(
        replace(
            quote,
            state=QuoteState.ACCEPTED,
            approval=approval,
            changed_at=tx.now,
            check_at=tx.now + CHECKED_EVERY,
            attempts=0,
        )
    )
    await _tell_of_change(tx, quote)


async def refused(tx: Transaction, quoted_author: Actor, quote: Quote) -> None:
    """Note that the author of what is quoted does not agree, or does not any more.

    Raises Forbidden when it is somebody else who says so.
    """
    await _check_is_theirs(tx, quoted_author, quote)
    await withdrawn(tx, quote)


async def withdrawn(tx: Transaction, quote: Quote) -> None:
    """Let a quote stand without consent."""
    if quote.state in {QuoteState.REJECTED, QuoteState.REVOKED, QuoteState.DELETED}:
        return
    was_agreed = quote.state == QuoteState.ACCEPTED
    await tx.quotes.set(
        replace(
            quote,
            state=QuoteState.REVOKED if was_agreed else QuoteState.REJECTED,
            approval=None,
            changed_at=tx.now,
            check_at=None,
        )
    )
    if was_agreed:
        await _tell_of_change(tx, quote)


async def revoke(tx: Transaction, author: Actor, quoted: Publication, quoting: Publication) -> None:
    """Take back the consent to a quote of one's own publication, and tell everybody who has it.

    Raises Forbidden for what somebody else wrote, NotFound where there is no such quote.
    """
    if quoted.author_id != author.id:
        raise Forbidden("Only its author can say who may quote a post.")
    quote = await tx.quotes.find(quoting.id)
    if quote is None or quote.quoted_id != quoted.id:
        raise NotFound("There is no such quote.")
    stamp = quote.approval
    await withdrawn(tx, quote)
    if stamp is None or quote.state != QuoteState.ACCEPTED:
        return
    quoter = await tx.actors.get(quoting.author_id)
    if quoter.is_local:
        return
    await record(
        tx,
        author,
        "Delete",
        stamp,
        target=quoter,
        details={
            "to": [quoter.uri],
            "cc": [each for part in ("to", "cc") for each in quoted.recipients.get(part, ())],
            "object": stamp_facts(stamp, author, quoting.uri, quoted.uri),
            "kind": quoted.kind,
        },
    )


def stamp_uri(author: Actor, number: int) -> str:
    """Return the address of the stamp by which a local author agrees to a quote."""
    return f"{author.uri}/quote_authorizations/{number}"


def stamp_facts(stamp: str, author: Actor, quoting: str, quoted: str) -> dict[str, str]:
    """Return what a stamp says, in the words of FEP-044f."""
    return {
        "id": stamp,
        "type": "QuoteAuthorization",
        "attributedTo": author.uri,
        "interactingObject": quoting,
        "interactionTarget": quoted,
    }


async def _follows(tx: Transaction, follower: Actor, followed: Actor) -> bool:
    found = await tx.follows.find(follower, followed)
    return found is not None and found.state == FollowState.ACCEPTED


async def _check_is_theirs(tx: Transaction, quoted_author: Actor, quote: Quote) -> None:
    quoted = await tx.publications.find(quote.quoted_id) if quote.quoted_id else None
    if quoted is None or quoted.author_id != quoted_author.id:
        raise Forbidden(f"{quoted_author.uri} did not write {quote.quoted_uri}.")


async def _tell_of_change(tx: Transaction, quote: Quote) -> None:
    """Send a local quote again, with its stamp or without it; it is no edit."""
    quoting = await tx.publications.find(quote.publication_id)
    if quoting is None or not quoting.is_local:
        return
    author = await tx.actors.get(quoting.author_id)
    await record(tx, author, "Update", quoting.uri, publication=quoting, is_public=quoting.is_public)
