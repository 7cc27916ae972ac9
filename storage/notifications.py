"""What members are told of: who mentioned, followed, liked or shared, one row for each."""

from collections.abc import Collection
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
    delete,
    func,
    or_,
    select,
    update,
)

from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_ignore

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
    Index("ix_notifications_owner_id", "owner_id", "id"),
    Index("ix_notifications_group", "owner_id", "group_key", "id"),
    Index("ix_notifications_publication_id", "publication_id"),
    Index("ix_notifications_from_id", "from_id"),
)


@dataclass(frozen=True, slots=True)
class Notification:
    """Something that `from_id` did and `owner_id` is told of.

    Those with one `group_key` are shown as one. A `filtered` one waits among the requests of its sender.
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
    """One of the newest notifications of a group, with the size and the bounds of the whole group."""

    group_key: str
    id: int
    from_id: int
    created_at: datetime
    count: int
    oldest_id: int
    newest_id: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Which notifications are wanted: of these types, from one actor or any, filtered ones too or not."""

    types: tuple[str, ...]
    from_id: int | None = None
    with_filtered: bool = False

    def parameters(self) -> dict[str, Any]:
        """Return it as the parameters of a statement."""
        return {
            "types": sorted(self.types),
            "anybody": self.from_id is None,
            "sender": self.from_id or 0,
            "with_filtered": self.with_filtered,
        }


_own = notifications.c.owner_id == bindparam("owner")
_chosen = (
    _own,
    Among(notifications.c.type, "types"),
    or_(bindparam("anybody"), notifications.c.from_id == bindparam("sender")),
    or_(bindparam("with_filtered"), notifications.c.filtered.is_(False)),
)
_newer = notifications.alias("newer")
_is_newest = ~(
    select(_newer.c.id)
    .where(
        _newer.c.owner_id == notifications.c.owner_id,
        _newer.c.group_key == notifications.c.group_key,
        _newer.c.id > notifications.c.id,
        or_(bindparam("with_filtered"), _newer.c.filtered.is_(False)),
    )
    .exists()
)
_ADD = insert_or_ignore(
    notifications, notifications.c.id, conflict=("owner_id", "type", "from_id", "subject_id")
)
_PAGE = Paged(select(notifications).where(*_chosen), notifications.c.id)
_GROUPS = Paged(
    select(notifications).where(*_chosen, or_(Among(notifications.c.type, "ungrouped"), _is_newest)),
    notifications.c.id,
)
_COUNT = Statement(
    select(func.count()).select_from(
        select(notifications.c.id)
        .where(*_chosen, notifications.c.id > bindparam("after"))
        .limit(bindparam("size"))
        .subquery()
    )
)
_COUNT_GROUPS = Statement(
    select(func.count()).select_from(
        select(notifications.c.id)
        .where(
            *_chosen,
            notifications.c.id > bindparam("after"),
            or_(Among(notifications.c.type, "ungrouped"), _is_newest),
        )
        .limit(bindparam("size"))
        .subquery()
    )
)
_FIND = Statement(select(notifications).where(_own, notifications.c.id == bindparam("number")))
_BY_IDS = Statement(select(notifications).where(Among(notifications.c.id, "ids")))
_group = (notifications.c.owner_id, notifications.c.group_key)
_ranked = (
    select(
        notifications.c.group_key,
        notifications.c.id,
        notifications.c.from_id,
        notifications.c.created_at,
        func.count().over(partition_by=_group).label("count"),
        func.min(notifications.c.id).over(partition_by=_group).label("oldest"),
        func.max(notifications.c.id).over(partition_by=_group).label("newest"),
        func.row_number().over(partition_by=_group, order_by=notifications.c.id.desc()).label("rank"),
    )
    .where(_own, Among(notifications.c.group_key, "keys"), notifications.c.filtered.is_(False))
    .subquery()
)
_MEMBERS = Statement(
    select(*[column for column in _ranked.c if column.name != "rank"])
    .where(_ranked.c.rank <= bindparam("most"))
    .order_by(_ranked.c.group_key, _ranked.c.id.desc())
)
_LATEST_LIKE_IT = Statement(
    select(notifications.c.group_key)
    .where(
        _own,
        notifications.c.type == bindparam("of_type"),
        notifications.c.subject_id == bindparam("about"),
        notifications.c.created_at > bindparam("since", type_=Timestamp()),
    )
    .order_by(notifications.c.id.desc())
    .limit(1)
)
_TAKE_BACK = Statement(
    delete(notifications).where(
        _own,
        notifications.c.type == bindparam("of_type"),
        notifications.c.from_id == bindparam("sender"),
        notifications.c.subject_id == bindparam("about"),
    )
)
_CLEAR = Statement(delete(notifications).where(_own))
_REMOVE = Statement(delete(notifications).where(_own, Among(notifications.c.id, "ids")))
_REMOVE_GROUP = Statement(delete(notifications).where(_own, notifications.c.group_key == bindparam("key")))
_REMOVE_FILTERED = Statement(
    delete(notifications).where(_own, Among(notifications.c.from_id, "senders"), notifications.c.filtered)
)
_LET_THROUGH = Statement(
    update(notifications)
    .where(_own, Among(notifications.c.from_id, "senders"), notifications.c.filtered)
    .values(filtered=False)
)


class Notifications:
    """Finds and keeps notifications."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, new: Notification) -> bool:
        """Keep a notification; False when its owner was told already."""
        return await self._connection.first(_ADD, **values(new)) is not None

    async def page(self, owner_id: int, page: Page, choice: Choice) -> list[Notification]:
        """Return a page of notifications."""
        rows = await _PAGE.rows(self._connection, page, owner=owner_id, **choice.parameters())
        return [Notification(*row) for row in rows]

    async def groups(
        self, owner_id: int, page: Page, choice: Choice, grouped: Collection[str]
    ) -> list[Notification]:
        """Return the newest notification of each group, where its type is one of the `grouped` ones."""
        rows = await _GROUPS.rows(
            self._connection, page, owner=owner_id, ungrouped=_others(choice, grouped), **choice.parameters()
        )
        return [Notification(*row) for row in rows]

    async def members(self, owner_id: int, keys: Collection[str], *, most: int) -> list[GroupMember]:
        """Return the newest notifications of each group, at most so many of each, in one statement."""
        if not keys:
            return []
        rows = await self._connection.all(_MEMBERS, owner=owner_id, keys=sorted(set(keys)), most=most)
        return [GroupMember(*row) for row in rows]

    async def count(
        self, owner_id: int, choice: Choice, *, after: int, most: int, grouped: Collection[str] | None = None
    ) -> int:
        """Count what is newer than `after`, up to `most`; with `grouped` types a group of them counts once."""
        parameters = {**choice.parameters(), "owner": owner_id, "after": after, "size": most}
        if grouped is None:
            found: int = await self._connection.value(_COUNT, **parameters)
        else:
            found = await self._connection.value(
                _COUNT_GROUPS, **parameters, ungrouped=_others(choice, grouped)
            )
        return found

    async def find(self, owner_id: int, number: int) -> Notification | None:
        """Find one of an owner's notifications."""
        row = await self._connection.first(_FIND, owner=owner_id, number=number)
        return Notification(*row) if row else None

    async def by_ids(self, ids: Collection[int]) -> list[Notification]:
        """Find several at once, whosever they are."""
        if not ids:
            return []
        return [Notification(*row) for row in await self._connection.all(_BY_IDS, ids=sorted(set(ids)))]

    async def open_group(self, owner_id: int, kind: str, subject_id: int, since: datetime) -> str | None:
        """Return the group of the latest notification of a type about the same thing, if it is recent."""
        key: str | None = await self._connection.value(
            _LATEST_LIKE_IT, owner=owner_id, of_type=kind, about=subject_id, since=since
        )
        return key

    async def take_back(self, owner_id: int, kind: str, from_id: int, subject_id: int = 0) -> None:
        """Forget a notification of something that was taken back."""
        await self._connection.run(_TAKE_BACK, owner=owner_id, of_type=kind, sender=from_id, about=subject_id)

    async def clear(self, owner_id: int) -> None:
        """Forget all of an owner's notifications."""
        await self._connection.run(_CLEAR, owner=owner_id)

    async def remove(self, owner_id: int, ids: Collection[int]) -> None:
        """Forget some of an owner's notifications."""
        await self._connection.run(_REMOVE, owner=owner_id, ids=sorted(ids))

    async def remove_group(self, owner_id: int, key: str) -> None:
        """Forget a whole group."""
        await self._connection.run(_REMOVE_GROUP, owner=owner_id, key=key)

    async def remove_filtered(self, owner_id: int, senders: Collection[int]) -> None:
        """Forget what was filtered of some actors."""
        await self._connection.run(_REMOVE_FILTERED, owner=owner_id, senders=sorted(senders))

    async def let_through(self, owner_id: int, senders: Collection[int]) -> None:
        """Show what was filtered of some actors."""
        await self._connection.run(_LET_THROUGH, owner=owner_id, senders=sorted(senders))


def _others(choice: Choice, grouped: Collection[str]) -> list[str]:
    return sorted(set(choice.types) - set(grouped))
