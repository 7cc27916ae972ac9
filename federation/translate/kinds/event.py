"""Events and trainings: FEP-8a8e and Mobilizon's plain keys, each written as strictly as its readers need.

A list as `location` loses the event in Mobilizon, which also knows no `joinMode` none; so there is one
location, and an event without registration is external to its own page.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from actors.kinds.event import JOIN_MODES
from actors.locales import country_named, territory_name
from actors.text import plain_line
from federation import vocabulary as as2
from federation.translate.kinds import facts
from federation.translate.kinds.rules import Translation, present
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

STATUSES: Final = {
    "scheduled": ("EventScheduled", "CONFIRMED"),
    "cancelled": ("EventCancelled", "CANCELLED"),
    "postponed": ("EventPostponed", "TENTATIVE"),
    "rescheduled": ("EventRescheduled", "CONFIRMED"),
    "moved_online": ("EventMovedOnline", "CONFIRMED"),
    "tentative": ("EventTentative", "TENTATIVE"),
}
"""Our words for how an event stands, FEP-8a8e's and iCalendar's."""

ONLINE: Final = "Online"
"""The name of the link to an online event, and of its place where there is no other."""

_CATEGORY: Final = "LEARNING"
_LONGEST: Final = 300
_A_DAY: Final = timedelta(days=1)
_ADDRESS: Final = {
    "street": "streetAddress",
    "locality": "addressLocality",
    "region": "addressRegion",
    "postcode": "postalCode",
    "country": "addressCountry",
}


def _write(publication: Publication, author: Actor) -> dict[str, Any]:
    details, uri = publication.details, publication.uri
    event_status, status = STATUSES[details.get("status", "scheduled")]
    return {
        "startTime": details.get("starts"),
        "endTime": details.get("ends"),
        "timezone": details.get("timezone"),
        "location": _location(publication),
        "isOnline": bool(details.get("online")),
        "eventStatus": event_status,
        "status": status,
        "category": details.get("category", _CATEGORY),
        **_participation(publication),
        "maximumAttendeeCapacity": details.get("capacity"),
        "participantCount": details.get("participants"),
        "attendees": f"{uri}/attendees",
        "organizers": _organizers(publication, author),
        "contacts": [author.uri],
        "superEvent": details.get("parent"),
        "applicationDeadline": details.get("closes"),
        "availableLanguage": details.get("languages"),
        "isAccessibleForFree": details.get("free"),
    }


def _write_training(publication: Publication, author: Actor) -> dict[str, Any]:
    details = publication.details
    return _write(publication, author) | {
        "duration": _duration(details),
        "educationalLevel": details.get("level"),
        "teaches": details.get("teaches"),
        "competencyRequired": details.get("prerequisites"),
        "educationalCredentialAwarded": details.get("certificate"),
    }


def _location(publication: Publication) -> dict[str, Any] | None:
    """Return the place where there is one; else, of an online event, where it is shown."""
    details = publication.details
    place = details.get("place")
    if place:
        address = present({wire: place.get(name) for name, wire in _ADDRESS.items()})
        country = place.get("country")
        name = place.get("name") or place.get("locality") or (country and territory_name(country, "en"))
        return present(
            {
                "type": "Place",
                "name": name,
                "address": {"type": "PostalAddress", **address} if address else None,
                "latitude": _degrees(place, "lat"),
                "longitude": _degrees(place, "lon"),
            }
        )
    if details.get("online"):
        return {
            "type": "VirtualLocation",
            "name": ONLINE,
            "url": details.get("online_url") or publication.url,
        }
    return None


def _degrees(place: dict[str, Any], name: str) -> float | None:
    # Mobilizon takes no whole numbers here.
    return float(place[name]) if name in place else None


def _participation(publication: Publication) -> dict[str, Any]:
    details = publication.details
    mode = details.get("join_mode", "free")
    if mode == "none":
        return {"joinMode": "external", "externalParticipationUrl": publication.url}
    return {"joinMode": mode, "externalParticipationUrl": details.get("registration_url")}


def _organizers(publication: Publication, author: Actor) -> dict[str, Any]:
    organisers = list(dict.fromkeys([author.uri, *publication.details.get("organisers", ())]))
    return {
        "type": "OrganizersCollection",
        "id": f"{publication.uri}/organizers",
        "totalItems": len(organisers),
        "items": organisers,
    }


def _duration(details: dict[str, Any]) -> str | None:
    """Return how long something within a day takes, in ISO 8601: `PT1H30M`."""
    if not details.get("ends"):
        return None
    length = datetime.fromisoformat(details["ends"]) - datetime.fromisoformat(details["starts"])
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if length > _A_DAY:
        return None
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes or not hours else "")


def _read(value: as2.Object) -> dict[str, Any]:
    document = value.document
    zone = facts.zone_name(document, "timezone")
    is_sane = value.start_time is None or value.end_time is None or value.start_time <= value.end_time
    place, online_url = _read_places(value)
    online = facts.flag(document, "isOnline")
    organisers = facts.addresses(_items(document.get("organizers")), "items")
    return present(
        {
            "starts": facts.moment(document, "startTime", value.start_time, zone),
            "ends": facts.moment(document, "endTime", value.end_time, zone) if is_sane else None,
            "timezone": zone,
            "place": place,
            "online_url": online_url,
            "online": bool(online_url) if online is None else online,
            "status": _read_status(document),
            "category": _read_category(document),
            **_read_participation(value),
            "capacity": facts.whole(document, "maximumAttendeeCapacity"),
            "participants": facts.whole(document, "participantCount"),
            "organisers": [uri for uri in organisers if uri != value.attributed_to],
            "parent": next(iter(facts.addresses(document, "superEvent")), None),
            "closes": facts.day_or_moment(document, "applicationDeadline"),
            "languages": facts.languages(document, "availableLanguage"),
            "free": facts.flag(document, "isAccessibleForFree"),
        }
    )


def _read_training(value: as2.Object) -> dict[str, Any]:
    document = value.document
    return _read(value) | present(
        {
            "level": facts.line(document, "educationalLevel"),
            "teaches": facts.line(document, "teaches"),
            "prerequisites": facts.line(document, "competencyRequired"),
            "certificate": facts.line(document, "educationalCredentialAwarded"),
        }
    )


def _read_places(value: as2.Object) -> tuple[dict[str, Any], str | None]:
    """Return the first place on earth, and the first address on the net."""
    places = as2.read_places(value.document)
    online = next(
        (place.url for place in places if place.type == "VirtualLocation" and place.url != value.url), None
    ) or next((link.url for link in value.attachments if link.type == "Link" and link.name == ONLINE), None)
    found = next((place for place in places if place.type != "VirtualLocation"), None)
    if found is None:
        return {}, online
    address = found.address or as2.PostalAddress()
    texts = {
        "name": found.name,
        "street": address.street_address,
        "locality": address.address_locality,
        "region": address.address_region,
        "postcode": address.postal_code,
        "country": _country(address.address_country),
    }
    read = {name: plain_line(text, _LONGEST) for name, text in texts.items() if text}
    # What is named after its town or country for want of a name of its own has none.
    country = territory_name(read["country"], "en") if "country" in read else None
    if read.get("name") in {read.get("locality"), country} and "street" not in read:
        read.pop("name", None)
    # Gancio keeps the link to an online event in the address; elsewhere a place's link is about the place.
    is_online = isinstance(found.document.get("address"), dict) and "url" in found.document["address"]
    return (
        present({**read, "lat": found.latitude, "lon": found.longitude}),
        online or (found.url if is_online else None),
    )


def _country(text: str | None) -> str | None:
    return (country_named(text) or text) if text else None


def _read_status(document: as2.Document) -> str:
    named = document.get("eventStatus")
    last = str(named).rpartition("/")[2].rpartition(":")[2] if isinstance(named, str) else ""
    for word, (event_status, _) in STATUSES.items():
        if last == event_status:
            return word
    status = document.get("status") or document.get("ical:status")
    return {"CANCELLED": "cancelled", "TENTATIVE": "tentative"}.get(str(status), "scheduled")


def _read_category(document: as2.Document) -> str | None:
    category = document.get("category")
    found = next(iter(category), None) if isinstance(category, list) else category
    known = plain_line(found, _LONGEST).upper() if isinstance(found, str) else None
    return None if known == _CATEGORY else known


def _read_participation(value: as2.Object) -> dict[str, Any]:
    document = value.document
    mode = document.get("joinMode")
    registration = next(iter(facts.addresses(document, "externalParticipationUrl")), None)
    if mode == "external" and registration is not None and registration == value.url:
        return {"join_mode": "none"}
    return {"join_mode": mode if mode in JOIN_MODES else None, "registration_url": registration}


def _items(collection: Any) -> as2.Document:
    """Return the collection, or its first page, that holds the items themselves."""
    if isinstance(collection, dict):
        first = collection.get("first")
        return first if "items" not in collection and isinstance(first, dict) else collection
    return {"items": collection}


EVENT: Final = Translation(
    kind=Kind.EVENT, additional_types=("http://schema.org/Event",), write=_write, read=_read
)
TRAINING: Final = Translation(
    kind=Kind.TRAINING,
    additional_types=("ilan:Training", "http://schema.org/EducationEvent"),
    write=_write_training,
    read=_read_training,
)
