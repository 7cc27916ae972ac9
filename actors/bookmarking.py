"""Bookmarks: a reading list of one's own, of which nobody else is told."""

from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction


async def bookmark(tx: Transaction, actor: Actor, publication: Publication) -> None:
    """Put a publication on one's list; doing so twice changes nothing."""
    await tx.bookmarks.add(actor, publication, tx.now)


async def unbookmark(tx: Transaction, actor: Actor, publication: Publication) -> None:
    """Take a publication off one's list; does nothing where it is not on it."""
    await tx.bookmarks.remove(actor, publication)
