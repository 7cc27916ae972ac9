"""Which pages this version has, so that no command prints a link that leads nowhere."""

from importlib import import_module
from importlib.util import find_spec

INVITATIONS = "/invitations/"
_SURFACES = ("node.web", "node.oauth")


def has_page(prefix: str) -> bool:
    """Say whether the pages for people include one whose path begins so."""
    surfaces = [import_module(name) for name in _SURFACES if find_spec(name) is not None]
    routes = [route for surface in surfaces for route in getattr(surface, "ROUTES", ())]
    return any(getattr(route, "path", "").startswith(prefix) for route in routes)


def invitation_url(base_url: str, code: str) -> str:
    """Return the link that an invitation is handed over as."""
    return f"{base_url}{INVITATIONS}{code}"
