"""What the operators tell everybody: how data is treated, and the terms of service."""

from dataclasses import dataclass
from datetime import date

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from actors.documents import chosen
from node.pages.rendering import page
from node.pages.speech import Text
from node.pages.texts import privacy_of
from node.pages.views import Head
from node.pages.visits import Visit, visit_of
from storage.documents import Document, DocumentName


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document; `since` says from when it holds, where that matters."""

    heading: str
    text: Text
    since: str = ""


async def show_privacy(request: Request) -> Response:
    """Say what is kept of people: what the operators wrote, or else what holds for every node."""
    visit = visit_of(request)
    found = await _find(visit, DocumentName.PRIVACY)
    text = (
        Text(found.content, found.language)
        if found
        else Text(privacy_of(visit.speech, visit.node.settings), visit.speech.language.tag)
    )
    return _show(visit, "/privacy", DocumentView(visit.say("Privacy"), text))


async def show_terms(request: Request) -> Response:
    """Show the terms of service; HTTPException 404 where there are none."""
    visit = visit_of(request)
    found = await _find(visit, DocumentName.TERMS)
    if found is None:
        raise HTTPException(404)
    day = visit.speech.day(date.fromisoformat(found.effective_on))
    since = visit.say("In force since %(day)s", day=day)
    text = Text(found.content, found.language)
    return _show(visit, "/terms", DocumentView(visit.say("Terms of service"), text, since))


def languages_of(visit: Visit) -> list[str]:
    """Return the languages that a visitor wants to read in: theirs first, then the node's own."""
    return [visit.speech.language.tag, *visit.node.settings.node.languages]


async def _find(visit: Visit, name: DocumentName) -> Document | None:
    async with visit.node.database.read() as tx:
        documents = await tx.documents.current(name, tx.now.date())
    return chosen(documents, languages_of(visit))


def _show(visit: Visit, path: str, view: DocumentView) -> Response:
    head = Head(view.heading, canonical=f"{visit.node.base_url}{path}")
    return page(visit, "document.html", head, view=view)
