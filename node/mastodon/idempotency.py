"""Requests that come twice, because an app heard no answer: the second one is answered like the first."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from starlette.exceptions import HTTPException

from node.context import Node
from node.http.auth import Caller
from storage.answered import AnsweredRequest
from storage.errors import Conflict
from storage.transaction import Transaction

REMEMBERED: Final = timedelta(hours=1)
"""How long a request may come again."""

_LONGEST_KEY: Final = 255

Made = tuple[int, bool]
"""The number of what was made, and whether it is only scheduled."""


def digest_of_key(key: str | None) -> str | None:
    """Return what is kept of a key; HTTPException 400 for one that is too long."""
    if key is None:
        return None
    if len(key) > _LONGEST_KEY:
        raise HTTPException(400, f"An Idempotency-Key has at most {_LONGEST_KEY} characters.")
    return sha256(key.encode()).hexdigest()


async def made_before(tx: Transaction, caller: Caller, digest: str | None) -> Made | None:
    """Return what the same request made within the last hour."""
    if digest is None:
        return None
    known = await tx.answered.find(caller.member.id, digest, tx.now - REMEMBERED)
    return (known.made, known.is_scheduled) if known else None


async def make_once(
    node: Node,
    caller: Caller,
    digest: str | None,
    make: Callable[[Transaction], Awaitable[Made]],
    show: Callable[[Transaction, Made], Awaitable[Any]],
) -> Any:
    """Make something unless the same request made it, and return what is to be shown of it.

    Of two that come at the same moment one makes it, and the other waits for it: what is made and that it is
    made are written in one transaction, whichever process does it.
    """
    try:
        return await _make(node, caller, digest, make, show)
    except Conflict:
        if digest is None:
            raise
        # The other one has committed by now.
        return await _make(node, caller, digest, make, show)


async def _make(
    node: Node,
    caller: Caller,
    digest: str | None,
    make: Callable[[Transaction], Awaitable[Made]],
    show: Callable[[Transaction, Made], Awaitable[Any]],
) -> Any:
    async with node.database.begin() as tx:
        made = await made_before(tx, caller, digest)
        if made is None:
            made = await make(tx)
            if digest is not None:
                request = AnsweredRequest(caller.member.id, digest, *made, tx.now)
                await tx.answered.add(request, tx.now - REMEMBERED)
        return await show(tx, made)
