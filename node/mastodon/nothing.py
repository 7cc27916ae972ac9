"""Methods that have nothing to tell on a node like this, and say so in the form that clients expect."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from node.http.auth import caller_of, require
from node.http.rates import Quota, spend
from node.mastodon.replies import answer, answer_all
from node.mastodon.routing import get, post

CONFIRMED_ALREADY: Final = "This method is only available while the e-mail is awaiting confirmation"


async def custom_emojis(request: Request) -> Response:
    """List no custom emojis: this node has none of its own, those of others come with their posts."""
    spend(request, Quota.REQUESTS)
    return answer_all([])


async def identity_proofs(request: Request) -> Response:
    """List no proofs of identity: a service that Mastodon gave up; verified links took its place."""
    await caller_of(request)
    return answer([])


async def resend_confirmation(request: Request) -> Response:
    """Refuse to send another e-mail: who has a token here is a member already (HTTPException 403)."""
    await require(request)
    raise HTTPException(403, CONFIRMED_ALREADY)


async def check_confirmation(request: Request) -> Response:
    """Say that the member's e-mail address is confirmed: without that nobody has a token."""
    await require(request)
    return answer(True)


ROUTES: list[BaseRoute] = [
    get("/api/v1/custom_emojis", custom_emojis),
    get("/api/v1/accounts/{id}/identity_proofs", identity_proofs),
    post("/api/v1/emails/confirmations", resend_confirmation),
    get("/api/v1/emails/check_confirmation", check_confirmation),
]
