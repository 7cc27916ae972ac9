"""Knowing who sent a request: signature, key, owner, in that order and in this one place (S1, K1 to K5)."""

import logging
from dataclasses import replace

from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import FederationError, Gone, Refused, Unreachable, Untrusted
from federation.fetching import fetch_anything, fetch_document, stands_at
from federation.keyring import Failure, KnownKey
from federation.origins import same_origin
from federation.resolving import keep_actor
from federation.signatures import SignedRequest, check, parse_signature, verify
from storage.actors import Actor
from storage.signing_keys import SigningKey

log = logging.getLogger(__name__)

#: How long another node is asked to wait when we could not have its key for the moment.
RETRY_AFTER_SECONDS = 60.0

_LATER = "Your key could not be fetched just now; please send this again later."
_TOO_MANY = "Too many servers that this node never met are writing just now; please send this again later."


class KeyGone(Untrusted):
    """The key that would prove who sent this does not exist (any more), so the sender may be gone as well."""


async def authenticate(federation: Federation, request: SignedRequest, claimed: str | None = None) -> Actor:
    """Return the actor who signed a request, which must be the `claimed` one if there is such.

    Everything that needs no key is checked before any key is asked for. A key that does not fit is asked
    for anew, once in a few minutes. Raises Malformed for an unreadable signature, Untrusted where it does
    not hold, Refused for hosts that policy forbids, Unreachable when the key cannot be had for the moment.
    """
    now = federation.clock()
    parameters = parse_signature(request, allow_http=federation.allow_http)
    check(request, parameters, now=now, hosts=federation.hosts)
    uri = parameters.key_id
    known = federation.keyring.get(uri, now)
    is_fresh = False
    if known is None:
        if claimed is not None and not same_origin(uri, claimed):
            raise Untrusted("The key belongs to another server than the actor.")
        known = await _kept(federation, uri)
    if known is None:
        known, is_fresh = await _fetched(federation, uri), True
    try:
        verify(request, parameters, known.key)
    except Untrusted:
        if is_fresh or not _may_refresh(federation, uri):
            raise
        known = await _fetched(federation, uri)
        verify(request, parameters, known.key)
    if claimed is not None and known.actor.uri != claimed:
        raise Untrusted(f"{known.actor.uri} signed what claims to come from {claimed}.")
    return known.actor


async def reader_of(federation: Federation, request: SignedRequest) -> Actor | None:
    """Return who asks to read, or None when nobody says so.

    Raises as `authenticate`, and Refused for whom this node has nothing to do with.
    """
    if not request.values("signature"):
        return None
    reader = await authenticate(federation, request)
    if reader.suspended_at is not None or not await federation.policy.allows_uri(reader.uri):
        raise Refused(f"This node has nothing to do with {reader.uri}.")
    return reader


async def _kept(federation: Federation, uri: str) -> KnownKey | None:
    """Return a key that the database keeps; None when it has to be asked for."""
    if federation.is_ours(uri):
        raise Untrusted("A key of this node cannot sign what comes from elsewhere.")
    if not await federation.policy.allows_uri(uri):
        raise Refused("This node has nothing to do with the host of that key.")
    async with federation.database.read() as tx:
        found = await tx.signing_keys.with_owner(uri)
    # Whoever said goodbye is only believed again when its own server says that it is back.
    if found is None or found[1].gone_at is not None:
        return None
    return federation.keyring.put(found[0], found[1], federation.clock())


def _may_refresh(federation: Federation, uri: str) -> bool:
    # Those who come while somebody asks already share the answer.
    return federation.flights.is_under_way(f"key {uri}") or federation.keyring.may_refresh(
        uri, federation.clock()
    )


async def _fetched(federation: Federation, uri: str) -> KnownKey:
    return await federation.flights.share(f"key {uri}", lambda: _fetch(federation, uri))


async def _fetch(federation: Federation, uri: str) -> KnownKey:
    """Ask for a key, unless that failed a moment ago, and remember what came of it."""
    ring, now, host = federation.keyring, federation.clock(), federation.policy.host_of(uri)
    failure = ring.failure(uri, host, now)
    if failure is not None:
        raise _error(*failure)
    async with federation.database.read() as tx:
        is_stranger = await tx.peers.by_host(host) is None
    if is_stranger and not ring.may_meet(host, now):
        raise _error(Failure.SILENT, _TOO_MANY)
    try:
        key, owner = await fetch_key(federation, uri)
        return ring.put(key, owner, federation.clock())
    except FederationError as error:
        kind, reason = _failure(uri, error)
        log.info("the key %s cannot be had: %s", uri, error)
        ring.failed(uri, host, kind, reason, federation.clock())
        if kind is Failure.SILENT:
            ring.could_not_refresh(uri)
        raise _error(kind, reason, getattr(error, "retry_after", None)) from error


def _failure(uri: str, error: FederationError) -> tuple[Failure, str]:
    if isinstance(error, Gone):
        return Failure.GONE, f"The key {uri} does not exist (any more)."
    if isinstance(error, Unreachable):
        return Failure.SILENT, _LATER
    return Failure.REFUSED, str(error)


def _error(failure: Failure, reason: str, retry_after: float | None = None) -> FederationError:
    if failure is Failure.SILENT:
        return Unreachable(reason, retry_after=retry_after or RETRY_AFTER_SECONDS)
    return KeyGone(reason) if failure is Failure.GONE else Untrusted(reason)


async def fetch_key(federation: Federation, key_uri: str) -> tuple[SigningKey, Actor]:
    """Fetch a key and the actor who owns it; both must name each other, and share an origin (K1).

    The key is what its owner's own document says it is, so nothing depends on where the key's address led.
    """
    if federation.is_ours(key_uri):
        raise Untrusted("A key of this node cannot sign what comes from elsewhere.")
    document, url = await fetch_anything(federation, key_uri.partition("#")[0])
    key = _key_in(document)
    owner = as2.id_of(document) if key is None else key.owner
    if owner is None or not same_origin(owner, key_uri):
        raise Untrusted(f"{key_uri} leads to no actor of its server.")
    if not stands_at(federation, owner, url):
        # A key at an address of its own; GoToSocial serves a small part of the actor there.
        document = await fetch_document(federation, owner)
    value = as2.read(document)
    if not isinstance(value, as2.Actor) or value.id != owner:
        raise Untrusted(f"{key_uri} leads to no actor.")
    if key is not None and key.id == key_uri and stands_at(federation, key_uri, url):
        value = _completed(value, key)
    row, keys = await keep_actor(federation, value)
    for each in keys:
        if each.uri == key_uri:
            return each, row
    raise Untrusted(f"{owner} has no usable key {key_uri}.")


def _key_in(document: as2.Document) -> as2.Key | None:
    is_key = "publicKeyPem" in document or "publicKeyMultibase" in document
    return as2.read_key(document) if is_key else None


def _completed(actor: as2.Actor, key: as2.Key) -> as2.Actor:
    """Fill in a key that its owner only names, from the key's own document (K2)."""
    is_named = [each.id == key.id and each.pem is None and each.multibase is None for each in actor.keys]
    keys = [key if named else each for named, each in zip(is_named, actor.keys, strict=True)]
    return replace(actor, keys=tuple(keys))
