"""Hashtags: what they are used for, following them, and showing them on one's profile."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.endorsing import feature_tag, follow_tag, tag_written
from actors.errors import Invalid, NotFound
from actors.tags import folded_tag
from node.context import node_of
from node.http.auth import reader_of, require
from node.mastodon.entities.tags import featured_tag_entity
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post
from node.mastodon.view import View
from storage.featured_tags import TagUse

_MOST_SUGGESTED = 10


def _name(request: Request) -> str:
    """Return the hashtag in the path as it is found; NotFound for what cannot be one."""
    try:
        return folded_tag(tag_written(request.path_params["name"]))
    except Invalid as error:
        raise NotFound(NO_RECORD) from error


async def show(request: Request) -> Response:
    """Show a hashtag, also one that nobody has used yet."""
    caller = await reader_of(request, "read:follows", "read:accounts")
    name = _name(request)
    node = node_of(request)
    async with node.database.read() as tx:
        bodies = await View(tx, node, caller.actor if caller else None).tags([name])
    return answer(bodies[0])


async def follow(request: Request) -> Response:
    """Follow a hashtag."""
    caller = await require(request, "write:follows", "follow")
    name = _name(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        await follow_tag(tx, caller.actor, name)
        bodies = await View(tx, node, caller.actor).tags([name])
    return answer(bodies[0])


async def unfollow(request: Request) -> Response:
    """Follow a hashtag no longer."""
    caller = await require(request, "write:follows", "follow")
    name = _name(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        await tx.followed_tags.remove(caller.actor, name)
        bodies = await View(tx, node, caller.actor).tags([name])
    return answer(bodies[0])


async def feature(request: Request) -> Response:
    """Show a hashtag on the profile."""
    caller = await require(request, "write:accounts")
    name = _name(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        await feature_tag(tx, caller.actor, request.path_params["name"])
        bodies = await View(tx, node, caller.actor).tags([name])
    return answer(bodies[0])


async def unfeature(request: Request) -> Response:
    """Show a hashtag on the profile no longer."""
    caller = await require(request, "write:accounts")
    name = _name(request)
    node = node_of(request)
    async with node.database.begin() as tx:
        await tx.featured_tags.remove_by_name(caller.actor, name)
        bodies = await View(tx, node, caller.actor).tags([name])
    return answer(bodies[0])


async def followed(request: Request) -> Response:
    """Show which hashtags the reader follows."""
    caller = await require(request, "read:follows", "follow")
    page = page_of(await parameters_of(request), usual=100, most=200)
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.followed_tags.page(caller.actor, page)
        bodies = await View(tx, node, caller.actor).tags([each.name for each in found])
    return paged(request, bodies, [each.id for each in found], page, only_full=True)


async def featured(request: Request) -> Response:
    """Show the hashtags on the reader's profile."""
    caller = await require(request, "read:accounts")
    node = node_of(request)
    async with node.database.read() as tx:
        found = await tx.featured_tags.all(caller.actor)
    return answer([featured_tag_entity(each, use, node.base_url) for each, use in found])


async def add_featured(request: Request) -> Response:
    """Show another hashtag on the profile."""
    caller = await require(request, "write:accounts")
    name = (await parameters_of(request)).text("name") or ""
    node = node_of(request)
    async with node.database.begin() as tx:
        kept = await feature_tag(tx, caller.actor, name)
        uses = {each.id: use for each, use in await tx.featured_tags.all(caller.actor)}
    return answer(featured_tag_entity(kept, uses.get(kept.id, TagUse()), node.base_url))


async def remove_featured(request: Request) -> Response:
    """Take a hashtag off the profile."""
    caller = await require(request, "write:accounts")
    async with node_of(request).database.begin() as tx:
        if not await tx.featured_tags.remove(caller.actor, path_id(request)):
            raise NotFound(NO_RECORD)
    return answer(EMPTY)


async def suggested(request: Request) -> Response:
    """Show the hashtags that the reader uses most, and does not show on the profile yet."""
    caller = await require(request, "read:accounts")
    node = node_of(request)
    async with node.database.read() as tx:
        names = await tx.featured_tags.suggestions(caller.actor, _MOST_SUGGESTED)
        bodies = await View(tx, node, caller.actor).tags(names)
    return answer(bodies)


ROUTES: list[BaseRoute] = [
    get("/api/v1/tags/{name}", show),
    post("/api/v1/tags/{name}/follow", follow),
    post("/api/v1/tags/{name}/unfollow", unfollow),
    post("/api/v1/tags/{name}/feature", feature),
    post("/api/v1/tags/{name}/unfeature", unfeature),
    get("/api/v1/followed_tags", followed),
    get("/api/v1/featured_tags", featured),
    post("/api/v1/featured_tags", add_featured),
    get("/api/v1/featured_tags/suggestions", suggested),
    delete("/api/v1/featured_tags/{id}", remove_featured),
]
