"""Reading back the public catalogue of a newly followed node: newest first, page by page, at a bounded rate.

How far it has come is kept after every few items, so a restart goes on where it stopped. What is there
already, by announcement or from an earlier reading, costs nothing.
"""

import logging
from dataclasses import replace
from datetime import timedelta

from actors import publishing
from actors.errors import ActorsError
from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import FederationError, Malformed, Unreachable
from federation.fetching import fetch_document
from federation.origins import same_origin
from federation.resolving import Resolved, resolve_all
from storage.actors import Actor
from storage.backfills import Backfill

log = logging.getLogger(__name__)

#: Items asked for in one step of one node, and the pause after it: the bound on what a peer must serve us.
STEP = 8
PAUSE = timedelta(seconds=1)
LEASE = timedelta(minutes=5)
AT_ONCE = 4
#: A catalogue that does not end by then is somebody's mistake (C6).
MOST_PAGES = 5000
ATTEMPTS = 10


async def backfill_due(federation: Federation) -> int:
    """Go one step on with each backfill that is due; return how many were."""
    async with federation.database.begin() as tx:
        due = await tx.backfills.claim(tx.now, tx.now + LEASE, AT_ONCE)
        actors = await tx.actors.by_ids([each.actor_id for each in due])
    for each in due:
        await _step(federation, each, actors[each.actor_id])
    return len(due)


async def _step(federation: Federation, backfill: Backfill, actor: Actor) -> None:
    try:
        page = await _page(federation, backfill, actor)
        progress = await _read(federation, backfill, page)
    except FederationError as error:
        progress = _failed(backfill, error)
        log.info("backfill of %s: %s", actor.uri, error)
    async with federation.database.begin() as tx:
        if progress.finished_at is None:
            wait = PAUSE if progress.attempts == 0 else timedelta(minutes=2**progress.attempts)
            progress = replace(progress, due_at=tx.now + wait)
        await tx.backfills.save(progress)


async def _page(federation: Federation, backfill: Backfill, actor: Actor) -> as2.Collection:
    """Return the page to read: the one we are on, or the first of the actor's outbox."""
    if backfill.page is not None:
        return await _collection(federation, backfill.page)
    if actor.outbox is None:
        raise Malformed(f"{actor.uri} has no outbox.")
    outbox = await _collection(federation, actor.outbox)
    if outbox.items:
        return outbox
    if outbox.first_page is not None and outbox.first_page.items:
        return outbox.first_page
    if outbox.first is None:
        return outbox
    if not same_origin(outbox.first, actor.uri):
        raise Malformed(f"The outbox of {actor.uri} leads to another server.")
    return await _collection(federation, outbox.first)


async def _collection(federation: Federation, uri: str) -> as2.Collection:
    value = as2.read(await fetch_document(federation, uri))
    if not isinstance(value, as2.Collection):
        raise Malformed(f"{uri} is not a collection.")
    return value


async def _read(federation: Federation, backfill: Backfill, page: as2.Collection) -> Backfill:
    """Keep the next few items of a page, and say where to go on."""
    items = page.items[backfill.position : backfill.position + STEP]
    wanted = [uri for uri in map(_shared, items) if uri is not None]
    resolved = await resolve_all(federation, (), wanted)
    # A server that is down for a moment must not cost us its catalogue: the step is tried again.
    for found in resolved.values():
        if isinstance(found, Unreachable) and not found.is_final and backfill.attempts < ATTEMPTS // 2:
            raise found
    kept = await _keep(federation, [each for each in resolved.values() if isinstance(each, Resolved)])
    position = backfill.position + len(items)
    progress = replace(
        backfill,
        page=page.id or backfill.page,
        position=position,
        kept=backfill.kept + kept,
        skipped=backfill.skipped + len(items) - kept,
        attempts=0,
        error=None,
    )
    if position < len(page.items):
        return progress
    progress = replace(progress, pages=backfill.pages + 1)
    following = page.next
    if following is None or following == page.id or not page.items or progress.pages >= MOST_PAGES:
        return replace(progress, finished_at=federation.clock(), page=None, position=0)
    if not same_origin(following, page.id or following):
        raise Malformed("The next page is on another server.")
    return replace(progress, page=following, position=0)


def _shared(item: as2.Item) -> str | None:
    """Return the id of the publication that an item of an outbox is about."""
    document = item.document
    if document is None:
        return item.id
    if document.get("type") in {"Create", "Announce", "Add"}:
        return as2.id_of(document.get("object"))
    return as2.id_of(document)


async def _keep(federation: Federation, found: list[Resolved]) -> int:
    kept = 0
    async with federation.database.begin() as tx:
        for each in found:
            if each.publication is not None:
                kept += 1
                continue
            assert each.incoming is not None
            try:
                async with tx.savepoint():
                    kept += await publishing.keep(tx, each.author, each.incoming) is not None
            except ActorsError as error:
                log.info("backfill skips %s: %s", each.incoming.uri, error)
    return kept


def _failed(backfill: Backfill, error: FederationError) -> Backfill:
    attempts = backfill.attempts + 1
    final = attempts >= ATTEMPTS or not isinstance(error, Unreachable) or error.is_final
    return replace(
        backfill,
        attempts=attempts,
        error=str(error),
        finished_at=backfill.due_at if final else None,
    )
