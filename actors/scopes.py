"""What a program may do with a token: the scopes of Mastodon's API, from wide to narrow."""

from collections.abc import Iterable
from typing import Final

DEFAULT: Final = ("read",)

_READ: Final = (
    *("accounts", "blocks", "bookmarks", "collections", "favourites", "filters", "follows", "lists"),
    *("mutes", "notifications", "search", "statuses"),
)
_WRITE: Final = (
    *("accounts", "blocks", "bookmarks", "collections", "conversations", "favourites", "filters", "follows"),
    *("lists", "media", "mutes", "notifications", "reports", "statuses"),
)
_ADMIN: Final = (
    *("accounts", "reports", "domain_allows", "domain_blocks", "ip_blocks", "email_domain_blocks"),
    "canonical_email_blocks",
)
SCOPES: Final = (
    "profile",
    "read",
    *(f"read:{what}" for what in _READ),
    "write",
    *(f"write:{what}" for what in _WRITE),
    "follow",
    "push",
    "admin:read",
    *(f"admin:read:{what}" for what in _ADMIN),
    "admin:write",
    *(f"admin:write:{what}" for what in _ADMIN),
)
"""Every scope there is, as the metadata of the node lists them."""

_KNOWN: Final = frozenset(SCOPES)
#: What the old scope `follow` stands for.
_FOLLOW: Final = frozenset(
    f"{verb}:{what}" for verb in ("read", "write") for what in ("blocks", "follows", "mutes")
)


def read_scopes(written: str | Iterable[str]) -> list[str]:
    """Return scopes written as a text with spaces, or as a list, each once; none of them need exist."""
    parts = [written] if isinstance(written, str) else list(written)
    return list(dict.fromkeys(scope for part in parts for scope in part.replace("+", " ").split()))


def unknown(scopes: Iterable[str]) -> list[str]:
    """Return those that are no scopes."""
    return [scope for scope in scopes if scope not in _KNOWN]


def covers(granted: Iterable[str], scope: str) -> bool:
    """Whether granted scopes cover one: `write` covers `write:statuses`, never the reverse.

    `follow` is covered by whatever covers all that it stands for.
    """
    held = tuple(granted)
    if scope == "follow" and scope not in held:
        return all(_covers(held, each) for each in _FOLLOW)
    return _covers(held, scope)


def beyond(granted: Iterable[str], wanted: Iterable[str]) -> list[str]:
    """Return the wanted scopes that granted ones do not cover."""
    held = tuple(granted)
    return [scope for scope in wanted if not covers(held, scope)]


def _covers(held: tuple[str, ...], scope: str) -> bool:
    return any(
        scope == each or scope.startswith(f"{each}:") or (each == "follow" and scope in _FOLLOW)
        for each in held
    )
