"""The page of one publication."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from actors.addresses import page_path
from actors.errors import NotFound
from node.pages.rendering import page, with_parameter
from node.pages.speech import Speech, Text, own_name
from node.pages.views import Choice, Head
from node.pages.visits import Visit, object_instead, positive, visit_of
from node.web import linked_data
from node.web.attachments import attachments_of, links_of, picture_of
from node.web.cards import HAPPENING, Item, href_of, person_of, zone_of
from node.web.facts import facts_of
from node.web.kinds import kind_name, state_of
from node.web.versions import content_in, languages_of, lead_in, summary_in, title_in, version_for
from node.web.views import Attachment, Fact, Moment, Person, State, Value
from storage.actors import Actor
from storage.kinds import Kind, Visibility
from storage.publications import Publication
from storage.transaction import Transaction

#: Asks for another language of the text alone, whatever language the page is in.
VERSION = "content"


@dataclass(frozen=True, slots=True)
class PublicationView:
    """A publication as its page shows it. `warning` is what its author wants read before the text."""

    kind: str
    title: Text
    author: Person
    published: Moment
    changed: Moment | None
    revision: str
    state: State | None
    warning: Text
    lead: Text
    content: Text
    facts: tuple[Fact, ...]
    versions: tuple[Choice, ...]
    attachments: tuple[Attachment, ...]
    links: tuple[Value, ...]
    uri: str


async def show(kind: Kind, request: Request) -> Response:
    """Show what is published under a title or a number."""
    visit = visit_of(request)
    async with visit.node.database.read() as tx:
        publication = await _named(tx, kind, request.path_params["slug"])
        item = await _readable(tx, publication, visit)
    return _answer(visit, *item)


async def show_note(request: Request) -> Response:
    """Show a note under its author's name; anything else that is asked for there has a page of its own."""
    visit = visit_of(request)
    number = positive(request.path_params["number"])
    async with visit.node.database.read() as tx:
        publication = await tx.publications.find(number) if number else None
        item = await _readable(tx, publication, visit)
    if item[1].username != request.path_params["username"]:
        raise NotFound
    return _answer(visit, *item)


async def _named(tx: Transaction, kind: Kind, slug: str) -> Publication | None:
    number = positive(slug)
    if number is not None:
        found = await tx.publications.find(number)
        return found if found is not None and found.kind == kind else None
    return await tx.publications.by_slug(kind, slug) if slug.isprintable() else None


async def _readable(tx: Transaction, publication: Publication | None, visit: Visit) -> Item:
    """Return what anybody may read; NotFound for the rest, and 410 for what anybody could read once."""
    item = await tx.publications.readable(publication.uri, None) if publication else None
    if item is not None and item[0].is_local and not (item[1].gone_at or item[1].suspended_at):
        return item
    path = visit.request.scope["path"]
    tombstone = await tx.tombstones.by_page(path) if path.isprintable() else None
    if tombstone is not None and tombstone.was_public:
        raise HTTPException(410)
    raise NotFound


def _answer(visit: Visit, publication: Publication, author: Actor) -> Response:
    if instead := object_instead(visit.request, publication.uri):
        return instead
    path = page_path(author, publication.kind, publication.id, publication.slug)
    if path != visit.request.scope["path"]:
        return RedirectResponse(href_of(publication, author), 302)
    version = version_for(publication, [visit.parameter(VERSION), visit.speech.language.tag])
    view = _view(visit, publication, author, version)
    return page(visit, "publication.html", _head(visit, publication, author, view), view=view)


def _view(visit: Visit, publication: Publication, author: Actor, version: str) -> PublicationView:
    speech = visit.speech
    is_note = publication.kind == Kind.NOTE
    published = publication.published_at
    return PublicationView(
        kind=kind_name(publication.kind, speech),
        title=title_in(publication, version) if not is_note else _title_of_note(visit, author),
        author=person_of(author),
        published=Moment(speech.day(published), published.isoformat()),
        changed=_changed(publication, speech),
        revision=speech.number(publication.revision),
        state=state_of(publication, speech, visit.node.database.clock()),
        warning=summary_in(publication, version) if publication.sensitive else Text(""),
        lead=Text("") if is_note else lead_in(publication, version),
        content=content_in(publication, version),
        facts=facts_of(publication, speech),
        versions=_versions(visit, publication, version),
        attachments=attachments_of(publication, visit.node.base_url, speech),
        links=links_of(publication),
        uri=publication.uri,
    )


def _changed(publication: Publication, speech: Speech) -> Moment | None:
    if (changed := publication.updated_at) is None:
        return None
    return Moment(speech.say("changed on %(day)s", day=speech.day(changed)), changed.isoformat())


def _title_of_note(visit: Visit, author: Actor) -> Text:
    name = person_of(author).name
    return Text(visit.say("Note by %(name)s", name=name), visit.speech.language.tag)


def _versions(visit: Visit, publication: Publication, version: str) -> tuple[Choice, ...]:
    tags = languages_of(publication)
    if len(tags) <= 1:
        return ()
    return tuple(
        Choice(own_name(tag), with_parameter(visit, VERSION, tag), is_chosen=tag == version, language=tag)
        for tag in tags
    )


def _head(visit: Visit, publication: Publication, author: Actor, view: PublicationView) -> Head:
    title = view.title
    description = view.warning.text if publication.sensitive else view.lead.text
    if not description and not publication.sensitive:
        description = summary_in(publication, view.content.language).text
    site = visit.node.settings.node.name
    picture = picture_of(publication, visit.node.base_url)
    documents = [
        linked_data.page_document(publication, author, title, description),
        linked_data.event_document(publication, author, title, description, _times(publication)),
    ]
    return Head(
        title=title.text,
        description=description,
        canonical=publication.url or visit.node.base_url + href_of(publication, author),
        alternate=publication.uri,
        creator=f"@{author.handle}",
        is_indexed=publication.indexable and author.indexable and publication.visibility == Visibility.PUBLIC,
        properties=linked_data.card_properties(publication, title, description, site, picture),
        linked_data=tuple(linked_data.written(document) for document in documents if document),
    )


def _times(publication: Publication) -> tuple[str, str]:
    if publication.kind not in HAPPENING:
        return "", ""
    zone = zone_of(publication)
    moments = (publication.starts_at, publication.ends_at)
    starts, ends = (moment.astimezone(zone).isoformat() if moment else "" for moment in moments)
    return starts, ends
