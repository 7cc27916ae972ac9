"""Pages for people: rendered here, without scripts, in the visitor's language."""

from functools import partial

from starlette.routing import BaseRoute, Route

from actors.addresses import PATHS
from node.pages import static
from node.pages.errors import error_page
from node.web import documents, home, network, profiles, publications, searching, shelves
from node.web.kinds import SHELVES

__all__ = ["ROUTES", "error_page"]

ROUTES: list[BaseRoute] = [
    Route("/", home.show),
    *(Route(shelf.path, partial(shelves.show, shelf)) for shelf in SHELVES),
    *(Route(f"/{path}/{{slug}}", partial(publications.show, kind)) for kind, path in PATHS.items()),
    Route("/@{username}", profiles.show),
    Route("/@{username}/{number}", publications.show_note),
    Route("/experts", shelves.show_experts),
    Route("/search", searching.show),
    Route("/tags/{tag}", searching.show_tag),
    Route("/network", network.show_network),
    Route("/about", network.show_about),
    Route("/privacy", documents.show_privacy),
    Route("/terms", documents.show_terms),
    Route("/robots.txt", static.show_robots),
    Route("/static/{name}", static.show),
]
