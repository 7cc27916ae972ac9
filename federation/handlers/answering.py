"""Accept and Reject: answers to whatever was asked of a remote actor, each to its own kind of question."""

from federation import vocabulary as as2
from federation.handlers import attending, following, quoting
from federation.handlers.handler import Known
from storage.actors import Actor
from storage.transaction import Transaction


async def on_accept(tx: Transaction, activity: as2.Accept, sender: Actor, known: Known) -> None:
    """Note that a remote actor agreed to what it was asked."""
    quote = await quoting.quote_meant(tx, activity.object)
    if quote is not None:
        await quoting.on_accept_quote(tx, activity, sender, quote)
        return
    attendance = await attending.join_meant(tx, activity.object)
    if attendance is not None:
        await attending.on_answer(tx, sender, attendance, accepted=True)
        return
    await following.on_accept(tx, activity, sender, known)


async def on_reject(tx: Transaction, activity: as2.Reject, sender: Actor, known: Known) -> None:
    """Note that a remote actor declined, or withdrew, what it was asked."""
    quote = await quoting.quote_meant(tx, activity.object)
    if quote is not None:
        await quoting.on_reject_quote(tx, sender, quote)
        return
    attendance = await attending.join_meant(tx, activity.object)
    if attendance is not None:
        await attending.on_answer(tx, sender, attendance, accepted=False)
        return
    await following.on_reject(tx, activity, sender, known)
