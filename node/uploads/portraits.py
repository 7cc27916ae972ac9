"""Actors' own pictures: avatars and headers that members upload."""

from typing import Literal

from starlette.datastructures import UploadFile

from node.context import Node
from node.files.addresses import file_url
from node.uploads.accepting import check_space, refusals
from storage.actors import Actor
from storage.files import new_name


async def save_picture(
    node: Node, actor: Actor, upload: UploadFile, *, kind: Literal["avatar", "header"]
) -> str:
    """Keep a picture that a member sent as an actor's `avatar` or `header`, and return its address.

    It is cut to the proportions that clients show, and has no metadata. Whoever calls this writes the address
    into the actor's row; what no row names (any more) is removed after a day. Raises Invalid, and
    HTTPException 507 where the disk is full.
    """
    del actor  # The name of the file says nothing, and that includes whose it is.
    await check_space(node)
    async with node.files.folder() as folder:
        with refusals():
            source = folder / "upload"
            await node.files.receive(upload.file, source)
            made = await node.files.examine(source, folder, purpose=kind)
        assert made.file is not None, "of a portrait there is always a file"
        name = new_name(made.ending)
        await node.files.uploads.keep(folder / made.file, name)
    return file_url(node.base_url, name)
