"""The keys that actors sign with: public ones of everybody, private ones of local actors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement, insert_or_update

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("algorithm", Text, nullable=False),
    Column("public", Text, nullable=False),
    Column("private", Text),
    Column("created_at", Timestamp, nullable=False),
    Column("retired_at", Timestamp),
    Index("ix_signing_keys_actor_id", "actor_id"),
)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key of one actor.

    `algorithm` is "rsa" or "ed25519"; `public` is SPKI PEM for RSA and a multibase Multikey for Ed25519
    (FEP-521a); `private` is PKCS#8 PEM, for local actors only, and never leaves the database but to sign.
    """

    uri: str
    actor_id: int
    algorithm: str
    public: str
    private: str | None
    created_at: datetime
    retired_at: datetime | None = None


_ADD = Statement(insert(signing_keys))
_KEEP = insert_or_update(signing_keys, ["uri"], ["algorithm", "public"])
_OF = Statement(
    select(signing_keys)
    .where(signing_keys.c.actor_id == bindparam("owner"), signing_keys.c.retired_at.is_(None))
    .order_by(signing_keys.c.created_at, signing_keys.c.uri)
)
_WITH_OWNER = Statement(
    select(signing_keys, actors)
    .join(actors, actors.c.id == signing_keys.c.actor_id)
    .where(signing_keys.c.uri == bindparam("key_uri"), signing_keys.c.retired_at.is_(None))
)
_FORGET = Statement(delete(signing_keys).where(signing_keys.c.actor_id == bindparam("owner")))
_RETIRE = Statement(
    update(signing_keys)
    .where(signing_keys.c.actor_id == bindparam("owner"), signing_keys.c.retired_at.is_(None))
    .values(retired_at=bindparam("moment"))
)

_KEY_COLUMNS = len(signing_keys.c)


class SigningKeys:
    """Finds and keeps keys."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, key: SigningKey) -> None:
        """Keep a new key of a local actor; Conflict when its address is taken."""
        await self._connection.run(_ADD, **values(key))

    async def of(self, actor: Actor) -> list[SigningKey]:
        """Return the keys an actor uses now, oldest first."""
        return [SigningKey(*row) for row in await self._connection.all(_OF, owner=actor.id)]

    async def with_owner(self, uri: str) -> tuple[SigningKey, Actor] | None:
        """Find a key by its address, together with the actor who owns it."""
        row = await self._connection.first(_WITH_OWNER, key_uri=uri)
        return (SigningKey(*row[:_KEY_COLUMNS]), Actor(*row[_KEY_COLUMNS:])) if row else None

    async def replace(self, actor: Actor, keys: list[SigningKey]) -> None:
        """Let a remote actor's keys be exactly these."""
        await self._connection.run(_FORGET, owner=actor.id)
        await self._connection.run_many(_KEEP, [values(key) for key in keys])

    async def retire(self, actor: Actor, moment: datetime) -> None:
        """Stop using an actor's keys; they stay retrievable for what was signed with them."""
        await self._connection.run(_RETIRE, owner=actor.id, moment=moment)
