"""The first page: what this node is, and what is new."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from actors.addresses import BODY, SERVER
from actors.searching import Facets, latest
from node.pages.rendering import page
from node.pages.speech import Text
from node.pages.texts import description_of
from node.pages.views import Head
from node.pages.visits import Visit, visit_of
from node.web.calendar import upcoming
from node.web.cards import HAPPENING, Item, cards_of, person_of
from node.web.kinds import is_open
from node.web.views import Listing, Person
from storage.actors import Actor
from storage.kinds import CATALOGUE, FollowState, Kind
from storage.transaction import Transaction

_SHOWN = 4
_LOOKED_AT = 20
#: What other nodes publish, beyond the events and offers that stand in their own lists.
_READING = tuple(sorted(CATALOGUE - HAPPENING - {Kind.OFFER, Kind.REQUEST}))


@dataclass(frozen=True, slots=True)
class HomeView:
    """The first page. `body` is the body's own actor, where the node has one."""

    body: Person | None
    summary: Text
    followed: str
    practices: Listing
    events: Listing
    offers: Listing
    elsewhere: Listing


async def show(request: Request) -> Response:
    """Show what is new here and on the nodes that this one follows."""
    visit = visit_of(request)
    now = visit.node.database.clock()
    async with visit.node.database.read() as tx:
        body = await tx.actors.local(BODY)
        practices = await latest(tx, None, Facets(kinds=(Kind.PRACTICE,), is_local=True), size=_SHOWN)
        events = await upcoming(tx, now, _SHOWN)
        offers = await latest(tx, None, Facets(kinds=(Kind.OFFER,)), size=_LOOKED_AT)
        offers = [item for item in offers if is_open(item[0], now)][:_SHOWN]
        elsewhere = await latest(tx, None, Facets(kinds=_READING, is_local=False), size=_SHOWN)
        followed = await _followed(tx)
    view = _view(visit, body, [practices, events, offers, elsewhere], followed)
    settings = visit.node.settings.node
    head = Head(
        title="",
        description=_description(visit, view),
        canonical=f"{visit.node.base_url}/",
        properties=(("og:type", "website"), ("og:title", settings.name), ("og:site_name", settings.name)),
    )
    return page(visit, "home.html", head, view=view)


async def _followed(tx: Transaction) -> int:
    server = await tx.actors.local(SERVER)
    follows = await tx.follows.followed_by(server) if server else []
    return sum(follow.state == FollowState.ACCEPTED for follow, _ in follows)


def _view(visit: Visit, body: Actor | None, found: list[list[Item]], followed: int) -> HomeView:
    speech, now = visit.speech, visit.node.database.clock()
    say = speech.say
    practices, events, offers, elsewhere = (
        cards_of(items, speech, now, are_alike=is_alike)
        for items, is_alike in zip(found, (True, False, True, False), strict=True)
    )
    return HomeView(
        body=person_of(body) if body else None,
        summary=Text(body.summary if body else ""),
        followed=speech.count(
            "This node follows %(number)s other.", "This node follows %(number)s others.", followed
        ),
        practices=Listing(
            say("Newest practices"),
            practices,
            say("No practice has been published yet."),
            "/practices",
            say("All practices"),
        ),
        events=Listing(
            say("Coming up"), events, say("Nothing is planned at the moment."), "/events", say("All events")
        ),
        offers=Listing(
            say("Experts available"),
            offers,
            say("No expert is on offer at the moment."),
            "/experts/offers",
            say("All expert offers"),
        ),
        elsewhere=Listing(
            say("From other nodes"),
            elsewhere,
            say("Nothing has come from other nodes yet."),
            "/network",
            say("The network"),
        ),
    )


def _description(visit: Visit, view: HomeView) -> str:
    return view.summary.text or description_of(visit.speech, visit.node.settings)
