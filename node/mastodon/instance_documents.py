"""What the operators tell everybody, as HTML: what the node is, how data is treated, terms of service."""

from datetime import UTC, date, datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from actors.addresses import BODY
from actors.documents import chosen
from actors.errors import NotFound
from node.context import Node, node_of
from node.http.rates import Quota, spend
from node.mastodon.parameters import NO_RECORD
from node.mastodon.replies import answer_all, stamp
from node.mastodon.routing import get
from node.pages.languages import accepted, language_of
from node.pages.speech import speech_in
from node.pages.texts import privacy_of
from storage.documents import Document, DocumentName

_VARY: Final = "Authorization, Accept-Language"
_FIRST_WRITTEN: Final = datetime(2026, 11, 25, tzinfo=UTC)
"""Since when the text about privacy says what it says, where operators have written none."""


async def extended_description(request: Request) -> Response:
    """Say at length what this node is; where nothing was written, what the body says of itself."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    async with node.database.read() as tx:
        documents = await tx.documents.current(DocumentName.ABOUT, tx.now.date())
        body = await tx.actors.local(BODY)
    found = _chosen(request, node, documents)
    if found is None:
        content = body.summary if body else ""
        return answer_all({"updated_at": None, "content": content}, vary=_VARY)
    return answer_all({"updated_at": stamp(found.updated_at), "content": found.content}, vary=_VARY)


async def privacy_policy(request: Request) -> Response:
    """Say what is kept of people."""
    spend(request, Quota.REQUESTS)
    node = node_of(request)
    async with node.database.read() as tx:
        documents = await tx.documents.current(DocumentName.PRIVACY, tx.now.date())
    found = _chosen(request, node, documents)
    if found is None:
        speech = speech_in(language_of(request, node.settings.node.languages))
        content, updated_at = privacy_of(speech, node.settings), _FIRST_WRITTEN
    else:
        content, updated_at = found.content, found.updated_at
    return answer_all({"updated_at": stamp(updated_at), "content": content}, vary=_VARY)


async def terms_of_service(request: Request) -> Response:
    """Show the terms that hold now; NotFound where there are none."""
    node = node_of(request)
    async with node.database.read() as tx:
        documents = await tx.documents.current(DocumentName.TERMS, tx.now.date())
        days = await tx.documents.days(DocumentName.TERMS)
        today = tx.now.date()
    return _terms(request, documents, days, today)


async def terms_of_day(request: Request) -> Response:
    """Show the terms that hold, or held, from a day on; NotFound where there are none."""
    node = node_of(request)
    async with node.database.read() as tx:
        documents = await tx.documents.of_day(DocumentName.TERMS, request.path_params["date"])
        days = await tx.documents.days(DocumentName.TERMS)
        today = tx.now.date()
    return _terms(request, documents, days, today)


def _terms(request: Request, documents: list[Document], days: list[str], today: date) -> Response:
    spend(request, Quota.REQUESTS)
    found = _chosen(request, node_of(request), documents)
    if found is None:
        raise NotFound(NO_RECORD)
    body: dict[str, Any] = {
        "effective_date": found.effective_on,
        "effective": found.effective_on <= today.isoformat(),
        "content": found.content,
        "succeeded_by": next((day for day in days if day > found.effective_on), None),
    }
    return answer_all(body, vary=_VARY)


def _chosen(request: Request, node: Node, documents: list[Document]) -> Document | None:
    wanted = accepted(request.headers.get("accept-language", ""))
    return chosen(documents, [*wanted, *node.settings.node.languages])


ROUTES: list[BaseRoute] = [
    get("/api/v1/instance/extended_description", extended_description),
    get("/api/v1/instance/privacy_policy", privacy_policy),
    get("/api/v1/instance/terms_of_service", terms_of_service),
    get("/api/v1/instance/terms_of_service/{date}", terms_of_day),
]
