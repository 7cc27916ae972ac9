"""The search page: the same search as everywhere, with what was sought marked in the results."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actors.query import Query, excerpt
from actors.searching import Facets, search
from node.pages.rendering import page, with_parameter
from node.pages.speech import country_code
from node.pages.views import Choice, Head
from node.pages.visits import Visit, visit_of
from node.web.cards import Excerpt, Item, card_of
from node.web.kinds import NAMES
from node.web.versions import languages_of, version_for, whole_text
from node.web.views import Card, Listing
from storage.kinds import Kind
from storage.publications import Publication

PAGE_SIZE = 15
_LAST_PAGE = 500
_EXCERPT = 220
#: What can be chosen, in the order in which it is offered.
_KINDS = (
    Kind.PRACTICE,
    Kind.RESOURCE,
    Kind.EVENT,
    Kind.TRAINING,
    Kind.OFFER,
    Kind.REQUEST,
    Kind.STATEMENT,
    Kind.NOTE,
)


@dataclass(frozen=True, slots=True)
class SearchView:
    """The form as it was filled in, and what was found; also what is about the topics that were named."""

    text: str
    kinds: tuple[Choice, ...]
    country: str
    unknown_country: bool
    topics: str
    listing: Listing | None
    previous: str


async def show(request: Request) -> Response:
    """Search, or show the empty form."""
    visit = visit_of(request)
    text, kind, country = (visit.parameter(name) for name in ("q", "kind", "country"))
    code = country_code(country) if country else None
    number = min(visit.number("page") or 1, _LAST_PAGE)
    facets = Facets(kinds=(kind,) if kind in _KINDS else (), countries=(code,) if code else ())
    is_asked = bool(text or facets.tokens()) and not (country and code is None)
    listing, topics = None, ""
    if is_asked:
        offset = (number - 1) * PAGE_SIZE
        async with visit.node.database.read() as tx:
            results = await search(tx, text, None, facets, offset=offset, size=PAGE_SIZE)
        found = visit.speech.count("%(number)s result", "%(number)s results", results.total)
        topics = visit.speech.joined([each.label(visit.speech.language.tag) for each in results.concepts])
        listing = Listing(
            heading=found,
            cards=tuple(_cards(visit, results.items, results.query)),
            empty=visit.say(
                "Nothing was found. Try fewer or other words, or leave out the country or the kind."
            ),
            more=with_parameter(visit, "page", str(number + 1)) if results.total > offset + PAGE_SIZE else "",
            more_said=visit.say("More results"),
        )
    view = SearchView(
        text=text,
        kinds=_choices(visit, kind),
        country=country,
        unknown_country=bool(country and code is None),
        topics=topics,
        listing=listing,
        previous=with_parameter(visit, "page", str(number - 1)) if number > 1 else "",
    )
    title = visit.say("Search: %(text)s", text=text) if text else visit.say("Search")
    return page(visit, "search.html", Head(title=title, is_indexed=False), view=view)


async def show_tag(request: Request) -> Response:
    """Lead from a hashtag to what has its word."""
    tag = request.path_params["tag"]
    return RedirectResponse(f"/search?{urlencode({'q': tag})}", 302)


def _choices(visit: Visit, chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(visit.say(NAMES[kind]), kind, is_chosen=kind == chosen) for kind in _KINDS)


def _cards(visit: Visit, items: list[Item], query: Query) -> Iterator[Card]:
    now = visit.node.database.clock()
    for publication, author in items:
        yield card_of(publication, author, visit.speech, now, excerpt=_excerpt(visit, publication, query))


def _excerpt(visit: Visit, publication: Publication, query: Query) -> Excerpt | None:
    """Return where the words stand: in the visitor's language, or in the first language that has them."""
    if not query or publication.sensitive:
        return None
    own = version_for(publication, [visit.speech.language.tag])
    for language in dict.fromkeys([own, *languages_of(publication)]):
        pieces = excerpt(whole_text(publication, language).text, query, _EXCERPT)
        if any(is_hit for _, is_hit in pieces):
            return Excerpt(language, tuple(pieces))
    return None
