"""How commands open the node they were called for, and how its refusals reach the operator.

Commands work beside a running server: they open the database themselves, and leave what is to be sent to it.
"""

import asyncio
import shlex
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from actors.accounts import check_identity
from actors.errors import ActorsError, Invalid, NotFound
from federation.errors import FederationError
from node.cli.frame import CommandFailed, Invocation
from node.cli.output import printable
from node.heartbeat import is_at_work
from node.settings import Settings
from storage.backup import sqlite_path
from storage.database import SQLITE, Database
from storage.errors import StorageError
from storage.migrating import HEAD, version
from storage.transaction import Transaction

if TYPE_CHECKING:
    from node.context import Node

_SQLITE_BEGINS = b"SQLite format 3\x00"

Result = TypeVar("Result")


def with_database(
    invocation: Invocation,
    work: Callable[[Settings, Database], Awaitable[Result]],
    *,
    any_version: bool = False,
) -> Result:
    """Do work with the database; CommandFailed for whatever is refused.

    `any_version` is for work that does not depend on the tables, such as a backup before an upgrade.
    """
    settings = invocation.settings()

    async def run() -> Result:
        async with opened(settings, any_version=any_version) as database:
            return await work(settings, database)

    return run_to_end(run())


def with_node(invocation: Invocation, work: Callable[["Node"], Awaitable[Result]]) -> Result:
    """Do work with a whole node, which can talk to others; CommandFailed for whatever is refused."""
    settings = invocation.settings()

    async def run() -> Result:
        async with opened(settings):
            pass
        from node.app import build_node  # noqa: PLC0415 - only commands that talk to others need the whole node

        node = build_node(settings)
        try:
            return await work(node)
        finally:
            await node.federation.transport.aclose()
            await node.database.close()

    return run_to_end(run())


def run_to_end(work: Awaitable[Result]) -> Result:
    """Run asynchronous work; CommandFailed for whatever is refused."""

    async def wait() -> Result:
        return await work

    with refusals():
        return asyncio.run(wait())


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what is refused inside into CommandFailed, with every bad field on a line of its own."""
    try:
        yield
    except Invalid as error:
        fields = "\n".join(printable(f"{field}: {what}") for field, what in error.fields.items())
        raise CommandFailed(printable(str(error)), fields) from error
    except (ActorsError, FederationError, StorageError) as error:
        raise CommandFailed(printable(str(error))) from error


@asynccontextmanager
async def opened(settings: Settings, *, any_version: bool = False) -> AsyncIterator[Database]:
    """Open the database of a node that is set up, migrated and the one that the settings name."""
    check_exists(settings)
    database = Database(settings.storage.database_url)
    try:
        found = await reached_version(database)
        if not any_version:
            check_version(found)
        if found is not None:
            async with database.read() as tx:
                await check_identity(tx, base_url=settings.node.base_url, domain=settings.node.domain)
        elif any_version:
            raise NotFound("The database is empty; set the node up with `ilan init`.")
        yield database
    finally:
        await database.close()


def check_exists(settings: Settings) -> None:
    """Raise CommandFailed where there is no SQLite database: opening one would make it."""
    url = settings.storage.database_url
    if not url.startswith(SQLITE):
        return
    path = sqlite_path(url)
    try:
        with path.open("rb") as file:
            beginning = file.read(len(_SQLITE_BEGINS))
    except FileNotFoundError as error:
        raise CommandFailed(
            f"There is no database at {path}.", "Set the node up with `ilan init`, or correct node.data_dir."
        ) from error
    except OSError as error:
        raise CommandFailed(
            f"The database {path} cannot be read: {error.strerror}.", "Run this as the node's own user."
        ) from error
    if beginning not in {_SQLITE_BEGINS, b""}:
        raise CommandFailed(f"{path} is not a SQLite database, or is damaged.", "Restore a backup.")


async def reached_version(database: Database) -> str | None:
    """Return the migration that the database is at; CommandFailed where there is no database to ask."""
    try:
        return await version(database)
    except StorageError:
        raise
    except Exception as error:  # Each driver has errors of its own, and storage is where they are known.
        said = (str(error) or type(error).__name__).splitlines()[0]
        raise CommandFailed(
            f"The database cannot be reached: {said}.", "Is it running, and is storage.database_url right?"
        ) from error


def check_version(found: str | None) -> None:
    """Raise CommandFailed unless the database is at this program's version."""
    if found is None:
        raise CommandFailed("The database is empty.", "Set the node up with `ilan init`.")
    if found < HEAD:
        raise CommandFailed("The database is older than this program.", "Run `ilan migrate`.")
    if found > HEAD:
        raise CommandFailed(
            "The database is newer than this program.",
            "Install the newer version again, or restore a backup.",
        )


async def say_if_nobody_sends(tx: Transaction) -> None:
    """Tell the operator, on standard error, that what was recorded leaves once a server runs."""
    if not await is_at_work(tx):
        click.echo("No server is running for this node; it is sent once `ilan serve` runs.", err=True)


def how_to_call(invocation: Invocation) -> str:
    """Return what to type to give this node another command, from where this one was given."""
    beside = Path(sys.executable).with_name("ilan")
    is_on_path = shutil.which("ilan") is not None
    program = "ilan" if is_on_path or not beside.exists() else _shortest(beside)
    if invocation.config.absolute() == Path("config.toml").absolute():
        return program
    return f"{program} --config {shlex.quote(str(invocation.config))}"


def _shortest(path: Path) -> str:
    here = Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
