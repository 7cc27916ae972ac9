"""Lists of accounts that somebody reads as timelines of their own."""

from dataclasses import dataclass
from datetime import datetime

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
    insert,
    select,
    update,
)

from storage.actors import Actor, actors
from storage.base import Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.paging import Page, Paged
from storage.statements import Statement, insert_or_ignore

account_lists = Table(
    "account_lists",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("replies_policy", Text, nullable=False),
    Column("exclusive", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Index("ix_account_lists_owner_id", "owner_id", "id"),
)

account_list_members = Table(
    "account_list_members",
    metadata,
    Column("list_id", BigInteger, ForeignKey("account_lists.id", ondelete="CASCADE"), primary_key=True),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    # The list of members is paged by it.
    Column("id", BigInteger, nullable=False, unique=True),
    Index("ix_account_list_members_actor_id", "actor_id", "list_id"),
)


@dataclass(frozen=True, slots=True)
class AccountList:
    """A list of accounts.

    `replies_policy` says which answers of its members it shows: `followed` (to whomever the owner follows),
    `list` (to each other) or `none`. What members of an `exclusive` list publish stays out of the owner's
    home timeline.
    """

    id: int
    owner_id: int
    title: str
    replies_policy: str
    exclusive: bool
    created_at: datetime


_ADD = Statement(insert(account_lists))
_CHANGE = Statement(
    update(account_lists).where(account_lists.c.id == bindparam("row_id")),
    columns=["title", "replies_policy", "exclusive"],
)
_REMOVE = Statement(delete(account_lists).where(account_lists.c.id == bindparam("row_id")))
_FIND = Statement(
    select(account_lists).where(
        account_lists.c.id == bindparam("row_id"), account_lists.c.owner_id == bindparam("owner")
    )
)
_ALL = Statement(
    select(account_lists).where(account_lists.c.owner_id == bindparam("owner")).order_by(account_lists.c.id)
)
_COUNT = Statement(
    select(func.count()).select_from(account_lists).where(account_lists.c.owner_id == bindparam("owner"))
)
_WITH = Statement(
    select(account_lists)
    .join(account_list_members, account_list_members.c.list_id == account_lists.c.id)
    .where(
        account_lists.c.owner_id == bindparam("owner"), account_list_members.c.actor_id == bindparam("who")
    )
    .order_by(account_lists.c.id)
)
_ADD_MEMBER = insert_or_ignore(
    account_list_members, account_list_members.c.id, conflict=("list_id", "actor_id")
)
_REMOVE_MEMBERS = Statement(
    delete(account_list_members).where(
        account_list_members.c.list_id == bindparam("row_id"), Among(account_list_members.c.actor_id, "ids")
    )
)
_REMOVE_FROM_ALL = Statement(
    delete(account_list_members).where(
        account_list_members.c.actor_id == bindparam("who"),
        account_list_members.c.list_id.in_(
            select(account_lists.c.id).where(account_lists.c.owner_id == bindparam("owner"))
        ),
    )
)
_members = (
    select(account_list_members.c.id, actors)
    .join(actors, actors.c.id == account_list_members.c.actor_id)
    .where(account_list_members.c.list_id == bindparam("row_id"))
)
_MEMBERS_PAGE = Paged(_members, account_list_members.c.id)
_MEMBERS = Statement(_members.order_by(account_list_members.c.id.desc()))


class AccountLists:
    """Finds and keeps lists and who is in them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, new: AccountList) -> AccountList:
        """Keep a new list."""
        await self._connection.run(_ADD, **values(new))
        return new

    async def change(self, changed: AccountList) -> None:
        """Overwrite what is known of a list."""
        await self._connection.run(_CHANGE, row_id=changed.id, **values(changed))

    async def remove(self, known: AccountList) -> None:
        """Forget a list and who is in it."""
        await self._connection.run(_REMOVE, row_id=known.id)

    async def find(self, owner: Actor, number: int) -> AccountList | None:
        """Find a list of somebody by its number; nobody else's is found."""
        row = await self._connection.first(_FIND, row_id=number, owner=owner.id)
        return AccountList(*row) if row else None

    async def all(self, owner: Actor) -> list[AccountList]:
        """Return somebody's lists, the oldest first."""
        return [AccountList(*row) for row in await self._connection.all(_ALL, owner=owner.id)]

    async def count(self, owner: Actor) -> int:
        """How many lists somebody has."""
        count: int = await self._connection.value(_COUNT, owner=owner.id)
        return count

    async def with_member(self, owner: Actor, member: Actor) -> list[AccountList]:
        """Return those of somebody's lists that an actor is in."""
        rows = await self._connection.all(_WITH, owner=owner.id, who=member.id)
        return [AccountList(*row) for row in rows]

    async def add_member(self, known: AccountList, member: Actor, number: int) -> bool:
        """Put an actor into a list; False where it is in it already."""
        return bool(await self._connection.run(_ADD_MEMBER, list_id=known.id, actor_id=member.id, id=number))

    async def remove_members(self, known: AccountList, ids: list[int]) -> None:
        """Take actors out of a list."""
        await self._connection.run(_REMOVE_MEMBERS, row_id=known.id, ids=ids)

    async def remove_from_all(self, owner: Actor, member: Actor) -> None:
        """Take an actor out of every list of somebody."""
        await self._connection.run(_REMOVE_FROM_ALL, owner=owner.id, who=member.id)

    async def members(self, known: AccountList, page: Page | None = None) -> list[tuple[int, Actor]]:
        """Return (number to page by, actor) of those in a list, the latest first; without a page all."""
        if page is None:
            rows = await self._connection.all(_MEMBERS, row_id=known.id)
        else:
            rows = await _MEMBERS_PAGE.rows(self._connection, page, row_id=known.id)
        return [(row[0], Actor(*row[1:])) for row in rows]
