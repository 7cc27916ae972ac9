"""The addresses of what this node hosts. A local actor's own address carries the base of them all.

Permanent addresses (actors, objects, activities) never change and never depend on a title; pages may.
"""

from storage.actors import Actor
from storage.kinds import Kind

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

#: The user name of the server's actor, of type Application, which signs fetches and announces the catalogue.
SERVER = "node"
#: The user name of the body's actor, of type Organization.
BODY = "office"

#: Where the pages of each kind live; notes live under their author.
PATHS = {
    Kind.PRACTICE: "practices",
    Kind.RESOURCE: "resources",
    Kind.EVENT: "events",
    Kind.TRAINING: "trainings",
    Kind.OFFER: "experts/offers",
    Kind.REQUEST: "experts/requests",
    Kind.STATEMENT: "statements",
    Kind.CONSULTATION: "consultations",
    Kind.INDICATOR_RETURN: "indicators",
}


def actor_uri(base_url: str, username: str) -> str:
    """Return the permanent address of a local actor."""
    return f"{base_url}/actors/{username}"


def base_of(actor: Actor) -> str:
    """Return the base URL of the node that hosts a local actor, without a final slash."""
    return actor.uri.removesuffix(f"/actors/{actor.username}")


def object_uri(author: Actor, publication_id: int) -> str:
    """Return the permanent address of something a local actor publishes."""
    return f"{base_of(author)}/o/{publication_id}"


def activity_uri(actor: Actor, activity_id: int) -> str:
    """Return the permanent address of something a local actor does."""
    return f"{actor.uri}/activities/{activity_id}"


def page_path(author: Actor, kind: str, publication_id: int, slug: str | None) -> str:
    """Return the path of a publication's page."""
    path = PATHS.get(Kind(kind))
    return f"/@{author.username}/{publication_id}" if path is None else f"/{path}/{slug or publication_id}"


def page_url(author: Actor, kind: str, publication_id: int, slug: str | None) -> str:
    """Return the address of a publication's page."""
    return base_of(author) + page_path(author, kind, publication_id, slug)


def tag_url(author: Actor, tag: str) -> str:
    """Return the address of the page of a hashtag, on the author's node."""
    return f"{base_of(author)}/tags/{tag.lower()}"
