"""The picture and the header of an actor, wherever they come from."""

from typing import Final

from node.files.addresses import AVATAR, portrait_url
from storage.actors import Actor

NO_AVATAR: Final = "/static/avatars/missing.png"
NO_HEADER: Final = "/static/headers/missing.png"
"""Clients know by the name that it is nobody's picture."""


def picture(actor: Actor, which: str, base_url: str) -> str:
    """Return the address of an actor's `avatar` or `header`: others' pictures go through this node."""
    url = actor.icon if which == AVATAR else actor.image
    if url is None:
        return f"{base_url}{NO_AVATAR if which == AVATAR else NO_HEADER}"
    return url if actor.is_local else portrait_url(base_url, actor.id, which, url)
