"""Full-text search: the same tokens in SQLite's FTS5 and in PostgreSQL's tsvector, so both find the same.

Text arrives here as tokens (`actors.analyser` makes them: letters, digits and underscores only). Order is
the same on both engines too, because neither engine's score is used: what has every word in its title
comes first, then the newest. That also keeps a common word cheap, as nothing has to be ranked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Select,
    Table,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)

from storage.actors import Actor, actors
from storage.base import metadata
from storage.connection import Connection
from storage.listing import listed_for
from storage.publication_rows import publications
from storage.search_conditions import UNCONDITIONAL, Conditions, clauses
from storage.statements import Statement, insert_or_update

#: What FTS5 needs to take a document out of its index again. PostgreSQL has no use for it and keeps it empty.
search_documents = Table(
    "search_documents",
    metadata,
    Column(
        "publication_id",
        BigInteger,
        ForeignKey("publications.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("stems", Text, nullable=False),
    Column("facets", Text, nullable=False),
)

#: tsvector positions end here; later words are found all the same, but not in phrases.
LAST_POSITION: Final = 16_383
COUNT_LIMIT: Final = 10_000


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """One publication as tokens, each field a text of tokens with spaces between."""

    publication_id: int
    title: str
    body: str
    stems: str
    facets: str


@dataclass(frozen=True, slots=True)
class Alternative:
    """Tokens that must follow one another; the last may be the beginning of a word, or all be stems.

    With `facet` it is a facet's token, which counts as much as the words beside it.
    """

    tokens: tuple[str, ...]
    prefix: bool = False
    stem: bool = False
    facet: bool = False

    @property
    def is_of_words(self) -> bool:
        """Whether it says something about words as they stand, and so about titles too."""
        return not (self.stem or self.facet)


@dataclass(frozen=True, slots=True)
class Match:
    """What to find: of each group at least one alternative or facet, and none of the excluded.

    `author_id` and `is_local` narrow it to what one actor wrote, and to what was published here or elsewhere.
    """

    all_of: tuple[tuple[Alternative, ...], ...] = ()
    none_of: tuple[Alternative, ...] = ()
    facets: tuple[tuple[str, ...], ...] = ()
    author_id: int | None = None
    is_local: bool | None = None
    conditions: Conditions = UNCONDITIONAL

    @property
    def is_empty(self) -> bool:
        """Whether it asks for no word and no facet."""
        return not (self.all_of or self.facets)


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as a survey sees it: the tokens of its facets, and the host of its author."""

    facets: tuple[str, ...]
    host: str


_KEEP = insert_or_update(search_documents, ["publication_id"], ["title", "body", "stems", "facets"])
_FORGET = Statement(search_documents.delete().where(search_documents.c.publication_id == bindparam("row_id")))
_fts = table("search_index", column("rowid", BigInteger))
# The sign keeps SQLite from asking the index about one publication at a time, which is a search for each.
_FTS_ID: Final = literal_column("+search_index.rowid", BigInteger)
_vectors = table("search_index", column("publication_id", BigInteger))
_FACETS_OF_VECTOR: Final = literal_column(
    "array_to_string(tsvector_to_array(ts_filter(search_index.tokens, '{d}')), ' ')", Text
)
_KEEP_VECTOR = (
    "INSERT INTO search_index (publication_id, tokens) VALUES ($1, CAST($2::text AS tsvector)) "
    "ON CONFLICT (publication_id) DO UPDATE SET tokens = excluded.tokens"
)
_FORGET_VECTOR = "DELETE FROM search_index WHERE publication_id = $1"


class SearchIndex:
    """Keeps the index and asks it. Every call is part of the transaction that changes the publication."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_sqlite = connection.dialect.name == "sqlite"

    async def index(self, document: SearchDocument) -> None:
        """Let a publication be found by these tokens, and by no others it had before."""
        if self._is_sqlite:
            await self._connection.run(
                _KEEP,
                publication_id=document.publication_id,
                title=document.title,
                body=document.body,
                stems=document.stems,
                facets=document.facets,
            )
        else:
            await self._connection.raw(_KEEP_VECTOR, document.publication_id, _vector(document))

    async def forget(self, publication_id: int) -> None:
        """Let a publication be found no more."""
        if self._is_sqlite:
            await self._connection.run(_FORGET, row_id=publication_id)
        else:
            await self._connection.raw(_FORGET_VECTOR, publication_id)

    async def find(self, match: Match, reader: Actor | None, *, offset: int, size: int) -> list[int]:
        """Return the ids of what matches and `reader` may find: title hits first, then the newest."""
        wanted = offset + size
        if not match.all_of:
            return (await self._newest(self._query(match, reader), match, wanted))[offset:]
        titles = self._query(match, reader, title_only=True) if _may_be_in_titles(match) else None
        first = await self._newest(titles, match, wanted) if titles is not None else []
        rest = [] if len(first) >= wanted else await self._newest(self._query(match, reader), match, wanted)
        seen = set(first)
        return (first + [found for found in rest if found not in seen])[offset:wanted]

    async def latest(
        self, match: Match, reader: Actor | None, *, size: int, before: int | None, after: int | None
    ) -> list[int]:
        """Return the ids of what matches, newest first, whether in titles or not.

        `before` and `after` are ids: with `after`, those just newer than it are returned.
        """
        query, id_ = self._query(match, reader), self._id(match)
        if before is not None:
            query = query.where(id_ < before)
        if after is None:
            return await self._newest(query, match, size)
        query = query.where(id_ > after).order_by(id_).limit(size)
        return [row[0] for row in await self._connection.all(query)][::-1]

    async def count(self, match: Match, reader: Actor | None) -> int:
        """How many publications match; not counted beyond COUNT_LIMIT."""
        inner = self._query(match, reader).limit(COUNT_LIMIT).subquery()
        found: int = await self._connection.value(select(func.count()).select_from(inner))
        return found

    async def survey(self, match: Match, reader: Actor | None, *, among: int) -> list[Found]:
        """Return facets and host of the newest `among` that match, to be counted."""
        query = self._query(match, reader).join_from(
            publications, actors, actors.c.id == publications.c.author_id
        )
        if self._is_sqlite:
            query = query.join_from(
                publications, search_documents, search_documents.c.publication_id == publications.c.id
            )
        elif match.is_empty:
            query = query.join_from(publications, _vectors, _vectors.c.publication_id == publications.c.id)
        facets = search_documents.c.facets if self._is_sqlite else _FACETS_OF_VECTOR
        query = query.with_only_columns(facets, actors.c.host, maintain_column_froms=True)
        rows = await self._connection.all(query.order_by(self._id(match).desc()).limit(among))
        return [Found(tuple(row[0].split()), row[1]) for row in rows]

    async def count_documents(self) -> int:
        """How many publications can be found at all."""
        rows = await self._connection.raw(
            f"SELECT count(*) FROM {'search_documents' if self._is_sqlite else 'search_index'}"  # noqa: S608 - two names of our own
        )
        count: int = rows[0][0]
        return count

    async def _newest(self, query: Select[Any], match: Match, size: int) -> list[int]:
        rows = await self._connection.all(query.order_by(self._id(match).desc()).limit(size))
        return [row[0] for row in rows]

    def _id(self, match: Match) -> ColumnElement[int]:
        # FTS5 walks its own rows in this order, and stops when enough are found.
        return _fts.c.rowid if self._is_sqlite and not match.is_empty else publications.c.id

    def _query(self, match: Match, reader: Actor | None, *, title_only: bool = False) -> Select[Any]:
        query = select(publications.c.id).where(listed_for(reader), *clauses(match.conditions))
        if match.author_id is not None:
            query = query.where(publications.c.author_id == match.author_id)
        if match.is_local is not None:
            query = query.where(publications.c.is_local.is_(match.is_local))
        if match.is_empty:
            return query.where(publications.c.indexable)
        if self._is_sqlite:
            expression = _fts5(match, title_only=title_only)
            return query.join_from(publications, _fts, publications.c.id == _FTS_ID).where(
                text("search_index MATCH :match").bindparams(match=expression)
            )
        expression = _tsquery(match, title_only=title_only)
        return query.join_from(publications, _vectors, _vectors.c.publication_id == publications.c.id).where(
            text("search_index.tokens @@ CAST(CAST(:match AS text) AS tsquery)").bindparams(match=expression)
        )


def _may_be_in_titles(match: Match) -> bool:
    # A stem says nothing about where its word stood, and a facet stands nowhere.
    return all(any(each.is_of_words for each in group) for group in match.all_of)


def _fts5(match: Match, *, title_only: bool) -> str:
    words = "title" if title_only else "{title body}"

    def alternative(each: Alternative, words: str) -> str:
        where = "stems" if each.stem else "facets" if each.facet else words
        return f'{where} : "{" ".join(each.tokens)}"{" *" if each.prefix else ""}'

    groups = [
        "(" + " OR ".join(alternative(each, words) for each in _used(group, title_only=title_only)) + ")"
        for group in match.all_of
    ]
    groups += ["(" + " OR ".join(f'facets : "{facet}"' for facet in group) + ")" for group in match.facets]
    expression = " AND ".join(groups)
    for each in match.none_of:
        expression = f"({expression}) NOT ({alternative(each, '{title body}')})"
    return expression


def _tsquery(match: Match, *, title_only: bool) -> str:
    words = "A" if title_only else "AB"

    def alternative(each: Alternative, words: str) -> str:
        weights = "C" if each.stem else "D" if each.facet else words
        last = len(each.tokens) - 1
        marks = [("*" if each.prefix and index == last else "") + weights for index in range(last + 1)]
        return (
            "("
            + " <-> ".join(f"'{token}':{mark}" for token, mark in zip(each.tokens, marks, strict=True))
            + ")"
        )

    groups = [
        "(" + " | ".join(alternative(each, words) for each in _used(group, title_only=title_only)) + ")"
        for group in match.all_of
    ]
    groups += ["(" + " | ".join(f"'{facet}':D" for facet in group) + ")" for group in match.facets]
    groups += [f"!{alternative(each, 'AB')}" for each in match.none_of]
    return " & ".join(groups)


def _used(group: Sequence[Alternative], *, title_only: bool) -> list[Alternative]:
    return [each for each in group if each.is_of_words or not title_only]


def _vector(document: SearchDocument) -> str:
    title = document.title.split()
    body = document.body.split()
    gap = len(title) + 2  # So that no phrase reaches from the title into the body.
    parts = [*_placed(title, 1, "A"), *_placed(body, gap, "B")]
    parts += [f"'{token}':1C" for token in set(document.stems.split())]
    parts += [f"'{token}':1D" for token in set(document.facets.split())]
    return " ".join(parts)


def _placed(tokens: Sequence[str], start: int, weight: str) -> list[str]:
    return [f"'{token}':{min(start + index, LAST_POSITION)}{weight}" for index, token in enumerate(tokens)]
