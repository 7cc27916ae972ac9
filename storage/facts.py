"""Small facts that the node keeps about itself, such as the domain its identities are bound to."""

from datetime import datetime

from sqlalchemy import Column, Table, Text, bindparam, select

from storage.base import Json, metadata
from storage.connection import Connection
from storage.statements import Statement, insert_or_ignore, insert_or_update

facts = Table(
    "facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Json, nullable=False),
)

_SET = insert_or_update(facts, ["name"], ["value"])
_SET_ONCE = insert_or_ignore(facts, conflict=["name"])
_HAS_VERSION = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
}
_GET = Statement(select(facts.c.value).where(facts.c.name == bindparam("wanted")))


class Facts:
    """Finds and keeps facts."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def set(self, name: str, value: str | int | list[str]) -> None:
        """Keep a fact, in place of what was known under its name."""
        await self._connection.run(_SET, name=name, value=value)

    async def set_once(self, name: str, value: str) -> str:
        """Keep a text unless there is one under its name, and return what is kept, whoever was quicker."""
        await self._connection.run(_SET_ONCE, name=name, value=value)
        kept = await self.text(name)
        assert kept is not None, "it is kept by now"
        return kept

    async def text(self, name: str) -> str | None:
        """Find a fact that is a text."""
        found = await self._connection.value(_GET, wanted=name)
        return found if isinstance(found, str) else None

    async def moment(self, name: str) -> datetime | None:
        """Find a fact that is a moment, kept in ISO 8601."""
        found = await self.text(name)
        return datetime.fromisoformat(found) if found else None

    async def schema_version(self) -> str | None:
        """Return the migration that the database is at; None when it is empty."""
        if not await self._connection.raw(_HAS_VERSION[self._connection.dialect.name]):
            return None
        rows = await self._connection.raw("SELECT version_num FROM alembic_version")
        return rows[0][0] if rows else None
