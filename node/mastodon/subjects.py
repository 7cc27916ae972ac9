"""The account that a request is about."""

from starlette.requests import Request

from actors.errors import NotFound
from node.mastodon.entities.accounts import is_hidden
from node.mastodon.entities.relationships import relationship_entity
from node.mastodon.parameters import NO_RECORD, path_id
from storage.actors import Actor
from storage.relationships import Relationship
from storage.transaction import Transaction


async def subject_of(tx: Transaction, request: Request) -> Actor:
    """Return the account in the path, also one of which nothing is shown any more; NotFound for nobody's."""
    return await find_subject(tx, path_id(request))


async def living_subject_of(tx: Transaction, request: Request) -> Actor:
    """Return the account in the path; NotFound for nobody's, and for one that is gone or suspended."""
    subject = await subject_of(tx, request)
    if is_hidden(subject):
        raise NotFound(NO_RECORD)
    return subject


async def find_subject(tx: Transaction, number: int) -> Actor:
    """Return the account with a number; NotFound for nobody's."""
    found = await tx.actors.by_ids([number])
    if number not in found:
        raise NotFound(NO_RECORD)
    return found[number]


async def relationship_to(tx: Transaction, reader: Actor, subject: Actor) -> dict[str, object]:
    """Return the Relationship of a reader to an account."""
    found = await tx.relationships.of(reader, [subject.id])
    return relationship_entity(found.get(subject.id, Relationship(subject.id)))
