"""Resources as `Page` with schema.org's words for learning resources."""

from typing import Any, Final

from actors.taxonomy import schemes
from actors.text import plain_line
from federation import vocabulary as as2
from federation.translate.kinds import facts
from federation.translate.kinds.rules import Translation, present
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication

_LONGEST: Final = 200
_MOST_LINKS: Final = 20


def _write(publication: Publication, _author: Actor) -> dict[str, Any]:
    details = publication.details
    return {
        "learningResourceType": details.get("genre"),
        "educationalLevel": details.get("level"),
        "timeRequired": details.get("time_required"),
        "isAccessibleForFree": details.get("free"),
        "datePublished": details.get("released"),
        "isbn": details.get("isbn"),
        "numberOfPages": details.get("pages"),
        "translationOfWork": details.get("translation_of"),
    }


def _read(value: as2.Object) -> dict[str, Any]:
    document = value.document
    genre = document.get("learningResourceType")
    return present(
        {
            "genre": genre if isinstance(genre, str) and genre in schemes()["genre"].concepts else None,
            "links": _links(document),
            "translation_of": next(iter(facts.addresses(document, "translationOfWork")), None),
            "released": facts.a_period(document.get("datePublished")),
            "isbn": facts.line(document, "isbn"),
            "level": facts.line(document, "educationalLevel"),
            "pages": facts.whole(document, "numberOfPages"),
            "time_required": facts.line(document, "timeRequired"),
            "free": facts.flag(document, "isAccessibleForFree"),
        }
    )


def _links(document: as2.Document) -> list[dict[str, str]]:
    media = document.get("associatedMedia")
    entries = media[:_MOST_LINKS] if isinstance(media, list) else []
    links = [entry for entry in entries if isinstance(entry, dict) and entry.get("type") == "Link"]
    return [
        {"url": entry["href"]} | ({"name": plain_line(entry["name"], _LONGEST)} if _is_named(entry) else {})
        for entry in links
        if as2.is_web_address(entry.get("href"))
    ]


def _is_named(entry: dict[str, Any]) -> bool:
    return isinstance(entry.get("name"), str)


RESOURCE: Final = Translation(
    kind=Kind.RESOURCE, additional_types=("ilan:Resource",), write=_write, read=_read
)
