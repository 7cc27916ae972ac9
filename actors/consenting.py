"""Consent to quotes: asked for, given, and taken back (FEP-044f).

What is ours is agreed to by a stamp that anybody can look up and that its author can take back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from actors.announcing import announce_edit
from actors.errors import Forbidden, NotFound
from actors.notifying import About, notify
from actors.quote_policies import Allowed, may_quote
from actors.recording import record
from storage.actors import Actor
from storage.publications import Publication
from storage.quotes import Quote, QuoteState
from storage.transaction import Transaction

CHECKED_EVERY: Final = timedelta(days=7)
"""How often the stamps of others are looked at again: consent can be taken back while we are not told."""


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
    if (
        not is_meant
        or quoting is None
        or known is None
        or not is_allowed
        or known.state == QuoteState.REVOKED
    ):
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
    await announce_edit(tx, quoting)
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


async def _check_is_theirs(tx: Transaction, quoted_author: Actor, quote: Quote) -> None:
    quoted = await tx.publications.find(quote.quoted_id) if quote.quoted_id else None
    if quoted is None or quoted.author_id != quoted_author.id:
        raise Forbidden(f"{quoted_author.uri} did not write {quote.quoted_uri}.")


async def _tell_of_change(tx: Transaction, quote: Quote) -> None:
    """Send a local quote again, with its stamp or without it; it is no edit."""
    quoting = await tx.publications.find(quote.publication_id)
    if quoting is None:
        return
    await announce_edit(tx, quoting)
    if not quoting.is_local:
        return
    author = await tx.actors.get(quoting.author_id)
    await record(tx, author, "Update", quoting.uri, publication=quoting, is_public=quoting.is_public)
