"""The timelines of one member: home, lists, what they like and what they bookmarked."""

from datetime import datetime

from sqlalchemy import BigInteger, and_, bindparam, or_, select, union_all

from storage.account_lists import AccountList, account_list_members, account_lists
from storage.actors import Actor
from storage.connection import Connection
from storage.hiding import not_hidden
from storage.items import READER, Item, item_of, items
from storage.kinds import Visibility
from storage.marks import bookmarks
from storage.paging import Page, Paged
from storage.placements import home_items
from storage.publication_rows import mentions, publications
from storage.reactions import likes, shares

_answered = publications.alias("answered")
_written = publications.alias("written")
_HOME_ITEMS = home_items.join(publications, publications.c.id == home_items.c.publication_id).outerjoin(
    shares, and_(shares.c.id == home_items.c.id, home_items.c.id != home_items.c.publication_id)
)
_MARKED = {
    "likes": likes.join(publications, publications.c.id == likes.c.publication_id),
    "bookmarks": bookmarks.join(publications, publications.c.id == bookmarks.c.publication_id),
}
_FOLLOWED = items(READER, _HOME_ITEMS, number=home_items.c.id, shared=True).where(
    home_items.c.owner_id == READER,
    not_hidden(publications.c.author_id, READER),
    not_hidden(home_items.c.actor_id, READER),
)
_HOME = Paged(
    _FOLLOWED.where(
        home_items.c.actor_id.not_in(
            select(account_list_members.c.actor_id)
            .join(account_lists, account_lists.c.id == account_list_members.c.list_id)
            .where(account_lists.c.owner_id == READER, account_lists.c.exclusive)
        )
    ),
    home_items.c.id,
)
_IN_LIST = select(account_list_members.c.actor_id).where(
    account_list_members.c.list_id == bindparam("list_id", type_=BigInteger())
)
_LIST = Paged(
    _FOLLOWED.where(
        home_items.c.actor_id.in_(_IN_LIST),
        or_(
            publications.c.in_reply_to.is_(None),
            home_items.c.id != publications.c.id,
            bindparam("to_followed"),
            and_(
                bindparam("to_members"),
                select(_answered.c.id)
                .where(_answered.c.uri == publications.c.in_reply_to, _answered.c.author_id.in_(_IN_LIST))
                .exists(),
            ),
        ),
    ),
    home_items.c.id,
)
_LIKED = Paged(
    items(READER, _MARKED["likes"], page_id=likes.c.id).where(likes.c.actor_id == READER), likes.c.id
)
_BOOKMARKED = Paged(
    items(READER, _MARKED["bookmarks"], page_id=bookmarks.c.id).where(bookmarks.c.actor_id == READER),
    bookmarks.c.id,
)
_DIRECT = Paged(
    items(READER).where(
        publications.c.visibility == Visibility.DIRECT,
        publications.c.id.in_(
            union_all(
                select(mentions.c.publication_id).where(mentions.c.actor_id == READER),
                select(_written.c.id).where(_written.c.author_id == READER),
            )
        ),
        not_hidden(publications.c.author_id, READER),
    ),
    publications.c.id,
)


class OwnTimelines:
    """Reads the timelines that only their owner sees."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def home(self, owner: Actor, page: Page) -> list[Item]:
        """Return what those whom `owner` follows have published and shared."""
        rows = await _HOME.rows(self._connection, page, reader=owner.id, now=self._now)
        return [item_of(row) for row in rows]

    async def of_list(self, owner: Actor, page: Page, wanted: AccountList) -> list[Item]:
        """Return what the members of one of `owner`'s lists have published and shared."""
        rows = await _LIST.rows(
            self._connection,
            page,
            reader=owner.id,
            now=self._now,
            list_id=wanted.id,
            to_followed=wanted.replies_policy == "followed",
            to_members=wanted.replies_policy == "list",
        )
        return [item_of(row) for row in rows]

    async def liked(self, reader: Actor, page: Page) -> list[Item]:
        """Return what a reader likes, the latest liked first."""
        return [item_of(row) for row in await _LIKED.rows(self._connection, page, reader=reader.id)]

    async def direct(self, reader: Actor, page: Page) -> list[Item]:
        """Return what a reader and others wrote to each other alone."""
        rows = await _DIRECT.rows(self._connection, page, reader=reader.id, now=self._now)
        return [item_of(row) for row in rows]

    async def bookmarked(self, reader: Actor, page: Page) -> list[Item]:
        """Return what a reader has bookmarked, the latest first."""
        return [item_of(row) for row in await _BOOKMARKED.rows(self._connection, page, reader=reader.id)]
