"""Uploads: media is sent first and attached to a post afterwards (`/api/v1/media`, `/api/v2/media`)."""

import asyncio
import re
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.attaching import describe
from actors.errors import Invalid, NotFound
from node.context import Node, node_of
from node.http.auth import Caller, require
from node.http.rates import Quota, spend
from node.mastodon.entities.media import media_entity
from node.mastodon.parameters import NO_RECORD, Parameters, parameters_of, path_id
from node.mastodon.replies import EMPTY, answer
from node.mastodon.routing import delete, get, post, update
from node.uploads.accepting import accept, check_space, set_thumbnail, start, upload_of
from storage.files import MIB
from storage.kinds import MediaState
from storage.media import Media

NOT_PROCESSED: Final = "This file could not be processed: it is damaged, or of a kind that is not taken."

_SCOPE: Final = "write:media"
#: What a form may have beside the file: its description, a small picture, the seams.
_BESIDE: Final = 2 * MIB
_PROCESSING: Final = 206
_ACCEPTED: Final = 202
_NUMBER: Final = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{0,20})?|\.\d{1,20})(?:e-?\d{1,3})?", re.ASCII | re.IGNORECASE
)


async def upload(request: Request) -> Response:
    """Keep a file; 202 where something is still to be done with it, which is then asked for by its id."""
    media = await _accepted(request)
    return answer(media_entity(media), status=_ACCEPTED if media.state == MediaState.PROCESSING else 200)


async def upload_and_wait(request: Request) -> Response:
    """Keep a file and answer once it is ready, as version 1 did."""
    media = await _accepted(request)
    if media.state == MediaState.PROCESSING:
        await asyncio.shield(start(node_of(request), media.id))
        media = await _own(request, media.owner_id, media.id)
    return _as_it_is(media)


async def show(request: Request) -> Response:
    """Return media that is not attached yet; 206 while something is still to be done with it."""
    caller = await require(request, _SCOPE)
    media = await _own(request, caller.actor.id, path_id(request))
    if media.state == MediaState.PROCESSING:
        # Also what a node that was stopped had begun.
        start(node_of(request), media.id)
    return _as_it_is(media)


async def change(request: Request) -> Response:
    """Change what is said of media that is not attached yet."""
    caller = await require(request, _SCOPE)
    node = node_of(request)
    parameters = await parameters_of(request, body_limit=node.files.largest_upload + _BESIDE)
    media = await _own(request, caller.actor.id, path_id(request))
    if media.state == MediaState.FAILED:
        raise Invalid(NOT_PROCESSED)
    thumbnail = parameters.file("thumbnail")
    if thumbnail is not None:
        media = await set_thumbnail(node, media, upload_of(thumbnail))
    async with node.database.begin() as tx:
        media = await describe(
            tx,
            caller.actor,
            media.id,
            description=parameters.text("description"),
            focus=_focus(parameters),
        )
    return answer(media_entity(media), status=_PROCESSING if media.state == MediaState.PROCESSING else 200)


async def remove(request: Request) -> Response:
    """Remove media that no post has."""
    caller = await require(request, _SCOPE)
    node = node_of(request)
    async with node.database.begin() as tx:
        found = await tx.media.owned(caller.actor.id, [path_id(request)])
        media = found.get(path_id(request))
        if media is None:
            raise NotFound(NO_RECORD)
        if media.publication_id is not None:
            raise Invalid("Media attachment is currently used by a status")
        await tx.media.remove([media.id])
    await node.files.uploads.remove(media.files)
    return answer(EMPTY)


async def _accepted(request: Request) -> Media:
    """Keep the file of a form. Who asks, how often, and for how much is looked at before it is read."""
    caller = await require(request, _SCOPE)
    node = node_of(request)
    _count(request, caller)
    await check_space(node, _declared(request))
    parameters = await _form(request, node)
    file = parameters.file("file")
    if file is None:
        raise Invalid("Validation failed: File can't be blank", {"file": "is missing"})
    if file.size is not None and file.size > node.files.largest_upload:
        raise HTTPException(413, _too_large(node))
    thumbnail = parameters.file("thumbnail")
    return await accept(
        node,
        caller.actor,
        upload_of(file),
        description=parameters.text("description") or "",
        focus=_focus(parameters),
        thumbnail=None if thumbnail is None else upload_of(thumbnail),
    )


def _count(request: Request, caller: Caller) -> None:
    # What is left of all requests is what the answer tells, as everywhere.
    rate = request.scope.get("rate")
    spend(request, Quota.UPLOADS, f"member {caller.member.id}")
    request.scope["rate"] = rate


async def _form(request: Request, node: Node) -> Parameters:
    try:
        return await parameters_of(request, body_limit=node.files.largest_upload + _BESIDE)
    except HTTPException as error:
        if error.status_code == 413:  # noqa: PLR2004 - too large
            raise HTTPException(413, _too_large(node)) from error
        raise


def _too_large(node: Node) -> str:
    return f"The file is larger than the {node.files.limits.upload_mib} MiB that are taken here."


def _declared(request: Request) -> int:
    declared = request.headers.get("content-length", "")
    return int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 16 else 0  # noqa: PLR2004 - digits


async def _own(request: Request, owner_id: int, media_id: int) -> Media:
    """Return media of its owner that is not attached; NotFound for any other."""
    async with node_of(request).database.read() as tx:
        media = await tx.media.get(media_id)
    if media is None or media.owner_id != owner_id or media.publication_id is not None:
        raise NotFound(NO_RECORD)
    return media


def _as_it_is(media: Media) -> Response:
    if media.state == MediaState.FAILED:
        raise Invalid(NOT_PROCESSED)
    return answer(media_entity(media), status=_PROCESSING if media.state == MediaState.PROCESSING else 200)


def _focus(parameters: Parameters) -> tuple[float, float] | None:
    """Return where what matters is, given as "x,y", each moved into its range; None where nothing is said."""
    given = parameters.text("focus")
    if not given:
        return None
    parts = [part.strip() for part in given.split(",")]
    if len(parts) != 2 or not all(_NUMBER.fullmatch(part) for part in parts):  # noqa: PLR2004 - x and y
        raise Invalid(
            "Validation failed: Focus is invalid",
            {"focus": "must be two numbers from -1 to 1, such as 0.0,0.5"},
        )
    x, y = (max(-1.0, min(1.0, float(part))) for part in parts)
    return x, y


ROUTES: list[BaseRoute] = [
    post("/api/v2/media", upload),
    post("/api/v1/media", upload_and_wait),
    get("/api/v1/media/{id}", show),
    update("/api/v1/media/{id}", change),
    delete("/api/v1/media/{id}", remove),
]
