"""Other nodes' pictures shown through this one, so that nobody there learns who looks (`/media/proxy`).

No address is taken from whoever asks: only what a publication or an actor in the database names is fetched,
when somebody looks for the first time. What few may read is shown to those who have the address of its copy,
which only the publication tells.
"""

from hmac import compare_digest
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from node.context import node_of
from node.files.addresses import AVATAR, HEADER, address_in, mark_of
from node.http.rates import Quota, spend
from node.media.copying import PICTURE, NotCopied, fetched_copy, kept_copy
from node.media.serving import send
from storage.copies import Copy
from storage.paging import LARGEST_ID

_WEEK: Final = "public, max-age=604800"
_HOUR: Final = "public, max-age=3600"
_FOR_ONE: Final = "private, max-age=604800"


async def show(request: Request) -> Response:
    """Show a copy of what a publication has attached at a place."""
    return await _attached(request, small=False)


async def show_small(request: Request) -> Response:
    """Show the preview of what a publication has attached at a place."""
    return await _attached(request, small=True)


async def show_portrait(request: Request) -> Response:
    """Show a copy of an actor's avatar or header."""
    which = request.path_params["which"]
    if which not in {AVATAR, HEADER}:
        raise HTTPException(404)
    async with node_of(request).database.read() as tx:
        number = _number(request, "actor_id")
        actor = (await tx.actors.by_ids([number])).get(number)
    if actor is None or actor.is_local or actor.gone_at is not None or actor.suspended_at is not None:
        raise HTTPException(404)
    url = actor.icon if which == AVATAR else actor.image
    if url is None:
        raise HTTPException(404)
    copy = await _copy(request, url, which)
    return await _send(request, copy.file, _WEEK if _has_mark(request, url) else _HOUR)


async def _attached(request: Request, *, small: bool) -> Response:
    node = node_of(request)
    async with node.database.read() as tx:
        publication = await tx.publications.find(_number(request, "publication_id"))
    place = _number(request, "place")
    if publication is None or place >= len(publication.attachments):
        raise HTTPException(404)
    url = address_in(publication.attachments[place])
    if url is None or url.startswith(f"{node.base_url}/"):
        raise HTTPException(404)
    is_marked = _has_mark(request, url)
    if not (publication.is_public or is_marked):
        raise HTTPException(404)
    copy = await _copy(request, url, PICTURE)
    cache = _FOR_ONE if not publication.is_public else _WEEK if is_marked else _HOUR
    # What is small anyway, or sounds, has no preview of its own.
    return await _send(request, (copy.preview or copy.file) if small else copy.file, cache)


async def _copy(request: Request, url: str, purpose: str) -> Copy:
    """Return a copy, fetched where it is not here; only that counts as a request of whoever asks."""
    node = node_of(request)
    try:
        copy = await kept_copy(node, url, purpose)
        if copy is None:
            spend(request, Quota.REQUESTS)
            copy = await fetched_copy(node, url, purpose)
    except NotCopied as error:
        raise HTTPException(error.status, str(error)) from error
    return copy


async def _send(request: Request, name: str | None, cache: str) -> Response:
    if name is None:
        raise HTTPException(404)
    return await send(request, node_of(request).files.copies, name, cache=cache)


def _has_mark(request: Request, url: str) -> bool:
    return compare_digest(request.query_params.get("v", "").encode(), mark_of(url).encode())


def _number(request: Request, name: str) -> int:
    text = request.path_params[name]
    if (
        not (text.isascii() and text.isdecimal())
        or len(text) > len(str(LARGEST_ID))
        or int(text) > LARGEST_ID
    ):
        raise HTTPException(404)
    return int(text)
