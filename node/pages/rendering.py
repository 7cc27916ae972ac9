"""Pages out of templates: one environment for all, and the answer with the headers that pages need."""

from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.responses import Response

from actors.addresses import PATHS
from node.http.replies import PRIVATE, reply
from node.pages.catalogues import message
from node.pages.languages import LANGUAGES, PARAMETER, Language, known
from node.pages.static import address_of
from node.pages.views import Choice, Head
from node.pages.visits import Visit
from storage.kinds import Kind

CACHE = "public, no-cache"
"""Anybody may keep a page, and asks whether it is still the same before showing it again."""

VARY = "Accept, Accept-Language, Cookie"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Pages need their style and pictures of this node, and nothing else; no script ever (XSS-17)."""

OPEN_POLICY = POLICY.replace("form-action 'self'; ", "")
"""For a page whose form ends elsewhere: browsers hold the redirect that answers it against `form-action`.

Web clients show it in a window that they open and wait for (Phanpy does), so it stays theirs: with another
Cross-Origin-Opener-Policy than the usual one.
"""

#: Every surface with pages has its templates beside its code; their names are all different.
TEMPLATES = tuple(sorted(Path(__file__).parents[1].glob("*/templates")))
_A_YEAR = 365 * 24 * 60 * 60
_LONGEST_QUERY = 2_000
_SECTIONS = (
    (f"/{PATHS[Kind.PRACTICE]}", message("Practices")),
    (f"/{PATHS[Kind.EVENT]}", message("Events")),
    (f"/{PATHS[Kind.OFFER]}", message("Experts")),
    (f"/{PATHS[Kind.RESOURCE]}", message("Resources")),
    ("/network", message("Network")),
    ("/search", message("Search")),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page: whose node it is, the ways to its parts, the other languages."""

    name: str
    sections: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    style: str
    icon: str


def page(
    visit: Visit,
    template: str,
    head: Head,
    *,
    status: int = 200,
    is_private: bool = False,
    policy: str = POLICY,
    **views: Any,
) -> Response:
    """Answer with a page: a template filled with views, in the visitor's language.

    One that `is_private` is for one person, and kept by nobody. A language that the address asks for is
    remembered as a cookie, which says nothing else.
    """
    may_be_kept = status == HTTPStatus.OK and not is_private
    html = (
        _environment()
        .get_template(template)
        .render(speech=visit.speech, head=head, frame=_frame(visit, is_here=status == HTTPStatus.OK), **views)
    )
    response = reply(
        visit.request,
        html.encode(),
        media_type="text/html",
        status=status,
        cache=CACHE if may_be_kept else PRIVATE,
        vary=VARY,
    )
    response.headers["Content-Security-Policy"] = policy
    if policy == OPEN_POLICY:
        response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    if head.alternate:
        response.headers["Link"] = f'<{head.alternate}>; rel="alternate"; type="application/activity+json"'
    if asked := known(visit.parameter(PARAMETER)):
        _remember(visit, asked, response)
    return response


def _remember(visit: Visit, language: Language, response: Response) -> None:
    response.set_cookie(
        PARAMETER,
        language.tag,
        max_age=_A_YEAR,
        secure=visit.node.base_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )


def _frame(visit: Visit, *, is_here: bool) -> Frame:
    # What is absent looks the same wherever it is absent.
    path = visit.request.scope["path"] if is_here else ""
    return Frame(
        name=visit.node.settings.node.name,
        sections=tuple(
            Choice(visit.say(said), href, is_chosen=path == href or path.startswith(f"{href}/"))
            for href, said in _SECTIONS
        ),
        languages=tuple(
            Choice(
                language.name,
                with_parameter(visit, PARAMETER, language.tag),
                is_chosen=language == visit.speech.language,
                language=language.tag,
            )
            for language in LANGUAGES
        ),
        style=address_of("style.css"),
        icon=address_of("icon.svg"),
    )


def with_parameter(visit: Visit, name: str, value: str) -> str:
    """Return the query of the address that the visitor is at, with one parameter changed."""
    asked = [pair for pair in visit.request.query_params.multi_items() if pair[0] != name]
    kept = urlencode(asked)
    changed = urlencode({name: value})
    return f"?{kept}&{changed}" if kept and len(kept) <= _LONGEST_QUERY else f"?{changed}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # The extension adds the method.
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["html"] = Markup
    return environment


@pass_context
def _gettext(context: Context, text: str) -> str:
    found: str = context["speech"].catalogue.gettext(text)
    return found


@pass_context
def _ngettext(context: Context, singular: str, plural: str, number: int) -> str:
    found: str = context["speech"].catalogue.ngettext(singular, plural, number)
    return found
