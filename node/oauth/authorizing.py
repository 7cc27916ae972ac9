"""The page on which a member lets a program in, or does not."""

from http import HTTPStatus
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from actors.applications import OUT_OF_BAND, find_application
from actors.authorising import give_code, is_given_to
from node.http.forms import keep, protect, read_form
from node.http.rates import Quota, spend
from node.http.sessions import SignedIn, signed_in
from node.oauth.abilities import abilities
from node.oauth.asking import (
    NATIVE,
    Asked,
    asked_of,
    granted,
    host_of,
    lead_back,
    may_lead_to,
    refusal_of,
)
from node.oauth.signing_in import way_to_sign_in
from node.oauth.views import Asker, form_view
from node.pages.rendering import OPEN_POLICY, page
from node.pages.views import Head
from node.pages.visits import Visit, visit_of
from storage.applications import Application

AUTHORIZE = "/oauth/authorize"
_FORCED = "force_login"


async def show(request: Request) -> Response:
    """Ask a member whether to let a program in, after asking who they are.

    Nobody is led anywhere before the program and the address are known to belong together, and nobody who
    has not signed in: a stranger's link could otherwise use this node's good name to lead elsewhere.
    """
    spend(request, Quota.REQUESTS)
    asked = asked_of(request)
    application = await _checked(request, asked)
    who = await signed_in(request)
    if who is None or asked.is_forced:
        return way_to_sign_in(request, leave_out=_FORCED)
    if refusal := refusal_of(asked, application):
        return _refuse(request, asked, refusal.error, refusal.description)
    return _ask(visit_of(request), asked, application, who)


async def decide(request: Request) -> Response:
    """Do what the member decided."""
    spend(request, Quota.REQUESTS)
    form = await read_form(request)
    asked = asked_of(request)
    application = await _checked(request, asked)
    who = await signed_in(request)
    if who is None:
        return way_to_sign_in(request, leave_out=_FORCED)
    if refusal := refusal_of(asked, application):
        return _refuse(request, asked, refusal.error, refusal.description)
    if form.text("decision") != "allow":
        return _refuse(request, asked, "access_denied", "The member did not let the program in.")
    async with visit_of(request).node.database.begin() as tx:
        code = await give_code(
            tx,
            who.member,
            application,
            redirect_uri=asked.redirect_uri,
            scopes=granted(application, asked.scopes),
            challenge=asked.challenge or None,
        )
    return lead_back(request, asked, code=code)


async def show_code(request: Request) -> Response:
    """Show a code for copying to whom it was given; any other is nothing that this node ever said."""
    spend(request, Quota.REQUESTS)
    visit = visit_of(request)
    code = request.query_params.get("code", "")
    who = await signed_in(request)
    if who is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    async with visit.node.database.read() as tx:
        if not await is_given_to(tx, who.member, code):
            raise HTTPException(HTTPStatus.NOT_FOUND)
    title = visit.say("Copy this code")
    return page(visit, "code.html", Head(title=title, is_indexed=False), is_private=True, code=code)


async def _checked(request: Request, asked: Asked) -> Application:
    """Find the program; HTTPException 400, which people see, where the address is not its own."""
    async with visit_of(request).node.database.read() as tx:
        application = await find_application(tx, asked.client_id)
    if application is None:
        raise HTTPException(
            HTTPStatus.BAD_REQUEST,
            "No program is registered here under this client_id; it must be registered anew.",
        )
    if not may_lead_to(application, asked.redirect_uri):
        raise HTTPException(
            HTTPStatus.BAD_REQUEST,
            "The program was not registered with the redirect_uri that it asks for, so nobody is led there.",
        )
    return application


def _refuse(request: Request, asked: Asked, error: str, description: str) -> Response:
    if asked.redirect_uri != OUT_OF_BAND:
        return lead_back(request, asked, error=error, error_description=description)
    if error != "access_denied":
        raise HTTPException(HTTPStatus.BAD_REQUEST, description)
    visit = visit_of(request)
    title, text = visit.say("The program was not let in"), visit.say("You can close this page.")
    head = Head(title=title, is_indexed=False)
    return page(visit, "notice.html", head, is_private=True, title=title, text=text)


def _ask(visit: Visit, asked: Asked, application: Application, who: SignedIn) -> Response:
    request = visit.request
    protection = protect(request)
    query = [pair for pair in request.query_params.multi_items() if pair[0] != _FORCED]
    here = f"{AUTHORIZE}?{urlencode(query)}"
    asker = Asker(
        name=application.name,
        site=host_of(application.website),
        leads_to=host_of(asked.redirect_uri),
        is_copied=asked.redirect_uri == OUT_OF_BAND,
        since=visit.speech.day(application.created_at.date()),
    )
    response = page(
        visit,
        "consent.html",
        Head(title=visit.say("Let a program in"), is_indexed=False),
        is_private=True,
        policy=OPEN_POLICY,
        form=form_view(protection, here),
        asker=asker,
        abilities=abilities(visit.speech, granted(application, asked.scopes)),
        who=f"@{who.actor.handle}",
        another=f"/sign-in?{urlencode({'next': here})}",
    )
    return keep(request, response, protection)


ROUTES: list[BaseRoute] = [
    Route(AUTHORIZE, show, methods=["GET"]),
    Route(AUTHORIZE, decide, methods=["POST"]),
    Route(NATIVE, show_code, methods=["GET"]),
]
