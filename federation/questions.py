"""Looking at polls of other nodes again: how they stand is only known where they were asked."""

from datetime import timedelta
from typing import Final

from actors.errors import ActorsError
from actors.publishing import revise
from federation.context import Federation
from federation.errors import FederationError
from federation.resolving import Resolved, resolve_publication
from storage.polls import PollView
from storage.publications import Publication

FRESH_FOR: Final = timedelta(minutes=1)
"""How long what is known of a remote poll is not asked for again, whoever looks at it."""


async def refresh_poll(federation: Federation, publication: Publication, view: PollView) -> bool:
    """Fetch a remote poll anew that somebody looks at, at most once a minute; False where nothing is new.

    One that was looked at after its end does not change any more. Network, so never inside a transaction;
    what cannot be had stays as it is.
    """
    now = federation.clock()
    fetched_at = view.poll.fetched_at
    ends_at = view.poll.ends_at
    if publication.is_local or view.poll.closed_at is not None:
        return False
    if fetched_at is not None and (fetched_at + FRESH_FOR > now or (ends_at and fetched_at > ends_at)):
        return False
    async with federation.database.begin() as tx:
        # Whoever looks at the same moment need not ask as well.
        await tx.polls.looked_at(publication.id, tx.now)
    try:
        resolved = await resolve_publication(federation, publication.uri, refresh=True)
    except FederationError:
        return False
    return await _keep(federation, publication, resolved)


async def _keep(federation: Federation, publication: Publication, resolved: Resolved) -> bool:
    if resolved.incoming is None:
        return False
    async with federation.database.begin() as tx:
        known = await tx.publications.find(publication.id)
        if known is None or known.author_id != resolved.author.id:
            return False
        try:
            await revise(tx, resolved.author, known, resolved.incoming)
        except ActorsError:
            return False
    return True
