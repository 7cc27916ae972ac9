"""Lists of everything of one kind, of this node and of the others."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actors.addresses import PATHS
from actors.searching import Facets, latest
from node.pages.rendering import page, with_parameter
from node.pages.views import Choice, Head
from node.pages.visits import Visit, visit_of
from node.web.calendar import upcoming
from node.web.cards import HAPPENING, Item, cards_of
from node.web.kinds import SHELVES, Shelf, is_open
from node.web.views import Listing
from storage.kinds import Kind

PAGE_SIZE = 20
_MOST_UPCOMING = 50
#: Lists that are found beside one another.
_NEIGHBOURS = ((Kind.EVENT, Kind.TRAINING), (Kind.OFFER, Kind.REQUEST))


@dataclass(frozen=True, slots=True)
class ShelfView:
    """The list of a kind, with what comes first apart where there is a first."""

    heading: str
    about: str
    neighbours: tuple[Choice, ...]
    listings: tuple[Listing, ...]


async def show(shelf: Shelf, request: Request) -> Response:
    """Show everything of a kind, newest first; events that are yet to come before those that are over."""
    visit = visit_of(request)
    now = visit.node.database.clock()
    before = visit.number("before")
    kinds = _kinds(shelf)
    is_calendar = shelf.kind in HAPPENING
    async with visit.node.database.read() as tx:
        coming = (
            await upcoming(tx, now, _MOST_UPCOMING, kinds=kinds) if is_calendar and before is None else []
        )
        items = await latest(tx, None, Facets(kinds=tuple(sorted(kinds))), before=before, size=PAGE_SIZE + 1)
    items, more = older(visit, items)
    say = visit.say
    if is_calendar:
        items = [item for item in items if not is_open(item[0], now)]
    listing = Listing(
        heading=say("Past") if is_calendar else "",
        cards=cards_of(items, visit.speech, now, are_alike=len(kinds) == 1),
        empty="" if is_calendar and coming else say(shelf.empty),
        more=more,
        more_said=say("Older"),
    )
    first = Listing(say("Coming up"), cards_of(coming, visit.speech, now, are_alike=len(kinds) == 1))
    view = ShelfView(
        heading=say(shelf.heading),
        about=say(shelf.about),
        neighbours=_neighbours(visit, shelf),
        listings=(first, listing) if coming else (listing,),
    )
    head = Head(
        title=view.heading,
        description=view.about,
        canonical=f"{visit.node.base_url}{shelf.path}",
        is_indexed=before is None,
    )
    return page(visit, "shelf.html", head, view=view)


def older(visit: Visit, items: list[Item]) -> tuple[list[Item], str]:
    """Return one page of what was asked for with one more, and the way to the older ones, or nothing."""
    if len(items) <= PAGE_SIZE:
        return items, ""
    kept = items[:PAGE_SIZE]
    return kept, with_parameter(visit, "before", str(kept[-1][0].id))


async def show_experts(_request: Request) -> Response:
    """Lead to the offers of experts, beside which the requests are."""
    return RedirectResponse(f"/{PATHS[Kind.OFFER]}", 302)


def _kinds(shelf: Shelf) -> frozenset[Kind]:
    return HAPPENING if shelf.kind == Kind.EVENT else frozenset({shelf.kind})


def _neighbours(visit: Visit, shelf: Shelf) -> tuple[Choice, ...]:
    together: tuple[Kind, ...] = next((each for each in _NEIGHBOURS if shelf.kind in each), ())
    headings = {each.kind: each.heading for each in SHELVES}
    return tuple(
        Choice(visit.say(headings[kind]), f"/{PATHS[kind]}", is_chosen=kind == shelf.kind)
        for kind in together
    )
