"""What is shown of publications beside their rows: one with its author, and what belongs to many at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Label, Select, Table, Text, bindparam, func, literal_column, select, union

from storage.actors import Actor, actors
from storage.connection import Connection
from storage.history import Revision, revisions
from storage.kinds import Visibility
from storage.listing import author_is_shown_to
from storage.lists import Among
from storage.publications import Publication, publications, visible_to
from storage.reactions import likes, shares
from storage.statements import Statement
from storage.transaction import Transaction


def _count(table: Table) -> Label[int]:
    return (
        select(func.count())
        .select_from(table)
        .where(table.c.publication_id == publications.c.id)
        .correlate(publications)
        .scalar_subquery()
        .label(table.name)
    )


def _shown_to(reader: Actor | None) -> Select[Any]:
    return (
        select(publications, actors)
        .join(actors, actors.c.id == publications.c.author_id)
        .where(publications.c.id == bindparam("wanted"), visible_to(reader), author_is_shown_to(reader))
    )


_COLUMNS = len(publications.c)
_pages = publications.alias("pages")
# Written out, as in the index that has only what has a title.
_EMPTY: Final = literal_column("''", Text)
_SHOWN_TO_ALL = Statement(_shown_to(None))
_TALLIES = Statement(
    select(publications.c.id, _count(likes), _count(shares)).where(Among(publications.c.id, "ids"))
)
_PAGES = Statement(
    select(publications, actors)
    .join(actors, actors.c.id == publications.c.author_id)
    .where(
        publications.c.id.in_(
            union(
                select(_pages.c.id).where(Among(_pages.c.url, "addresses"), _pages.c.title != _EMPTY),
                select(_pages.c.id).where(Among(_pages.c.uri, "addresses"), _pages.c.title != _EMPTY),
            )
        ),
        publications.c.visibility == Visibility.PUBLIC,
        author_is_shown_to(None),
    )
)
_REVISIONS = Statement(
    select(revisions).where(
        revisions.c.publication_id == bindparam("row_id"),
        revisions.c.revision.between(bindparam("lowest"), bindparam("highest")),
    )
)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many actors known here like a publication, and how many shared it."""

    likes: int = 0
    shares: int = 0


async def find_shown(
    tx: Transaction, publication_id: int, reader: Actor | None
) -> tuple[Publication, Actor] | None:
    """Find a publication, local or remote, by its number if `reader` may read it, with its author."""
    query = _SHOWN_TO_ALL if reader is None else _shown_to(reader)
    row = await _connection(tx).first(query, wanted=publication_id)
    return (Publication(*row[:_COLUMNS]), Actor(*row[_COLUMNS:])) if row else None


async def pages_at(tx: Transaction, addresses: Collection[str]) -> dict[str, tuple[Publication, Actor]]:
    """Find what is public and has a title by the addresses of its pages, or its own, with its author."""
    if not addresses:
        return {}
    rows = await _connection(tx).all(_PAGES, addresses=sorted(set(addresses)))
    found: dict[str, tuple[Publication, Actor]] = {}
    for row in rows:
        page = Publication(*row[:_COLUMNS]), Actor(*row[_COLUMNS:])
        found |= {
            address: page
            for address in (page[0].url, page[0].uri)
            if address is not None and address in addresses
        }
    return found


async def tallies_of(tx: Transaction, publication_ids: Collection[int]) -> dict[int, Tally]:
    """Count the reactions to several publications in one statement."""
    if not publication_ids:
        return {}
    rows = await _connection(tx).all(_TALLIES, ids=publication_ids)
    return {row[0]: Tally(row[1], row[2]) for row in rows}


async def revisions_between(
    tx: Transaction, publication: Publication, lowest: int, highest: int
) -> dict[int, Revision]:
    """Return what a publication was from one revision to another, both included, by their numbers."""
    rows = await _connection(tx).all(_REVISIONS, row_id=publication.id, lowest=lowest, highest=highest)
    return {row[1]: Revision(*row) for row in rows}


def _connection(tx: Transaction) -> Connection:
    return tx._connection  # noqa: SLF001 - these queries belong to storage, whatever file they stand in
