"""Signing in and out with a browser."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from actors.joining import find_request_by_login
from actors.signing_in import end_session, find_login, may_enter, sign_out_everywhere, start_session
from node.context import Node
from node.http.forms import Form, keep, protect, read_form
from node.http.rates import Quota, spend
from node.http.replies import PRIVATE
from node.http.sessions import drop_cookie, secret_of, set_session, signed_in
from node.oauth.throttling import spend_attempt
from node.oauth.views import form_view
from node.pages.rendering import OPEN_POLICY, POLICY, page
from node.pages.views import Head
from node.pages.visits import visit_of
from storage.members import Member

SIGN_IN = "/sign-in"
HOME = "/settings/applications"
"""Where somebody gets to who was on the way to nowhere else."""

_AUTHORIZE = "/oauth/authorize"
_LONGEST_NEXT = 8_000


async def show(request: Request) -> Response:
    """Show the form, or who is signed in already."""
    spend(request, Quota.REQUESTS)
    return await _show(request)


async def sign_in(request: Request) -> Response:
    """Let somebody in who knows the password; an unknown account takes as long and is told the same."""
    node = visit_of(request).node
    form = await read_form(request)
    login, password = form.text("login").strip(), form.text("password")
    spend_attempt(request, login)
    async with node.database.read() as tx:
        found = await find_login(tx, login, node.settings.node.domain)
        waiting = None if found else await find_request_by_login(tx, login)
    kept = found[0].password if found else waiting.password if waiting else None
    is_right = await node.passwords.verify(kept, password)
    visit = visit_of(request)
    if is_right and waiting is not None:
        said = visit.say("Your request to join is not decided yet. Please come back later.")
        return await _show(request, form, said)
    if not is_right or found is None or not may_enter(*found):
        said = visit.say("There is no account with this name or address and this password.")
        return await _show(request, form, said)
    secret = await _enter(node, request, login, found[0], password)
    if secret is None:
        return await _show(request, form, visit.say("Please try again."))
    response = _lead(next_of(request))
    set_session(request, response, secret)
    return response


async def sign_out(request: Request) -> Response:
    """End the session of this browser; with `everywhere` also all others, and let every program out."""
    form = await read_form(request)
    who = await signed_in(request)
    async with visit_of(request).node.database.begin() as tx:
        await end_session(tx, secret_of(request))
        if who is not None and form.text("everywhere") == "1":
            await sign_out_everywhere(tx, who.member)
    response = _lead(SIGN_IN)
    drop_cookie(request, response, "session")
    return response


def way_to_sign_in(request: Request, *, leave_out: str = "") -> Response:
    """Lead somebody to the form, and afterwards back to what they asked for, without one parameter."""
    asked = [pair for pair in request.query_params.multi_items() if pair[0] != leave_out]
    path = request.url.path
    return _lead(f"{SIGN_IN}?{urlencode({'next': f'{path}?{urlencode(asked)}' if asked else path})}")


def next_of(request: Request) -> str:
    """Return where somebody was on the way to; only pages of ours that need somebody signed in."""
    wanted = request.query_params.get("next", "")
    path, _, query = wanted.partition("?")
    known = path == _AUTHORIZE or path in {HOME, "/settings/password"}
    if not known or len(wanted) > _LONGEST_NEXT or "#" in wanted:
        return HOME
    # Written anew, so that nothing gets through which browsers read in another way.
    asked = parse_qsl(query, keep_blank_values=True)
    return f"{path}?{urlencode(asked)}" if asked else path


async def _enter(node: Node, request: Request, login: str, member: Member, password: str) -> str | None:
    """Start a session in place of the one that the browser had; None where something changed meanwhile."""
    renewed = await node.passwords.renewed(member.password or "", password)
    async with node.database.begin() as tx:
        found = await find_login(tx, login, node.settings.node.domain)
        if found is None or found[0].password != member.password or not may_enter(*found):
            return None
        fresh = replace(found[0], password=renewed or found[0].password)
        await end_session(tx, secret_of(request))
        secret, _ = await start_session(tx, fresh)
    return secret


async def _show(request: Request, form: Form | None = None, alert: str = "") -> Response:
    visit = visit_of(request)
    is_on_the_way = bool(request.query_params.get("next"))
    who = None if is_on_the_way or form else await signed_in(request)
    protection = protect(request)
    title = visit.say("Sign in")
    wanted = next_of(request)
    action = f"{SIGN_IN}?{urlencode({'next': wanted})}" if is_on_the_way else SIGN_IN
    response = page(
        visit,
        "sign_in.html",
        Head(title=title, is_indexed=False),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if alert else HTTPStatus.OK,
        is_private=True,
        # What follows may lead on to a program, for which browsers would hold this form to account.
        policy=OPEN_POLICY if wanted.startswith(_AUTHORIZE) else POLICY,
        form=form_view(
            protection, action, values={"login": form.text("login")[:320] if form else ""}, alert=alert
        ),
        who=f"@{who.actor.handle}" if who else "",
        is_for_program=wanted.startswith(_AUTHORIZE),
    )
    return keep(request, response, protection)


def _lead(path: str) -> Response:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, {"Cache-Control": PRIVATE})


ROUTES: list[BaseRoute] = [
    Route(SIGN_IN, show, methods=["GET"]),
    Route(SIGN_IN, sign_in, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
]
