"""What members are told of: who mentioned, followed, liked or shared, one row for each."""

from collections.abc import Collection

from sqlalchemy import bindparam, case, delete, func, select, update

from storage.actors import actors
from storage.base import values
from storage.connection import Connection
from storage.lists import Among
from storage.notification_rows import Choice, GroupMember, Notification, notifications, own_key
from storage.notification_walks import IN_GROUPS, ONE_BY_ONE, is_heard
from storage.paging import Page
from storage.statements import Statement, insert_or_ignore

__all__ = ["Choice", "GroupMember", "Notification", "Notifications", "notifications", "own_key"]


_own = notifications.c.owner_id == bindparam("owner")
_ADD = insert_or_ignore(
    notifications, notifications.c.id, conflict=("owner_id", "type", "from_id", "subject_id")
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
        func.min(case((notifications.c.id >= bindparam("lowest"), notifications.c.id)))
        .over(partition_by=_group)
        .label("oldest"),
        func.max(notifications.c.id).over(partition_by=_group).label("newest"),
        func.row_number().over(partition_by=_group, order_by=notifications.c.id.desc()).label("rank"),
    )
    .where(_own, Among(notifications.c.group_key, "keys"), is_heard(notifications))
    .subquery()
)
_MEMBERS = Statement(
    select(*[column for column in _ranked.c if column.name != "rank"])
    .where(_ranked.c.rank <= bindparam("most"))
    .order_by(_ranked.c.group_key, _ranked.c.id.desc())
)
_LATEST_GROUP = Statement(
    select(notifications.c.group_key)
    .where(_own, Among(notifications.c.group_key, "keys"))
    .order_by(notifications.c.group_key.desc())
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
_REMOVE_BETWEEN = Statement(delete(notifications).where(_own, notifications.c.from_id == bindparam("sender")))
_REMOVE_FROM_HOST = Statement(
    delete(notifications).where(
        _own, notifications.c.from_id.in_(select(actors.c.id).where(actors.c.host == bindparam("host")))
    )
)
_REMOVE_SENDER = Statement(delete(notifications).where(notifications.c.from_id == bindparam("sender")))
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
        return [Notification(*row) for row in await ONE_BY_ONE.page(self._connection, owner_id, page, choice)]

    async def groups(
        self, owner_id: int, page: Page, choice: Choice, grouped: Collection[str]
    ) -> list[Notification]:
        """Return the newest notification of each group, where its type is one of the `grouped` ones."""
        rows = await IN_GROUPS.page(self._connection, owner_id, page, choice, grouped)
        return [Notification(*row) for row in rows]

    async def members(
        self, owner_id: int, keys: Collection[str], *, most: int, lowest: int = 0
    ) -> list[GroupMember]:
        """Return the newest notifications of each group, at most so many of each, in one statement.

        `lowest` is the number with which the page ends that is read.
        """
        if not keys:
            return []
        rows = await self._connection.all(
            _MEMBERS, owner=owner_id, keys=sorted(set(keys)), most=most, lowest=lowest
        )
        return [GroupMember(*row) for row in rows]

    async def count(
        self, owner_id: int, choice: Choice, *, after: int, most: int, grouped: Collection[str] | None = None
    ) -> int:
        """Count what is newer than `after`, up to `most`; a group of `grouped` types counts once."""
        walk = ONE_BY_ONE if grouped is None else IN_GROUPS
        return await walk.count(self._connection, owner_id, choice, grouped or (), after=after, most=most)

    async def find(self, owner_id: int, number: int) -> Notification | None:
        """Find one of an owner's notifications."""
        row = await self._connection.first(_FIND, owner=owner_id, number=number)
        return Notification(*row) if row else None

    async def by_ids(self, ids: Collection[int]) -> list[Notification]:
        """Find several at once, whosever they are."""
        if not ids:
            return []
        return [Notification(*row) for row in await self._connection.all(_BY_IDS, ids=sorted(set(ids)))]

    async def open_group(self, owner_id: int, keys: Collection[str]) -> str | None:
        """Return the last in order of those groups that there are."""
        key: str | None = await self._connection.value(_LATEST_GROUP, owner=owner_id, keys=sorted(keys))
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
        """Forget a whole group, whatever its key was made of."""
        await self._connection.run(_REMOVE_GROUP, owner=owner_id, key=key)

    async def remove_filtered(self, owner_id: int, senders: Collection[int]) -> None:
        """Forget what was filtered of some actors."""
        await self._connection.run(_REMOVE_FILTERED, owner=owner_id, senders=sorted(senders))

    async def remove_between(self, owner_id: int, from_id: int) -> None:
        """Forget what an owner was told of one actor."""
        await self._connection.run(_REMOVE_BETWEEN, owner=owner_id, sender=from_id)

    async def remove_from_host(self, owner_id: int, host: str) -> None:
        """Forget what an owner was told of everybody at a host."""
        await self._connection.run(_REMOVE_FROM_HOST, owner=owner_id, host=host)

    async def remove_sender(self, from_id: int) -> None:
        """Forget what anybody was told of an actor."""
        await self._connection.run(_REMOVE_SENDER, sender=from_id)

    async def let_through(self, owner_id: int, senders: Collection[int]) -> None:
        """Show what was filtered of some actors."""
        await self._connection.run(_LET_THROUGH, owner=owner_id, senders=sorted(senders))
