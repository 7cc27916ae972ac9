"""`ilan migrate`: bring the database to this version of the program."""

import click

from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import check_exists, reached_version, run_to_end
from node.settings import Settings
from storage.database import Database
from storage.migrating import HEAD, migrate


@click.command()
@click.pass_obj
def command(invocation: Invocation) -> None:
    """Bring the database to this version; does nothing where it is there already."""
    settings = invocation.settings()
    found = run_to_end(version_of(settings))
    if found == HEAD:
        click.echo(f"The database is at version {HEAD} already.")
        return
    bring_up(settings, found)
    click.echo(f"The database is now at version {HEAD}; it was {found or 'empty'}.")


async def version_of(settings: Settings) -> str | None:
    """Return the migration that the database is at; CommandFailed where there is no database."""
    check_exists(settings)
    database = Database(settings.storage.database_url)
    try:
        return await reached_version(database)
    finally:
        await database.close()


def bring_up(settings: Settings, found: str | None) -> None:
    """Migrate a database that was found at a version; CommandFailed for one newer than this program."""
    if found is not None and found > HEAD:
        raise CommandFailed(
            f"The database is at version {found}, and this program only knows {HEAD}.",
            "Install the newer version again, or restore a backup.",
        )
    migrate(settings.storage.database_url)
