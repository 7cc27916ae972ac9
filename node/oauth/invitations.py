"""Links that let somebody in once: to join with a role, or to set a new password."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from actors import errors as actors
from actors.accounts import check_new_member, find_invitation
from actors.errors import ActorsError, Invalid, NotFound
from actors.joining import TAKEN, check_free, join, set_invited_password
from actors.passwords import LONGEST as LONGEST_PASSWORD
from actors.passwords import SHORTEST as SHORTEST_PASSWORD
from actors.passwords import check_password
from actors.signing_in import end_session, start_session
from actors.usernames import LONGEST as LONGEST_USERNAME
from actors.usernames import folded
from node.http.forms import Form, keep, protect, read_form
from node.http.rates import Quota, spend
from node.http.replies import PRIVATE
from node.http.sessions import secret_of, set_session
from node.keys import new_keys
from node.oauth.signing_in import HOME
from node.oauth.throttling import spend_costly
from node.oauth.views import form_view
from node.pages.rendering import page
from node.pages.views import Head
from node.pages.visits import Visit, visit_of
from storage.actors import Actor
from storage.errors import Conflict
from storage.members import Invitation, Member

_CODE = "code"


async def show(request: Request) -> Response:
    """Show the form that the link opens."""
    spend(request, Quota.REQUESTS)
    visit = visit_of(request)
    try:
        invitation, who = await _found(visit)
    except (NotFound, actors.Conflict) as error:
        return _spent(visit, error)
    return _show(visit, invitation, who)


async def use(request: Request) -> Response:
    """Let somebody join, or have a new password; they are signed in then."""
    form = await read_form(request)
    spend_costly(request)
    visit = visit_of(request)
    try:
        invitation, who = await _found(visit)
        if who is not None:
            return await _set_password(visit, invitation, form, *who)
        return await _join(visit, invitation, form)
    except (NotFound, actors.Conflict) as error:
        return _spent(visit, error)


async def _found(visit: Visit) -> tuple[Invitation, tuple[Member, Actor] | None]:
    """Find what the link is for: None where it lets somebody join."""
    async with visit.node.database.read() as tx:
        invitation = await find_invitation(tx, visit.request.path_params[_CODE])
        if invitation.member_id is None:
            return invitation, None
        member = await tx.members.by_id(invitation.member_id)
        return invitation, (member, await tx.actors.get(member.actor_id))


async def _join(visit: Visit, invitation: Invitation, form: Form) -> Response:
    username, email, password = (
        folded(form.text("username")),
        form.text("email").strip(),
        form.text("password"),
    )
    settings, database = visit.node.settings.node, visit.node.database
    language = visit.speech.language.tag
    errors = _password_errors(visit, password)
    try:
        check_new_member(username=username, email=email, role=invitation.role, language=language)
        async with database.read() as tx:
            await check_free(tx, username, email)
    except Invalid as error:
        errors |= _said(visit, error.fields)
    if errors:
        return _show(visit, invitation, None, form, errors)
    hashed = await visit.node.passwords.hash(password)
    keys = await asyncio.to_thread(new_keys)
    try:
        async with database.begin() as tx:
            member = await join(
                tx,
                visit.request.path_params[_CODE],
                base_url=settings.base_url,
                domain=settings.domain,
                username=username,
                email=email,
                password=hashed,
                keys=keys,
                language=language,
                jurisdiction=[settings.country] if settings.country else [],
            )
            await end_session(tx, secret_of(visit.request))
            secret, _ = await start_session(tx, member)
    except Invalid as error:
        return _show(visit, invitation, None, form, _said(visit, error.fields))
    except Conflict:
        # Somebody else took the name or the address at the same moment.
        taken = {"username": TAKEN}
        return _show(visit, invitation, None, form, _said(visit, taken))
    return _enter(visit.request, secret)


async def _set_password(
    visit: Visit, invitation: Invitation, form: Form, member: Member, actor: Actor
) -> Response:
    password = form.text("password")
    if errors := _password_errors(visit, password):
        return _show(visit, invitation, (member, actor), form, errors)
    hashed = await visit.node.passwords.hash(password)
    async with visit.node.database.begin() as tx:
        fresh = await tx.members.by_id(member.id)
        changed = await set_invited_password(tx, visit.request.path_params[_CODE], fresh, hashed)
        if changed.disabled_at is not None:
            return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER, {"Cache-Control": PRIVATE})
        secret, _ = await start_session(tx, changed)
    return _enter(visit.request, secret)


def _spent(visit: Visit, error: ActorsError) -> Response:
    """Say that the link opens nothing: there is no such one, or it was used, or it is too old."""
    title = visit.say("This link does not work any more")
    text = visit.say("It works once, and not for ever. Ask whoever gave it to you for another.")
    status = HTTPStatus.NOT_FOUND if isinstance(error, NotFound) else HTTPStatus.GONE
    head = Head(title=title, is_indexed=False)
    return page(visit, "notice.html", head, status=status, is_private=True, title=title, text=text)


def _show(
    visit: Visit,
    invitation: Invitation,
    who: tuple[Member, Actor] | None,
    form: Form | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    protection = protect(visit.request)
    title = (
        visit.say("Set a new password")
        if who
        else visit.say("Join %(name)s", name=visit.node.settings.node.name)
    )
    values = {name: form.text(name)[:320] if form else "" for name in ("username", "email")}
    response = page(
        visit,
        "new_password.html" if who else "join.html",
        Head(title=title, is_indexed=False),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        is_private=True,
        form=form_view(protection, visit.request.url.path, values=values, errors=errors),
        title=title,
        who=f"@{who[1].handle}" if who else "",
        domain=visit.node.settings.node.domain,
        shortest=SHORTEST_PASSWORD,
        until=visit.speech.day(invitation.expires_at.date()),
    )
    return keep(visit.request, response, protection)


def _password_errors(visit: Visit, password: str) -> dict[str, str]:
    try:
        check_password(password)
    except ActorsError:
        return {"password": password_advice(visit)}
    return {}


def password_advice(visit: Visit) -> str:
    """Return what a password must be like, for somebody whose choice was not."""
    return visit.say(
        "Take %(shortest)s to %(longest)s characters, not all alike: a few words that nobody would guess.",
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )


def _said(visit: Visit, fields: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong in the visitor's language."""
    said = {}
    if "username" in fields:
        said["username"] = (
            visit.say("Somebody has this user name. Take another.")
            if fields["username"] == TAKEN
            else visit.say(
                "Take the letters a to z, digits, _ . and -, at most %(longest)s in all. Some names are kept "
                "for the node itself.",
                longest=LONGEST_USERNAME,
            )
        )
    if "email" in fields:
        said["email"] = (
            visit.say("Somebody here has this e-mail address already.")
            if fields["email"] == TAKEN
            else visit.say("This is not an e-mail address.")
        )
    return said


def _enter(request: Request, secret: str) -> Response:
    response = RedirectResponse(HOME, HTTPStatus.SEE_OTHER, {"Cache-Control": PRIVATE})
    set_session(request, response, secret)
    return response


ROUTES: list[BaseRoute] = [
    Route("/invitations/{code}", show, methods=["GET"]),
    Route("/invitations/{code}", use, methods=["POST"]),
]
