"""One's own account: who one is, what one may do, and the profile as it is edited."""

import base64
import binascii
from dataclasses import replace
from io import BytesIO
from typing import Any, Final, Literal

from starlette.datastructures import Headers, UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.errors import Invalid
from actors.preferring import change_preferences
from actors.profiles import Picture, ProfileChange, edit_profile, profile_of
from federation.lookups import look_up_names
from node.context import Node, node_of
from node.http.auth import Caller, require
from node.mastodon.entities.profiles import credential_account, profile_entity
from node.mastodon.entities.tags import featured_tag_entity
from node.mastodon.parameters import Parameters, parameters_of
from node.mastodon.replies import answer
from node.mastodon.routing import delete, get, update
from node.mastodon.view import View
from node.uploads.portraits import save_picture
from storage.actors import Actor
from storage.files import MIB
from storage.transaction import Transaction

_PICTURES: Final = 2
_BESIDE: Final = 2 * MIB
_DATA_URI: Final = "data:image/"

Which = Literal["avatar", "header"]


async def verify(request: Request) -> Response:
    """Show who the reader is, what they may do, and their profile as they wrote it."""
    caller = await require(request, "profile", "read:accounts")
    node = node_of(request)
    async with node.database.read() as tx:
        body = await _credentials(tx, node, caller, caller.actor)
    return answer(body)


async def update_credentials(request: Request) -> Response:
    """Change what is given of the reader's profile and preferences."""
    caller = await require(request, "write:accounts")
    node = node_of(request)
    parameters = await _parameters(request, node)
    change, mentioned = await _prepared(node, caller.actor, parameters)
    source = parameters.within("source")
    async with node.database.begin() as tx:
        await change_preferences(
            tx,
            caller.member,
            privacy=source.text("privacy") or None,
            sensitive=source.flag("sensitive"),
            language=source.text("language"),
            quote_policy=source.text("quote_policy") or None,
        )
        owner = await edit_profile(tx, await tx.actors.get(caller.actor.id), change, mentioned)
        body = await _credentials(tx, node, caller, owner)
    return answer(body)


async def show_profile(request: Request) -> Response:
    """Show the reader's profile as they wrote it."""
    caller = await require(request, "profile", "read:accounts")
    node = node_of(request)
    async with node.database.read() as tx:
        body = await _profile(tx, node, caller.actor)
    return answer(body)


async def update_profile(request: Request) -> Response:
    """Change what is given of the reader's profile."""
    caller = await require(request, "write:accounts")
    node = node_of(request)
    change, mentioned = await _prepared(node, caller.actor, await _parameters(request, node))
    async with node.database.begin() as tx:
        owner = await edit_profile(tx, await tx.actors.get(caller.actor.id), change, mentioned)
        body = await _profile(tx, node, owner)
    return answer(body)


async def remove_avatar(request: Request) -> Response:
    """Have no avatar any more."""
    return await _without(request, ProfileChange(avatar=Picture(None)))


async def remove_header(request: Request) -> Response:
    """Have no header any more."""
    return await _without(request, ProfileChange(header=Picture(None)))


async def _without(request: Request, change: ProfileChange) -> Response:
    caller = await require(request, "write:accounts")
    node = node_of(request)
    async with node.database.begin() as tx:
        owner = await edit_profile(tx, await tx.actors.get(caller.actor.id), change, {})
        body = await _credentials(tx, node, caller, owner)
    return answer(body)


async def _credentials(tx: Transaction, node: Node, caller: Caller, owner: Actor) -> dict[str, Any]:
    return credential_account(
        await View(tx, node, owner).account(owner),
        owner,
        await profile_of(tx, owner),
        await tx.preferences.of(caller.member),
        (await tx.verified_links.of([owner.id])).get(owner.id, {}),
        role=caller.member.role,
        requests=await tx.follow_lists.count_requests(owner),
    )


async def _profile(tx: Transaction, node: Node, owner: Actor) -> dict[str, Any]:
    links = (await tx.verified_links.of([owner.id])).get(owner.id, {})
    tags = [featured_tag_entity(each, use, node.base_url) for each, use in await tx.featured_tags.all(owner)]
    return profile_entity(owner, await profile_of(tx, owner), links, tags, node.base_url)


async def _parameters(request: Request, node: Node) -> Parameters:
    return await parameters_of(request, body_limit=_PICTURES * node.files.largest_upload + _BESIDE)


async def _prepared(
    node: Node, owner: Actor, parameters: Parameters
) -> tuple[ProfileChange, dict[str, Actor]]:
    """Return what is to change, with its pictures kept and whom it mentions looked up."""
    change = _change(parameters)
    mentioned = await look_up_names(node.federation, change.mentions())
    avatar = await _picture(node, owner, parameters, "avatar")
    header = await _picture(node, owner, parameters, "header")
    return replace(change, avatar=avatar, header=header), mentioned


def _change(parameters: Parameters) -> ProfileChange:
    fields = None
    if parameters.has("fields_attributes"):
        fields = tuple(
            (each.text("name") or "", each.text("value") or "")
            for each in parameters.each("fields_attributes")
        )
    domains = None
    if parameters.has("attribution_domains"):
        domains = tuple(text for text in parameters.texts("attribution_domains") if text)
    return ProfileChange(
        name=parameters.text("display_name"),
        note=parameters.text("note"),
        fields=fields,
        is_locked=parameters.flag("locked"),
        is_bot=parameters.flag("bot"),
        is_discoverable=parameters.flag("discoverable"),
        is_indexable=parameters.flag("indexable"),
        hides_collections=parameters.flag("hide_collections"),
        avatar_description=parameters.text("avatar_description"),
        header_description=parameters.text("header_description"),
        attribution_domains=domains,
        show_media=parameters.flag("show_media"),
        show_media_replies=parameters.flag("show_media_replies"),
        show_featured=parameters.flag("show_featured"),
    )


async def _picture(node: Node, owner: Actor, parameters: Parameters, which: Which) -> Picture | None:
    upload = parameters.file(which) or _inline(parameters.text(which) or "", which)
    return None if upload is None else Picture(await save_picture(node, owner, upload, kind=which))


def _inline(text: str, which: Which) -> UploadFile | None:
    """Return a picture that was sent as a data URI, as programs do that speak JSON only."""
    if not text.startswith(_DATA_URI):
        return None
    about, _, written = text.partition(",")
    try:
        data = base64.b64decode(written, validate=True) if about.endswith(";base64") else b""
    except binascii.Error:
        data = b""
    if not data:
        raise Invalid(
            f"Validation failed: {which.capitalize()} is invalid", {which: "is not a picture in base64"}
        )
    media_type = about.removeprefix("data:").partition(";")[0]
    return UploadFile(BytesIO(data), size=len(data), headers=Headers({"content-type": media_type}))


ROUTES: list[BaseRoute] = [
    get("/api/v1/accounts/verify_credentials", verify),
    update("/api/v1/accounts/update_credentials", update_credentials),
    get("/api/v1/profile", show_profile),
    update("/api/v1/profile", update_profile),
    delete("/api/v1/profile/avatar", remove_avatar),
    delete("/api/v1/profile/header", remove_header),
]
