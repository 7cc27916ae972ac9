"""Who looks at a page: the request, the node it was made to, and the language to answer in."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from federation.media_types import prefers_activity
from node.context import Node, node_of
from node.pages.languages import language_of
from node.pages.speech import Speech, speech_in

LARGEST_ID = 2**63 - 1
_LONGEST_PARAMETER = 400


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    request: Request
    node: Node
    speech: Speech

    def say(self, message: str, **values: Any) -> str:
        """Return a message in the visitor's language."""
        return self.speech.say(message, **values)

    def parameter(self, name: str) -> str:
        """Return a parameter of the address, without spaces around and not longer than anybody needs."""
        return self.request.query_params.get(name, "")[:_LONGEST_PARAMETER].strip()

    def number(self, name: str) -> int | None:
        """Return a parameter that is a positive number, or None."""
        return positive(self.parameter(name))


def visit_of(request: Request) -> Visit:
    """Return what the handlers of pages need."""
    node = node_of(request)
    return Visit(request, node, speech_in(language_of(request, node.settings.node.languages)))


def positive(written: str) -> int | None:
    """Return a number that an identifier can be, or None; what a database cannot hold is none."""
    if not (written.isascii() and written.isdecimal()) or len(written) > len(str(LARGEST_ID)):
        return None
    number = int(written)
    return number if 0 < number <= LARGEST_ID else None


def object_instead(request: Request, uri: str) -> Response | None:
    """Return the way to the object itself where that is asked for in place of its page (D6, N2)."""
    if not prefers_activity(request.headers.get("accept")):
        return None
    return RedirectResponse(uri, 302, {"Vary": "Accept", "Cache-Control": "public, no-cache"})
