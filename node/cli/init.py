"""`ilan init`: a config file, a database, keys, and the two actors that every node has."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from actors.accounts import NewKeys, create_node
from actors.addresses import BODY
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import how_to_call, reached_version, run_to_end
from node.keys import new_keys
from node.settings import Settings, SettingsError
from node.settings.writing import write_config
from storage.backup import sqlite_path
from storage.database import SQLITE, Database
from storage.migrating import migrate


@click.command()
@click.option("--domain", required=True, help="The domain of handles; it can never be changed.")
@click.option("--name", required=True, help="The body's name, as people know it.")
@click.option("--country", default="", metavar="CC", help="The country the body works in, as in KE.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    default=("en",),
    show_default=True,
    help="A language the body works in, its own first; may be given again.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where database and uploads are kept; `data` beside the config file if not given.",
)
@click.option("--base-url", default="", metavar="URL", help="Where the node answers, if not at its domain.")
@click.pass_obj
def command(
    invocation: Invocation,
    domain: str,
    name: str,
    country: str,
    languages: tuple[str, ...],
    data: Path | None,
    base_url: str,
) -> None:
    """Set up a new node: its config file, database, keys and actors.

    Domain and address become part of everything the node publishes: choose them well, they stay.
    """
    try:
        settings = write_config(
            invocation.config,
            domain=domain,
            name=name,
            base_url=base_url,
            country=country,
            languages=languages,
            data_dir=data,
            environ=invocation.environ,
        )
    except SettingsError as error:
        raise CommandFailed(str(error)) from error
    try:
        _set_up(settings)
    except BaseException as error:
        # So that the command can be given again once the cause is gone.
        invocation.config.unlink()
        if isinstance(error, OSError):
            raise CommandFailed(f"{error.filename} cannot be made: {error.strerror}.") from error
        raise
    handle = f"@{BODY}@{settings.node.domain}"
    click.echo(f"{settings.node.name} is set up as {handle} at {settings.node.base_url}.")
    click.echo(f"Settings: {invocation.config.absolute()}")
    click.echo(f"Data:     {settings.node.data_dir.absolute()}")
    program = how_to_call(invocation)
    click.echo(f"Next: {program} serve, which prints the link that makes you its administrator.")


def _set_up(settings: Settings) -> None:
    url = settings.storage.database_url
    settings.node.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if media := settings.storage.media_path:
        media.mkdir(mode=0o700, parents=True, exist_ok=True)
    if url.startswith(SQLITE):
        _claim(sqlite_path(url))
    elif run_to_end(_version(url)) is not None:
        raise CommandFailed(
            "There is a node in this database already, and it is not overwritten.",
            "Name another with ILAN_STORAGE__DATABASE_URL.",
        )
    try:
        migrate(url)
        with ThreadPoolExecutor(2) as pool:
            server_keys, body_keys = pool.map(lambda _: new_keys(), range(2))
        run_to_end(_create(settings, server_keys, body_keys))
    except BaseException:
        if url.startswith(SQLITE):
            _remove(sqlite_path(url))
        raise


def _claim(path: Path) -> None:
    """Make an empty file that only its owner may read, and nobody else's database."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        path.touch(0o600, exist_ok=False)
    except FileExistsError as error:
        raise CommandFailed(
            f"There is a database at {path} already, and it is not overwritten.",
            "Name another place with --data, or remove it if you are sure that nobody needs its node.",
        ) from error


def _remove(path: Path) -> None:
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        each.unlink(missing_ok=True)


async def _version(url: str) -> str | None:
    database = Database(url)
    try:
        return await reached_version(database)
    finally:
        await database.close()


async def _create(settings: Settings, server_keys: NewKeys, body_keys: NewKeys) -> None:
    database = Database(settings.storage.database_url)
    try:
        async with database.begin() as tx:
            await create_node(
                tx,
                base_url=settings.node.base_url,
                domain=settings.node.domain,
                name=settings.node.name,
                server_keys=server_keys,
                body_keys=body_keys,
                languages=settings.node.languages,
                jurisdiction=[settings.node.country] if settings.node.country else [],
            )
    finally:
        await database.close()
