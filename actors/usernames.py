"""User names of this node's actors: what may be one, and which are kept from strangers."""

import re
from collections.abc import Iterable

from actors.addresses import BODY, SERVER
from actors.errors import Invalid

LONGEST = 30

_PATTERN = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?", re.ASCII)
_RESERVED = frozenset(
    {
        SERVER,
        BODY,
        *("abuse", "actor", "admin", "administration", "administrator", "all", "anonymous", "api", "bot"),
        *("contact", "everyone", "fediverse", "feedback", "help", "helpdesk", "hostmaster", "ilan", "inbox"),
        *("info", "instance", "instance.actor", "legal", "legalaid", "mail", "mailerdaemon", "me", "mod"),
        *(
            "moderation",
            "moderator",
            "network",
            "news",
            "nobody",
            "noreply",
            "official",
            "operator",
            "outbox",
        ),
        *("owner", "postmaster", "press", "privacy", "public", "relay", "root", "secretariat", "security"),
        *("server", "service", "signup", "staff", "status", "superuser", "support", "sysadmin", "system"),
        *("team", "trust", "undefined", "unknown", "verified", "webmaster", "you"),
    }
)
#: Characters that pass for others at a glance, written as those.
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "3": "e", "_": None, ".": None, "-": None})


def folded(username: str) -> str:
    """Return a user name in the one form that is kept: without @ or spaces around, in small letters."""
    return username.strip().removeprefix("@").lower()


def check_username(username: str) -> None:
    """Raise Invalid for what cannot be a user name at all."""
    if len(username) > LONGEST:
        _refuse(f"is longer than {LONGEST} characters")
    if not _PATTERN.fullmatch(username):
        _refuse(
            "may have the letters a to z, digits and _ . - and must not start or end with a dot or a hyphen; "
            "names in other scripts go into the display name"
        )


def check_free_for_members(username: str) -> None:
    """Raise Invalid for a user name that a member may not have: a reserved one, or one that looks like it."""
    check_username(username)
    if skeleton(username) in _skeletons(_RESERVED):
        _refuse("is reserved, or looks like one that is; take another")


def skeleton(username: str) -> str:
    """Return what a user name looks like: the same for two that people would take for each other."""
    return username.translate(_ALIKE).replace("rn", "m").replace("vv", "w")


def _skeletons(names: Iterable[str]) -> frozenset[str]:
    return frozenset(skeleton(name) for name in names)


def _refuse(reason: str) -> None:
    raise Invalid(f"The user name {reason}.", {"username": reason})
