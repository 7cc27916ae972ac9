"""Polls: how they stand, and voting; an event's is the answer to whether one takes part."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors import attending, polling
from actors.composing import invalid
from actors.errors import Conflict, Forbidden, Invalid, NotFound
from federation.questions import refresh_poll
from node.context import node_of
from node.http.auth import reader_of, require
from node.mastodon.entities.polls import poll_entity
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import answer
from node.mastodon.routing import get, post
from node.mastodon.threads import found
from node.mastodon.view import View
from storage.actors import Actor
from storage.items import Item
from storage.polls import PollView
from storage.publications import Publication
from storage.transaction import Transaction

_TAKE_PART, _NOT_THIS_TIME = 0, 1


async def show(request: Request) -> Response:
    """Show a poll; one of another node is asked for anew, at most once a minute."""
    caller = await reader_of(request, "read:statuses")
    reader = caller.actor if caller else None
    node = node_of(request)
    async with node.database.read() as tx:
        item = await found(tx, reader, path_id(request))
        if not item.has_poll:
            return answer(await _of_event(View(tx, node, reader), item))
        publication, view = await _found(tx, reader, item.id)
        now = tx.now
    if await refresh_poll(node.federation, publication, view):
        async with node.database.read() as tx:
            _, view = await _found(tx, reader, path_id(request))
    return answer(poll_entity(view, now))


async def vote(request: Request) -> Response:
    """Vote, once; the answer is the poll as it then stands."""
    caller = await require(request, "write:statuses")
    parameters = await parameters_of(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        item = await found(tx, caller.actor, path_id(request))
        choices = _choices(parameters)
        if not item.has_poll:
            await _answer_event(tx, caller.actor, item, choices)
            item = await found(tx, caller.actor, item.id)
            return answer(await _of_event(View(tx, node, caller.actor), item))
        publication, _ = await _found(tx, caller.actor, item.id)
        author = await tx.actors.get(publication.author_id)
        try:
            await polling.vote(tx, caller.actor, publication, author, choices)
        except Invalid as error:
            raise invalid(str(error), "choices") from error
        _, view = await _found(tx, caller.actor, publication.id)
        return answer(poll_entity(view, tx.now))


def _choices(parameters: Parameters) -> list[int]:
    texts = [text.strip() for text in parameters.texts("choices")]
    if not texts:
        raise HTTPException(400, "param is missing or the value is empty: choices")
    if not all(text.isascii() and text.isdecimal() and len(text) <= 3 for text in texts):  # noqa: PLR2004 - no poll has a thousand options
        raise invalid(polling.NO_SUCH_CHOICE, "choices")
    return [int(text) for text in texts]


async def _of_event(view: View, item: Item) -> dict[str, Any]:
    """Return the poll with which people say that they take part in an event; NotFound for anything else."""
    poll: dict[str, Any] | None = (await view.status(item))["poll"]
    if poll is None:
        raise NotFound(NO_RECORD)
    return poll


async def _answer_event(tx: Transaction, actor: Actor, item: Item, choices: list[int]) -> None:
    """Take part in an event, or not this time; another choice later changes the answer."""
    event = await tx.publications.get(item.publication_id)
    if not attending.takes_answers(event):
        raise NotFound(NO_RECORD)
    if choices not in ([_TAKE_PART], [_NOT_THIS_TIME]):
        raise invalid(polling.NO_SUCH_CHOICE, "choices")
    try:
        if choices == [_TAKE_PART]:
            await attending.join(tx, actor, event)
        else:
            await attending.decline(tx, actor, event)
    except (Conflict, Forbidden) as error:
        raise invalid(str(error), "choices") from error


async def _found(tx: Transaction, reader: Actor | None, number: int) -> tuple[Publication, PollView]:
    item = await tx.timelines.find(reader, number)
    view = await tx.polls.find(item.publication_id, reader) if item is not None else None
    if item is None or view is None:
        raise NotFound(NO_RECORD)
    return await tx.publications.get(item.publication_id), view


ROUTES: list[BaseRoute] = [
    get("/api/v1/polls/{id}", show),
    post("/api/v1/polls/{id}/votes", vote),
]
