"""Profiles as their owners wrote them; what is shown of them is on the actor, as HTML."""

from dataclasses import dataclass, field

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Table, Text, bindparam, select

from storage.actors import Actor
from storage.base import Json, metadata, values
from storage.connection import Connection
from storage.statements import Statement, insert_or_update

profiles = Table(
    "profiles",
    metadata,
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Column("note", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("show_media", Boolean(create_constraint=False), nullable=False),
    Column("show_media_replies", Boolean(create_constraint=False), nullable=False),
    Column("show_featured", Boolean(create_constraint=False), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the owner of an actor of this node typed: `note`, and `fields` as pairs of (name, value).

    The rest says which parts of the profile its owner wants to be shown.
    """

    actor_id: int
    note: str = ""
    fields: list[list[str]] = field(default_factory=list)
    show_media: bool = True
    show_media_replies: bool = True
    show_featured: bool = True


_OF = Statement(select(profiles).where(profiles.c.actor_id == bindparam("owner")))
_KEEP = insert_or_update(
    profiles, ("actor_id",), [column.name for column in profiles.columns if column.name != "actor_id"]
)


class Profiles:
    """Finds and keeps what owners of profiles wrote."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def find(self, owner: Actor) -> Profile | None:
        """Find what was written for an actor; None for one that was never edited."""
        row = await self._connection.first(_OF, owner=owner.id)
        return Profile(*row) if row else None

    async def keep(self, profile: Profile) -> None:
        """Keep a profile in place of the one before."""
        await self._connection.run(_KEEP, **values(profile))
