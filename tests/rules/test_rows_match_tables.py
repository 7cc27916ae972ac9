"""Every row is a table's row: the same names in the same order, and empty where the column may be."""

import types
from dataclasses import fields
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from sqlalchemy import Table

from storage.activities import Activity
from storage.actors import Actor
from storage.announcements import Announcement
from storage.backfills import Backfill
from storage.deliveries import Delivery
from storage.documents import Document, HouseRule
from storage.follows import Follow
from storage.history import Revision, Tombstone
from storage.members import AccessToken, Invitation, Member
from storage.peers import Peer
from storage.publications import Publication
from storage.received import Received
from storage.schema import metadata
from storage.search import SearchDocument
from storage.signing_keys import SigningKey

ROWS: dict[str, type[Any]] = {
    "access_tokens": AccessToken,
    "activities": Activity,
    "actors": Actor,
    "announcements": Announcement,
    "backfills": Backfill,
    "deliveries": Delivery,
    "documents": Document,
    "follows": Follow,
    "house_rules": HouseRule,
    "invitations": Invitation,
    "members": Member,
    "peers": Peer,
    "publications": Publication,
    "received": Received,
    "revisions": Revision,
    "search_documents": SearchDocument,
    "signing_keys": SigningKey,
    "tombstones": Tombstone,
}
#: Tables of pairs, which nobody needs as a row.
WITHOUT_ROWS = {
    "announcement_dismissals",
    "announcement_reactions",
    "blocks",
    "facts",
    "likes",
    "mentions",
    "shares",
}


def may_be_none(annotation: Any) -> bool:
    is_union = get_origin(annotation) in {Union, types.UnionType}
    return annotation is Any or (is_union and type(None) in get_args(annotation))


def test_every_table_has_its_row() -> None:
    assert set(metadata.tables) == ROWS.keys() | WITHOUT_ROWS


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_row_has_the_columns_of_its_table_in_order(name: str) -> None:
    table, row = metadata.tables[name], ROWS[name]
    assert [field.name for field in fields(row)] == [column.name for column in table.columns]


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_field_may_be_none_exactly_where_its_column_may_be_null(name: str) -> None:
    table: Table = metadata.tables[name]
    hints = get_type_hints(ROWS[name])
    assert {column.name: may_be_none(hints[column.name]) for column in table.columns} == {
        column.name: bool(column.nullable) for column in table.columns
    }
