"""The shape of a handler: what must be known first, and what then changes."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from federation import vocabulary as as2
from federation.errors import FederationError
from federation.origins import same_origin
from federation.resolving import Found, Resolved
from storage.actors import Actor
from storage.history import Tombstone
from storage.transaction import Transaction

#: How long something taken back before it came is waited for. Some servers use one id again and again.
UNDONE_FOR = timedelta(days=1)


class Ignored(Exception):
    """The activity is fine, and does not concern this node; the text says why."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What a handler must know before its transaction.

    Actors to fetch anew, publications to fetch unless they are kept, and publications to fetch anew.
    `wished` are publications that it can do without: where one cannot be had, that is no failure.
    """

    actors: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    wished: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.actors or self.publications or self.changed or self.wished)

    @classmethod
    def together(cls, several: Iterable["Needs"]) -> "Needs":
        """Return all that several handlers need."""
        each = list(several)
        return cls(
            tuple(uri for one in each for uri in one.actors),
            tuple(uri for one in each for uri in one.publications),
            tuple(uri for one in each for uri in one.changed),
            tuple(uri for one in each for uri in one.wished),
        )

    def failure(self, found: Mapping[str, Found]) -> FederationError | None:
        """Return why something needed could not be had, if anything could not."""
        for uri in (*self.actors, *self.publications, *self.changed):
            value = found.get(uri)
            if isinstance(value, FederationError):
                return value
        return None


NOTHING = Needs()


@dataclass(frozen=True, slots=True)
class Known:
    """What was found out before the transaction, and whether operators trust or limit the sender's node."""

    found: Mapping[str, Found] = field(default_factory=dict)
    is_trusted: bool = False
    is_limited: bool = False

    def publication(self, uri: str | None) -> Resolved | None:
        """Return a publication that was resolved for a handler."""
        found = self.found.get(uri) if uri is not None else None
        return found if isinstance(found, Resolved) else None

    def actor(self, uri: str | None) -> Actor | None:
        """Return an actor that was resolved for a handler."""
        found = self.found.get(uri) if uri is not None else None
        return found if isinstance(found, Actor) else None


@dataclass(frozen=True, slots=True)
class Handler:
    """`needs` names, from what is kept, what to resolve first; `apply` then changes state, with no network.

    `apply` raises Ignored for what does not concern us, and an ActorsError or a FederationError for what
    is refused; either way nothing that it changed stays. Without `needs` nothing has to be resolved.
    """

    apply: Callable[[Transaction, Any, Actor, Known], Awaitable[None]]
    needs: Callable[[Transaction, Any, Actor], Awaitable[Needs]] | None = None


async def check_not_undone(tx: Transaction, activity: as2.Activity, sender: Actor) -> None:
    """Raise Ignored when the sender took this back before it came (I5)."""
    if activity.id is not None and await is_undone(tx, activity.id, sender):
        raise Ignored("It was taken back before it came.")


async def is_undone(tx: Transaction, uri: str, sender: Actor) -> bool:
    """Whether the sender said lately that an activity of its own is over; nobody else can (I4)."""
    undone = await tx.tombstones.by_uri(uri)
    return undone is not None and undone.actor_id == sender.id and undone.deleted_at + UNDONE_FOR > tx.now


async def remember_undone(tx: Transaction, uri: str | None, verb: str, sender: Actor) -> bool:
    """Remember that what the sender did is over, should it only come later; False where that cannot be."""
    if uri is None or not same_origin(uri, sender.uri):
        return False
    await tx.tombstones.add(Tombstone(uri, verb, sender.id, tx.now, was_public=False))
    return True
