"""What actors have published, here and elsewhere: finding it and keeping it.

Every search for something to show passes `visible_to(reader)`; what does not, says so in its name or text.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, bindparam, delete, false, func, insert, select, update

from storage.actors import Actor, actors
from storage.base import values
from storage.connection import Connection
from storage.conversations import Conversations
from storage.kinds import Visibility
from storage.lists import Among
from storage.notification_policies import NotificationPolicies
from storage.publication_rows import Publication, mentions, publication_tags, publications
from storage.statements import Statement, insert_or_ignore
from storage.visibility import visible_to

__all__ = ["Publication", "Publications", "mentions", "publications", "visible_to"]

_FIXED = {"id", "uri", "author_id", "is_local", "published_at", "created_at", "conversation"}
_ADD = Statement(insert(publications))
_CHANGE = Statement(
    update(publications).where(publications.c.id == bindparam("row_id")),
    columns=[column.name for column in publications.columns if column.name not in _FIXED],
)
_BY_ID = Statement(select(publications).where(publications.c.id == bindparam("publication_id")))
_BY_URI = Statement(select(publications).where(publications.c.uri == bindparam("wanted")))
_BY_IDS = Statement(select(publications).where(Among(publications.c.id, "ids")))
_BY_URIS = Statement(select(publications).where(Among(publications.c.uri, "uris")))
_BY_SLUG = Statement(
    select(publications).where(
        publications.c.kind == bindparam("of_kind"),
        publications.c.slug == bindparam("wanted"),
        publications.c.is_local,
    )
)
_PUBLIC_WITH_AUTHOR = Statement(
    select(publications, actors)
    .join(actors, actors.c.id == publications.c.author_id)
    .where(publications.c.uri == bindparam("wanted"), visible_to(None))
)
_DELETE = Statement(delete(publications).where(publications.c.id == bindparam("row_id")))
_MENTION = insert_or_ignore(mentions)
_FORGET_MENTIONS = Statement(delete(mentions).where(mentions.c.publication_id == bindparam("row_id")))
_TAG = insert_or_ignore(publication_tags)
_FORGET_TAGS = Statement(
    delete(publication_tags).where(publication_tags.c.publication_id == bindparam("row_id"))
)
_CONVERSATION_OF = Statement(
    select(publications.c.conversation).where(publications.c.uri == bindparam("wanted"))
)
_JOIN_CONVERSATION = Statement(
    update(publications)
    .where(publications.c.conversation == bindparam("guessed"))
    .values(conversation=bindparam("known"))
    .returning(publications.c.id)
)
_COUNTS = Statement(
    select(publications.c.kind, publications.c.is_local, func.count()).group_by(
        publications.c.kind, publications.c.is_local
    )
)
_COLUMNS = len(publications.c)


class Publications:
    """Finds and keeps publications."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, publication: Publication) -> Publication:
        """Keep a new publication as part of its conversation; Conflict when its URI is taken.

        An answer belongs to what it answers; where that comes only later, what hangs below moves with it.
        """
        parent, uri = publication.in_reply_to, publication.uri
        conversation = uri
        if parent is not None:
            conversation = await self._connection.value(_CONVERSATION_OF, wanted=parent) or parent
        kept = replace(publication, conversation=conversation)
        await self._connection.run(_ADD, **values(kept))
        if conversation != uri and await self._connection.run(
            _JOIN_CONVERSATION, guessed=uri, known=conversation
        ):
            await Conversations(self._connection).join_threads(uri, conversation)
            await NotificationPolicies(self._connection).join_threads(uri, conversation)
        return kept

    async def change(self, publication: Publication) -> None:
        """Overwrite a publication (its URI, author and dates of birth never change)."""
        await self._connection.run(_CHANGE, row_id=publication.id, **values(publication))

    async def get(self, publication_id: int) -> Publication:
        """Find a publication that must exist."""
        row = await self._connection.first(_BY_ID, publication_id=publication_id)
        assert row is not None, f"publication {publication_id} must exist"
        return Publication(*row)

    async def find(self, publication_id: int) -> Publication | None:
        """Find a publication by its number, whoever may read it."""
        row = await self._connection.first(_BY_ID, publication_id=publication_id)
        return Publication(*row) if row else None

    async def by_uri(self, uri: str) -> Publication | None:
        """Find a publication by its permanent address, whoever may read it."""
        row = await self._connection.first(_BY_URI, wanted=uri)
        return Publication(*row) if row else None

    async def by_uris(self, uris: list[str]) -> dict[str, Publication]:
        """Find several publications at once by their permanent addresses."""
        if not uris:
            return {}
        rows = await self._connection.all(_BY_URIS, uris=sorted(set(uris)))
        return {row[1]: Publication(*row) for row in rows}

    async def by_ids(self, ids: list[int]) -> dict[int, Publication]:
        """Find several publications at once."""
        if not ids:
            return {}
        rows = await self._connection.all(_BY_IDS, ids=sorted(set(ids)))
        return {row[0]: Publication(*row) for row in rows}

    async def by_slug(self, kind: str, slug: str) -> Publication | None:
        """Find a local publication by the last part of its page's path, whoever may read it."""
        row = await self._connection.first(_BY_SLUG, of_kind=kind, wanted=slug)
        return Publication(*row) if row else None

    async def public_with_author(self, uri: str) -> tuple[Publication, Actor] | None:
        """Find what anybody may read, with its author, in one statement."""
        row = await self._connection.first(_PUBLIC_WITH_AUTHOR, wanted=uri)
        return (Publication(*row[:_COLUMNS]), Actor(*row[_COLUMNS:])) if row else None

    async def readable(self, uri: str, reader: Actor | None) -> tuple[Publication, Actor] | None:
        """Find what `reader` may read (None: anybody), with its author."""
        if reader is None:
            return await self.public_with_author(uri)
        query = _with_authors().where(publications.c.uri == uri, visible_to(reader))
        row = await self._connection.first(query)
        return (Publication(*row[:_COLUMNS]), Actor(*row[_COLUMNS:])) if row else None

    async def page(
        self,
        reader: Actor | None,
        *,
        author: Actor | None = None,
        kinds: Sequence[str] | None = None,
        local: bool | None = None,
        ids: list[int] | None = None,
        before: int | None = None,
        after: int | None = None,
        size: int = 20,
        listed: bool = True,
    ) -> list[tuple[Publication, Actor]]:
        """Return what `reader` may read, newest first, with the authors.

        `before` and `after` are publication ids (Mastodon's max_id and min_id). `listed` leaves out what is
        unlisted and meant for nobody's lists, but for its author's own page.
        """
        query = _with_authors().where(visible_to(reader)).limit(size)
        if author is not None:
            query = query.where(publications.c.author_id == author.id)
        elif listed:
            query = query.where(publications.c.visibility == Visibility.PUBLIC)
        if kinds is not None:
            query = query.where(publications.c.kind.in_(kinds) if kinds else false())
        if local is not None:
            query = query.where(publications.c.is_local.is_(local))
        if ids is not None:
            query = query.where(publications.c.id.in_(ids) if ids else false())
        if before is not None:
            query = query.where(publications.c.id < before)
        if after is not None:
            query = query.where(publications.c.id > after).order_by(publications.c.id)
        else:
            query = query.order_by(publications.c.id.desc())
        rows = await self._connection.all(query)
        found = [(Publication(*row[:_COLUMNS]), Actor(*row[_COLUMNS:])) for row in rows]
        return found[::-1] if after is not None else found

    async def remove(self, publication: Publication) -> None:
        """Delete a publication; its tombstone is the caller's to set."""
        await self._connection.run(_DELETE, row_id=publication.id)

    async def set_mentions(
        self, publication: Publication, actor_ids: list[int], *, fresh: bool = False
    ) -> None:
        """Let exactly these actors be mentioned; a `fresh` publication mentions nobody yet."""
        if not fresh:
            await self._connection.run(_FORGET_MENTIONS, row_id=publication.id)
        await self._connection.run_many(
            _MENTION,
            [{"publication_id": publication.id, "actor_id": actor} for actor in sorted(set(actor_ids))],
        )

    async def set_tags(self, publication: Publication, names: Iterable[str], *, fresh: bool = False) -> None:
        """Let exactly these hashtags lead to it, as `actors.hashtags` writes them.

        A `fresh` publication has none yet.
        """
        if not fresh:
            await self._connection.run(_FORGET_TAGS, row_id=publication.id)
        await self._connection.run_many(
            _TAG, [{"name": name, "publication_id": publication.id} for name in sorted(set(names))]
        )

    async def counts(self) -> list[tuple[str, bool, int]]:
        """(kind, is local, how many) of everything kept."""
        return [(row[0], bool(row[1]), row[2]) for row in await self._connection.all(_COUNTS)]


def _with_authors() -> Select[Any]:
    return select(publications, actors).join(actors, actors.c.id == publications.c.author_id)
