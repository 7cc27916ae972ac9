"""Bringing a database to this version of the program, and knowing whether it is there already."""

from pathlib import Path
from typing import Any

from storage.database import Database
from storage.errors import StorageError

#: The newest migration. A test compares it with the files in `migrations/versions`.
HEAD = "0003"
_FOLDER = Path(__file__).parent / "migrations"


async def version(database: Database) -> str | None:
    """Return the migration that the database is at; None when it is empty."""
    async with database.read() as tx:
        return await tx.facts.schema_version()


def migrate(url: str) -> None:
    """Bring the database at `url` to this version; does nothing when it is there.

    Blocks, and imports Alembic, which takes a second: call it in a thread, and only when `version` says so.
    """
    from alembic import command  # noqa: PLC0415 - a second of imports that most starts do not need

    command.upgrade(_configuration(url), "head")


def _configuration(url: str) -> Any:
    from alembic.config import Config  # noqa: PLC0415 - see above

    if not url:
        raise StorageError("There is no database URL to migrate; set storage.database_url.")
    configuration = Config()
    configuration.set_main_option("script_location", str(_FOLDER))
    configuration.attributes["url"] = url
    return configuration
