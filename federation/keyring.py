"""The public keys of others, ready to verify with, and a memory of keys that could not be had.

Parsing a key costs as much as using it, and asking for one costs a request: both are done once. Everything
here is bounded and forgotten after minutes, so that a flood of forged requests cannot fill it or make us
ask in its name (K3, K4).
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, TypeVar

from federation.signatures import PublicKey, read_multikey, read_public_pem
from storage.actors import Actor
from storage.signing_keys import SigningKey

REMEMBERED = 10_000
FRESH_FOR = timedelta(minutes=5)
FAILED_FOR = timedelta(minutes=5)
SILENT_FOR = timedelta(minutes=1)
BETWEEN_REFRESHES = timedelta(minutes=5)

#: A host that did not answer so often within `SILENT_FOR` is not asked for any key for the rest of it.
MOST_SILENCES = 3
#: Keys of one host that may turn out to be none within `FAILED_FOR`; then it is left alone as well.
MOST_FAILURES = 50

#: How many servers never met before may be asked for keys within `MEETING_TIME`, and how many of one domain.
MEETING_TIME = timedelta(minutes=10)
MOST_STRANGERS = 300
MOST_SUBDOMAINS = 10

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A public key and the actor who owns it."""

    uri: str
    key: PublicKey
    actor: Actor


class Failure(Enum):
    """Why a key could not be had."""

    REFUSED = "it may not be used"
    GONE = "there is nothing (any more) at its address"
    SILENT = "its host did not answer as hoped"


class Remembered(Generic[Value]):
    """A bounded memory in which each thing is kept for a while; what was used longest ago goes first."""

    def __init__(self, keep_for: timedelta, size: int = REMEMBERED) -> None:
        self._keep_for = keep_for
        self._size = size
        self._entries: OrderedDict[str, tuple[datetime, Value]] = OrderedDict()

    def get(self, name: str, now: datetime) -> Value | None:
        """Return what is remembered under a name and still fresh."""
        entry = self._entries.get(name)
        if entry is None:
            return None
        if entry[0] <= now:
            del self._entries[name]
            return None
        self._entries.move_to_end(name)
        return entry[1]

    def put(self, name: str, value: Value, now: datetime) -> None:
        """Remember something from now on."""
        self._entries[name] = (now + self._keep_for, value)
        self._entries.move_to_end(name)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def drop(self, name: str) -> None:
        """Forget something."""
        self._entries.pop(name, None)

    def items(self) -> list[tuple[str, Value]]:
        """Return everything remembered, stale or not."""
        return [(name, value) for name, (_, value) in self._entries.items()]

    def __len__(self) -> int:
        return len(self._entries)


class Keyring:
    """Keys by their addresses. One for each process; it lives as long as the node."""

    def __init__(self) -> None:
        self._keys: Remembered[KnownKey] = Remembered(FRESH_FOR)
        self._failures: Remembered[tuple[Failure, str]] = Remembered(FAILED_FOR)
        self._silences: Remembered[tuple[Failure, str]] = Remembered(SILENT_FOR)
        self._failures_of: Remembered[set[str]] = Remembered(FAILED_FOR)
        self._silences_of: Remembered[set[str]] = Remembered(SILENT_FOR)
        self._strangers: Remembered[set[str]] = Remembered(MEETING_TIME)
        self._refreshed: Remembered[bool] = Remembered(BETWEEN_REFRESHES)

    def get(self, uri: str, now: datetime) -> KnownKey | None:
        """Return a key that was put here lately."""
        return self._keys.get(uri, now)

    def put(self, row: SigningKey, owner: Actor, now: datetime) -> KnownKey:
        """Parse a key and remember it; Untrusted when it is not one that may be used."""
        known = KnownKey(row.uri, parsed(row), owner)
        self._keys.put(row.uri, known, now)
        return known

    def forget(self, actor_uri: str) -> None:
        """Forget every key of an actor that changed."""
        for uri in [uri for uri, known in self._keys.items() if known.actor.uri == actor_uri]:
            self._keys.drop(uri)

    def failed(self, uri: str, host: str, failure: Failure, reason: str, now: datetime) -> None:
        """Remember that a key of a host could not be had, and why."""
        is_silent = failure is Failure.SILENT
        (self._silences if is_silent else self._failures).put(uri, (failure, reason), now)
        _gather(self._silences_of if is_silent else self._failures_of, host, uri, now)

    def failure(self, uri: str, host: str, now: datetime) -> tuple[Failure, str] | None:
        """Return why a key could not be had a moment ago; None when it may be asked for.

        A host that lately did not answer at all, or for too many keys that were none, is left alone.
        """
        known = self._failures.get(uri, now) or self._silences.get(uri, now)
        if known is not None:
            return known
        silent = self._silences_of.get(host, now) or ()
        failed = self._failures_of.get(host, now) or ()
        if len(silent) >= MOST_SILENCES or len(failed) >= MOST_FAILURES:
            return (
                Failure.SILENT,
                f"{host} could not be asked for keys just now; please send this again later.",
            )
        return None

    def may_meet(self, host: str, now: datetime) -> bool:
        """Whether a host that we never met may be asked for a key.

        Only so many are asked within a few minutes, in all and under one domain (SSRF-25): names cost
        nothing to whoever forges requests.
        """
        domain = host.partition(".")[2] if host.count(".") > 1 else host
        wanted = [(domain, MOST_SUBDOMAINS), ("", MOST_STRANGERS)]
        known = [(self._strangers.get(name, now) or set(), most) for name, most in wanted]
        if any(host not in seen and len(seen) >= most for seen, most in known):
            return False
        for name, _ in wanted:
            _gather(self._strangers, name, host, now)
        return True

    def may_refresh(self, uri: str, now: datetime) -> bool:
        """Whether what did not fit may be asked for anew; True once in five minutes for each address."""
        if self._refreshed.get(uri, now):
            return False
        self._refreshed.put(uri, value=True, now=now)
        return True

    def could_not_refresh(self, uri: str) -> None:
        """Let something be asked for anew again: the last time brought no answer."""
        self._refreshed.drop(uri)


def parsed(row: SigningKey) -> PublicKey:
    """Return a key ready to verify with; Untrusted when it is not one that may be used."""
    return read_public_pem(row.public) if row.algorithm == "rsa" else read_multikey(row.public)


def _gather(memory: Remembered[set[str]], name: str, member: str, now: datetime) -> None:
    """Add to a set that is forgotten as a whole, some time after its first member came."""
    known = memory.get(name, now)
    if known is None:
        memory.put(name, {member}, now)
    else:
        known.add(member)
