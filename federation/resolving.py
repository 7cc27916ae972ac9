"""Knowing others: actors, keys and publications are fetched once and then remembered.

Never call these inside a transaction: they wait for the network.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from actors.incoming import Incoming
from federation import vocabulary as as2
from federation.context import Federation
from federation.discovery import actor_of_handle, canonical_domain, confirmed_host
from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable, Untrusted
from federation.fetching import fetch_document
from federation.origins import read_url, same_origin
from federation.translate.actors import read_keys, read_remote_actor
from federation.translate.publications import read_incoming
from storage.actors import Actor
from storage.errors import Conflict
from storage.publications import Publication
from storage.signing_keys import SigningKey

#: A copy of an actor older than this is fetched anew when it is needed (A5).
STALE_AFTER = timedelta(days=1)
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Resolved:
    """A publication, and its author: `publication` where it is kept, `incoming` where it was fetched."""

    author: Actor
    incoming: Incoming | None = None
    publication: Publication | None = None


Found = Resolved | Actor | FederationError


async def resolve_actor(
    federation: Federation, uri: str, *, refresh: bool = False, hint: str | None = None
) -> Actor:
    """Return the actor at `uri`, fetching it when it is unknown or old (or anyway, with `refresh`).

    An old copy is better than none where its server does not answer. `hint` is the host of a handle that
    led here. Raises as `fetch_document` does, and Malformed when what stands there is no actor.
    """
    async with federation.database.read() as tx:
        known = await tx.actors.by_uri(uri)
    if known is not None and (known.is_local or not (refresh or _needs_a_look(federation, known, hint))):
        return known
    try:
        return await federation.flights.share(f"actor {uri}", lambda: _fetch_actor(federation, uri, hint))
    except Unreachable as error:
        if known is None or refresh or error.is_final:
            raise
        return known


def _needs_a_look(federation: Federation, known: Actor, hint: str | None) -> bool:
    if known.fetched_at is None or known.fetched_at + STALE_AFTER <= federation.clock():
        return True
    return hint is not None and hint not in {known.host, federation.policy.host_of(known.uri)}


async def _fetch_actor(federation: Federation, uri: str, hint: str | None) -> Actor:
    value = as2.read(await fetch_document(federation, uri))
    if not isinstance(value, as2.Actor):
        raise Malformed(f"{uri} is not an actor.")
    row, _ = await keep_actor(federation, value, hint=hint)
    return row


async def keep_actor(
    federation: Federation, value: as2.Actor, *, hint: str | None = None
) -> tuple[Actor, list[SigningKey]]:
    """Keep an actor that its own origin described, with its usable keys; returns the rows."""
    if federation.is_ours(value.id):
        raise Refused("An actor of this node cannot come from elsewhere.")
    # An inbox that must never be contacted is found out now, and not at each delivery (SSRF-15, SSRF-16).
    for inbox in filter(None, (value.inbox, value.shared_inbox)):
        read_url(inbox, allow_http=federation.allow_http)
    async with federation.database.read() as tx:
        known = await tx.actors.by_uri(value.id)
    before = known.host if known else None
    if hint is None or hint == federation.policy.host_of(value.id):
        hint = before
    host = await confirmed_host(federation, value, hint=hint, before=before)
    try:
        rows = await _write_actor(federation, value, host)
    except Conflict:
        # Another process met the actor in the same moment, so now it is known.
        rows = await _write_actor(federation, value, host)
    federation.keyring.forget(value.id)
    return rows


async def _write_actor(federation: Federation, value: as2.Actor, host: str) -> tuple[Actor, list[SigningKey]]:
    peer = federation.policy.host_of(value.id)
    async with federation.database.begin() as tx:
        known = await tx.actors.by_uri(value.id)
        row = read_remote_actor(value, host, known, known.id if known else tx.new_id(), tx.now)
        await (tx.actors.add(row) if known is None else tx.actors.change(row))
        keys = []
        for key in read_keys(value, row, tx.now):
            owned = await tx.signing_keys.with_owner(key.uri)
            # A key that another actor of the same server uses stays that actor's (KEY-15).
            if owned is None or owned[1].id == row.id:
                keys.append(key)
        await tx.signing_keys.replace(row, keys)
        await tx.peers.meet(peer, tx.now)
    return row, keys


async def is_gone(federation: Federation, uri: str) -> bool:
    """Whether an actor's own server says that it does not exist (any more); raises Unreachable."""
    try:
        value = as2.read(await fetch_document(federation, uri))
    except Gone:
        return True
    except (Malformed, Refused, Untrusted):
        return False
    return isinstance(value, as2.Object) and value.type == "Tombstone"


async def resolve_handle(federation: Federation, username: str, domain: str) -> Actor:
    """Return the actor with a handle. What it is then called, its own server decides (D2, D7).

    Raises Gone when there is nobody of that name.
    """
    host = canonical_domain(federation, domain)
    is_ours = host == federation.domain or host in federation.hosts
    async with federation.database.read() as tx:
        known = await tx.actors.by_handle(username, federation.domain if is_ours else host)
    if is_ours:
        if known is None:
            raise Gone(f"There is no {username} on this node.", status=404)
        return known
    if known is not None:
        return await resolve_actor(federation, known.uri)
    uri = await actor_of_handle(federation, username, host)
    return await resolve_actor(federation, uri, hint=host)


async def resolve_publication(federation: Federation, uri: str, *, refresh: bool = False) -> Resolved:
    """Fetch a publication from its origin, with its author; what is kept is only fetched to `refresh` it."""
    async with federation.database.read() as tx:
        known = await tx.publications.by_uri(uri)
        if known is not None and (known.is_local or not refresh):
            return Resolved(await tx.actors.get(known.author_id), publication=known)
    return await federation.flights.share(
        f"publication {uri}", lambda: _fetch_publication(federation, uri, known)
    )


async def resolve_anything(federation: Federation, url: str) -> Resolved | Actor:
    """Return what somebody pasted the address of: an actor, or a publication, by its id or its page.

    Raises as `fetch_document` does, and Malformed for what is neither.
    """
    async with federation.database.read() as tx:
        actor = await tx.actors.by_uri(url)
        publication = await tx.publications.by_uri(url)
        if publication is not None:
            return Resolved(await tx.actors.get(publication.author_id), publication=publication)
    if actor is not None:
        return await resolve_actor(federation, url)
    value = as2.read(await fetch_document(federation, url))
    if isinstance(value, as2.Actor):
        return (await keep_actor(federation, value))[0]
    if not isinstance(value, as2.Object):
        raise Malformed(f"{url} is neither an account nor a publication.")
    # A page leads to what has another id, which may be here already.
    async with federation.database.read() as tx:
        known = await tx.publications.by_uri(value.id) if value.id else None
    if known is not None:
        return await resolve_publication(federation, known.uri)
    return await believe(federation, value)


async def _fetch_publication(federation: Federation, uri: str, known: Publication | None) -> Resolved:
    value = as2.read(await fetch_document(federation, uri))
    if not isinstance(value, as2.Object):
        raise Malformed(f"{uri} is not a publication.")
    return replace(await believe(federation, value), publication=known)


async def believe(federation: Federation, value: as2.Object) -> Resolved:
    """Turn what its own origin described into what can be kept; its author must be of that origin."""
    author = await resolve_actor(federation, author_of(value))
    if author.suspended_at is not None:
        raise Refused(f"{author.uri} is suspended here.")
    trusted = federation.policy.trusts(federation.policy.host_of(author.uri))
    return Resolved(author, read_incoming(value, author, trusted=trusted, now=federation.clock()))


def author_of(value: as2.Object) -> str:
    """Return whose work this is; Untrusted where nobody, or anybody of another server, is named (ORG-08)."""
    authors = value.authors or ((value.actor,) if value.actor else ())
    if not authors:
        raise Untrusted(f"{value.id} does not say whose work it is.")
    if not all(same_origin(author, value.id) for author in authors):
        raise Untrusted(f"{value.id} names an author of another server.")
    return authors[0]


async def resolve_all(
    federation: Federation,
    actors: Collection[str],
    publications: Collection[str],
    changed: Collection[str] = (),
    *,
    within: float | None = None,
) -> dict[str, Found]:
    """Resolve several things, a few at a time; what cannot be had stands there as its error.

    `actors` and `changed` publications are fetched anew. After `within` seconds nothing is waited for any
    longer, and what is missing is Unreachable.
    """
    limit = asyncio.Semaphore(AT_ONCE)
    found: dict[str, Found] = {}

    async def one(uri: str, kind: str) -> None:
        async with limit:
            try:
                if kind == "actor":
                    found[uri] = await resolve_actor(federation, uri, refresh=True)
                else:
                    found[uri] = await resolve_publication(federation, uri, refresh=kind == "changed")
            except FederationError as error:
                found[uri] = error

    wanted = [
        *((uri, "actor") for uri in sorted(set(actors))),
        *((uri, "publication") for uri in sorted(set(publications) - set(changed))),
        *((uri, "changed") for uri in sorted(set(changed))),
    ]
    if not wanted:
        return found
    tasks = [asyncio.create_task(one(uri, kind)) for uri, kind in wanted]
    try:
        await asyncio.wait(tasks, timeout=within)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome
    for uri, _ in wanted:
        if uri not in found:
            found[uri] = Unreachable(f"{uri} did not come in time.")
    return found
