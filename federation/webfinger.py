"""Being found: WebFinger, host-meta and NodeInfo, the other side of `federation.discovery` (D1, D3 to D5)."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from actors.addresses import BODY, SERVER, actor_uri
from actors.errors import NotFound
from actors.text import plain
from federation import vocabulary as as2
from federation.context import Federation
from federation.errors import Malformed
from federation.media_types import ACTIVITY_JSON
from federation.origins import canonical_host, read_url
from federation.serving import NOTHING_HERE, Served, local_actor
from storage.actors import Actor
from storage.transaction import Transaction

PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
AVATAR = "http://webfinger.net/rel/avatar"
SERVICE = f"{as2.AS2_CONTEXT}#Service"
APPLICATION = f"{as2.AS2_CONTEXT}#Application"
NODEINFO_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
NODEINFO_VERSIONS = ("2.0", "2.1")
SOFTWARE = "ilan-node"

_LONGEST_RESOURCE = 500
_MONTH = timedelta(days=30)
_HALF_YEAR = timedelta(days=180)
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff]")
_ACCT = "acct:"
_WEB = re.compile(r"https?://", re.IGNORECASE)
_ACTOR_PATH = re.compile(r"/(?:actors/|@|%40)([A-Za-z0-9_.-]+)/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class About:
    """What a node says of itself in NodeInfo."""

    name: str
    version: str
    description: str = ""
    open_registrations: bool = False


async def find(
    tx: Transaction, federation: Federation, resource: str, relations: Collection[str] = ()
) -> Served:
    """Return the descriptor (JRD, RFC 7033) of an actor of this node, or of the node itself.

    `resource` is `acct:user@host`, `user@host`, the actor's id, its page, or the origin alone (FEP-d556), in
    any case. `relations` leaves only links of these kinds. Raises Malformed for what is none of these and
    NotFound for whom this node does not have; an actor that left comes as gone.
    """
    if not resource or len(resource) > _LONGEST_RESOURCE or _UNPRINTABLE.search(resource):
        raise Malformed("Ask for a resource, such as acct:office and the node's domain.")
    if _WEB.match(resource):
        served = await _by_address(tx, federation, resource)
    else:
        served = await _by_handle(tx, federation, resource)
    if relations and not served.is_gone:
        links = [link for link in served.document["links"] if link["rel"] in relations]
        served = replace(served, document={**served.document, "links": links})
    return served


async def _by_handle(tx: Transaction, federation: Federation, resource: str) -> Served:
    handle = resource[len(_ACCT) :] if resource.lower().startswith(_ACCT) else resource
    username, _, host = handle.removeprefix("@").partition("@")
    if not username or not host or "@" in host:
        raise Malformed("A handle has the form user@host.")
    if canonical_host(host) not in federation.hosts | {federation.domain}:
        raise NotFound(NOTHING_HERE)
    return await _descriptor(tx, username)


async def _by_address(tx: Transaction, federation: Federation, resource: str) -> Served:
    address = read_url(resource, allow_http=True)
    if address.domain not in federation.hosts | {federation.domain}:
        raise NotFound(NOTHING_HERE)
    if address.target == "/" and not address.fragment:
        return _server(federation, resource)
    named = _ACTOR_PATH.fullmatch(address.target)
    if named is None or address.fragment:
        raise NotFound(NOTHING_HERE)
    return await _descriptor(tx, named[1])


def _server(federation: Federation, resource: str) -> Served:
    link = {
        "rel": SERVICE,
        "type": ACTIVITY_JSON,
        "href": actor_uri(federation.base_url, SERVER),
    }
    subject = f"{federation.base_url}/" if resource.endswith("/") else federation.base_url
    return Served({"subject": subject, "links": [link]})


async def _descriptor(tx: Transaction, username: str) -> Served:
    actor = await local_actor(tx, username.lower())
    if actor.gone_at is not None:
        return Served({"subject": f"acct:{actor.handle}"}, is_gone=True)
    links: list[dict[str, str]] = [{"rel": "self", "type": ACTIVITY_JSON, "href": actor.uri}]
    if actor.url:
        links.append({"rel": PROFILE_PAGE, "type": "text/html", "href": actor.url})
    if actor.icon:
        links.append({"rel": AVATAR, "href": actor.icon})
    aliases = list(dict.fromkeys(filter(None, (actor.url, actor.uri))))
    return Served({"subject": f"acct:{actor.handle}", "aliases": aliases, "links": links})


def host_meta_xml(base_url: str) -> str:
    """Return where WebFinger is, for software that asks in the old way (RFC 6415)."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{_webfinger_template(base_url)}"/>\n'
        "</XRD>\n"
    )


def host_meta_json(base_url: str) -> dict[str, Any]:
    """Return the same as JSON."""
    return {
        "links": [{"rel": "lrdd", "type": "application/jrd+json", "template": _webfinger_template(base_url)}]
    }


def _webfinger_template(base_url: str) -> str:
    return f"{base_url}/.well-known/webfinger?resource={{uri}}"


def nodeinfo_links(base_url: str) -> dict[str, Any]:
    """Return where NodeInfo is, and the server's own actor (FEP-2677)."""
    links = [
        {"rel": f"{NODEINFO_SCHEMA}{version}", "href": f"{base_url}/nodeinfo/{version}"}
        for version in NODEINFO_VERSIONS
    ]
    return {
        "links": [*links, {"rel": APPLICATION, "type": ACTIVITY_JSON, "href": actor_uri(base_url, SERVER)}]
    }


async def nodeinfo(tx: Transaction, base_url: str, about: About, version: str) -> dict[str, Any]:
    """Return what this node says of itself (nodeinfo.diaspora.software, FEP-f1d5); NotFound for odd versions.

    Posts are counted as every outbox shows them, so what is not public is not counted.
    """
    if version not in NODEINFO_VERSIONS:
        raise NotFound(NOTHING_HERE)
    locals_ = [actor for actor in await tx.actors.locals() if actor.gone_at is None]
    posts = sum([await tx.activities.count_outbox(actor) for actor in locals_ if actor.username != SERVER])
    signed_in = [member.signed_in_at for member, _ in await tx.members.all() if member.signed_in_at]
    return {
        "version": version,
        "software": {"name": SOFTWARE, "version": about.version},
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": ["atom1.0"]},
        "openRegistrations": about.open_registrations,
        "usage": {
            "users": {
                "total": await tx.actors.count_people(),
                "activeMonth": sum(moment > tx.now - _MONTH for moment in signed_in),
                "activeHalfyear": sum(moment > tx.now - _HALF_YEAR for moment in signed_in),
            },
            "localPosts": posts,
        },
        "metadata": {
            "nodeName": about.name,
            "nodeDescription": about.description or _described(locals_),
            "staffAccounts": [actor_uri(base_url, BODY)],
            "federation": {"enabled": True},
        },
    }


def _described(actors: Collection[Actor]) -> str:
    return next((plain(actor.summary) for actor in actors if actor.username == BODY), "")
