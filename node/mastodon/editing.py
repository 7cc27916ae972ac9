"""Editing posts: another text in place of one, who may quote it, and what it was before."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.attaching import checked_description, describe
from actors.composing import Composition, invalid, read_revision, recompose
from actors.errors import Invalid, NotFound
from actors.publishing import describe_files
from actors.quote_policies import POLICIES, set_policy
from federation.lookups import look_up
from node.context import Node, node_of
from node.http.auth import Caller, reader_of, require, require_app
from node.mastodon.compositions import composition_in, focus_in, usual_of
from node.mastodon.entities.edits import edit_entities
from node.mastodon.entities.media import attachment_entities
from node.mastodon.own import own_status
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import answer
from node.mastodon.routing import get, update
from node.mastodon.view import View
from node.mastodon.wording import source_of
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication
from storage.transaction import Transaction

_WRITE = "write:statuses"
_READ = "read:statuses"


async def change(request: Request) -> Response:
    """Publish another text in place of one: what is not said anew is gone; the same again changes nothing."""
    caller = await require(request, _WRITE)
    node = node_of(request)
    parameters = await parameters_of(request)
    async with node.database.read() as tx:
        publication, author = await own_status(tx, caller, path_id(request))
        if publication.kind == Kind.NOTE:
            composition = _revised(parameters, caller, publication, node)
            draft = await read_revision(
                tx, author, publication, composition, await usual_of(tx, node, caller)
            )
    if publication.kind != Kind.NOTE:
        return await _describe_typed(request, caller, node, parameters)
    looked_up = await look_up(node.federation, draft)
    async with node.database.begin() as tx:
        publication, author = await own_status(tx, caller, path_id(request))
        await _describe(tx, author, parameters, composition)
        usual = await usual_of(tx, node, caller)
        await recompose(tx, author, publication, composition, usual, looked_up.mentioned)
        return answer(await _shown(tx, node, caller, publication.id))


async def change_policy(request: Request) -> Response:
    """Say anew who may quote a post; it is no edit."""
    caller = await require(request, _WRITE)
    node = node_of(request)
    chosen = (await parameters_of(request)).text("quote_approval_policy") or None
    async with node.database.begin() as tx:
        publication, author = await own_status(tx, caller, path_id(request))
        policy = chosen or (await tx.preferences.of(caller.member)).quote_policy
        if policy not in POLICIES:
            raise invalid("Quote approval policy is not included in the list", "quote_approval_policy")
        if publication.kind != Kind.NOTE:
            raise _edited_elsewhere(publication)
        await set_policy(tx, author, publication, policy)
        return answer(await _shown(tx, node, caller, publication.id))


async def history(request: Request) -> Response:
    """Show what a post was, oldest first, and what it is."""
    caller = await reader_of(request, _READ)
    node = node_of(request)
    reader = caller.actor if caller else None
    async with node.database.read() as tx:
        publication = await _readable(tx, reader, path_id(request))
        author = await tx.actors.get(publication.author_id)
        account = await View(tx, node, reader).account(author)
        earlier = (await tx.revisions.of(publication))[::-1]
        poll = await tx.polls.find(publication.id)
    return answer(edit_entities(publication, earlier, author, account, poll, node.base_url))


async def source(request: Request) -> Response:
    """Show the text of a post as it was typed."""
    program = await require_app(request, _READ)
    reader = program.caller.actor if program.caller else None
    async with node_of(request).database.read() as tx:
        publication = await _readable(tx, reader, path_id(request))
    text, warning = source_of(publication)
    return answer({"id": str(publication.id), "text": text, "spoiler_text": warning})


def _revised(parameters: Parameters, caller: Caller, publication: Publication, node: Node) -> Composition:
    """Return what a request says a note shall be; files that were no uploads stay where they are named."""
    composition = composition_in(parameters, caller)
    files = {
        int(entity["id"]): str(entity["remote_url"] or entity["url"])
        for entity in attachment_entities(publication.id, _not_uploaded(publication), node.base_url)
    }
    return composition.with_files(files)


def _not_uploaded(publication: Publication) -> list[dict[str, Any]]:
    return [each for each in publication.attachments if "mediaId" not in each]


async def _describe(tx: Transaction, author: Actor, parameters: Parameters, composition: Composition) -> None:
    """Change what is said of media that the post keeps."""
    for each in parameters.each("media_attributes"):
        number = each.identifier("id")
        if number in composition.media_ids:
            await describe(tx, author, number, description=each.text("description"), focus=focus_in(each))


async def _describe_typed(request: Request, caller: Caller, node: Node, parameters: Parameters) -> Response:
    """Change what is said of the pictures of a practice, an event and so on: all that an app can do there."""
    async with node.database.begin() as tx:
        publication, author = await own_status(tx, caller, path_id(request))
        text, _ = source_of(publication)
        said = parameters.text("status")
        if said not in {None, text} or not parameters.each("media_attributes"):
            raise _edited_elsewhere(publication)
        await describe_files(tx, author, publication, _descriptions(publication, parameters, node))
        return answer(await _shown(tx, node, caller, publication.id))


def _descriptions(publication: Publication, parameters: Parameters, node: Node) -> Mapping[str, str]:
    """Return new descriptions by the addresses of what they describe."""
    entities = attachment_entities(publication.id, publication.attachments, node.base_url)
    addresses = {int(each["id"]): str(each["remote_url"] or each["url"]) for each in entities}
    return {
        addresses[number]: checked_description(each.text("description") or "")
        for each in parameters.each("media_attributes")
        if (number := each.identifier("id")) in addresses and each.has("description")
    }


def _edited_elsewhere(publication: Publication) -> Invalid:
    return Invalid(f"This {publication.kind} is edited on its page: {publication.url}")


async def _readable(tx: Transaction, reader: Actor | None, number: int) -> Publication:
    item = await tx.timelines.find(reader, number)
    if item is None:
        raise NotFound(NO_RECORD)
    return await tx.publications.get(item.publication_id)


async def _shown(tx: Transaction, node: Node, caller: Caller, number: int) -> dict[str, Any]:
    item = await tx.timelines.find(caller.actor, number)
    if item is None:
        raise NotFound(NO_RECORD)
    return await View(tx, node, caller.actor).status(item)


ROUTES: list[BaseRoute] = [
    update("/api/v1/statuses/{id}", change),
    update("/api/v1/statuses/{id}/interaction_policy", change_policy),
    get("/api/v1/statuses/{id}/history", history),
    get("/api/v1/statuses/{id}/source", source),
]
