"""Lists of accounts as clients read them."""

from typing import Any

from storage.account_lists import AccountList


def list_entity(known: AccountList) -> dict[str, Any]:
    """Return a List."""
    return {
        "id": str(known.id),
        "title": known.title,
        "replies_policy": known.replies_policy,
        "exclusive": known.exclusive,
    }
