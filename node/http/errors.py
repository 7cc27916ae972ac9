"""What every error means over HTTP: one table, and three ways to say it.

Other nodes get problem details (RFC 9457, FEP-c180), client programs `{"error": "…", "fields": {…}}`, people
a page. Mastodon's clients get `details` in place of `fields`, and the words that they know. What nobody
foresaw is a 500 with a plain sentence, and a traceback in the log.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from math import ceil

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response

from actors import errors as actors
from federation import errors as federation
from node.http.replies import encoded
from node.logs import request_id
from storage import errors as storage

log = logging.getLogger(__name__)

ErrorPage = Callable[[Request, int, str], Awaitable[Response]]
"""Draws the page that people see instead of what they asked for: (request, status, sentence)."""

NOTHING_HERE = "There is nothing here."
"""What is said for anything absent, and for anything that the asker may not know of: always the same."""

_NO_RECORD = "Record not found"
"""The same in the words that Mastodon's clients know."""

_BUSY = "This node is very busy; please try again in a moment."


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error means to whoever caused it, or has to hear of it.

    `status` is for other nodes, `to_clients` for our own people and their programs, where that differs: it
    is not their fault what another node did. `sentence` is said in place of the error's own words, `pause`
    is after how many seconds to try again, where the error does not know better.
    """

    status: int
    to_clients: int | None = None
    sentence: str | None = None
    pause: int = 60


TABLE: Mapping[type[Exception], Meaning] = {
    actors.ActorsError: Meaning(400),
    actors.Invalid: Meaning(422),
    actors.Forbidden: Meaning(403),
    actors.NotFound: Meaning(404),
    actors.Conflict: Meaning(409),
    federation.FederationError: Meaning(502),
    federation.Malformed: Meaning(400),
    federation.Untrusted: Meaning(401, to_clients=502),
    federation.Refused: Meaning(403),
    federation.Unreachable: Meaning(503),
    federation.Gone: Meaning(503, to_clients=404),
    storage.StorageError: Meaning(500, sentence="Something is wrong with this node's database."),
    storage.Busy: Meaning(503, sentence=_BUSY, pause=10),
    storage.NotMigrated: Meaning(503, sentence="This node is being upgraded; please try again in a while."),
    storage.Conflict: Meaning(
        409, sentence="Something else was done here at the same time; please try again."
    ),
    ClientDisconnect: Meaning(400, sentence="The request broke off."),
}

_PROBLEMS = {
    403: "https://w3id.org/fep/c180#principal-not-authorized",
    429: "https://w3id.org/fep/c180#rate-limit-exceeded",
}
_SENTENCES = {
    404: NOTHING_HERE,
    405: "That cannot be done with this address.",
}
_FOR_PROGRAMS = ("/api/", "/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/oauth/introspect")
_FOR_MASTODON = ("/api/v1/", "/api/v2/", "/api/v1_alpha/", "/api/oembed")
#: How the fault of a field begins, and the code that Mastodon's clients know for it.
_CODES = {
    "is missing": "ERR_BLANK",
    "can't be blank": "ERR_BLANK",
    "is longer than": "ERR_TOO_LONG",
    "is shorter than": "ERR_TOO_SHORT",
    "is taken": "ERR_TAKEN",
    "is already": "ERR_TAKEN",
    "is reserved": "ERR_RESERVED",
    "must be accepted": "ERR_ACCEPTED",
    "is not one of": "ERR_INCLUSION",
}
_OTHERWISE = "ERR_INVALID"
_FOR_NODES = ("/inbox", "/actors/", "/o/", "/.well-known/", "/nodeinfo/")


def meaning_of(error: Exception) -> Meaning | None:
    """Return what an error means, by its nearest class in the table; None for one nobody foresaw."""
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)


async def show_error(request: Request, error: Exception) -> Response:
    """Turn a refusal into a response; the handler for every class in the table and for HTTPException."""
    if isinstance(error, HTTPException):
        sentence = error.detail
        if sentence == HTTPStatus(error.status_code).phrase:
            sentence = _SENTENCES.get(error.status_code, f"{sentence}.")
            if sentence is NOTHING_HERE and _is_for_mastodon(request):
                sentence = _NO_RECORD
        return await failure(request, error.status_code, sentence, headers=error.headers)
    meaning = meaning_of(error)
    if meaning is None:
        return await unexpected(request, error)
    status = meaning.status if _is_for_nodes(request) else meaning.to_clients or meaning.status
    sentence = meaning.sentence or str(error) or NOTHING_HERE
    if _is_for_mastodon(request):
        if status == HTTPStatus.BAD_GATEWAY:
            # Clients know 503 as the answer for another node that failed; proxies hide what a 502 says.
            status = HTTPStatus.SERVICE_UNAVAILABLE
        if isinstance(error, actors.NotFound):
            sentence = _NO_RECORD
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and isinstance(error, storage.StorageError):
        log.error("%s: %s", type(error).__name__, error)
    headers = {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(ceil(getattr(error, "retry_after", None) or meaning.pause))
    fields = error.fields if isinstance(error, actors.Invalid) else None
    return await failure(request, int(status), sentence, fields=fields, headers=headers)


async def unexpected(request: Request, error: Exception) -> Response:
    """Answer for a mistake of this program, and log it with its traceback."""
    log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return await failure(
        request,
        500,
        f"Something went wrong here; the operator finds it logged as request {request_id.get()}.",
    )


async def failure(
    request: Request,
    status: int,
    sentence: str,
    *,
    fields: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Say what went wrong in the way that whoever asks can read."""
    sent = {"Cache-Control": "no-store", "Vary": "Authorization, Accept", **(headers or {})}
    if _wants_page(request):
        response = await _page(request, status, sentence)
        response.headers.update(sent)
        return response
    body: dict[str, object] = {"error": sentence}
    if fields:
        body |= {"details": _details(fields)} if _is_for_mastodon(request) else {"fields": dict(fields)}
    media_type = "application/json"
    if _is_for_nodes(request):
        media_type = "application/problem+json"
        body |= {
            "type": _PROBLEMS.get(status, "about:blank"),
            "title": HTTPStatus(status).phrase,
            "status": status,
            "detail": sentence,
        }
    return Response(encoded(body), status, sent, media_type)


def plain_page(status: int, sentence: str) -> Response:
    """Return a page without any design, for where there is no other."""
    phrase = HTTPStatus(status).phrase
    text = sentence.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{phrase}</title><h1>{phrase}</h1><p>{text}</p></html>",
        status,
    )


async def _page(request: Request, status: int, sentence: str) -> Response:
    draw: ErrorPage | None = getattr(request.app.state, "error_page", None)
    if draw is not None:
        try:
            return await draw(request, status, sentence)
        except Exception:
            log.exception("the error page itself failed")
    return plain_page(status, sentence)


def _details(fields: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    return {
        field: [
            {
                "error": next((code for words, code in _CODES.items() if what.startswith(words)), _OTHERWISE),
                "description": what,
            }
        ]
        for field, what in fields.items()
    }


def _is_for_mastodon(request: Request) -> bool:
    return request.url.path.startswith(_FOR_MASTODON)


def _is_for_nodes(request: Request) -> bool:
    return request.url.path.startswith(_FOR_NODES)


def _wants_page(request: Request) -> bool:
    path = request.url.path
    if path.startswith(_FOR_PROGRAMS) or path == "/inbox" or path.endswith("/inbox"):
        return False
    return "text/html" in request.headers.get("accept", "").lower()
