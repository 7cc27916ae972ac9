"""Quotes of a post: who quotes it, and taking back the consent."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors import consenting
from actors.errors import NotFound
from node.context import node_of
from node.http.auth import require
from node.mastodon.own import own_status
from node.mastodon.paging import page_of, paged
from node.mastodon.parameters import NO_RECORD, parameters_of, path_id
from node.mastodon.replies import answer
from node.mastodon.routing import get, post
from node.mastodon.threads import found
from node.mastodon.view import View


async def quoting_posts(request: Request) -> Response:
    """Show who quotes a post with its author's consent, the latest first."""
    caller = await require(request, "read:statuses")
    node = node_of(request)
    page = page_of(await parameters_of(request))
    async with node.database.read() as tx:
        item = await found(tx, caller.actor, path_id(request))
        rows = await tx.quotes.quoting(item.publication_id, page)
        shown = await View(tx, node, caller.actor).statuses_by_ids([row.publication_id for row in rows])
    seen = [row for row in rows if row.publication_id in shown]
    return paged(request, [shown[row.publication_id] for row in seen], [row.id for row in seen], page)


async def revoke(request: Request) -> Response:
    """Take back the consent to a quote of one's own post; the answer is the post that quoted it."""
    caller = await require(request, "write:statuses")
    node = node_of(request)
    async with node.database.begin() as tx:
        quoted, author = await own_status(tx, caller, path_id(request))
        item = await found(tx, caller.actor, path_id(request, "quoting"))
        quote = await tx.quotes.find(item.publication_id)
        if quote is None or quote.quoted_id != quoted.id:
            raise NotFound(NO_RECORD)
        await consenting.revoke(tx, author, quoted, await tx.publications.get(item.publication_id))
        return answer(await View(tx, node, caller.actor).status(item))


ROUTES: list[BaseRoute] = [
    get("/api/v1/statuses/{id}/quotes", quoting_posts),
    post("/api/v1/statuses/{id}/quotes/{quoting}/revoke", revoke),
]
