"""Passwords: what may be one, and their argon2id hashes.

Hashing takes some 20 ms of a processor and 19 MiB of memory (OWASP's second choice of parameters), so
`Passwords` keeps it off the event loop and does two at a time: a crowd at the door then fills no memory.
"""

import asyncio
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from actors.errors import Invalid

SHORTEST = 12
LONGEST = 200
FEWEST_DIFFERENT = 5
AT_ONCE = 2

#: Letters and their marks, typed one by one, may become one character each.
_LONGEST_TYPED = 4 * LONGEST
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: What the password of somebody who is not there is compared with, so that they answer no quicker.
_NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$UX/uA6GJ8tDiBOIszGCcFw$8jrFozrPpWdSvNilIykd87Ym1oZ+WsRwZiZZ+W1R/5A"


def check_password(password: str) -> None:
    """Raise Invalid for a password that may not be set, with what is wrong with it."""
    reason = _reason_against(_prepared(password[: _LONGEST_TYPED + 1]))
    if reason:
        raise Invalid(f"The password {reason}.", {"password": reason})


def hash_password(password: str) -> str:
    """Return the hash to keep of a password; Invalid for one that may not be set. Blocks."""
    check_password(password)
    return _HASHER.hash(_prepared(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Say whether a password is the one that was hashed. Blocks, also where there is no hash."""
    if len(password) > _LONGEST_TYPED:
        return False
    prepared = _prepared(password)
    if len(prepared) > LONGEST:
        return False  # It cannot have been set, and hashing it would be work for whoever likes to make some.
    try:
        _HASHER.verify(kept or _NOBODYS, prepared)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Say whether a hash was made with other parameters than today's; hash the password anew then."""
    try:
        return _HASHER.check_needs_rehash(kept)
    except InvalidHashError:
        return True


class Passwords:
    """Hashes and verifies beside the event loop, a few at a time. One for each process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._places = asyncio.Semaphore(at_once)

    async def hash(self, password: str) -> str:
        """Return the hash to keep of a password; Invalid for one that may not be set."""
        check_password(password)
        async with self._places:
            return await asyncio.to_thread(hash_password, password)

    async def verify(self, kept: str | None, password: str) -> bool:
        """Say whether a password is the one that was hashed; takes as long where there is no hash."""
        async with self._places:
            return await asyncio.to_thread(verify_password, kept, password)

    async def renewed(self, kept: str, password: str) -> str | None:
        """Return a new hash of a password just verified, where the kept one was made with old parameters."""
        if not is_outdated(kept):
            return None
        async with self._places:
            return await asyncio.to_thread(_HASHER.hash, _prepared(password))


def _prepared(password: str) -> str:
    # One form for what different keyboards write differently (RFC 8265, OpaqueString).
    spaced = "".join(" " if unicodedata.category(character) == "Zs" else character for character in password)
    return unicodedata.normalize("NFC", spaced)


def _reason_against(password: str) -> str:
    if len(password) < SHORTEST:
        return f"has {len(password)} characters, and at least {SHORTEST} are needed: take a few words"
    if len(password) > LONGEST:
        return f"has more than {LONGEST} characters"
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in password):
        return "has characters that cannot be typed"
    if len(set(password)) < FEWEST_DIFFERENT:
        return f"has fewer than {FEWEST_DIFFERENT} different characters: take a few words"
    return ""
