"""Quotes as clients read them: what is quoted, and who may quote."""

from typing import Any, Final

from actors.quote_policies import allows, policy_of
from storage.publications import Publication
from storage.quotes import Quote, QuoteState

UNAUTHORIZED: Final = "unauthorized"
"""The state of a quote whose quoted status the reader may not see."""


def quote_entity(quote: Quote, quoted: dict[str, Any] | None) -> dict[str, Any]:
    """Return a quote with the status that it quotes, which is there only where its author agreed.

    `quoted` is None where the reader may not see it. Quotes that are not `is_shown` are left out altogether.
    """
    state = _state(quote, is_seen=quoted is not None)
    return {"state": state, "quoted_status": quoted if state == QuoteState.ACCEPTED else None}


def shallow_quote_entity(quote: Quote) -> dict[str, Any]:
    """Return a quote inside of a quoted status, of which only the number of what it quotes is told."""
    state = _state(quote, is_seen=True)
    number = str(quote.quoted_id) if state == QuoteState.ACCEPTED else None
    return {"state": state, "quoted_status_id": number}


def quote_approval(
    publication: Publication, reader_id: int | None, *, follows: bool = False, is_followed: bool = False
) -> dict[str, Any]:
    """Return who may quote a publication, and whether the reader may.

    `follows` is whether the reader follows the author, `is_followed` whether the author follows the reader.
    """
    policy = policy_of(publication)
    current = allows(publication, reader_id, follows=follows, is_followed=is_followed)
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
