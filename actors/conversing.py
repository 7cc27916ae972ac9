"""Conversations: what direct messages become for the members who take part.

Where a member is not told of a message, since they keep its author away or let strangers wait, the message
makes no conversation either; it does once they let its author through.
"""

from collections.abc import Collection

from actors.notifying import is_heard
from storage.actors import Actor
from storage.conversations import Conversation
from storage.kinds import Visibility
from storage.publications import Publication
from storage.transaction import Transaction


async def converse(tx: Transaction, publication: Publication, author: Actor) -> None:
    """Let a direct message be the end of its conversation, for every member who takes part in it.

    Doing it again changes nothing but for those whom it mentions only now.
    """
    if publication.visibility != Visibility.DIRECT:
        return
    for owner_id in sorted(await tx.conversations.members_in(publication)):
        if owner_id == author.id or await is_heard(tx, owner_id, author, publication):
            await _go_on(tx, owner_id, publication)


async def take_up(tx: Transaction, owner: Actor, senders: Collection[int]) -> None:
    """Let what some actors wrote to a member who did not hear them then be conversations now."""
    newest = {_thread_of(each): each for each in await tx.conversations.written_to(owner.id, senders)}
    for publication in newest.values():
        await _go_on(tx, owner.id, publication)


async def fall_silent(tx: Transaction, publication: Publication) -> None:
    """Let conversations that end with a message end with the one before; called before it is deleted."""
    if publication.visibility == Visibility.DIRECT:
        await tx.conversations.step_back(publication)


async def _go_on(tx: Transaction, owner_id: int, publication: Publication) -> None:
    thread = _thread_of(publication)
    known = await tx.conversations.of_thread(owner_id, thread)
    if known is not None and known.last_id >= publication.id:
        return
    number = known.id if known else tx.new_id()
    unread = owner_id != publication.author_id
    await tx.conversations.keep(Conversation(owner_id, thread, number, publication.id, unread, tx.now))
    await tx.stream_events.add("conversation", owner_id=owner_id, payload=str(number))


def _thread_of(publication: Publication) -> str:
    return publication.conversation or publication.uri
