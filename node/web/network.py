"""The nodes that this one follows, and what this node is."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from actors.addresses import BODY, SERVER
from actors.documents import chosen
from actors.text import plain_line
from node.pages.catalogues import message
from node.pages.rendering import page
from node.pages.speech import Text
from node.pages.views import Head
from node.pages.visits import Visit, visit_of
from node.version import version
from node.web.cards import elsewhere, person_of
from node.web.documents import languages_of
from node.web.views import Fact, Moment, Person, Value
from storage.actors import Actor
from storage.documents import DocumentName, HouseRule
from storage.follows import Follow
from storage.kinds import FollowState
from storage.peers import Peer

_STATES = {
    FollowState.ACCEPTED: message("Followed"),
    FollowState.REQUESTED: message("Asked, no answer yet"),
    FollowState.REJECTED: message("Does not want to be followed"),
}
_LONGEST_NAME = 120
_TROUBLED_AFTER = 3


@dataclass(frozen=True, slots=True)
class NodeView:
    """Another node as the list of the network shows it."""

    name: str
    host: str
    href: str
    state: str
    software: str
    heard: Moment | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class NetworkView:
    """The nodes that this one follows."""

    followed: str
    nodes: tuple[NodeView, ...]
    server: Person | None


@dataclass(frozen=True, slots=True)
class AboutView:
    """What this node says of itself; each rule comes with what explains it."""

    body: Person | None
    summary: Text
    facts: tuple[Fact, ...]
    rules: tuple[tuple[Text, Text], ...]


async def show_network(request: Request) -> Response:
    """List the nodes that this one follows, with how things stand between them."""
    visit = visit_of(request)
    async with visit.node.database.read() as tx:
        server = await tx.actors.local(SERVER)
        follows = await tx.follows.followed_by(server) if server else []
        peers = {peer.host: peer for peer in await tx.peers.all()}
    nodes = [
        _node(visit, follow, actor, peers.get(actor.host)) for follow, actor in follows if not actor.gone_at
    ]
    accepted = sum(follow.state == FollowState.ACCEPTED for follow, _ in follows)
    view = NetworkView(
        followed=visit.speech.count(
            "This node follows %(number)s other.", "This node follows %(number)s others.", accepted
        ),
        nodes=tuple(sorted(nodes, key=lambda node: node.name.casefold())),
        server=person_of(server) if server else None,
    )
    head = Head(visit.say("The network"), canonical=f"{visit.node.base_url}/network")
    return page(visit, "network.html", head, view=view)


async def show_about(request: Request) -> Response:
    """Say whose node this is, how to reach them, and what it does with what it knows of visitors."""
    visit = visit_of(request)
    async with visit.node.database.read() as tx:
        body = await tx.actors.local(BODY)
        documents = await tx.documents.current(DocumentName.ABOUT, tx.now.date())
        rules = await tx.documents.rules()
    written = chosen(documents, languages_of(visit))
    view = AboutView(
        body=person_of(body) if body else None,
        summary=Text(written.content, written.language) if written else Text(body.summary if body else ""),
        facts=tuple(fact for fact in _facts(visit) if fact.values),
        rules=tuple(_rule(rule, visit.speech.language.tag) for rule in rules),
    )
    title = visit.say("About this node")
    head = Head(title, canonical=f"{visit.node.base_url}/about")
    return page(visit, "about.html", head, view=view)


def _rule(rule: HouseRule, language: str) -> tuple[Text, Text]:
    said = rule.translations.get(language)
    if said is None:
        return Text(rule.text), Text(rule.hint)
    return Text(said["text"], language), Text(said["hint"], language)


def _node(visit: Visit, follow: Follow, actor: Actor, peer: Peer | None) -> NodeView:
    software = f"{peer.software} {peer.software_version or ''}".strip() if peer and peer.software else ""
    heard = max(filter(None, (peer.last_success_at, peer.last_received_at)), default=None) if peer else None
    return NodeView(
        name=plain_line((peer.name if peer else None) or actor.display_name, _LONGEST_NAME) or actor.host,
        host=actor.host,
        href=elsewhere(actor.url, actor.uri),
        state=visit.say(_STATES[FollowState(follow.state)]),
        software=plain_line(software, _LONGEST_NAME),
        heard=Moment(visit.say("last heard of on %(day)s", day=visit.speech.day(heard)), heard.isoformat())
        if heard
        else None,
        is_silent=peer is not None and peer.failures >= _TROUBLED_AFTER,
    )


def _facts(visit: Visit) -> list[Fact]:
    settings, speech = visit.node.settings.node, visit.speech
    tag = speech.language.tag

    def fact(term: str, *texts: str, href: str = "") -> Fact:
        return Fact(Text(term, tag), tuple(Value(Text(text, tag), href=href) for text in texts if text))

    mail = settings.contact_email
    return [
        fact(speech.say("Domain"), settings.domain),
        fact(speech.say("Country"), speech.territory(settings.country) if settings.country else ""),
        fact(speech.say("Languages"), speech.languages(settings.languages)),
        fact(speech.say("Contact"), mail, href=f"mailto:{mail}" if mail else ""),
        fact(speech.say("Software"), f"ILAN node {version()}"),
    ]
