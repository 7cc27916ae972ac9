"""Who reads, and how they are answered: signatures on GET, content negotiation, caches."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from federation import signatures
from federation.authentication import reader_of as signer_of
from federation.context import Federation
from federation.errors import Malformed, Refused, Unreachable, Untrusted
from federation.media_types import prefers_activity
from federation.serving import Served
from node.context import node_of
from node.http.rates import Quota, spend
from node.http.replies import PRIVATE, PUBLIC, activity_json
from storage.actors import Actor


async def reader_of(request: Request, *, has_page: bool = False, matters: bool = True) -> Actor | None:
    """Return the actor who signed a GET, or None for anybody.

    Where the answer is the same for all (`matters` is false) and anybody may read, no key is asked for. A
    signature that does not hold makes nobody of its sender. Where this node asks for signatures, that raises
    as `authenticate` does, and the lack of one HTTPException 401, but for people on their way to the page
    (`has_page`). Refused for hosts that policy rules out.
    """
    federation = node_of(request).federation
    signed = signed_request(request)
    if not signed.values("signature"):
        spend(request, Quota.REQUESTS)
        if federation.authorized_fetch and _asks_for_document(request, has_page=has_page):
            raise HTTPException(
                401,
                "This node only answers requests that carry an HTTP signature.",
                {"WWW-Authenticate": "Signature"},
            )
        return None
    spend(request, Quota.INBOX)
    try:
        await _check_policy(federation, signed)
        if not matters and not federation.authorized_fetch:
            return None
        return await signer_of(federation, signed)
    except (Malformed, Untrusted, Unreachable):
        if federation.authorized_fetch:
            raise
        return None


def signed_request(request: Request, body: bytes = b"") -> signatures.SignedRequest:
    """Return a request as it came over the wire, undecoded, for a signature to be checked."""
    scope = request.scope
    return signatures.read_request(
        scope["method"], scope["raw_path"], scope["query_string"], scope["headers"], body
    )


def answer(
    request: Request,
    served: Served,
    reader: Actor | None = None,
    *,
    has_page: bool = False,
    matters: bool = True,
) -> Response:
    """Answer with a document or, where there is one and it is asked for, lead to the page.

    `has_page` and `matters` as in `reader_of`.
    """
    strict = node_of(request).federation.authorized_fetch
    vary = "Accept, Signature" if matters or strict else "Accept"
    cache = PUBLIC if served.is_public and reader is None and not strict else PRIVATE
    if _asks_for_document(request, has_page=has_page):
        status = 410 if served.is_gone else 200
        return activity_json(request, served.document, status=status, cache=cache, vary=vary)
    if served.is_gone:
        raise HTTPException(410, "What was here has been deleted.")
    if served.page is None or not has_page:
        raise HTTPException(
            406, "This address only speaks ActivityStreams: ask for application/activity+json."
        )
    return RedirectResponse(served.page, 303, {"Vary": vary, "Cache-Control": cache})


def _asks_for_document(request: Request, *, has_page: bool) -> bool:
    accept = ", ".join(request.headers.getlist("accept")) or None
    return prefers_activity(accept, has_page=has_page)


async def _check_policy(federation: Federation, signed: signatures.SignedRequest) -> None:
    parameters = signatures.parse_signature(signed, allow_http=federation.allow_http)
    if not await federation.policy.allows_uri(parameters.key_id):
        raise Refused("This node has nothing to do with the host of that key.")
