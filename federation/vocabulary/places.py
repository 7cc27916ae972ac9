"""Where something happens: places with postal addresses, and places on the net."""

from dataclasses import dataclass, field
from typing import Final

from federation.vocabulary import reading
from federation.vocabulary.parts import read_addresses
from federation.vocabulary.reading import Document

MAX_LOCATIONS: Final = 16

_LATITUDES: Final = 90.0
_LONGITUDES: Final = 180.0


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """A schema.org PostalAddress; an address in one line is all `street_address`."""

    street_address: str | None = None
    address_locality: str | None = None
    address_region: str | None = None
    postal_code: str | None = None
    address_country: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place. `type` is `Place`, or `VirtualLocation` where `url` is the place (FEP-8a8e)."""

    type: str = "Place"
    id: str | None = None
    name: str | None = None
    address: PostalAddress | None = None
    latitude: float | None = None
    longitude: float | None = None
    url: str | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)


def read_place(document: Document, place_type: str = "Place", *_other_types: str) -> Place:
    """Read a place, or raise Malformed where its name is no text."""
    # Mobilizon keeps the position in `geo`.
    position = document if "latitude" in document else reading.mapping(document, "geo")
    return Place(
        type=place_type,
        id=reading.linked_id(document, "id"),
        name=reading.texts(document, "name")[0],
        address=_address(document),
        latitude=_degrees(position, "latitude", _LATITUDES),
        longitude=_degrees(position, "longitude", _LONGITUDES),
        # Gancio keeps the link to an online event in the address.
        url=read_addresses(document)[0] or read_addresses(reading.mapping(document, "address"))[0],
        document=document,
    )


def read_places(document: Document, field_name: str = "location") -> tuple[Place, ...]:
    """Return the places that a field names: objects, addresses on the web, or mere names; one or many."""
    found: list[Place] = []
    for entry in reading.many(document, field_name, MAX_LOCATIONS):
        if type(entry) is dict:
            found.append(read_place(entry, reading.kind(entry) or "Place"))
        elif reading.is_web_address(entry):
            found.append(Place("VirtualLocation", url=entry))
        elif type(entry) is str and entry:
            found.append(Place(name=entry[: reading.NAME_LENGTH]))
    return tuple(found)


def _address(document: Document) -> PostalAddress | None:
    line = reading.string(document, "address")
    if line is not None:
        return PostalAddress(line)
    value = reading.mapping(document, "address")
    address = PostalAddress(
        reading.string(value, "streetAddress"),
        reading.string(value, "addressLocality"),
        reading.string(value, "addressRegion"),
        reading.string(value, "postalCode"),
        reading.string(value, "addressCountry"),
    )
    return None if address == PostalAddress() else address


def _degrees(document: Document, field_name: str, bound: float) -> float | None:
    degrees = reading.number(document, field_name)
    return degrees if degrees is not None and abs(degrees) <= bound else None
