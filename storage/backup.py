"""Copies of the whole database, made while it is in use, and brought back.

SQLite is copied page by page inside one read transaction, so the copy is one moment's and nobody waits for
it. PostgreSQL's own programs, pg_dump and pg_restore, do the same there; they must be as new as the server.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from storage.database import SQLITE
from storage.errors import Conflict, StorageError

PAGES_AT_ONCE = 2_000
SQLITE_COPY = "database.sqlite3"
POSTGRESQL_COPY = "database.pgdump"

Advance = Callable[[int, int], None]
"""Told how many pages are done, and of how many."""


def copy_name(url: str) -> str:
    """Return the name of the file that a copy of this database is kept in."""
    return SQLITE_COPY if url.startswith(SQLITE) else POSTGRESQL_COPY


async def copy(url: str, folder: Path, advance: Advance = lambda _done, _total: None) -> Path:
    """Write a consistent copy of the database into a folder and return its path; it is readable by us alone.

    `advance` is only told of SQLite's pages. Raises StorageError where the copy cannot be made or is damaged.
    """
    path = folder / copy_name(url)
    path.touch(0o600, exist_ok=False)
    if url.startswith(SQLITE):
        await asyncio.to_thread(_copy_sqlite, sqlite_path(url), path, advance)
    else:
        await _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}", url=url)
    return path


async def restore(url: str, path: Path) -> None:
    """Bring a copy back as a database that is not there yet; Conflict where there is one.

    The caller has made sure that the copy is whole (see `check`) and, on PostgreSQL, that the database is
    empty.
    """
    if url.startswith(SQLITE):
        await asyncio.to_thread(_restore_sqlite, path, sqlite_path(url))
    else:
        database = _connection(url)["PGDATABASE"]
        options = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        await _run("pg_restore", *options, f"--dbname={database}", str(path), url=url)


async def check(path: Path) -> None:
    """Raise StorageError unless a copy can be read from end to end."""
    if path.name == SQLITE_COPY:
        await asyncio.to_thread(_check_sqlite, path)
    else:
        await _run("pg_restore", "--list", str(path), url="")


def check_absent(path: Path) -> None:
    """Raise Conflict where a SQLite database, or what is left of one, is in the way of another."""
    # A log left beside a database that is gone would be applied to the one that takes its place.
    for each in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if each.exists():
            raise Conflict(f"There is a database already: {each}. It is not overwritten.")


def sqlite_path(url: str) -> Path:
    """Return the file that a SQLite URL names."""
    return Path(url.removeprefix(SQLITE))


def _copy_sqlite(source: Path, target: Path, advance: Advance) -> None:
    def report(_status: int, remaining: int, total: int) -> None:
        advance(total - remaining, total)

    with (
        closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, isolation_level=None)) as live,
        closing(sqlite3.connect(target)) as copied,
    ):
        # What others write meanwhile would make the copy start over; inside a transaction it is not seen.
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()
        live.backup(copied, pages=PAGES_AT_ONCE, progress=report, sleep=0)
        live.execute("ROLLBACK")
        # One file, without a write-ahead log beside it.
        copied.execute("PRAGMA journal_mode = DELETE")
    _check_sqlite(target)


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copied:
            found = copied.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{path} is no usable database: {error}.") from error
    if found != "ok":
        raise StorageError(f"{path} is damaged: {found}.")


def _restore_sqlite(source: Path, target: Path) -> None:
    check_absent(target)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = Path(f"{target}.partial")
    shutil.copyfile(source, partial)
    partial.chmod(0o600)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    partial.rename(target)


async def _run(program: str, *arguments: str, url: str) -> None:
    """Run one of PostgreSQL's programs; its address goes through the environment, unseen by others."""
    environ = {**os.environ, **(_connection(url) if url else {})}
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            env=environ,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except FileNotFoundError as error:
        raise StorageError(
            f"The program {program} is missing; install PostgreSQL's client (Debian: postgresql-client)."
        ) from error
    _, said = await process.communicate()
    if process.returncode:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        raise StorageError(f"{program} failed: {lines[-1] if lines else f'exit code {process.returncode}'}")


def _connection(url: str) -> dict[str, str]:
    """Return the address of a PostgreSQL database as libpq's environment variables."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    found = {
        "PGHOST": query.get("host") or parts.hostname,
        "PGPORT": query.get("port") or (str(parts.port) if parts.port else None),
        "PGUSER": unquote(parts.username) if parts.username else query.get("user"),
        "PGPASSWORD": unquote(parts.password) if parts.password else query.get("password"),
        "PGDATABASE": unquote(parts.path.strip("/")),
        "PGSSLMODE": query.get("sslmode") or query.get("ssl"),
    }
    return {name: value for name, value in found.items() if value}
