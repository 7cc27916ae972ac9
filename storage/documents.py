"""What the operators of this node tell everybody: its rules, and documents such as how it treats data."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, Table, Text, bindparam, delete, func, insert, select, update

from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement, insert_or_update


class DocumentName(StrEnum):
    """The documents that a node may have."""

    ABOUT = "about"
    PRIVACY = "privacy"
    TERMS = "terms"


documents = Table(
    "documents",
    metadata,
    Column("name", Text, primary_key=True),
    Column("effective_on", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("source", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("updated_at", Timestamp, nullable=False),
)

house_rules = Table(
    "house_rules",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("hint", Text, nullable=False),
    Column("translations", Json, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("removed_at", Timestamp),
)


@dataclass(frozen=True, slots=True)
class Document:
    """One document in one language: what was written, in Markdown, and the sanitised HTML of it.

    `effective_on` is the day (ISO 8601) from which it holds; older ones are kept.
    """

    name: str
    effective_on: str
    language: str
    source: str
    content: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class HouseRule:
    """One rule of this node. `hint` explains it; `translations` are {language: {"text", "hint"}}.

    One that was removed is kept for the reports that name it.
    """

    id: int
    text: str
    hint: str
    translations: dict[str, dict[str, str]]
    created_at: datetime
    removed_at: datetime | None = None


_PUT = insert_or_update(documents, ["name", "effective_on", "language"], ["source", "content", "updated_at"])
_REMOVE = Statement(
    delete(documents)
    .where(documents.c.name == bindparam("wanted"), documents.c.language == bindparam("spoken"))
    .returning(documents.c.language)
)
_versions = documents.alias("versions")
_CURRENT = Statement(
    select(documents)
    .where(
        documents.c.name == bindparam("wanted"),
        documents.c.effective_on
        == select(func.max(_versions.c.effective_on))
        .where(_versions.c.name == bindparam("wanted"), _versions.c.effective_on <= bindparam("today"))
        .scalar_subquery(),
    )
    .order_by(documents.c.language)
)
_OF_DAY = Statement(
    select(documents)
    .where(documents.c.name == bindparam("wanted"), documents.c.effective_on == bindparam("day"))
    .order_by(documents.c.language)
)
_ALL = Statement(select(documents).order_by(documents.c.name, documents.c.effective_on, documents.c.language))
_DAYS = Statement(
    select(documents.c.effective_on)
    .where(documents.c.name == bindparam("wanted"))
    .distinct()
    .order_by(documents.c.effective_on)
)
_ADD_RULE = Statement(insert(house_rules))
_CHANGE_RULE = Statement(
    update(house_rules).where(house_rules.c.id == bindparam("row_id")),
    columns=["text", "hint", "translations", "removed_at"],
)
_RULES = Statement(select(house_rules).where(house_rules.c.removed_at.is_(None)).order_by(house_rules.c.id))
_RULES_BY_IDS = Statement(
    select(house_rules).where(Among(house_rules.c.id, "ids")).order_by(house_rules.c.id)
)


class Documents:
    """Finds and keeps what the operators tell everybody."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, document: Document) -> None:
        """Keep a document, in place of the one of the same name, day and language."""
        await self._connection.run(_PUT, **values(document))

    async def remove(self, name: DocumentName, language: str) -> bool:
        """Remove every version of a document in one language; False where there was none."""
        return bool(await self._connection.run(_REMOVE, wanted=name, spoken=language))

    async def current(self, name: DocumentName, today: date) -> list[Document]:
        """Return the version of a document that holds today, in each language that it has."""
        rows = await self._connection.all(_CURRENT, wanted=name, today=today.isoformat())
        return [Document(*row) for row in rows]

    async def of_day(self, name: DocumentName, day: str) -> list[Document]:
        """Return the version of a document that holds from a day on, in each language that it has."""
        return [Document(*row) for row in await self._connection.all(_OF_DAY, wanted=name, day=day)]

    async def days(self, name: DocumentName) -> list[str]:
        """Return the days from which each version of a document holds, the earliest first."""
        return [row[0] for row in await self._connection.all(_DAYS, wanted=name)]

    async def all(self) -> list[Document]:
        """Every version of every document."""
        return [Document(*row) for row in await self._connection.all(_ALL)]

    async def add_rule(self, rule: HouseRule) -> HouseRule:
        """Keep a new rule."""
        await self._connection.run(_ADD_RULE, **values(rule))
        return rule

    async def change_rule(self, rule: HouseRule) -> None:
        """Overwrite what a rule says."""
        await self._connection.run(_CHANGE_RULE, row_id=rule.id, **values(rule))

    async def rules(self) -> list[HouseRule]:
        """Return the rules that hold, in the order in which they were made."""
        return [HouseRule(*row) for row in await self._connection.all(_RULES)]

    async def rules_by_ids(self, ids: Collection[int]) -> list[HouseRule]:
        """Find several rules, removed ones too."""
        if not ids:
            return []
        return [HouseRule(*row) for row in await self._connection.all(_RULES_BY_IDS, ids=sorted(set(ids)))]
