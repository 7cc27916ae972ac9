"""Pages as visitors get them, and what authors put onto them."""

from dataclasses import replace
from typing import Any

import httpx
from selectolax.lexbor import LexborHTMLParser

from actors.drafts import read_draft
from actors.indexing import index
from actors.publishing import publish
from storage.actors import Actor
from storage.kinds import Kind
from storage.publications import Publication
from tests.node.served import ServedNode

PRACTICE: dict[str, Any] = {
    "kind": "practice",
    "language": "en",
    "title": {"en": "Counsel within three hours", "fr": "Un avocat dans les trois heures"},
    "summary": {"en": "A call centre links people in custody with a lawyer."},
    "sections": {"problem": "Nobody came.", "results": {"en": "Somebody comes.", "fr": "Quelqu’un vient."}},
    "jurisdiction": ["KE"],
    "concepts": ["stage/police-custody"],
    "license": "CC-BY-4.0",
    "maturity": "promising",
    "started": "2023-02",
    "attachments": [
        {
            "url": "https://node.example/media/protocol.pdf",
            "media_type": "application/pdf",
            "name": "Protocol",
        }
    ],
}
PRACTICE_PATH = "/practices/counsel-within-three-hours"
EVENT: dict[str, Any] = {
    "kind": "event",
    "language": "en",
    "title": "Meeting of duty lawyers",
    "summary": "An open meeting.",
    "body": "Bring your questions.",
    "starts": "2027-03-02T09:00:00+05:45",
    "ends": "2027-03-02T17:00:00+05:45",
    "timezone": "Asia/Kathmandu",
    "place": {"name": "Town hall", "street": "1 Example Road", "locality": "Kathmandu", "country": "NP"},
    "online_url": "https://meet.example/room",
    "join_url": "https://meet.example/secret",
    "join_mode": "restricted",
    "capacity": 400,
    "jurisdiction": ["NP"],
}
EVENT_PATH = "/events/meeting-of-duty-lawyers"
OFFER: dict[str, Any] = {
    "kind": "offer",
    "language": "en",
    "title": "Training of trainers",
    "body": "Two trainers.",
    "service": "training-of-trainers",
    "hours": 20,
    "area_served": ["KE"],
    "available_languages": ["en", "sw"],
    "valid_from": "2027-01-01",
    "valid_through": "2027-06-30",
    "pro_bono": True,
}


async def put(
    site: ServedNode, document: dict[str, Any], /, author: Actor | None = None, **more: Any
) -> Publication:
    """Publish a document, in the body's name if in nobody else's."""
    draft = read_draft(document | more, default_language="en")
    async with site.node.database.begin() as tx:
        return await publish(tx, author or site.office, draft)


async def put_elsewhere(site: ServedNode, author: Actor, **facts: Any) -> Publication:
    """Keep what another node published, where searches find it."""
    values = {
        "kind": Kind.PRACTICE,
        "type": "Article",
        "title": "A practice from elsewhere",
        "indexable": True,
    }
    publication = await site.publish(author, **{**values, **facts})
    async with site.node.database.begin() as tx:
        await index(tx, publication)
    return publication


async def change(site: ServedNode, publication: Publication, **facts: Any) -> Publication:
    """Let a publication be different from what its author could make it."""
    changed = replace(publication, **facts)
    async with site.node.database.begin() as tx:
        await tx.publications.change(changed)
    return changed


async def visit(site: ServedNode, path: str, **headers: str) -> httpx.Response:
    """Look at a page as a browser does that has said nothing of its language."""
    site.client.cookies.clear()
    return await site.get(path, "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", **headers)


async def page(site: ServedNode, path: str, **headers: str) -> LexborHTMLParser:
    """Return a page that there must be."""
    response = await visit(site, path, **headers)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return LexborHTMLParser(response.text)


def text_of(document: LexborHTMLParser, selector: str) -> str:
    """Return the text of the first element, on one line."""
    found = document.css_first(selector)
    assert found is not None, f"there is no {selector}"
    return " ".join(found.text(separator=" ").split())


def attribute(document: LexborHTMLParser, selector: str, name: str) -> str | None:
    """Return an attribute of the first element."""
    found = document.css_first(selector)
    assert found is not None, f"there is no {selector}"
    return found.attributes.get(name)


def facts_in(document: LexborHTMLParser) -> dict[str, str]:
    """Return the facts of a page by their terms."""
    found = {}
    for fact in document.css("dl.facts > div"):
        values = [" ".join(value.text().split()) for value in fact.css("dd")]
        term = fact.css_first("dt")
        assert term is not None
        found[term.text()] = ", ".join(values)
    return found


def titles_in(document: LexborHTMLParser) -> list[str]:
    """Return the titles of the cards on a page."""
    return [title.text() for title in document.css(".card h2, .card h3")]
