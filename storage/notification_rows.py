"""The rows of notifications, and which of them somebody wants to see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Table, Text

from storage.base import Timestamp, metadata

notifications = Table(
    "notifications",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("type", Text, nullable=False),
    Column("from_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    # What it is about, or 0: so that the same thing is told once.
    Column("subject_id", BigInteger, nullable=False),
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE")),
    Column("group_key", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("filtered", Boolean(create_constraint=False), nullable=False),
    Index("uq_notifications_subject", "owner_id", "type", "from_id", "subject_id", unique=True),
    # Lists are read type by type, so that the rare is found among much of the common.
    Index("ix_notifications_type", "owner_id", "type", "filtered", "id"),
    Index("ix_notifications_group", "owner_id", "group_key", "id", "from_id"),
    Index("ix_notifications_from_id", "from_id", "owner_id", "id"),
    Index("ix_notifications_publication_id", "publication_id"),
)


OWN: Final = "ungrouped-"
"""How the keys of those begin that stand alone; their number follows."""


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that `from_id` did and `owner_id` is told of.

    Those with one `group_key` are shown as one; what stands alone has one of its own, as `own_key` writes it.
    A `filtered` one waits among the requests of its sender.
    """

    id: int
    owner_id: int
    type: str
    from_id: int
    subject_id: int
    publication_id: int | None
    group_key: str
    created_at: datetime
    filtered: bool


@dataclass(frozen=True, slots=True)
class GroupMember:
    """One of the newest notifications of a group, with how many there are in it.

    `oldest_id` is the oldest of those that stand in the page which is read, None where none does; `newest_id`
    is the newest of all.
    """

    group_key: str
    id: int
    from_id: int
    created_at: datetime
    count: int
    oldest_id: int | None
    newest_id: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which notifications are wanted: of these types, from one actor or any.

    Filtered ones are wanted where one actor is named, and elsewhere only `with_filtered`.
    """

    types: tuple[str, ...]
    from_id: int | None = None
    with_filtered: bool = False


def own_key(number: int) -> str:
    """Return the key of a notification that stands alone."""
    return f"{OWN}{number}"
