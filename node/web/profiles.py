"""The page of somebody, or some body, that this node hosts."""

from dataclasses import dataclass, replace

from markupsafe import escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from actors.errors import NotFound
from actors.text import plain_line
from node.pages.catalogues import message
from node.pages.rendering import page
from node.pages.speech import Speech, Text
from node.pages.views import Head
from node.pages.visits import Visit, object_instead, visit_of
from node.web import linked_data
from node.web.cards import cards_of, person_of
from node.web.shelves import PAGE_SIZE, older
from node.web.views import Fact, Listing, Person, Value
from storage.actors import Actor
from storage.kinds import ActorType

_TYPES = {
    ActorType.PERSON: message("Person"),
    ActorType.ORGANIZATION: message("Organisation"),
    ActorType.APPLICATION: message("Server"),
    ActorType.GROUP: message("Group"),
    ActorType.SERVICE: message("Automatic account"),
}
_LONGEST_DESCRIPTION = 300


@dataclass(frozen=True, slots=True)
class ProfileView:
    """An actor as its page shows it."""

    person: Person
    type: str
    name: Text
    summary: Text
    facts: tuple[Fact, ...]
    fields: tuple[tuple[str, str], ...]
    followers: str
    following: str
    listing: Listing
    uri: str


async def show(request: Request) -> Response:
    """Show a local actor and what it publishes, newest first."""
    visit = visit_of(request)
    before = visit.number("before")
    async with visit.node.database.read() as tx:
        actor = await tx.actors.local(_username(request))
        if actor is None or actor.suspended_at is not None:
            raise NotFound
        if actor.gone_at is not None:
            raise HTTPException(410)
        items = await tx.publications.page(None, author=actor, before=before, size=PAGE_SIZE + 1)
        followers = await tx.follows.count_followers(actor)
        following = await tx.follows.count_following(actor)
    if instead := object_instead(request, actor.uri):
        return instead
    speech = visit.speech
    items, more = older(visit, items)
    view = ProfileView(
        person=person_of(actor),
        type=speech.say(_TYPES[ActorType(actor.type)]),
        name=_name(actor, speech),
        summary=Text(actor.summary),
        facts=_facts(actor, speech),
        fields=tuple((plain_line(escape(name), 200), value) for name, value in actor.fields),
        followers=speech.count("%(number)s follower", "%(number)s followers", followers),
        following=speech.count("follows %(number)s", "follows %(number)s", following),
        listing=Listing(
            heading=speech.say("Publications"),
            cards=tuple(
                replace(card, author=None) for card in cards_of(items, speech, visit.node.database.clock())
            ),
            empty=speech.say("Nothing is published here yet."),
            more=more,
            more_said=speech.say("Older"),
        ),
        uri=actor.uri,
    )
    return page(visit, "profile.html", _head(visit, actor, view), view=view)


def _username(request: Request) -> str:
    written: str = request.path_params["username"]
    if not written.isprintable():
        raise NotFound
    return written


def _name(actor: Actor, speech: Speech) -> Text:
    names = actor.name_map or {}
    language = speech.language.tag
    return Text(names[language], language) if language in names else Text(actor.display_name)


def _facts(actor: Actor, speech: Speech) -> tuple[Fact, ...]:
    tag = speech.language.tag
    facts = [
        (speech.say("Country"), speech.joined([speech.territory(code) for code in actor.jurisdiction])),
        (speech.say("Languages"), speech.languages(actor.languages)),
    ]
    return tuple(Fact(Text(term, tag), (Value(Text(said, tag)),)) for term, said in facts if said)


def _head(visit: Visit, actor: Actor, view: ProfileView) -> Head:
    description = plain_line(actor.summary, _LONGEST_DESCRIPTION)
    url = actor.url or f"{visit.node.base_url}/@{actor.username}"
    return Head(
        title=f"{view.name.text} ({view.person.handle})",
        description=description,
        canonical=url,
        alternate=actor.uri,
        creator=view.person.handle,
        is_indexed=actor.indexable,
        properties=(
            ("og:type", "profile"),
            ("og:site_name", visit.node.settings.node.name),
            ("og:title", view.name.text),
            ("og:description", description),
            ("og:url", url),
        ),
        linked_data=(linked_data.written(linked_data.profile_document(actor, description)),),
    )
