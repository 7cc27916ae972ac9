"""What a member may change: their own posts, and the body's where their role allows it."""

from actors.errors import NotFound
from actors.speaking import may_change
from node.http.auth import Caller
from node.mastodon.parameters import NO_RECORD
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction


async def own_status(tx: Transaction, caller: Caller, number: int) -> tuple[Publication, Actor]:
    """Return a publication that the caller may change, with its author.

    Raises NotFound for all others: whether they are there is no business of who may not change them.
    """
    publication = await tx.publications.find(number)
    if publication is None or not publication.is_local:
        raise NotFound(NO_RECORD)
    author = await tx.actors.get(publication.author_id)
    if not may_change(caller.actor, caller.member.role, author, publication.kind):
        raise NotFound(NO_RECORD)
    return publication, author
