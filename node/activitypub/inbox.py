"""The inboxes: one for all, and one for each actor for those who insist (I1)."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from federation.inbox import receive
from federation.media_types import is_activity
from federation.serving import local_actor
from federation.signatures import SignedRequest
from node.activitypub.reading import signed_request
from node.context import node_of
from node.http.inputs import read_body
from node.http.rates import Quota, rates_of, spend

_KEY_HOST = re.compile(r'keyId="https?://([^/"?#]+)', re.IGNORECASE)


async def post(request: Request) -> Response:
    """Take delivery of one activity; 202 says that it is kept, whatever becomes of it."""
    if not is_activity(request.headers.get("content-type")):
        raise HTTPException(415, "Send activities as application/activity+json.")
    node = node_of(request)
    spend(request, Quota.INBOX)
    # Trailers of a chunked body would be appended to the headers; what was signed came before the body.
    before = signed_request(request)
    signed = SignedRequest(before.method, before.target, before.headers, await read_body(request))
    host = _claimed_host(signed)
    rates = rates_of(request)
    # Only who proved to be that host is counted as it, so nobody can use up another's quota.
    rates.take(Quota.INBOX, host, amount=0)
    await receive(node.federation, signed)
    rates.take(Quota.INBOX, host)
    return Response(status_code=202)


async def post_to_actor(request: Request) -> Response:
    """Take delivery of one activity at an actor's own door; who is meant follows from the activity."""
    async with node_of(request).database.read() as tx:
        actor = await local_actor(tx, request.path_params["username"])
    if actor.gone_at is not None:
        raise HTTPException(410, "This actor is no longer here.")
    return await post(request)


def _claimed_host(signed: SignedRequest) -> str:
    found = _KEY_HOST.search(",".join(signed.values("signature")))
    return found[1].lower() if found else ""
