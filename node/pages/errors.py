"""The page that people see instead of what they asked for."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from node.pages.catalogues import message
from node.pages.rendering import page
from node.pages.views import Head
from node.pages.visits import visit_of

#: For each status what is wrong, and what to do.
TEXTS = {
    400: (
        message("This address does not work"),
        message("Something in it is not as it should be. Start again from the first page, or search."),
    ),
    401: (message("Please sign in"), message("This is only for people who are signed in.")),
    403: (
        message("This is not open to you"),
        message("If you think that it should be, ask the people who run this node."),
    ),
    404: (
        message("There is nothing here"),
        message("The address may be misspelt, or what was here may have moved. Search for it by its title."),
    ),
    405: (
        message("That cannot be done here"),
        message("Go back to the page that you came from and try it from there."),
    ),
    410: (
        message("This has been deleted"),
        message("Whoever published it has taken it back. It will not return to this address."),
    ),
    413: (message("That is too large"), message("Make it smaller, or send it in parts.")),
    429: (message("Too many requests"), message("Wait a minute, then try again.")),
    500: (
        message("Something went wrong here"),
        message(
            "It is not your fault. Try again in a while; if it goes on, tell the people who run this node."
        ),
    ),
    502: (
        message("Another server did not answer as expected"),
        message("Try again in a while; there is nothing that you can do here."),
    ),
    503: (message("This node is busy"), message("Try again in a minute.")),
}
#: What is absent and what must not be known to be there look exactly alike, so nothing is added to these.
_SAYS_ALL = frozenset({404, 410})


async def error_page(request: Request, status: int, sentence: str) -> Response:
    """Return the page for an error. `sentence` (in English) says more than the status where it can."""
    visit = visit_of(request)
    general = 500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400
    heading, advice = TEXTS.get(status, TEXTS[general])
    head = Head(title=visit.say(heading), is_indexed=False)
    return page(
        visit,
        "error.html",
        head,
        status=status,
        heading=visit.say(heading),
        advice=visit.say(advice),
        detail="" if status in _SAYS_ALL else sentence,
    )
