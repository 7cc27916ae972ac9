"""What local actors have done: the domain's events, the ActivityPub outbox, and what is still to be sent.

Only local actors' activities are rows here; what other nodes send is in `received`, and its effects are
in the tables of what it is about.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from storage.actors import Actor
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.statements import Statement

activities = Table(
    "activities",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False, unique=True),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("verb", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("is_public", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="SET NULL")),
    Column("target_id", BigInteger, ForeignKey("actors.id", ondelete="SET NULL")),
    Column("details", Json, nullable=False),
    Column("fanned_out_at", Timestamp),
    Column("document", Text),
    Index("ix_activities_publication_id", "publication_id"),
    Index("ix_activities_target_id", "target_id"),
)
Index(
    "ix_activities_waiting",
    activities.c.id,
    sqlite_where=activities.c.fanned_out_at.is_(None),
    postgresql_where=activities.c.fanned_out_at.is_(None),
)
Index(
    "ix_activities_outbox",
    activities.c.actor_id,
    activities.c.id,
    sqlite_where=text("is_public = 1"),
    postgresql_where=text("is_public"),
)


@dataclass(frozen=True, slots=True)
class Activity:
    """Something a local actor did.

    `object` is the URI of what it was done to; `target_id` the actor it must be told to, besides
    followers; `details` what the wire document needs and no row keeps, such as {"follow": URI} for an
    Accept, {"to": [...], "cc": [...], "former_type": …} for a Delete. `document` is the JSON that was
    sent, once it is fanned out.
    """

    id: int
    uri: str
    actor_id: int
    verb: str
    object: str
    is_public: bool
    created_at: datetime
    publication_id: int | None
    target_id: int | None
    details: dict[str, Any]
    fanned_out_at: datetime | None = None
    document: str | None = None


_ADD = Statement(insert(activities))
_BY_URI = Statement(select(activities).where(activities.c.uri == bindparam("wanted")))
_WAITING = Statement(
    select(activities)
    .where(activities.c.fanned_out_at.is_(None))
    .order_by(activities.c.id)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_FANNED_OUT = Statement(
    update(activities)
    .where(activities.c.id == bindparam("row_id"))
    .values(fanned_out_at=bindparam("moment"), document=bindparam("text"))
)
_OUTBOX = Statement(
    select(activities)
    .where(
        activities.c.actor_id == bindparam("subject"),
        activities.c.is_public,
        or_(activities.c.verb == "Create", activities.c.verb == "Announce"),
        activities.c.id < bindparam("before"),
    )
    .order_by(activities.c.id.desc())
    .limit(bindparam("size"))
)
_COUNT_OUTBOX = Statement(
    select(func.count())
    .select_from(activities)
    .where(
        activities.c.actor_id == bindparam("subject"),
        activities.c.is_public,
        or_(activities.c.verb == "Create", activities.c.verb == "Announce"),
    )
)
_CONCEAL = Statement(
    update(activities).where(activities.c.publication_id == bindparam("publication")).values(is_public=False)
)


class Activities:
    """Records activities, and finds those that wait and those that an outbox shows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def record(self, activity: Activity) -> Activity:
        """Keep a new activity, to be fanned out after the commit."""
        await self._connection.run(_ADD, **values(activity))
        return activity

    async def by_uri(self, uri: str) -> Activity | None:
        """Find an activity by its permanent address."""
        row = await self._connection.first(_BY_URI, wanted=uri)
        return Activity(*row) if row else None

    async def waiting(self, size: int) -> list[Activity]:
        """Activities not yet fanned out, oldest first; on PostgreSQL no other worker gets the same ones."""
        return [Activity(*row) for row in await self._connection.all(_WAITING, size=size)]

    async def mark_fanned_out(self, activity: Activity, moment: datetime, document: str | None) -> None:
        """Remember that an activity has become deliveries, and what was sent."""
        await self._connection.run(_FANNED_OUT, row_id=activity.id, moment=moment, text=document)

    async def outbox_page(self, actor: Actor, *, before: int, size: int) -> list[Activity]:
        """Public Create and Announce activities of an actor, newest first, older than `before`."""
        return [
            Activity(*row)
            for row in await self._connection.all(_OUTBOX, subject=actor.id, before=before, size=size)
        ]

    async def count_outbox(self, actor: Actor) -> int:
        """How many activities an actor's outbox shows to anybody."""
        count: int = await self._connection.value(_COUNT_OUTBOX, subject=actor.id)
        return count

    async def conceal(self, publication_id: int) -> None:
        """Take what was done with a publication out of every outbox (it is being deleted)."""
        await self._connection.run(_CONCEAL, publication=publication_id)
