"""Posting: now, or at a moment to come; and taking a post back."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.attaching import detach
from actors.composing import NOTHING_TO_ANSWER, UnexpectedMentions, compose, read_composition
from actors.errors import NotFound
from actors.publishing import withdraw
from actors.quoting import NO_SUCH_POST
from actors.reacting import unshare
from actors.scheduling import schedule
from actors.speaking import speaker
from federation.lookups import LookedUp, look_up
from node.context import Node, node_of
from node.http.auth import Caller, require
from node.mastodon.compositions import composition_in, key_in, moment_in, usual_of
from node.mastodon.entities.scheduled import scheduled_entity
from node.mastodon.idempotency import Made, digest_of_key, made_before, make_once
from node.mastodon.own import own_status
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import answer
from node.mastodon.routing import delete, post
from node.mastodon.view import View
from node.mastodon.wording import source_of
from storage.kinds import Kind
from storage.transaction import Transaction

_WRITE = "write:statuses"


async def create(request: Request) -> Response:
    """Publish a post, or keep it until its time; the same request again is answered like the first."""
    caller = await require(request, _WRITE)
    try:
        return await _create(request, caller)
    except NotFound as error:
        # Apps show what is missing: that which is answered, or that which is quoted.
        if str(error) in {NOTHING_TO_ANSWER, NO_SUCH_POST}:
            raise HTTPException(404, str(error)) from error
        raise


async def _create(request: Request, caller: Caller) -> Response:
    node = node_of(request)
    parameters = await parameters_of(request)
    composition, moment = composition_in(parameters, caller), moment_in(parameters)
    key = digest_of_key(key_in(request))
    async with node.database.read() as tx:
        if made := await made_before(tx, caller, key):
            return answer(await _shown(tx, node, caller, made))
        await speaker(tx, caller.actor, caller.member.role, None, Kind.NOTE)
        # What cannot be posted is refused before other nodes are asked about it.
        draft = await read_composition(tx, caller.actor, composition, await usual_of(tx, node, caller))
        is_later = moment is not None and moment > tx.now
    looked_up = LookedUp() if is_later else await look_up(node.federation, draft)

    async def make(tx: Transaction) -> Made:
        usual = await usual_of(tx, node, caller)
        if is_later and moment is not None:
            kept = await schedule(tx, caller.member, caller.actor, composition, usual, moment)
            return kept.id, True
        published = await compose(tx, caller.actor, composition, usual, looked_up.mentioned)
        return published.id, False

    async def show(tx: Transaction, made: Made) -> dict[str, Any]:
        return await _shown(tx, node, caller, made)

    try:
        return answer(await make_once(node, caller, key, make, show))
    except UnexpectedMentions as error:
        async with node.database.read() as tx:
            accounts = await View(tx, node, caller.actor).accounts(error.actors)
        return answer({"error": str(error), "unexpected_accounts": accounts}, status=422)


async def destroy(request: Request) -> Response:
    """Delete a post, and answer with its text so that it can be written anew; its media stays for a while."""
    caller = await require(request, _WRITE)
    node = node_of(request)
    keep_media = not (await parameters_of(request)).flag("delete_media")
    async with node.database.begin() as tx:
        item = await tx.timelines.find(caller.actor, path_id(request))
        if item is not None and item.sharer_id == caller.actor.id:
            body = await View(tx, node, caller.actor).status(item)
            await unshare(tx, caller.actor, await tx.publications.get(item.publication_id))
            return answer(_with_text(body, ""))
        publication, author = await own_status(tx, caller, path_id(request))
        item = await tx.timelines.find(author, publication.id)
        if item is None:
            raise NotFound(NO_RECORD)
        body = await View(tx, node, caller.actor).status(item)
        text, _ = source_of(publication)
        await detach(tx, publication, keep=keep_media)
        await withdraw(tx, author, publication)
    return answer(_with_text(body, text))


async def _shown(tx: Transaction, node: Node, caller: Caller, made: Made) -> dict[str, Any]:
    number, is_scheduled = made
    if is_scheduled:
        status = await tx.scheduled.find(caller.member.id, number)
        if status is None:
            raise NotFound(NO_RECORD)
        media = await tx.media.owned(
            caller.actor.id, [int(each) for each in status.parameters.get("media_ids") or ()]
        )
        return scheduled_entity(status, media)
    item = await tx.timelines.find(caller.actor, number)
    if item is None:
        raise NotFound(NO_RECORD)
    return await View(tx, node, caller.actor).status(item)


def _with_text(body: dict[str, Any], text: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "content"} | {"text": text}


ROUTES: list[BaseRoute] = [
    post("/api/v1/statuses", create),
    delete("/api/v1/statuses/{id}", destroy),
]
