"""Conversations: what direct messages become for the members who take part."""

from storage.conversations import Conversation
from storage.kinds import Visibility
from storage.publications import Publication
from storage.transaction import Transaction


async def converse(tx: Transaction, publication: Publication) -> None:
    """Let a new direct message be the end of its conversation, for every member who takes part in it."""
    if publication.visibility != Visibility.DIRECT:
        return
    thread = publication.conversation or publication.uri
    for owner_id in sorted(await tx.conversations.members_in(publication)):
        known = await tx.conversations.of_thread(owner_id, thread)
        if known is not None and known.last_id > publication.id:
            continue
        number = known.id if known else tx.new_id()
        unread = owner_id != publication.author_id
        await tx.conversations.keep(Conversation(owner_id, thread, number, publication.id, unread, tx.now))
        await tx.stream_events.add("conversation", owner_id=owner_id, payload=str(number))


async def fall_silent(tx: Transaction, publication: Publication) -> None:
    """Let conversations that end with a message end with the one before; called before it is deleted."""
    if publication.visibility == Visibility.DIRECT:
        await tx.conversations.step_back(publication)
