"""What a draft names on other nodes, looked up over the network before the transaction that publishes it."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from actors.drafts import Draft
from actors.mentions import find_mentions
from actors.replicating import keep
from federation.context import Federation
from federation.discovery import split_handle
from federation.errors import FederationError
from federation.resolving import Resolved, resolve_actor, resolve_handle, resolve_publication
from storage.actors import Actor
from storage.kinds import ActorType, Kind
from storage.transaction import Transaction

MAX_MENTIONS: Final = 30
"""Mentions of a text that are looked up; further ones stay text."""

#: How long an author waits for other nodes, in seconds.
_PATIENCE: Final = 15.0

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class LookedUp:
    """Whom a note mentions, by what `actors.mentions.find_mentions` returned, and what else a draft names.

    `answered` is there only where this node does not keep it yet.
    """

    mentioned: dict[str, Actor] = field(default_factory=dict)
    group: Actor | None = None
    answered: Resolved | None = None


async def look_up(federation: Federation, draft: Draft) -> LookedUp:
    """Find the actors, the group and the publication that a draft names; what cannot be found is left out.

    Network, so never inside a transaction; it gives up after some seconds. Actors found are known here.
    """
    group, answered, mentioned = await asyncio.gather(
        _in_time(_group(federation, draft.audience_group)),
        _in_time(_answered(federation, draft.in_reply_to)),
        look_up_names(federation, _mentions_of(draft)),
    )
    return LookedUp(mentioned, group, answered)


async def look_up_names(federation: Federation, names: Sequence[str]) -> dict[str, Actor]:
    """Find the actors that a text mentions, by what `actors.mentions.find_mentions` returned.

    Network, as `look_up`; what cannot be found is left out.
    """
    names = names[:MAX_MENTIONS]
    found = await asyncio.gather(*(_in_time(_mentioned(federation, name)) for name in names))
    return {name: actor for name, actor in zip(names, found, strict=True) if actor is not None}


async def keep_answered(tx: Transaction, looked_up: LookedUp) -> None:
    """Keep what is answered, so that the answer has its conversation and its author is told."""
    answered = looked_up.answered
    if answered is not None and answered.incoming is not None:
        await keep(tx, answered.author, answered.incoming)


def _mentions_of(draft: Draft) -> list[str]:
    if draft.kind is not Kind.NOTE:
        return []
    names = dict.fromkeys(name for text in draft.body.values() for name in find_mentions(text))
    return list(names)


async def _in_time(work: Awaitable[_Found | None]) -> _Found | None:
    """Return what is found, or None where other nodes do not give it, or not in time."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await work
    except (FederationError, TimeoutError):
        return None


async def _mentioned(federation: Federation, name: str) -> Actor | None:
    user, _, host = name.partition("@")
    actor = await resolve_handle(federation, user, host or federation.domain)
    return actor if actor.gone_at is None else None


async def _group(federation: Federation, named: str | None) -> Actor | None:
    handle = split_handle(named.lstrip("!")) if named else None
    if handle is not None:
        actor = await resolve_handle(federation, *handle)
    elif named and "://" in named:
        actor = await resolve_actor(federation, named)
    else:
        return None
    return actor if actor.type == ActorType.GROUP and actor.gone_at is None else None


async def _answered(federation: Federation, uri: str | None) -> Resolved | None:
    if not uri or federation.is_ours(uri):
        return None
    resolved = await resolve_publication(federation, uri)
    return resolved if resolved.publication is None else None
