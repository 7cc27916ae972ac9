"""Quoting: what local authors and others quote; whether they may is for another to say (FEP-044f)."""

from dataclasses import replace
from typing import Final

from actors.consenting import stamp_uri
from actors.errors import NotFound
from actors.incoming import IncomingQuote
from actors.links import host_of
from actors.notifying import About, notify
from actors.quote_policies import Allowed, may_quote
from actors.recording import record
from storage.actors import Actor
from storage.publications import Publication
from storage.quotes import Quote, QuoteState
from storage.transaction import Transaction

NO_SUCH_POST: Final = "The post you are trying to quote does not appear to exist."
"""What clients know as the answer for what is not there, or may not be quoted: always the same."""

_REQUEST: Final = "QuoteRequest"


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
