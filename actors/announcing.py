"""Announcing: what is told as it happens to those who listen (streams), recorded with what it is about."""

from datetime import timedelta
from typing import Final

from storage.publications import Publication
from storage.transaction import Transaction

_OLD_NEWS: Final = timedelta(days=1)


async def announce_publication(tx: Transaction, publication: Publication) -> None:
    """Tell of a new publication; what is only read back from the past is no news."""
    if tx.now - publication.published_at <= _OLD_NEWS:
        await tx.stream_events.add("update", publication_id=publication.id)


async def announce_edit(tx: Transaction, publication: Publication) -> None:
    """Tell that a publication says something else now."""
    await tx.stream_events.add("status.update", publication_id=publication.id)


async def announce_deletion(tx: Transaction, publication: Publication) -> None:
    """Tell that a publication is gone, called before it is: of what few may read only they are told."""
    payload = str(publication.id)
    if publication.is_public:
        await tx.stream_events.add("delete", payload=payload)
    else:
        await tx.stream_events.add_for_holders("delete", publication.id, payload)


async def announce_share(tx: Transaction, number: int, publication: Publication) -> None:
    """Tell that a publication was shared; `number` is that of the share."""
    await tx.stream_events.add("update", publication_id=publication.id, share_id=number)


async def announce_unshare(tx: Transaction, number: int) -> None:
    """Tell that a share was taken back."""
    await tx.stream_events.add("delete", payload=str(number))
