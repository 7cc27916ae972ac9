"""Publications as they stand in lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

from actors import labels
from actors.addresses import BODY, page_path
from actors.fields import time_zone
from actors.links import safe_url
from actors.text import plain_line
from federation.origins import same_origin
from node.pages.speech import Speech
from node.web.kinds import kind_name, moment_in, state_of
from node.web.versions import summary_in, title_in, version_for
from node.web.views import Card, Moment, Person
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

Item = tuple[Publication, Actor]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text, in pieces, each with whether it is what was sought."""

    language: str
    pieces: tuple[tuple[str, bool], ...]


HAPPENING = frozenset({Kind.EVENT, Kind.TRAINING})
_COUNTRIES_NAMED = 3
_LONGEST_NAME = 120
_LONGEST_PLACE = 80


def cards_of(
    items: Iterable[Item], speech: Speech, now: datetime, *, are_alike: bool = False
) -> tuple[Card, ...]:
    """Return publications as cards; where they `are_alike`, all of one kind, the kind is not said."""
    return tuple(card_of(*item, speech, now, with_kind=not are_alike) for item in items)


def card_of(
    publication: Publication,
    author: Actor,
    speech: Speech,
    now: datetime,
    *,
    with_kind: bool = True,
    excerpt: Excerpt | None = None,
) -> Card:
    """Return a publication as a card, in the visitor's language or in that of the excerpt."""
    version = excerpt.language if excerpt else version_for(publication, [speech.language.tag])
    is_ours = author.is_local and author.username == BODY
    return Card(
        title=title_in(publication, version),
        href=href_of(publication, author),
        moment=moment_of(publication, speech),
        kind=kind_name(publication.kind, speech) if with_kind else "",
        author=None if is_ours else person_of(author),
        where=where(publication, speech),
        state=state_of(publication, speech, now),
        summary=summary_in(publication, version),
        pieces=excerpt.pieces if excerpt else (),
    )


def href_of(publication: Publication, author: Actor) -> str:
    """Return where a publication is read: on a page here, or on its own node."""
    if author.is_local:
        path = page_path(author, publication.kind, publication.id, publication.slug)
        return quote(path, safe="/@-._~")
    return elsewhere(publication.url, publication.uri)


def elsewhere(url: str | None, uri: str) -> str:
    """Return the page of something remote; one that is not on its own node is not believed to be its page."""
    page = safe_url(url) if url else None
    return page if page and same_origin(page, uri) else safe_url(uri) or ""


def person_of(actor: Actor) -> Person:
    """Return an actor as the publisher of something."""
    return Person(
        name=plain_line(actor.display_name, _LONGEST_NAME) or actor.username,
        handle=f"@{actor.handle}",
        href=f"/@{actor.username}" if actor.is_local else elsewhere(actor.url, actor.uri),
        origin="" if actor.is_local else actor.host,
    )


def moment_of(publication: Publication, speech: Speech) -> Moment:
    """Return when something takes place, until when it is on offer, or when it was published."""
    if publication.kind in HAPPENING and publication.starts_at:
        zone = zone_of(publication)
        starts = publication.starts_at.astimezone(zone)
        ends = publication.ends_at.astimezone(zone) if publication.ends_at else None
        return Moment(speech.days(starts, ends), starts.isoformat())
    last = moment_in(publication.details.get("valid_through"))
    if last is not None:
        return Moment(speech.say("until %(day)s", day=speech.day(last)), last.isoformat())
    return Moment(speech.day(publication.published_at), publication.published_at.isoformat())


def zone_of(publication: Publication) -> tzinfo:
    """Return the time zone in which something takes place, by its name or by the offset it was given with."""
    named = time_zone(publication.details.get("timezone"))
    if named is not None:
        return named
    try:
        offset = datetime.fromisoformat(str(publication.details.get("starts"))).tzinfo
    except ValueError:
        offset = None
    return offset or UTC


def where(publication: Publication, speech: Speech) -> str:
    """Return the place of an event in short, or the countries that something is about."""
    if publication.kind in HAPPENING:
        place = publication.details.get("place")
        town = _locality(place) if isinstance(place, dict) else ""
        is_online = bool(publication.details.get("online_url") or publication.details.get("online"))
        if town:
            return speech.label("and_online", place=town) if is_online else town
        if is_online:
            return labels.capitalised(speech.label("online"))
    return speech.joined([speech.territory(code) for code in publication.jurisdiction[:_COUNTRIES_NAMED]])


def _locality(place: dict[str, Any]) -> str:
    named = place.get("locality") or place.get("name") or ""
    return plain_line(str(named), _LONGEST_PLACE)
