"""Timelines, as lists of what stands in them: each page is one statement, whoever reads."""

from collections.abc import Callable, Collection
from enum import Enum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)

from storage.actors import Actor, actors
from storage.connection import Connection
from storage.hiding import not_hidden
from storage.items import READER, Item, item_of, items
from storage.kinds import Visibility
from storage.lists import Among
from storage.marks import pins
from storage.own_timelines import OwnTimelines
from storage.paging import Page, Paged
from storage.publication_rows import publication_tags, publications
from storage.reactions import shares
from storage.statements import Statement
from storage.visibility import Reader


class Origin(Enum):
    """Where what stands in a public timeline was published."""

    ANYWHERE = 0
    HERE = 1
    ELSEWHERE = 2


class _ForBoth:
    """A paged query for one reader, and its twin for anybody."""

    def __init__(
        self, build: Callable[[Reader], Select[Any]], column: ColumnElement[int] = publications.c.id
    ) -> None:
        self._member = Paged(build(READER), column)
        self._guest = Paged(build(None), column)

    async def page(
        self, connection: Connection, reader: Actor | None, page: Page, **parameters: Any
    ) -> list[Item]:
        """Return one page of it."""
        if reader is None:
            rows = await self._guest.rows(connection, page, **parameters)
        else:
            rows = await self._member.rows(connection, page, reader=reader.id, **parameters)
        return [item_of(row) for row in rows]


_answered = publications.alias("answered")
_IN_LISTS = publications.c.visibility == Visibility.PUBLIC
_MEDIA = or_(bindparam("any_media"), publications.c.attachments != literal("[]", Text()))
_SHARED = shares.join(publications, publications.c.id == shares.c.publication_id)


def _public(origin: Origin) -> Callable[[Reader], Select[Any]]:
    which: list[ColumnElement[bool]] = []
    if origin is not Origin.ANYWHERE:
        which.append(publications.c.is_local if origin is Origin.HERE else ~publications.c.is_local)
    return lambda reader: items(reader).where(
        _IN_LISTS, publications.c.in_reply_to.is_(None), _MEDIA, *which, *_wanted_by(reader)
    )


def _wanted_by(reader: Reader) -> list[ColumnElement[bool]]:
    """Return that neither moderators nor the reader have hidden the author; anybody has hidden nobody."""
    silenced = select(actors.c.id).where(
        actors.c.id == publications.c.author_id, actors.c.silenced_at.is_not(None)
    )
    is_shown = ~silenced.exists()
    return [is_shown] if reader is None else [is_shown, not_hidden(publications.c.author_id, READER)]


def _tagged(reader: Reader) -> Select[Any]:
    source = publication_tags.join(publications, publications.c.id == publication_tags.c.publication_id)
    return items(reader, source).where(
        _IN_LISTS, publication_tags.c.name == bindparam("tag"), _MEDIA, _origin_matches(), *_wanted_by(reader)
    )


def _tagged_with_others(reader: Reader) -> Select[Any]:
    return items(reader).where(
        _IN_LISTS,
        _MEDIA,
        _origin_matches(),
        publications.c.id.in_(
            select(publication_tags.c.publication_id).where(Among(publication_tags.c.name, "any_of"))
        ),
        select(func.count())
        .where(
            publication_tags.c.publication_id == publications.c.id, Among(publication_tags.c.name, "all_of")
        )
        .scalar_subquery()
        == bindparam("all_count"),
        ~select(publication_tags.c.name)
        .where(
            publication_tags.c.publication_id == publications.c.id, Among(publication_tags.c.name, "none_of")
        )
        .exists(),
        *_wanted_by(reader),
    )


def _origin_matches() -> ColumnElement[bool]:
    wanted: ColumnElement[int] = bindparam("origin", type_=Integer())
    return or_(
        wanted == Origin.ANYWHERE.value,
        and_(wanted == Origin.HERE.value, publications.c.is_local),
        and_(wanted == Origin.ELSEWHERE.value, publications.c.is_local.is_(False)),
    )


def _by_author(reader: Reader) -> Select[Any]:
    own_answers = select(_answered.c.id).where(
        _answered.c.uri == publications.c.in_reply_to, _answered.c.author_id == publications.c.author_id
    )
    return items(reader).where(
        publications.c.author_id == bindparam("author"),
        _MEDIA,
        or_(bindparam("any_answers"), publications.c.in_reply_to.is_(None), own_answers.exists()),
        or_(bindparam("any_tag"), _has_tag()),
        or_(bindparam("any_direct"), publications.c.visibility != Visibility.DIRECT),
    )


def _has_tag() -> ColumnElement[bool]:
    return (
        select(publication_tags.c.name)
        .where(
            publication_tags.c.publication_id == publications.c.id,
            publication_tags.c.name == bindparam("tag"),
        )
        .exists()
    )


def _shared_by(reader: Reader) -> Select[Any]:
    return items(reader, _SHARED, number=shares.c.id, shared=True).where(
        shares.c.actor_id == bindparam("author")
    )


_PINNED = _ForBoth(
    lambda reader: items(
        reader, pins.join(publications, publications.c.id == pins.c.publication_id), page_id=pins.c.id
    ).where(pins.c.actor_id == bindparam("author")),
    pins.c.id,
)
_PUBLIC = {origin: _ForBoth(_public(origin)) for origin in Origin}
_TAGGED = _ForBoth(_tagged, publication_tags.c.publication_id)
_TAGGED_WITH_OTHERS = _ForBoth(_tagged_with_others)
_BY_AUTHOR = _ForBoth(_by_author)
_SHARED_BY = _ForBoth(_shared_by, shares.c.id)
_BY_IDS = Statement(items(READER).where(Among(publications.c.id, "ids")))
_BY_IDS_ANYBODY = Statement(items(None).where(Among(publications.c.id, "ids")))


def _shares_by_ids(reader: Reader) -> Statement:
    return Statement(items(reader, _SHARED, number=shares.c.id, shared=True).where(Among(shares.c.id, "ids")))


_SHARES_BY_IDS = _shares_by_ids(READER)
_SHARES_BY_IDS_ANYBODY = _shares_by_ids(None)


class Timelines(OwnTimelines):
    """Reads timelines, and single items, as a reader (None: anybody) may see them."""

    async def pinned(self, reader: Actor | None, page: Page, author: Actor) -> list[Item]:
        """Return what an actor's profile shows first."""
        return await _PINNED.page(self._connection, reader, page, author=author.id)

    async def public(
        self, reader: Actor | None, page: Page, *, origin: Origin = Origin.ANYWHERE, only_media: bool = False
    ) -> list[Item]:
        """Return everything public that answers nothing."""
        return await _PUBLIC[origin].page(
            self._connection, reader, page, any_media=not only_media, now=self._now
        )

    async def tagged(
        self,
        reader: Actor | None,
        page: Page,
        tag: str,
        *,
        any_of: Collection[str] = (),
        all_of: Collection[str] = (),
        none_of: Collection[str] = (),
        origin: Origin = Origin.ANYWHERE,
        only_media: bool = False,
    ) -> list[Item]:
        """Return what is public and has a hashtag, or any of those in `any_of`; names are folded."""
        common = {"any_media": not only_media, "origin": origin.value, "now": self._now}
        if not (any_of or all_of or none_of):
            return await _TAGGED.page(self._connection, reader, page, tag=tag, **common)
        return await _TAGGED_WITH_OTHERS.page(
            self._connection,
            reader,
            page,
            any_of=sorted({tag, *any_of}),
            all_of=sorted(set(all_of)),
            all_count=len(set(all_of)),
            none_of=sorted(set(none_of)),
            **common,
        )

    async def by_author(
        self,
        reader: Actor | None,
        page: Page,
        author: Actor,
        *,
        only_media: bool = False,
        answers: bool = True,
        shared: bool = True,
        direct: bool = True,
        tag: str = "",
    ) -> list[Item]:
        """Return what an actor has published, and what it shared unless only its own is wanted."""
        own = await _BY_AUTHOR.page(
            self._connection,
            reader,
            page,
            author=author.id,
            any_media=not only_media,
            any_answers=answers,
            any_direct=direct,
            any_tag=not tag,
            tag=tag,
        )
        if not shared or only_media or tag:
            return own
        others = await _SHARED_BY.page(self._connection, reader, page, author=author.id)
        merged = sorted([*own, *others], key=lambda item: item.id, reverse=True)
        return merged[: page.size] if page.min_id is None else merged[-page.size :]

    async def by_ids(self, reader: Actor | None, ids: Collection[int]) -> list[Item]:
        """Return several at once, publications and shares, in no order; what cannot be read is left out."""
        if not ids:
            return []
        reading = {} if reader is None else {"reader": reader.id}
        own, shared = (
            (_BY_IDS_ANYBODY, _SHARES_BY_IDS_ANYBODY) if reader is None else (_BY_IDS, _SHARES_BY_IDS)
        )
        found = await self._connection.all(own, ids=sorted(set(ids)), **reading)
        missing = set(ids) - {row[1] for row in found}
        if missing:
            found += await self._connection.all(shared, ids=sorted(missing), **reading)
        return [item_of(row) for row in found]

    async def find(self, reader: Actor | None, number: int) -> Item | None:
        """Return one, by its own number or that of a share."""
        found = await self.by_ids(reader, [number])
        return found[0] if found else None
