"""Local and remote actors in a fresh database, and what was recorded of them."""

from typing import Any

from actors.accounts import create_actor
from storage.activities import Activity
from storage.actors import Actor
from storage.database import Database
from storage.kinds import ActorType
from storage.transaction import Transaction
from tests import make
from tests.key_pool import new_keys

BASE = "https://node.example"
ALICE = "https://remote.example/users/alice"


async def local(tx: Transaction, name: str, **more: Any) -> Actor:
    """Add an actor of this node."""
    return await create_actor(
        tx,
        base_url=BASE,
        domain="node.example",
        username=name,
        type=ActorType.PERSON,
        name=name.title(),
        keys=new_keys(),
        **more,
    )


async def remote(tx: Transaction, name: str = "alice", **more: Any) -> Actor:
    """Add an actor of another server."""
    return await make.remote_actor(tx, f"https://remote.example/users/{name}", **more)


async def recorded(database: Database) -> list[Activity]:
    """Return all that local actors did, oldest first."""
    async with database.begin() as tx:
        return await tx.activities.waiting(1000)


async def deeds(database: Database) -> list[tuple[str, str, str]]:
    """Return (who, verb, object) of all that local actors did, oldest first."""
    async with database.begin() as tx:
        names = {actor.id: actor.username for actor in await tx.actors.locals()}
        return [(names[each.actor_id], each.verb, each.object) for each in await tx.activities.waiting(1000)]
