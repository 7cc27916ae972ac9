"""Rows and documents with everything that the test at hand does not care about filled in."""

from typing import Any

from federation import vocabulary as as2
from storage.actors import Actor
from storage.kinds import Kind, Visibility
from storage.publications import Publication
from storage.transaction import Transaction

PUBLIC = as2.PUBLIC


async def remote_actor(
    tx: Transaction, uri: str = "https://remote.example/users/author", **more: Any
) -> Actor:
    """Keep an actor of another server, as if it had just been fetched."""
    username = uri.rpartition("/")[2]
    known: dict[str, Any] = {
        "id": tx.new_id(),
        "uri": uri,
        "type": "Person",
        "username": username,
        "host": uri.split("/")[2],
        "is_local": False,
        "created_at": tx.now,
        "inbox": f"{uri}/inbox",
        "followers": f"{uri}/followers",
        "fetched_at": tx.now,
    }
    return await tx.actors.add(Actor(**{**known, **more}))


async def remote_publication(tx: Transaction, author: Actor, number: int = 1, **more: Any) -> Publication:
    """Keep a note that another server's actor published."""
    known: dict[str, Any] = {
        "id": tx.new_id(),
        "uri": f"{author.uri}/notes/{number}",
        "author_id": author.id,
        "kind": Kind.POST,
        "type": "Note",
        "is_local": False,
        "visibility": Visibility.PUBLIC,
        "published_at": tx.now,
        "created_at": tx.now,
        "content": "<p>Hello.</p>",
    }
    return await tx.publications.add(Publication(**{**known, **more}))


def note(author: str, number: int | str = 1, **more: Any) -> dict[str, Any]:
    """Return a public note as its server would describe it."""
    return {
        "id": f"{author}/notes/{number}",
        "type": "Note",
        "attributedTo": author,
        "content": f"<p>Note {number}.</p>",
        "published": "2026-08-23T09:00:00Z",
        "to": [PUBLIC],
        "cc": [f"{author}/followers"],
        **more,
    }


def activity(verb: str, actor: str, value: object, number: int | str = 1, **more: Any) -> dict[str, Any]:
    """Return an activity about an id or an embedded document."""
    return {
        "@context": as2.AS2_CONTEXT,
        "id": f"{actor}/activities/{verb.lower()}-{number}",
        "type": verb,
        "actor": actor,
        "object": value,
        **more,
    }


def create(document: dict[str, Any], number: int | str = 1, **more: Any) -> dict[str, Any]:
    """Return the Create of a note by its author, addressed as the note."""
    audience = {name: document[name] for name in ("to", "cc") if name in document}
    return activity("Create", document["attributedTo"], document, number, **{**audience, **more})
