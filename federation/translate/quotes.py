"""Quotes on the wire: what is quoted, the stamp that allows it, and who may quote (FEP-044f, FEP-e232).

Written in every way that other software reads: Mastodon's, Misskey's, Fedibird's and as an object link.
"""

from collections.abc import Mapping
from typing import Any, Final

from actors.addresses import PUBLIC
from actors.audience import PUBLIC_NAMES
from actors.incoming import IncomingQuote
from actors.quote_policies import QuotePolicy, policy_of
from federation import vocabulary as as2
from federation.translate.contexts import with_context
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication
from storage.quotes import Quote, QuoteState

_RELATION: Final = "https://misskey-hub.net/ns#_misskey_quote"
_OBJECT: Final = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_MOST_NAMED: Final = 16


def quote_properties(quote: Quote | None) -> dict[str, Any]:
    """Return what a quote adds to the publication that quotes, but for the tag that links to it."""
    if quote is None or quote.state == QuoteState.DELETED:
        return {}
    uri = quote.quoted_uri
    stamp = quote.approval if quote.state == QuoteState.ACCEPTED else None
    return {
        "quote": uri,
        "quoteUrl": uri,
        "quoteUri": uri,
        "_misskey_quote": uri,
        **({"quoteAuthorization": stamp} if stamp else {}),
    }


def quote_tag(quote: Quote | None) -> list[dict[str, Any]]:
    """Return the object link by which a quote is told as well (FEP-e232)."""
    if quote is None or quote.state == QuoteState.DELETED:
        return []
    uri = quote.quoted_uri
    return [{"type": "Link", "mediaType": _OBJECT, "href": uri, "rel": _RELATION, "name": f"RE: {uri}"}]


def read_quote(value: as2.Object) -> IncomingQuote | None:
    """Return what another node's publication quotes, if it does."""
    if value.quote is None or not as2.is_web_address(value.quote) or value.quote == value.id:
        return None
    stamp = value.quote_authorization
    return IncomingQuote(
        value.quote,
        stamp if stamp is not None and as2.is_web_address(stamp) else None,
        is_bare=as2.reading.linked_id(value.document, "quote") is None,
    )


def policy_document(publication: Publication, author: Actor) -> dict[str, Any]:
    """Return who may quote a local publication: without this nobody on Mastodon can; nobody is the author."""
    names = {"public": PUBLIC, "followers": author.followers, "following": author.following}
    policy = policy_of(publication)
    automatic = [uri for word in policy.automatic if (uri := names.get(word))]
    written: dict[str, Any] = {"canQuote": {"automaticApproval": automatic or [author.uri]}}
    if publication.kind == Kind.REQUEST and publication.is_public:
        written["canReply"] = {"automaticApproval": [PUBLIC]}
    return written


def read_policy(document: as2.Document, author: Actor) -> dict[str, list[str]] | None:
    """Return who may quote what another node published, in `QuotePolicy`'s words; None where nobody says."""
    said = as2.reading.mapping(as2.reading.mapping(document, "interactionPolicy"), "canQuote")
    if not said:
        return None
    policy = QuotePolicy(
        _words(said, ("automaticApproval", "always"), author),
        _words(said, ("manualApproval", "approvalRequired"), author),
    )
    return {"automatic": list(policy.automatic), "manual": list(policy.manual)}


def stamp_document(facts: Mapping[str, str]) -> dict[str, Any]:
    """Return the stamp by which a local author agrees to a quote."""
    return with_context(facts)


def _words(said: as2.Document, names: tuple[str, ...], author: Actor) -> tuple[str, ...]:
    """Return whom a policy names; `always` and `approvalRequired` are GoToSocial's older words."""
    found: dict[str, None] = {}
    for uri in (each for name in names for each in as2.reading.ids(said, name, _MOST_NAMED)):
        if uri in PUBLIC_NAMES:
            found["public"] = None
        elif uri == author.followers:
            found["followers"] = None
        elif uri == author.following:
            found["following"] = None
        elif uri != author.uri:
            found["unsupported_policy"] = None
    return tuple(found)
