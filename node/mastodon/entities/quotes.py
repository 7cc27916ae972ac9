"""Quotes as clients read them: what is quoted, and who may quote."""

from typing import Any

from actors.quoting import Allowed, allows, policy_of
from storage.publications import Publication
from storage.quotes import Quote, QuoteState

UNAUTHORIZED = "unauthorized"
"""The state of a quote whose quoted status the reader may not see."""


def quote_entity(quote: Quote, quoted: dict[str, Any] | None, *, hidden: str | None = None) -> dict[str, Any]:
    """Return a quote with the status that it quotes, which is there only where its author agreed.

    `quoted` is None where the reader may not see it; `hidden` a state of the reader's own making, such as
    `blocked_account` or `muted_account`, under which it is sent all the same.
    """
    state = _state(quote, is_seen=quoted is not None)
    if state != QuoteState.ACCEPTED:
        return {"state": state, "quoted_status": None}
    return {"state": hidden or state, "quoted_status": quoted}


def shallow_quote_entity(quote: Quote, *, is_seen: bool = True, hidden: str | None = None) -> dict[str, Any]:
    """Return a quote inside of a quoted status, of which only the id of what it quotes is told."""
    state = _state(quote, is_seen=is_seen)
    if state != QuoteState.ACCEPTED:
        return {"state": state, "quoted_status_id": None}
    return {"state": hidden or state, "quoted_status_id": str(quote.quoted_id)}


def quote_approval(
    publication: Publication, reader_id: int | None, *, follows: bool = False, is_followed: bool = False
) -> dict[str, Any]:
    """Return who may quote a publication, and whether the reader may.

    `follows` is whether the reader follows the author, `is_followed` whether the author follows the reader.
    """
    policy = policy_of(publication)
    current: Allowed = allows(publication, reader_id, follows=follows, is_followed=is_followed)
    return {
        "automatic": list(policy.automatic),
        "manual": list(policy.manual),
        "current_user": current.value,
    }


def _state(quote: Quote, *, is_seen: bool) -> str:
    if quote.state != QuoteState.ACCEPTED:
        return quote.state
    if quote.quoted_id is None:
        return QuoteState.PENDING.value
    return quote.state if is_seen else UNAUTHORIZED
