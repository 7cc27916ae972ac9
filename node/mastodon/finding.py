"""What people paste into a search box: handles and addresses, of this node and of others."""

import re
from typing import Final
from urllib.parse import unquote, urlsplit

from actors.addresses import PATHS
from actors.replicating import keep
from federation.discovery import split_handle
from federation.errors import FederationError
from federation.resolving import Resolved, resolve_anything, resolve_handle
from node.context import Node
from storage.actors import Actor
from storage.errors import Conflict
from storage.publications import Publication
from storage.transaction import Transaction

Found = Actor | Publication | None

_OWN_POST: Final = re.compile(r"/@[^/@]+/([1-9][0-9]{0,18})")
_OWN_OBJECT: Final = re.compile(r"/o/([1-9][0-9]{0,18})")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,18}")
_PROFILE: Final = re.compile(r"/@([^/]+)")
_ACTOR: Final = re.compile(r"/(?:actors|users)/([^/@]+)")
_PAGE: Final = re.compile(r"/([a-z]+(?:/[a-z]+)?)/([^/]+)")


def is_address(text: str) -> bool:
    """Whether a text is the address of a page, and so not words to look for."""
    return text.startswith(("https://", "http://")) and not any(each.isspace() for each in text)


def handle_in(text: str) -> tuple[str, str] | None:
    """Return (user name, host) of a text that is a whole handle: `@user@host`, `user@host`, `acct:…`."""
    text = text.strip().removeprefix("acct:")
    return None if any(each.isspace() for each in text) else split_handle(text)


async def find_here(tx: Transaction, node: Node, address: str) -> Found:
    """Find what stands at an address of this node, whoever may read it, without asking anybody."""
    path = unquote(urlsplit(address).path).rstrip("/")
    if match := _OWN_POST.fullmatch(path) or _OWN_OBJECT.fullmatch(path):
        return await tx.publications.find(int(match[1]))
    if match := _PROFILE.fullmatch(path):
        user, _, host = match[1].partition("@")
        return await tx.actors.by_handle(user, host.lower() or node.settings.node.domain)
    if match := _ACTOR.fullmatch(path):
        return await tx.actors.local(match[1])
    if match := _PAGE.fullmatch(path):
        for kind, folder in PATHS.items():
            if folder != match[1]:
                continue
            if _NUMBER.fullmatch(match[2]):
                # A title without letters makes no path, and programs take such an address for a post's.
                return await tx.publications.find(int(match[2]))
            return await tx.publications.by_slug(kind, match[2])
    return None


async def find_elsewhere(node: Node, text: str) -> Found:
    """Find what a handle or an address of another node means, asking it; None where it does not say.

    Network, so never inside a transaction. What is found is kept.
    """
    federation = node.federation
    try:
        if is_address(text):
            found: Resolved | Actor = await resolve_anything(federation, text)
        elif handle := handle_in(text):
            found = await resolve_handle(federation, *handle)
        else:
            return None
    except FederationError:
        return None
    if isinstance(found, Actor):
        return found
    if found.incoming is None or found.publication is not None:
        return found.publication
    try:
        async with node.database.begin() as tx:
            return await keep(tx, found.author, found.incoming)
    except Conflict:
        # Somebody else kept it in the same moment, so now it is known.
        async with node.database.read() as tx:
            return await tx.publications.by_uri(found.incoming.uri)


def is_here(node: Node, address: str) -> bool:
    """Whether an address is one of this node."""
    return urlsplit(address).netloc.lower() in node.federation.hosts
