"""Liking and sharing. The same functions serve local actors and remote ones."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from actors import notifying
from actors.addresses import PUBLIC
from actors.announcing import announce_share, announce_unshare
from actors.audience import recipients_of
from actors.errors import Forbidden
from actors.recording import record
from storage.actors import Actor
from storage.kinds import Visibility
from storage.publications import Publication
from storage.reactions import Reactions
from storage.transaction import Transaction

_SEEN_LATELY: Final = timedelta(days=1)
_ABOUT: Final = {"Like": notifying.About.FAVOURITE, "Announce": notifying.About.REBLOG}


async def like(tx: Transaction, actor: Actor, publication: Publication, *, uri: str | None = None) -> None:
    """Like a publication and tell its author; liking twice changes nothing."""
    await _react(tx, tx.likes, "Like", actor, publication, uri)


async def unlike(tx: Transaction, actor: Actor, publication: Publication) -> None:
    """Take a like back; does nothing when there is none."""
    await _take_back(tx, tx.likes, "Like", actor, publication)


async def share(
    tx: Transaction,
    actor: Actor,
    publication: Publication,
    *,
    uri: str | None = None,
    visibility: str | None = None,
) -> None:
    """Share a publication with one's followers; sharing twice changes nothing.

    With the `visibility` unlisted or private fewer are told. Raises Forbidden for what is not public, but for
    its author (R4: private stays private).
    """
    if not publication.is_public and publication.author_id != actor.id:
        raise Forbidden("Only what is public can be shared.")
    audience = await _audience(tx, actor, publication, visibility)
    number = await _react(
        tx,
        tx.shares,
        "Announce",
        actor,
        publication,
        uri,
        audience,
        for_followers=publication.is_public and visibility == Visibility.PRIVATE,
    )
    if number is not None:
        await tx.home.place_share(number, actor, publication, tx.new_id(tx.now - _SEEN_LATELY))
        await announce_share(tx, number, publication)


async def unshare(tx: Transaction, actor: Actor, publication: Publication) -> None:
    """Take a share back; does nothing when there is none."""
    number = await tx.shares.number(actor, publication)
    await _take_back(tx, tx.shares, "Announce", actor, publication)
    if number is not None:
        await tx.home.take_back(number, actor)
        await announce_unshare(tx, number)


async def _audience(
    tx: Transaction, actor: Actor, publication: Publication, visibility: str | None
) -> dict[str, list[str]]:
    """Return {"to", "cc"} of a share with fewer people than usual; nothing where all may be told."""
    if not publication.is_public or visibility not in {Visibility.UNLISTED, Visibility.PRIVATE}:
        return {}
    author = await tx.actors.get(publication.author_id)
    return recipients_of(actor, visibility or "", [author.uri] if author.id != actor.id else [])


async def _react(
    tx: Transaction,
    reactions: Reactions,
    verb: str,
    actor: Actor,
    publication: Publication,
    uri: str | None,
    audience: Mapping[str, Any] | None = None,
    *,
    for_followers: bool = False,
) -> int | None:
    """Keep a reaction and return its number; None when it was there already."""
    author = await tx.actors.get(publication.author_id)
    if await tx.follows.blocked_either_way(actor, author):
        raise Forbidden("This publication is not open to you.")
    activity_uri = uri
    if actor.is_local and not await reactions.has(actor, publication):
        activity = await record(
            tx,
            actor,
            verb,
            publication.uri,
            publication=publication,
            target=author,
            is_public=verb == "Announce" and publication.is_public and _is_open(audience),
            details=audience,
        )
        activity_uri = activity.uri if activity else uri
    if activity_uri is None:
        return None
    number = await reactions.add(actor, publication, activity_uri, tx.now, for_followers=for_followers)
    if number is not None and author.is_local:
        await notifying.notify(tx, author, _ABOUT[verb], actor, publication)
    return number


def _is_open(audience: Mapping[str, Any] | None) -> bool:
    return not audience or PUBLIC in (*audience["to"], *audience["cc"])


async def _take_back(
    tx: Transaction, reactions: Reactions, verb: str, actor: Actor, publication: Publication
) -> None:
    is_limited = await reactions.is_for_followers(actor, publication)
    uri = await reactions.remove(actor, publication)
    if uri is None:
        return
    author = await tx.actors.get(publication.author_id)
    # Whoever was not told of it is not told that it is over.
    audience = await _audience(tx, actor, publication, Visibility.PRIVATE) if is_limited else {}
    await notifying.take_back(tx, author, _ABOUT[verb], actor, publication)
    await record(
        tx,
        actor,
        "Undo",
        uri,
        publication=publication,
        target=author,
        details={
            **audience,
            "activity": {"id": uri, "type": verb, "actor": actor.uri, "object": publication.uri},
        },
    )
