"""How the routes of the client API are written: one line for each method of Mastodon's documentation."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

Handler = Callable[[Request], Awaitable[Response]]


def get(path: str, handler: Handler) -> BaseRoute:
    """Return the route of a method that only reads."""
    return Route(path, handler, methods=["GET"])


def post(path: str, handler: Handler) -> BaseRoute:
    """Return the route of a method that does something."""
    return Route(path, handler, methods=["POST"])


def update(path: str, handler: Handler) -> BaseRoute:
    """Return the route of an update: clients send PUT and PATCH alike, whatever is documented."""
    return Route(path, handler, methods=["PUT", "PATCH"])


def put(path: str, handler: Handler) -> BaseRoute:
    """Return the route of something that is set under a name, such as a reaction."""
    return Route(path, handler, methods=["PUT"])


def delete(path: str, handler: Handler) -> BaseRoute:
    """Return the route of a method that takes something away."""
    return Route(path, handler, methods=["DELETE"])


def in_order(routes: list[BaseRoute]) -> list[BaseRoute]:
    """Return routes with those of fixed words before those with parameters, so that each can be reached.

    Starlette takes the first that fits the path, and a path that fits with another method is only a second
    choice.
    """
    return sorted(routes, key=_specificity)


def _specificity(route: BaseRoute) -> list[tuple[int, str]]:
    path = getattr(route, "path", "")
    return [(1, "") if part.startswith("{") else (0, part) for part in path.split("/")]
