"""Requests that may come twice: which publication the first one made, known by a key of the sender's choice.

A program that heard no answer sends its request again; the answer must be the same, also after a crash and
from another process, so it is remembered in the transaction that publishes. Kept among the node's facts.
"""

from datetime import timedelta

from sqlalchemy import bindparam, delete, select

from storage.errors import Conflict
from storage.facts import facts
from storage.identifiers import smallest_at
from storage.statements import Statement, insert_or_ignore
from storage.transaction import Transaction

#: How long a request may come again.
REMEMBERED = timedelta(days=1)

_PREFIX = "request "
_ADD = insert_or_ignore(facts, facts.c.name)
_FIND = Statement(select(facts.c.value).where(facts.c.name == bindparam("wanted")))
# The value is the publication's id, which begins with the moment. It is kept as text: ids have as many digits
# as one another until the year 2453.
_PRUNE = Statement(delete(facts).where(facts.c.name.startswith(_PREFIX), facts.c.value < bindparam("oldest")))


async def made_by(tx: Transaction, key: str) -> int | None:
    """Find the id of the publication that a request with this key made before."""
    found = await tx._connection.value(_FIND, wanted=_PREFIX + key)  # noqa: SLF001 - storage's own query
    return found if isinstance(found, int) else None


async def remember(tx: Transaction, key: str, publication_id: int) -> None:
    """Remember what a request made, and forget older ones; Conflict when another process was quicker."""
    connection = tx._connection  # noqa: SLF001 - storage's own query
    await connection.run(_PRUNE, oldest=smallest_at(tx.now - REMEMBERED))
    if not await connection.run(_ADD, name=_PREFIX + key, value=publication_id):
        raise Conflict("The same request was made a moment ago.")
