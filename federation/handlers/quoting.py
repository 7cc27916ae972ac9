"""QuoteRequest and what is answered to it: consent to quotes, given and taken back (FEP-044f)."""

from dataclasses import dataclass

from actors import consenting
from actors.errors import NotFound
from actors.replicating import keep
from federation import vocabulary as as2
from federation.errors import Malformed, Untrusted
from federation.handlers.handler import NOTHING, Ignored, Known, Needs
from federation.origins import same_origin
from federation.resolving import author_of
from federation.translate.publications import read_incoming
from storage.actors import Actor
from storage.publications import Publication
from storage.quotes import Quote
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request is about: what is quoted, and the id of what quotes it."""

    quoted: Publication
    instrument: str


async def needs_of_quote_request(tx: Transaction, activity: as2.QuoteRequest, sender: Actor) -> Needs:
    """Fetch what wants to quote something of ours, where it came only by its id and is not kept yet."""
    uri = activity.instrument.id
    if (
        uri is None
        or not same_origin(uri, sender.uri)
        or isinstance(activity.instrument.embedded, as2.Object)
    ):
        return NOTHING
    quoted = await tx.publications.by_uri(activity.object.id) if activity.object.id else None
    if quoted is None or not quoted.is_local or await tx.publications.by_uri(uri) is not None:
        return NOTHING
    # What is not public cannot be had; the request is then refused, and not tried again and again.
    return Needs(wished=(uri,))


async def on_quote_request(tx: Transaction, activity: as2.QuoteRequest, sender: Actor, known: Known) -> None:
    """Let a remote actor quote something of ours if its author's policy says so.

    The answer is a stamp or a Reject. What quotes is kept, since it concerns somebody here.
    """
    asked = await _asked(tx, activity, sender)
    embedded = activity.instrument.embedded
    publication = await tx.publications.by_uri(asked.instrument)
    resolved = known.publication(asked.instrument)
    if publication is None and isinstance(embedded, as2.Object):
        if not same_origin(embedded.id, sender.uri) or author_of(embedded) != sender.uri:
            raise Untrusted(f"{sender.uri} asks to quote with the work of somebody else.")
        incoming = read_incoming(embedded, sender, trusted=known.is_trusted, now=tx.now)
        publication = await keep(tx, sender, incoming)
    elif publication is None and resolved is not None and resolved.incoming is not None:
        publication = await keep(tx, resolved.author, resolved.incoming)
    if publication is not None and publication.author_id != sender.id:
        raise Untrusted(f"{sender.uri} did not write {asked.instrument}.")
    request = {
        "type": "QuoteRequest",
        "id": activity.id,
        "actor": sender.uri,
        "object": asked.quoted.uri,
        "instrument": asked.instrument,
    }
    await consenting.answer_request(
        tx, sender, asked.quoted, None if known.is_limited else publication, request
    )


async def quote_meant(tx: Transaction, request: as2.Reference) -> Quote | None:
    """Find the quote that an answer is about: by the id of its request, or by what is embedded."""
    if request.id is not None and (found := await tx.quotes.by_request(request.id)) is not None:
        return found
    embedded = request.embedded
    if not isinstance(embedded, as2.QuoteRequest) or embedded.instrument.id is None:
        return None
    publication = await tx.publications.by_uri(embedded.instrument.id)
    quote = await tx.quotes.find(publication.id) if publication is not None else None
    return quote if quote is not None and quote.quoted_uri == embedded.object.id else None


async def on_accept_quote(tx: Transaction, activity: as2.Accept, sender: Actor, quote: Quote) -> None:
    """Note that a remote author agreed to be quoted; the stamp must be of their own server (O7)."""
    await _check_ours(tx, quote)
    stamp = activity.result.id
    if stamp is None:
        raise Malformed("result: expected the id of a QuoteAuthorization")
    if not same_origin(stamp, sender.uri):
        raise Untrusted("The stamp belongs to another server than the author of what is quoted.")
    await consenting.accepted(tx, sender, quote, stamp)


async def on_reject_quote(tx: Transaction, sender: Actor, quote: Quote) -> None:
    """Note that a remote author does not want to be quoted."""
    await _check_ours(tx, quote)
    await consenting.refused(tx, sender, quote)


async def take_back_stamp(tx: Transaction, uri: str, sender: Actor) -> bool:
    """Let a quote stand without a stamp that is deleted; False where the id is no stamp known here."""
    quote = await tx.quotes.by_approval(uri)
    if quote is None:
        return False
    await consenting.refused(tx, sender, quote)
    return True


async def _asked(tx: Transaction, activity: as2.QuoteRequest, sender: Actor) -> _Asked:
    if activity.object.id is None or activity.instrument.id is None or activity.id is None:
        raise Malformed("object and instrument: expected what is quoted, and what quotes it")
    found = await tx.publications.readable(activity.object.id, sender)
    if found is None or not found[0].is_local:
        raise NotFound("There is no such publication.")
    if not same_origin(activity.instrument.id, sender.uri):
        raise Untrusted(f"{sender.uri} asks to quote with something of another server.")
    return _Asked(found[0], activity.instrument.id)


async def _check_ours(tx: Transaction, quote: Quote) -> None:
    publication = await tx.publications.find(quote.publication_id)
    if publication is None or not publication.is_local:
        raise Ignored("It was not this node that asked.")
