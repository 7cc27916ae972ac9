"""`ilan restore`: bring a backup back, where nothing is in its way."""

import asyncio
import shutil
import tomllib
from pathlib import Path

import click

from node.cli.archive import CONFIG, MEDIA, Manifest, read_manifest, verify
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import opened, reached_version, run_to_end
from node.cli.output import progress
from node.settings import Settings, SettingsError, assemble
from storage import backup
from storage.backup import SQLITE_COPY, sqlite_path
from storage.database import SQLITE, Database
from storage.migrating import HEAD


@click.command()
@click.argument("source", metavar="SRC", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.pass_obj
def command(invocation: Invocation, source: Path) -> None:
    """Bring a backup back: its config to --config, its database and media to where that config says.

    Nothing that is there is overwritten; a config file that is there already is used as it is. Never run a
    restored copy beside the original: both would speak with one name.
    """
    manifest = read_manifest(source)
    with progress("Checking the backup", len(manifest.files)) as advance:
        verify(source, manifest, advance)
    settings = _settings(invocation, source, manifest)
    run_to_end(_check_free(source, manifest, settings))
    if not invocation.config.exists():
        invocation.config.parent.mkdir(parents=True, exist_ok=True)
        invocation.config.touch(0o600)
        shutil.copyfile(source / CONFIG, invocation.config)
    run_to_end(_restore(source, manifest, settings))
    click.echo(f"{manifest.domain} is restored as it was at {manifest.made_at}.")
    if not manifest.media:
        click.echo("Its uploads are in an object store and were not in the backup.", err=True)
    missing = [name for name in manifest.environment if name not in invocation.environ]
    if missing:
        click.echo(
            f"These settings came from the environment, and are not set now: {', '.join(missing)}.", err=True
        )
    if manifest.schema < HEAD:
        click.echo(
            "The database is older than this program: run `ilan migrate` (on SQLite, `serve` does).", err=True
        )


def _settings(invocation: Invocation, source: Path, manifest: Manifest) -> Settings:
    """Return the settings to restore to: those of the config file that is there, or else of the backup's."""
    if invocation.config.exists():
        settings = invocation.settings()
    else:
        document = tomllib.loads((source / CONFIG).read_text("utf-8"))
        try:
            settings = assemble(document, invocation.config.absolute().parent, invocation.environ)
        except SettingsError as error:
            raise CommandFailed(str(error)) from error
    if (settings.node.domain, settings.node.base_url) != (manifest.domain, manifest.base_url):
        raise CommandFailed(
            f"{invocation.config} is of {settings.node.domain}, and the backup of {manifest.domain}.",
            "Name another config file with --config.",
        )
    is_sqlite = settings.storage.database_url.startswith(SQLITE)
    if is_sqlite is not (manifest.database == SQLITE_COPY):
        raise CommandFailed(
            "The backup is of another kind of database than storage.database_url names.",
            "Name one of the same kind, as with ILAN_STORAGE__DATABASE_URL.",
        )
    return settings


async def _check_free(source: Path, manifest: Manifest, settings: Settings) -> None:
    """Find whatever is in the way before anything is written."""
    if manifest.schema > HEAD:
        raise CommandFailed(
            f"The backup is from a newer version of the program ({manifest.version}).",
            "Install that one first.",
        )
    media = settings.storage.media_path
    if media is not None and media.is_dir() and any(media.iterdir()):
        raise CommandFailed(f"There are files in {media} already, and they are not overwritten.")
    url = settings.storage.database_url
    if url.startswith(SQLITE):
        backup.check_absent(sqlite_path(url))
    else:
        await _check_empty(url)
    await backup.check(source / manifest.database)


async def _restore(source: Path, manifest: Manifest, settings: Settings) -> None:
    settings.node.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    await backup.restore(settings.storage.database_url, source / manifest.database)
    media = settings.storage.media_path
    if media is not None and (source / MEDIA).is_dir():
        await asyncio.to_thread(_copy_media, source, manifest, media)
    # Whatever came back is a node's database, and this node's.
    async with opened(settings, any_version=True):
        pass


async def _check_empty(url: str) -> None:
    database = Database(url)
    try:
        if await reached_version(database) is not None:
            raise CommandFailed("There is a node in this database already, and it is not overwritten.")
    finally:
        await database.close()


def _copy_media(source: Path, manifest: Manifest, media: Path) -> None:
    entries = [entry for entry in manifest.files if entry.path.startswith(f"{MEDIA}/")]
    with progress("Copying media", len(entries)) as advance:
        for entry in entries:
            target = media / entry.path.removeprefix(f"{MEDIA}/")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(source / entry.path, target)
            advance(1)
