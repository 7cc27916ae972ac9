"""Fetching documents so that what comes back may be believed (`federation.md` §6, §7)."""

from typing import Any

from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import Malformed, Refused, Untrusted
from federation.media_types import ACTIVITY_JSON, LD_JSON_PROFILE, is_activity
from federation.origins import read_url

ACCEPT = f"{ACTIVITY_JSON}, {LD_JSON_PROFILE}"


async def fetch_document(federation: Federation, uri: str) -> dict[str, Any]:
    """Fetch the document whose id is `uri`, signed by the server's actor.

    The id must equal the address that answered; where it does not, the id is asked once and must then hold
    (O3). Raises Refused for addresses of our own and of hosts that policy forbids, Malformed for what is not
    an ActivityStreams document, Untrusted where the id does not hold, Unreachable and Gone as the transport.
    """
    document, url = await fetch_anything(federation, uri)
    identifier = as2.id_of(document)
    if identifier is None:
        raise Malformed(f"{uri} answered with a document that has no id.")
    if stands_at(federation, identifier, url):
        return document
    again, url = await fetch_anything(federation, identifier)
    if as2.id_of(again) != identifier or not stands_at(federation, identifier, url):
        raise Untrusted(f"{uri} answered as {identifier}, which does not stand at its own address.")
    return again


async def fetch_anything(federation: Federation, uri: str) -> tuple[dict[str, Any], str]:
    """Fetch an ActivityStreams document, signed by the server's actor, and where it came from in the end.

    What it says of itself is not believed yet: see `stands_at`. Raises as `fetch_document`.
    """
    await _check(federation, uri)
    signer = await federation.signers.server()
    answer = await federation.transport.get(uri, accept=ACCEPT, sign=signer)
    if federation.is_ours(answer.url):
        raise Refused("What belongs to this node is not fetched.")
    if not is_activity(answer.headers.get("content-type")):
        raise Malformed(f"{uri} did not answer with an ActivityStreams document.")
    return as2.parse(answer.body), answer.url


async def fetch_json(federation: Federation, url: str, accept: str) -> dict[str, Any]:
    """Fetch a JSON document that is no ActivityStreams one, such as WebFinger's, unsigned."""
    await _check(federation, url)
    answer = await federation.transport.get(url, accept=accept)
    return as2.parse(answer.body)


def stands_at(federation: Federation, identifier: str, url: str) -> bool:
    """Whether an id is the address from which its document came; its fragment stays with the reader."""
    try:
        return str(read_url(identifier, allow_http=federation.allow_http)) == url
    except Malformed:
        return False


async def _check(federation: Federation, uri: str) -> None:
    if federation.is_ours(uri):
        raise Refused("What belongs to this node is not fetched.")
    host = federation.policy.host_of(uri)
    if not await federation.policy.allows(host):
        raise Refused(f"This node has nothing to do with {host}.")
