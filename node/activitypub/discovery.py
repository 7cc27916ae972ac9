"""Being found: WebFinger, host-meta, NodeInfo. Open to everybody, whatever else asks for signatures."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from federation import webfinger as finding
from node.context import node_of
from node.http.rates import Quota, spend
from node.http.replies import PUBLIC, json_reply, reply
from node.version import version


async def webfinger(request: Request) -> Response:
    """Say where an actor of this node is (RFC 7033)."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    resources = request.query_params.getlist("resource")
    if len(resources) != 1:
        raise HTTPException(400, "Ask for one resource.")
    relations = request.query_params.getlist("rel")
    async with node.database.read() as tx:
        served = await finding.find(tx, node.federation, resources[0], relations)
    if served.is_gone:
        raise HTTPException(410, "This account is no longer here.")
    return json_reply(request, served.document, cache=PUBLIC, media_type="application/jrd+json")


async def host_meta(request: Request) -> Response:
    """Say where WebFinger is, as XML, or as JSON where that is asked for (RFC 6415)."""
    if "application/json" in request.headers.get("accept", ""):
        return await host_meta_json(request)
    body = finding.host_meta_xml(node_of(request).base_url).encode()
    return reply(request, body, media_type="application/xrd+xml; charset=utf-8", cache=PUBLIC, vary="Accept")


async def host_meta_json(request: Request) -> Response:
    """Say where WebFinger is, as JSON."""
    document = finding.host_meta_json(node_of(request).base_url)
    return json_reply(request, document, cache=PUBLIC, vary="Accept")


async def nodeinfo_links(request: Request) -> Response:
    """Say where NodeInfo is, and the server's actor."""
    return json_reply(request, finding.nodeinfo_links(node_of(request).base_url), cache=PUBLIC)


async def nodeinfo(request: Request) -> Response:
    """Say what this node is and how much it is used."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    asked = request.path_params["version"]
    about = finding.About(
        name=node.settings.node.name,
        version=version(),
        open_registrations=node.settings.registration.mode == "open",
    )
    async with node.database.read() as tx:
        document = await finding.nodeinfo(tx, node.base_url, about, asked)
    media_type = f'application/json; profile="{finding.NODEINFO_SCHEMA}{asked}#"; charset=utf-8'
    return json_reply(request, document, cache=PUBLIC, media_type=media_type)
