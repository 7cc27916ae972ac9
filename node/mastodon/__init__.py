"""The Mastodon client API: what the apps that members already have ask of their node.

Every module that has ROUTES is part of it.
"""

from importlib import import_module
from pkgutil import walk_packages

from starlette.routing import BaseRoute

from node.mastodon.routing import in_order

ROUTES: list[BaseRoute] = in_order(
    [
        route
        for module in walk_packages(__path__, f"{__name__}.")
        for route in getattr(import_module(module.name), "ROUTES", ())
    ]
)
