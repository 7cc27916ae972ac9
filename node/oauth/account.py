"""Pages of one's own: the programs that were let in, and the password."""

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from actors.accounts import set_password
from actors.authorising import revoke_program
from actors.errors import Invalid, NotFound
from actors.passwords import check_password
from actors.signing_in import count_sessions, start_session
from node.http.forms import keep, protect, read_form
from node.http.rates import Quota, spend
from node.http.replies import PRIVATE
from node.http.sessions import SignedIn, set_session, signed_in
from node.oauth.abilities import abilities
from node.oauth.asking import host_of
from node.oauth.invitations import password_advice
from node.oauth.signing_in import HOME, way_to_sign_in
from node.oauth.throttling import spend_confirmation
from node.oauth.views import Access, Tab, form_view
from node.pages.rendering import page
from node.pages.views import Head
from node.pages.visits import Visit, positive, visit_of
from storage.applications import Application
from storage.members import AccessToken

PASSWORD = "/settings/password"  # noqa: S105 - a path


async def show_programs(request: Request) -> Response:
    """List the programs that the member let in, with a button to shut each out."""
    spend(request, Quota.REQUESTS)
    who = await signed_in(request)
    if who is None:
        return way_to_sign_in(request)
    visit = visit_of(request)
    async with visit.node.database.read() as tx:
        tokens = await tx.tokens.of(who.member)
        browsers = await count_sessions(tx, who.member)
    protection = protect(request)
    title = visit.say("Programs and browsers")
    response = page(
        visit,
        "programs.html",
        Head(title=title, is_indexed=False),
        is_private=True,
        form=form_view(protection, HOME),
        title=title,
        tabs=_tabs(visit, HOME),
        who=f"@{who.actor.handle}",
        programs=tuple(_accesses(visit, tokens)),
        browsers=_browsers(visit, browsers - 1),
    )
    return keep(request, response, protection)


async def shut_out(request: Request) -> Response:
    """Revoke what a program, or one token of an operator's, was let do in the member's name."""
    spend(request, Quota.REQUESTS)
    form = await read_form(request)
    who = await signed_in(request)
    if who is None:
        return way_to_sign_in(request)
    application, token = positive(form.text("application")), positive(form.text("token"))
    async with visit_of(request).node.database.begin() as tx:
        if application is not None:
            is_done = await revoke_program(tx, who.member, application)
        else:
            is_done = token is not None and await tx.tokens.revoke_own(who.member, token, tx.now)
    if not is_done:
        raise NotFound("This program has no access any more.")
    return RedirectResponse(HOME, HTTPStatus.SEE_OTHER, {"Cache-Control": PRIVATE})


async def show_password(request: Request) -> Response:
    """Show the form for another password."""
    spend(request, Quota.REQUESTS)
    who = await signed_in(request)
    if who is None:
        return way_to_sign_in(request)
    return _show_password(visit_of(request), who)


async def change_password(request: Request) -> Response:
    """Set another password for a member who knows the present one; only this browser stays signed in."""
    form = await read_form(request)
    who = await signed_in(request)
    if who is None:
        return way_to_sign_in(request)
    visit = visit_of(request)
    spend_confirmation(request, who.member)
    present, new = form.text("present"), form.text("password")
    if not await visit.node.passwords.verify(who.member.password, present):
        return _show_password(visit, who, {"present": visit.say("This is not your present password.")})
    try:
        check_password(new)
    except Invalid:
        return _show_password(visit, who, {"password": password_advice(visit)})
    hashed = await visit.node.passwords.hash(new)
    async with visit.node.database.begin() as tx:
        fresh = await tx.members.by_id(who.member.id)
        if fresh.password != who.member.password or fresh.disabled_at is not None:
            return way_to_sign_in(request)
        changed = await set_password(tx, fresh, hashed)
        secret, _ = await start_session(tx, changed)
    response = RedirectResponse(HOME, HTTPStatus.SEE_OTHER, {"Cache-Control": PRIVATE})
    set_session(request, response, secret)
    return response


def _show_password(visit: Visit, who: SignedIn, errors: Mapping[str, str] | None = None) -> Response:
    protection = protect(visit.request)
    title = visit.say("Change your password")
    response = page(
        visit,
        "password.html",
        Head(title=title, is_indexed=False),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        is_private=True,
        form=form_view(protection, PASSWORD, errors=errors),
        title=title,
        tabs=_tabs(visit, PASSWORD),
        who=f"@{who.actor.handle}",
        advice=password_advice(visit),
    )
    return keep(visit.request, response, protection)


def _browsers(visit: Visit, others: int) -> str:
    if others < 1:
        return visit.say("You are signed in with this browser alone.")
    return visit.speech.count(
        "You are signed in with this browser and %(number)s other.",
        "You are signed in with this browser and %(number)s others.",
        others,
    )


def _tabs(visit: Visit, here: str) -> tuple[Tab, ...]:
    return (
        Tab(visit.say("Programs and browsers"), HOME, here == HOME),
        Tab(visit.say("Password"), PASSWORD, here == PASSWORD),
    )


def _accesses(visit: Visit, tokens: Sequence[tuple[AccessToken, Application | None]]) -> Iterator[Access]:
    """Gather the tokens of each program; those that operators made stand alone."""
    gathered: dict[tuple[str, int], list[tuple[AccessToken, Application | None]]] = {}
    for token, application in tokens:
        key = ("application", application.id) if application else ("token", token.id)
        gathered.setdefault(key, []).append((token, application))
    for (name, number), pairs in gathered.items():
        application = pairs[0][1]
        scopes = dict.fromkeys(scope for token, _ in pairs for scope in token.scopes)
        used = max(token.used_at or token.created_at for token, _ in pairs)
        yield Access(
            name=application.name if application else visit.say("A script of the people who run this node"),
            site=host_of(application.website) if application else "",
            abilities=abilities(visit.speech, scopes),
            since=visit.speech.day(min(token.created_at for token, _ in pairs).date()),
            used=visit.speech.day(used.date()),
            field_name=name,
            field_value=str(number),
        )


ROUTES: list[BaseRoute] = [
    Route(HOME, show_programs, methods=["GET"]),
    Route(HOME, shut_out, methods=["POST"]),
    Route(PASSWORD, show_password, methods=["GET"]),
    Route(PASSWORD, change_password, methods=["POST"]),
]
