"""The description of this API for programs."""

from starlette.requests import Request
from starlette.responses import Response

from node.api.openapi import DOCUMENT
from node.context import node_of
from node.http.auth import caller_of
from node.http.replies import PUBLIC, json_reply
from node.version import version


async def describe(request: Request) -> Response:
    """Serve the OpenAPI document, with this node's own address and version."""
    await caller_of(request)
    info = {**DOCUMENT["info"], "version": version()}
    described = {**DOCUMENT, "info": info, "servers": [{"url": node_of(request).base_url}]}
    return json_reply(request, described, cache=PUBLIC)
