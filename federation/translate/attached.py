"""What hangs on a publication and changes by itself: how its poll stands, and whether it may quote."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from storage.polls import PollView
from storage.publications import Publication
from storage.quotes import Quote
from storage.transaction import Transaction

_QUESTION: Final = "Question"


@dataclass(frozen=True, slots=True)
class Attached:
    """The poll and the quote of a publication, where it has them."""

    poll: PollView | None = None
    quote: Quote | None = None


NOTHING: Final = Attached()


async def attached_to(tx: Transaction, publications: Iterable[Publication]) -> dict[int, Attached]:
    """Return what hangs on each of these; nothing is asked for those that can have nothing."""
    found = list(publications)
    polls = await tx.polls.of([each.id for each in found if each.type == _QUESTION], None)
    quotes = await tx.quotes.of([each.id for each in found if "quote" in each.details])
    return {each.id: Attached(polls.get(each.id), quotes.get(each.id)) for each in found}
