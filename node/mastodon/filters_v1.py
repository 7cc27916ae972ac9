"""Filters in their first version: one for each keyword, as older programs know them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.filtering import change_filter, find_filter, find_keyword, make_filter
from node.context import node_of
from node.http.auth import require
from node.mastodon.entities.filters import old_entity
from node.mastodon.filters import READ, WRITE, announce_change, changes_of
from node.mastodon.parameters import parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, update


async def index(request: Request) -> Response:
    """List every keyword as a filter."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        found = await tx.filters.of(caller.actor)
    return answer([old_entity(each, keyword) for each in found for keyword in each.keywords])


async def show(request: Request) -> Response:
    """Show one keyword as a filter."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        return answer(old_entity(*await find_keyword(tx, caller.actor, path_id(request))))


async def create(request: Request) -> Response:
    """Make a filter of one keyword."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    phrase = parameters.text("phrase") or ""
    async with node_of(request).database.begin() as tx:
        made = await make_filter(
            tx,
            caller.actor,
            title=phrase,
            contexts=parameters.texts("context"),
            action="hide" if parameters.flag("irreversible") else "warn",
            expires_in=parameters.number("expires_in"),
            keywords=[(phrase, bool(parameters.flag("whole_word")))],
        )
        await announce_change(tx, caller.actor)
    return answer(old_entity(made, made.keywords[0]))


async def change(request: Request) -> Response:
    """Change the keyword, and the filter it belongs to."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        whole, keyword = await find_keyword(tx, caller.actor, path_id(request))
        changes: dict[str, Any] = {
            name: value for name, value in changes_of(parameters, tx).items() if name != "title"
        }
        if parameters.has("irreversible"):
            changes["action"] = "hide" if parameters.flag("irreversible") else "warn"
        phrase = parameters.text("phrase")
        if phrase is not None and whole.filter.title == keyword.keyword:
            changes["title"] = phrase
        words = [(keyword.id, phrase, parameters.flag("whole_word"), False)]
        await change_filter(tx, caller.actor, whole.filter.id, changes, keywords=words)
        await announce_change(tx, caller.actor)
        return answer(old_entity(*await find_keyword(tx, caller.actor, keyword.id)))


async def remove(request: Request) -> Response:
    """Forget a keyword, and its filter where it was the last one."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        whole, keyword = await find_keyword(tx, caller.actor, path_id(request))
        await tx.filters.remove_keyword(keyword.id)
        left = await find_filter(tx, caller.actor, whole.filter.id)
        if not left.keywords and not left.statuses:
            await tx.filters.remove(whole.filter.id)
        await announce_change(tx, caller.actor)
    return answer(EMPTY)


ROUTES: list[BaseRoute] = [
    get("/api/v1/filters", index),
    post("/api/v1/filters", create),
    get("/api/v1/filters/{id}", show),
    update("/api/v1/filters/{id}", change),
    delete("/api/v1/filters/{id}", remove),
]
