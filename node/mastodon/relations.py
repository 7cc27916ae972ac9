"""What a member does to another account: follow, block, mute, recommend, take notes.

Every answer is the Relationship as it is now, which clients show at once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.distancing import mute as mute_actor
from actors.distancing import unmute as unmute_actor
from actors.endorsing import endorse as endorse_actor
from actors.errors import Invalid
from actors.following import Wishes, dismiss
from actors.following import block as block_actor
from actors.following import follow as follow_actor
from actors.following import unblock as unblock_actor
from actors.following import unfollow as unfollow_actor
from actors.locales import language_tag
from federation.resolving import resolve_actor
from node.context import Node, node_of
from node.http.auth import Caller, require
from node.mastodon.entities.relationships import relationship_entity
from node.mastodon.parameters import Parameters, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import post
from node.mastodon.subjects import living_subject_of, relationship_to, subject_of
from storage.actors import Actor
from storage.kinds import FollowState
from storage.transaction import Transaction

_LONGEST_NOTE: Final = 2000

Deed = Callable[[Transaction, Actor, Actor], Awaitable[object]]


async def follow(request: Request) -> Response:
    """Follow an account, or change what is shown of one that is followed; what is not given stays."""
    caller = await require(request, "write:follows", "follow")
    wishes = _wishes(await parameters_of(request))
    node = node_of(request)
    async with node.database.read() as tx:
        subject = await living_subject_of(tx, request)
    await _look_again(node, subject)
    async with node.database.begin() as tx:
        subject = await living_subject_of(tx, request)
        followed = await follow_actor(tx, caller.actor, subject, wishes=wishes)
        known = (await tx.relationships.of(caller.actor, [subject.id]))[subject.id]
    if followed.state == FollowState.REQUESTED and not subject.manually_approves_followers:
        # The other node will agree in a moment; until it says so, clients would show a request.
        known = replace(known, following=FollowState.ACCEPTED)
    return answer(relationship_entity(known))


def _wishes(parameters: Parameters) -> Wishes:
    languages = None
    if parameters.has("languages"):
        tags = [text for text in parameters.texts("languages") if text]
        languages = [language_tag(text) or "" for text in tags]
        if not all(languages):
            raise Invalid(
                "Validation failed: Languages is invalid", {"languages": "must be language codes, such as en"}
            )
    return Wishes(parameters.flag("notify"), parameters.flag("reblogs"), languages)


async def _look_again(node: Node, subject: Actor) -> None:
    """Learn whether an account elsewhere is still there, or has moved, where that was last asked long ago."""
    if not subject.is_local:
        await resolve_actor(node.federation, subject.uri)


async def unfollow(request: Request) -> Response:
    """Follow an account no longer."""
    return await _do(request, unfollow_actor, "write:follows", "follow")


async def remove_from_followers(request: Request) -> Response:
    """Show a follower out."""
    return await _do(request, dismiss, "write:follows", "follow")


async def block(request: Request) -> Response:
    """Have nothing to do with an account."""
    return await _do(request, block_actor, "write:blocks", "follow")


async def unblock(request: Request) -> Response:
    """End a block."""
    return await _do(request, unblock_actor, "write:blocks", "follow")


async def mute(request: Request) -> Response:
    """Hide what an account publishes, for `duration` seconds or for good, and its notifications too."""
    caller = await require(request, "write:mutes", "follow")
    parameters = await parameters_of(request)
    seconds = max(parameters.number("duration") or 0, 0)
    notifications = parameters.flag("notifications")
    duration = timedelta(seconds=min(seconds, 10**10)) if seconds else None

    async def deed(tx: Transaction, owner: Actor, subject: Actor) -> None:
        await mute_actor(tx, owner, subject, notifications=notifications is not False, duration=duration)

    return await _done(request, caller, deed)


async def unmute(request: Request) -> Response:
    """Hear an account again."""
    return await _do(request, unmute_actor, "write:mutes", "follow")


async def endorse(request: Request) -> Response:
    """Recommend an account on the profile."""
    return await _do(request, endorse_actor, "write:accounts")


async def unendorse(request: Request) -> Response:
    """Recommend an account no longer."""

    async def deed(tx: Transaction, owner: Actor, subject: Actor) -> None:
        await tx.endorsements.remove(owner, subject)

    return await _do(request, deed, "write:accounts")


async def take_note(request: Request) -> Response:
    """Keep a private note about an account; an empty one is forgotten."""
    caller = await require(request, "write:accounts")
    comment = ((await parameters_of(request)).text("comment") or "").strip()
    if len(comment) > _LONGEST_NOTE:
        raise Invalid(
            f"Validation failed: Comment is longer than {_LONGEST_NOTE} characters",
            {"comment": f"is longer than {_LONGEST_NOTE} characters"},
        )

    async def deed(tx: Transaction, owner: Actor, subject: Actor) -> None:
        await tx.account_notes.keep(owner, subject, comment, tx.now)

    return await _done(request, caller, deed)


async def _do(request: Request, deed: Deed, *scopes: str) -> Response:
    return await _done(request, await require(request, *scopes), deed)


async def _done(request: Request, caller: Caller, deed: Deed) -> Response:
    async with node_of(request).database.begin() as tx:
        subject = await subject_of(tx, request)
        await deed(tx, caller.actor, subject)
        relationship = await relationship_to(tx, caller.actor, subject)
    return answer(relationship)


ROUTES: list[BaseRoute] = [
    post("/api/v1/accounts/{id}/follow", follow),
    post("/api/v1/accounts/{id}/unfollow", unfollow),
    post("/api/v1/accounts/{id}/remove_from_followers", remove_from_followers),
    post("/api/v1/accounts/{id}/block", block),
    post("/api/v1/accounts/{id}/unblock", unblock),
    post("/api/v1/accounts/{id}/mute", mute),
    post("/api/v1/accounts/{id}/unmute", unmute),
    post("/api/v1/accounts/{id}/pin", endorse),
    post("/api/v1/accounts/{id}/unpin", unendorse),
    post("/api/v1/accounts/{id}/endorse", endorse),
    post("/api/v1/accounts/{id}/unendorse", unendorse),
    post("/api/v1/accounts/{id}/note", take_note),
]
