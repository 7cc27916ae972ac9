"""What pages tell other machines: schema.org for search engines, OpenGraph for the cards of other servers."""

from collections.abc import Mapping
from html import escape
from typing import Any

import orjson

from actors.licences import licence_url
from actors.text import plain_line
from node.pages.speech import Text
from node.web.cards import HAPPENING
from storage.actors import Actor
from storage.kinds import ActorType
from storage.publications import Publication

_SCHEMA = "https://schema.org"
_STATUSES = {
    "cancelled": "EventCancelled",
    "postponed": "EventPostponed",
    "rescheduled": "EventRescheduled",
    "moved_online": "EventMovedOnline",
}
# Inside a script element nothing else could end it or begin a comment; line separators break older readers,
# and direction overrides would reorder what is read in the source.
_ESCAPED = "<>&\u2028\u2029\u202a\u202b\u202c\u202d\u202e"
_ESCAPES = str.maketrans({each: f"\\u{ord(each):04x}" for each in _ESCAPED})


def written(document: Mapping[str, Any]) -> str:
    """Return a JSON-LD document that can stand in a script element of HTML (XSS-14); empty values go."""
    json = orjson.dumps({name: value for name, value in document.items() if value not in (None, "", [], {})})
    return json.decode().translate(_ESCAPES)


def page_document(publication: Publication, author: Actor, title: Text, description: str) -> dict[str, Any]:
    """Return a publication's page as schema.org describes one: the only type that Mastodon's cards read."""
    return {
        "@context": _SCHEMA,
        "@type": "WebPage",
        "url": publication.url,
        "headline": title.text,
        "name": title.text,
        "description": description,
        "inLanguage": title.language,
        "datePublished": publication.published_at.isoformat(),
        "dateModified": (publication.updated_at or publication.published_at).isoformat(),
        "license": licence_url(publication.license),
        "author": actor_document(author),
        "about": [concept["name"] for concept in publication.concepts if concept.get("name")],
        "spatialCoverage": publication.jurisdiction,
    }


def event_document(
    publication: Publication, author: Actor, title: Text, description: str, times: tuple[str, str]
) -> dict[str, Any] | None:
    """Return what takes place as an event; `times` are when it starts and ends (RFC 3339)."""
    if publication.kind not in HAPPENING or publication.starts_at is None:
        return None
    details = publication.details
    place = _place(details.get("place"))
    is_online = bool(details.get("online_url") or details.get("online"))
    mode = "Mixed" if place and is_online else "Online" if is_online else "Offline"
    online = {"@type": "VirtualLocation", "url": details.get("online_url") or publication.url}
    return {
        "@context": _SCHEMA,
        "@type": "EducationEvent" if publication.kind == "training" else "Event",
        "name": title.text,
        "description": description,
        "url": publication.url,
        "startDate": times[0],
        "endDate": times[1],
        "inLanguage": title.language,
        "eventStatus": f"{_SCHEMA}/{_STATUSES.get(str(details.get('status')), 'EventScheduled')}",
        "eventAttendanceMode": f"{_SCHEMA}/{mode}EventAttendanceMode",
        "location": [each for each in (place, online if is_online else None) if each],
        "maximumAttendeeCapacity": details.get("capacity"),
        "isAccessibleForFree": details.get("free"),
        "organizer": actor_document(author),
    }


def actor_document(actor: Actor) -> dict[str, Any]:
    """Return an actor as schema.org describes people and organisations."""
    return {
        "@type": "Person" if actor.type == ActorType.PERSON else "Organization",
        "name": actor.display_name,
        "url": actor.url or actor.uri,
    }


def profile_document(actor: Actor, description: str) -> dict[str, Any]:
    """Return a profile's page."""
    about = actor_document(actor) | {"alternateName": f"@{actor.handle}", "description": description}
    return {"@context": _SCHEMA, "@type": "ProfilePage", "url": actor.url, "mainEntity": about}


def card_properties(
    publication: Publication, title: Text, description: str, site: str, picture: Mapping[str, Any] | None
) -> tuple[tuple[str, str], ...]:
    """Return OpenGraph's properties of a publication's page."""
    found = {
        "og:type": "article",
        "og:site_name": site,
        "og:title": title.text,
        "og:description": description,
        "og:url": publication.url or publication.uri,
        "og:locale": title.language.replace("-", "_"),
        "article:published_time": publication.published_at.isoformat(),
        "article:modified_time": publication.updated_at.isoformat() if publication.updated_at else "",
        "og:image": str(picture["url"]) if picture else "",
        "og:image:alt": plain_line(escape(str(picture.get("name", ""))), 300) if picture else "",
    }
    return tuple((name, value) for name, value in found.items() if value)


def _place(place: object) -> dict[str, Any] | None:
    if not isinstance(place, dict):
        return None
    names = {
        "streetAddress": "street",
        "postalCode": "postcode",
        "addressLocality": "locality",
        "addressRegion": "region",
        "addressCountry": "country",
    }
    address = {name: place[ours] for name, ours in names.items() if place.get(ours)}
    found = {"@type": "Place", "name": place.get("name") or place.get("locality")}
    return found | ({"address": {"@type": "PostalAddress", **address}} if address else {})
