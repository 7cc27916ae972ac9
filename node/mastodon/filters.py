"""Filters: what a member does not want to see (version 2 of the method)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import NotFound
from actors.filtering import (
    add_keyword,
    change_filter,
    checked_keyword,
    expiry,
    find_filter,
    find_keyword,
    find_status,
    make_filter,
)
from node.context import node_of
from node.http.auth import require
from node.mastodon.entities.filters import filter_entity, keyword_entity, status_entity
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, update
from storage.actors import Actor
from storage.filters import FilterKeyword, FilterStatus
from storage.transaction import Transaction

READ = "read:filters"
WRITE = "write:filters"


async def index(request: Request) -> Response:
    """List all filters."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        return answer([filter_entity(each) for each in await tx.filters.of(caller.actor)])


async def show(request: Request) -> Response:
    """Show one filter."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        return answer(filter_entity(await find_filter(tx, caller.actor, path_id(request))))


async def create(request: Request) -> Response:
    """Make a filter."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        made = await make_filter(
            tx,
            caller.actor,
            title=parameters.text("title") or "",
            contexts=parameters.texts("context"),
            action=parameters.text("filter_action") or "warn",
            expires_in=parameters.number("expires_in"),
            keywords=[
                (text, whole if (whole := each.flag("whole_word")) is not None else True)
                for each in parameters.each("keywords_attributes")
                if (text := each.text("keyword")) is not None and not each.flag("_destroy")
            ],
        )
        await announce_change(tx, caller.actor)
    return answer(filter_entity(made))


async def change(request: Request) -> Response:
    """Change a filter; what is not named stays."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        await change_filter(
            tx,
            caller.actor,
            path_id(request),
            changes_of(parameters, tx),
            keywords=[
                (
                    each.identifier("id"),
                    each.text("keyword"),
                    each.flag("whole_word"),
                    bool(each.flag("_destroy")),
                )
                for each in parameters.each("keywords_attributes")
            ],
        )
        await announce_change(tx, caller.actor)
        return answer(filter_entity(await find_filter(tx, caller.actor, path_id(request))))


async def remove(request: Request) -> Response:
    """Forget a filter."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        found = await find_filter(tx, caller.actor, path_id(request))
        await tx.filters.remove(found.filter.id)
        await announce_change(tx, caller.actor)
    return answer(EMPTY)


async def keywords(request: Request) -> Response:
    """List the keywords of a filter."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        found = await find_filter(tx, caller.actor, path_id(request, "filter_id"))
    return answer([keyword_entity(each) for each in found.keywords])


async def create_keyword(request: Request) -> Response:
    """Let a filter look for more words."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    whole = parameters.flag("whole_word")
    async with node_of(request).database.begin() as tx:
        made = await add_keyword(
            tx,
            caller.actor,
            path_id(request, "filter_id"),
            parameters.text("keyword") or "",
            whole_word=True if whole is None else whole,
        )
        await announce_change(tx, caller.actor)
    return answer(keyword_entity(made))


async def show_keyword(request: Request) -> Response:
    """Show one keyword."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        _, keyword = await find_keyword(tx, caller.actor, path_id(request))
    return answer(keyword_entity(keyword))


async def change_keyword(request: Request) -> Response:
    """Let a filter look for other words."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        _, keyword = await find_keyword(tx, caller.actor, path_id(request))
        text, whole = parameters.text("keyword"), parameters.flag("whole_word")
        changed = FilterKeyword(
            keyword.id,
            keyword.filter_id,
            keyword.keyword if text is None else checked_keyword(text),
            keyword.whole_word if whole is None else whole,
        )
        await tx.filters.change_keyword(changed)
        await announce_change(tx, caller.actor)
    return answer(keyword_entity(changed))


async def remove_keyword(request: Request) -> Response:
    """Let a filter look for some words no more."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        _, keyword = await find_keyword(tx, caller.actor, path_id(request))
        await tx.filters.remove_keyword(keyword.id)
        await announce_change(tx, caller.actor)
    return answer(EMPTY)


async def statuses(request: Request) -> Response:
    """List the single posts that a filter hides."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        found = await find_filter(tx, caller.actor, path_id(request, "filter_id"))
    return answer([status_entity(each) for each in found.statuses])


async def create_status(request: Request) -> Response:
    """Let a filter hide one post."""
    caller = await require(request, WRITE)
    parameters = await parameters_of(request)
    async with node_of(request).database.begin() as tx:
        whole = await find_filter(tx, caller.actor, path_id(request, "filter_id"))
        item = await tx.timelines.find(caller.actor, parameters.identifier("status_id") or 0)
        if item is None:
            raise NotFound(NO_RECORD)
        made = FilterStatus(tx.new_id(), whole.filter.id, item.publication_id)
        if not await tx.filters.add_status(made):
            whole = await find_filter(tx, caller.actor, whole.filter.id)
            made = next(each for each in whole.statuses if each.publication_id == item.publication_id)
        await announce_change(tx, caller.actor)
    return answer(status_entity(made))


async def show_status(request: Request) -> Response:
    """Show one post that a filter hides."""
    caller = await require(request, READ)
    async with node_of(request).database.read() as tx:
        _, status = await find_status(tx, caller.actor, path_id(request))
    return answer(status_entity(status))


async def remove_status(request: Request) -> Response:
    """Let a filter hide one post no more."""
    caller = await require(request, WRITE)
    async with node_of(request).database.begin() as tx:
        _, status = await find_status(tx, caller.actor, path_id(request))
        await tx.filters.remove_status(status.id)
        await announce_change(tx, caller.actor)
    return answer(EMPTY)


def changes_of(parameters: Parameters, tx: Transaction) -> dict[str, Any]:
    """Return what an update names of a filter. An empty `expires_in` is never, an absent one as before."""
    changes: dict[str, Any] = {}
    if parameters.has("title"):
        changes["title"] = parameters.text("title") or ""
    if parameters.has("context"):
        changes["contexts"] = parameters.texts("context")
    if parameters.has("filter_action"):
        changes["action"] = parameters.text("filter_action") or ""
    if parameters.has("expires_in"):
        changes["expires_at"] = expiry(tx.now, parameters.number("expires_in"))
    return changes


async def announce_change(tx: Transaction, owner: Actor) -> None:
    """Let the programs of a member know that they have to fetch the filters again."""
    await tx.stream_events.add("filters_changed", owner_id=owner.id)


ROUTES: list[BaseRoute] = [
    get("/api/v2/filters", index),
    post("/api/v2/filters", create),
    get("/api/v2/filters/{id}", show),
    update("/api/v2/filters/{id}", change),
    delete("/api/v2/filters/{id}", remove),
    get("/api/v2/filters/{filter_id}/keywords", keywords),
    post("/api/v2/filters/{filter_id}/keywords", create_keyword),
    get("/api/v2/filters/keywords/{id}", show_keyword),
    update("/api/v2/filters/keywords/{id}", change_keyword),
    delete("/api/v2/filters/keywords/{id}", remove_keyword),
    get("/api/v2/filters/{filter_id}/statuses", statuses),
    post("/api/v2/filters/{filter_id}/statuses", create_status),
    get("/api/v2/filters/statuses/{id}", show_status),
    delete("/api/v2/filters/statuses/{id}", remove_status),
]
