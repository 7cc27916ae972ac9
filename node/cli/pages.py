"""Which pages this version has, so that no command prints a link that leads nowhere."""

from importlib import import_module
from importlib.util import find_spec

INVITATIONS = "/invitations/"


def has_page(prefix: str) -> bool:
    """Say whether the pages for people include one whose path begins so."""
    if find_spec("node.web") is None:
        return False
    routes = getattr(import_module("node.web"), "ROUTES", ())
    return any(getattr(route, "path", "").startswith(prefix) for route in routes)


def invitation_url(base_url: str, code: str) -> str:
    """Return the link that an invitation is handed over as."""
    return f"{base_url}{INVITATIONS}{code}"
