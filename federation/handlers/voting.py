"""Votes: notes that have a name and no text answer a poll, and are never shown as answers."""

from actors import polling
from actors.errors import NotFound
from federation import vocabulary as as2
from federation.handlers.handler import Ignored
from federation.translate.polls import vote_in
from storage.actors import Actor
from storage.transaction import Transaction


async def take_vote(tx: Transaction, value: as2.Object, sender: Actor) -> bool:
    """Count what the sender published as a vote; False where it is none.

    Raises Ignored for a vote in a poll of another node, NotFound for one that the sender cannot know of, and
    as `actors.polling.receive_vote` for one that does not count.
    """
    title = vote_in(value)
    if title is None or value.in_reply_to is None:
        return False
    publication = await tx.publications.by_uri(value.in_reply_to)
    if publication is None or await tx.polls.find(publication.id) is None:
        return False
    if not publication.is_local:
        raise Ignored("Votes are counted where the poll was asked.")
    if await tx.publications.readable(publication.uri, sender) is None:
        raise NotFound("There is no such poll.")
    await polling.receive_vote(tx, sender, publication, title, value.id)
    return True
