"""Looking up stamps: whether those who are quoted agree (FEP-044f), now and again from time to time.

What is quoted is fetched as well where it is not kept here, since a quote without it shows nothing.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from enum import Enum, auto

from actors import consenting
from actors.announcing import announce_edit
from actors.errors import ActorsError
from actors.replicating import keep
from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable, Untrusted
from federation.fetching import fetch_document
from federation.origins import same_origin
from federation.resolving import Resolved, resolve_publication
from storage.actors import Actor
from storage.publications import Publication
from storage.quotes import Quote, QuoteState
from storage.transaction import Transaction

log = logging.getLogger(__name__)

AT_ONCE = 8
LEASE = timedelta(minutes=5)
ATTEMPTS = 8


class _Finding(Enum):
    AGREED = auto()
    DENIED = auto()
    UNCLEAR = auto()
    """Nobody could be asked; it is tried again."""
    NOTHING = auto()
    """There is no stamp to look up, and none is needed."""


async def check_stamps(federation: Federation) -> int:
    """Look up the stamps of quotes that are due, and what they quote; return how many were due."""
    async with federation.database.begin() as tx:
        due = await tx.quotes.due(tx.now, tx.now + LEASE, AT_ONCE)
        quoting_ones = await tx.publications.by_ids([each.publication_id for each in due])
    for quote in due:
        await _check(federation, quote, quoting_ones[quote.publication_id])
    return len(due)


async def _check(federation: Federation, quote: Quote, publication: Publication) -> None:
    resolved: Resolved | None = None
    try:
        resolved = await _quoted(federation, quote)
        finding = await _look_up(federation, quote, publication, resolved.author)
    except Unreachable as error:
        finding = _Finding.DENIED if error.is_final else _Finding.UNCLEAR
    except (Gone, Malformed, Refused, Untrusted) as error:
        log.info("the stamp of %s: %s", publication.uri, error)
        finding = _Finding.DENIED
    except FederationError as error:
        log.info("the stamp of %s: %s", publication.uri, error)
        finding = _Finding.UNCLEAR
    async with federation.database.begin() as tx:
        try:
            async with tx.savepoint():
                await _conclude(tx, quote, finding, resolved)
        except ActorsError as error:
            log.info("the quote in %s: %s", publication.uri, error)


async def _quoted(federation: Federation, quote: Quote) -> Resolved:
    """Return what is quoted, with its author, fetched where it is not kept."""
    return await resolve_publication(federation, quote.quoted_uri)


async def _look_up(federation: Federation, quote: Quote, publication: Publication, author: Actor) -> _Finding:
    """Ask the server of who is quoted whether the stamp holds: it must say so itself (O7, ORG-08)."""
    if publication.author_id == author.id:
        return _Finding.AGREED
    stamp = quote.approval
    if stamp is None:
        return _Finding.NOTHING
    if author.is_local or not same_origin(stamp, author.uri):
        return _Finding.DENIED
    value = as2.read(await fetch_document(federation, stamp))
    is_stamp = isinstance(value, as2.Authorization) and value.type == "QuoteAuthorization"
    if not is_stamp or not isinstance(value, as2.Authorization):
        return _Finding.DENIED
    holds = (
        value.attributed_to == author.uri
        and value.interacting_object == publication.uri
        and value.interaction_target == quote.quoted_uri
    )
    return _Finding.AGREED if holds else _Finding.DENIED


async def _conclude(tx: Transaction, quote: Quote, finding: _Finding, resolved: Resolved | None) -> None:
    """Write down what was found, unless something else was said about the quote in the meantime."""
    known = await tx.quotes.find(quote.publication_id)
    if known is None or known.approval != quote.approval or known.quoted_uri != quote.quoted_uri:
        return
    quoted = None
    if resolved is not None:
        quoted = resolved.publication
        if quoted is None and resolved.incoming is not None:
            quoted = await keep(tx, resolved.author, resolved.incoming)
    known = replace(known, quoted_id=quoted.id if quoted is not None else known.quoted_id)
    match finding:
        case _Finding.AGREED:
            if known.state != QuoteState.ACCEPTED:
                await announce_edit(tx, await tx.publications.get(known.publication_id))
            await tx.quotes.set(
                replace(
                    known,
                    state=QuoteState.ACCEPTED,
                    changed_at=tx.now if known.state != QuoteState.ACCEPTED else known.changed_at,
                    check_at=tx.now + consenting.CHECKED_EVERY if known.approval else None,
                    attempts=0,
                )
            )
        case _Finding.DENIED:
            await tx.quotes.set(replace(known, check_at=None))
            await consenting.withdrawn(tx, replace(known, check_at=None))
        case _Finding.NOTHING:
            await tx.quotes.set(replace(known, check_at=None))
        case _Finding.UNCLEAR:
            # After many attempts it stays as it is, until its author's node says something new.
            wait = None if known.attempts >= ATTEMPTS else tx.now + timedelta(minutes=2**known.attempts)
            await tx.quotes.set(replace(known, check_at=wait))
