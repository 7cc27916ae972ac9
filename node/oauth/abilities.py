"""Scopes in words: what a program may do, as the member who lets it in should read it."""

from collections.abc import Iterable, Mapping
from typing import Final

from node.pages.catalogues import message
from node.pages.speech import Speech

_AREAS: Final[Mapping[str, str]] = {
    "accounts": message("profiles"),
    "blocks": message("blocks"),
    "bookmarks": message("bookmarks"),
    "collections": message("collections"),
    "conversations": message("conversations"),
    "favourites": message("favourites"),
    "filters": message("filters"),
    "follows": message("whom you follow"),
    "lists": message("lists"),
    "media": message("files"),
    "mutes": message("muted people"),
    "notifications": message("notifications"),
    "reports": message("reports"),
    "search": message("search"),
    "statuses": message("posts"),
}
_WHOLE: Final[Mapping[str, str]] = {
    "profile": message("See your name and your picture"),
    "read": message("Read everything that you can read here, also what is private"),
    "write": message("Do everything in your name: publish, change, delete"),
    "follow": message("Follow, mute and block others in your name"),
    "push": message("Send you notifications"),
}
_ADMIN_READ: Final = message("See what moderators and administrators see, if you are one")
_ADMIN_WRITE: Final = message("Do what moderators and administrators do, if you are one")


def abilities(speech: Speech, scopes: Iterable[str]) -> tuple[str, ...]:
    """Return what scopes let a program do, as short sentences, each once."""
    scopes = tuple(scopes)
    said = [speech.say(_WHOLE[scope]) for scope in _WHOLE if scope in scopes]
    if "read" not in scopes and (areas := _areas(speech, scopes, "read:")):
        said.append(speech.say("Read: %(areas)s", areas=areas))
    if "write" not in scopes and (areas := _areas(speech, scopes, "write:")):
        said.append(speech.say("Change in your name: %(areas)s", areas=areas))
    if any(scope.startswith("admin:read") for scope in scopes):
        said.append(speech.say(_ADMIN_READ))
    if any(scope.startswith("admin:write") for scope in scopes):
        said.append(speech.say(_ADMIN_WRITE))
    return tuple(said)


def _areas(speech: Speech, scopes: Iterable[str], prefix: str) -> str:
    named = (scope.removeprefix(prefix) for scope in scopes if scope.startswith(prefix))
    return speech.joined(speech.say(_AREAS[area]) for area in named if area in _AREAS)
