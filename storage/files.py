"""Where the bytes of files are kept: under names that say nothing, and that nobody can guess.

A file never changes under its name: what is new has a new name. So a name can be served and kept for good.
"""

import asyncio
import os
import re
import secrets
import shutil
from base64 import b32encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from storage.errors import StorageError

MIB: Final = 1024 * 1024

_TOKEN_BYTES: Final = 20
_NAME: Final = re.compile(r"[a-z2-7]{32}\.[a-z0-9]{1,8}", re.ASCII)
_CHUNK: Final = 256 * 1024
_FOLDER: Final = 0o700
_FILE: Final = 0o600


def new_name(ending: str) -> str:
    """Return a name for a new file, of 160 random bits; `ending` is what comes after its dot."""
    return f"{b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()}.{ending}"


def is_name(text: str) -> bool:
    """Whether a text can be the name of a file here; anything else leads nowhere, least of all outside."""
    return _NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is there: how large it is, in bytes, and how old, in seconds since 1970."""

    name: str
    size: int
    made_at: float


class FileStore(Protocol):
    """Keeps files under their names. What is done with many names is done for those that are there."""

    async def keep(self, source: Path, name: str) -> int:
        """Move a file from the folder for work in progress into the store, safe from a crash; its size."""

    async def size(self, name: str) -> int | None:
        """Return how large a file is; None where there is none."""

    async def read(self, name: str, start: int, length: int) -> bytes:
        """Return a part of a file, at most so many bytes; empty behind its end or where there is none."""

    async def copy_to(self, name: str, target: Path) -> bool:
        """Write a file where a program can work on it; False where there is none."""

    async def remove(self, names: Iterable[str]) -> None:
        """Remove files."""

    async def page(self, after: str, most: int) -> list[Kept]:
        """Return the files whose names follow one, in the order of their names."""

    async def free(self) -> int | None:
        """Return how many bytes are left; None where nobody counts them."""


def open_store(url: str, path: Path | None) -> FileStore:
    """Return the store at an address of `storage.media_url`; `path` is the directory that it names.

    Raises StorageError for what this version cannot use.
    """
    if path is None:
        scheme = url.partition(":")[0]
        raise StorageError(
            f"This version cannot keep uploads in an object store ({scheme}:); set storage.media_url to a "
            "directory, such as file:media, or leave it empty."
        )
    return DirectoryStore(path)


class DirectoryStore:
    """Keeps files in a directory, in folders by the beginnings of their names.

    A file is written and flushed before it gets its name, so that what has a name is whole.
    """

    def __init__(self, root: Path) -> None:
        """`root` is made when something is kept."""
        self.root = root

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise StorageError("That is not the name of a file.")
        return self.root / name[:2] / name

    async def keep(self, source: Path, name: str) -> int:
        """Move a file into the store, safe from a crash; returns its size."""
        return await asyncio.to_thread(self._keep, source, self._path(name))

    async def size(self, name: str) -> int | None:
        """Return how large a file is; None where there is none."""
        return _size(self._path(name)) if is_name(name) else None

    async def read(self, name: str, start: int, length: int) -> bytes:
        """Return a part of a file; empty behind its end or where there is none."""
        return await asyncio.to_thread(_read, self._path(name), start, length)

    async def copy_to(self, name: str, target: Path) -> bool:
        """Write a file where a program can work on it; False where there is none."""
        try:
            await asyncio.to_thread(shutil.copyfile, self._path(name), target)
        except FileNotFoundError:
            return False
        return True

    async def remove(self, names: Iterable[str]) -> None:
        """Remove files; those that are not there are removed already."""
        await asyncio.to_thread(_unlink, [self._path(name) for name in names])

    async def page(self, after: str, most: int) -> list[Kept]:
        """Return the files whose names follow one, in the order of their names."""
        return await asyncio.to_thread(self._page, after, most)

    async def free(self) -> int | None:
        """Return how many bytes are left on its disk."""
        return await asyncio.to_thread(self._free)

    def _keep(self, source: Path, target: Path) -> int:
        target.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.partial")
        try:
            try:
                source.rename(beside)
            except OSError:  # It lies on another disk.
                shutil.copyfile(source, beside)
                source.unlink(missing_ok=True)
            beside.chmod(_FILE)
            _flush(beside)
            size = beside.stat().st_size
            beside.rename(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        _flush(target.parent)
        return size

    def _page(self, after: str, most: int) -> list[Kept]:
        found: list[Kept] = []
        for folder in sorted(_folders(self.root)):
            if folder.name < after[:2]:
                continue
            for path in sorted(folder.iterdir()):
                size = _size(path) if is_name(path.name) and path.name > after else None
                if size is not None:
                    found.append(Kept(path.name, size, path.stat().st_mtime))
                if len(found) == most:
                    return found
        return found

    def _free(self) -> int:
        folder = self.root
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return shutil.disk_usage(folder).free


def _folders(root: Path) -> Iterator[Path]:
    if root.is_dir():
        yield from (path for path in root.iterdir() if len(path.name) == 2 and path.is_dir())  # noqa: PLR2004 - see _path


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _read(path: Path, start: int, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(min(length, _CHUNK))
    except FileNotFoundError:
        return b""


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
