"""`ilan backup`: database, media, keys and config, copied while the node runs."""

import asyncio
import shutil
from pathlib import Path

import click

from node.cli.archive import (
    CONFIG,
    MEDIA,
    Entry,
    Manifest,
    entry_of,
    files_in,
    overrides,
    write_manifest,
)
from node.cli.frame import CommandFailed, Invocation
from node.cli.opening import with_database
from node.cli.output import progress
from node.settings import Settings
from node.version import version
from storage import backup, upkeep
from storage.database import Database

_PARTIAL = ".partial"
_MIB = 1024 * 1024


@click.command()
@click.argument("destination", metavar="DEST", type=click.Path(path_type=Path))
@click.pass_obj
def command(invocation: Invocation, destination: Path) -> None:
    """Copy database, media, keys and config into a new folder, while the node runs.

    Whoever has the copy can speak as this node: keep it as safe as the node itself.
    """
    media = invocation.settings().storage.media_path
    if media is not None and destination.absolute().is_relative_to(media):
        raise CommandFailed("The backup would lie among the uploads it copies.", "Name another place.")
    partial = destination.with_name(destination.name + _PARTIAL)
    if destination.exists():
        raise CommandFailed(f"{destination} exists already, and is not overwritten.", "Name another place.")
    try:
        # What an interrupted backup left is of no use to anybody.
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise CommandFailed(f"{partial} cannot be made: {error.strerror}.") from error

    async def work(settings: Settings, database: Database) -> Manifest:
        return await _write(invocation, settings, database, partial)

    try:
        manifest = with_database(invocation, work, any_version=True)
        partial.rename(destination)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    size = sum(entry.size for entry in manifest.files)
    click.echo(f"{destination}: {len(manifest.files)} files, {size / _MIB:.1f} MiB, checked.")
    if not manifest.media:
        click.echo(
            "Uploads are in an object store and not in this backup; that store needs its own.", err=True
        )


async def _write(invocation: Invocation, settings: Settings, database: Database, folder: Path) -> Manifest:
    media = settings.storage.media_path
    async with database.read() as tx:
        schema = await tx.facts.schema_version()
        moment = tx.now
        _check_space(folder, await upkeep.size_in_bytes(tx) if database.is_sqlite else 0, media)
    # The database first: a file that was uploaded meanwhile is one too many, and not one too few.
    await _copy_database(database, folder)
    shutil.copyfile(invocation.config, folder / CONFIG)
    (folder / CONFIG).chmod(0o600)
    if media is not None and media.is_dir():
        await asyncio.to_thread(_copy_media, media, folder / MEDIA)
    manifest = Manifest(
        domain=settings.node.domain,
        base_url=settings.node.base_url,
        made_at=moment.isoformat(),
        version=version(),
        schema=schema or "",
        database=backup.copy_name(database.url),
        media=media is not None,
        environment=overrides(invocation.environ),
        files=await asyncio.to_thread(_entries, folder),
    )
    write_manifest(folder, manifest)
    return manifest


def _check_space(folder: Path, database_size: int, media: Path | None) -> None:
    """Raise CommandFailed where the copy would fill the disk; how well pg_dump compresses is not known."""
    media_size = sum(path.stat().st_size for path in files_in(media)) if media and media.is_dir() else 0
    needed, free = database_size + media_size, shutil.disk_usage(folder).free
    if free < needed:
        raise CommandFailed(
            f"The backup needs {needed // _MIB} MiB, and {folder.parent} has {free // _MIB} MiB free.",
            "Name a place on another disk.",
        )


async def _copy_database(database: Database, folder: Path) -> None:
    with progress("Copying the database", 100) as advance:
        reached = 0

        def report(done: int, total: int) -> None:
            nonlocal reached
            percent = done * 100 // max(total, 1)
            advance(percent - reached)
            reached = percent

        await backup.copy(database.url, folder, report)
        report(1, 1)


def _copy_media(source: Path, target: Path) -> None:
    paths = list(files_in(source))
    with progress("Copying media", len(paths)) as advance:
        for path in paths:
            copied = target / path.relative_to(source)
            copied.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, copied)
            except FileNotFoundError:  # It was deleted a moment ago.
                copied.unlink(missing_ok=True)
            advance(1)


def _entries(folder: Path) -> tuple[Entry, ...]:
    return tuple(entry_of(folder, path) for path in files_in(folder))
