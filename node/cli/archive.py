"""The shape of a backup: a folder with a manifest that names every other file, its size and its checksum.

manifest.json      what this is, of which node, made when and by which version
database.sqlite3   or database.pgdump: the whole database, keys included
config.toml        the settings as they were in the file
media/             uploads, where they are kept in a directory
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from node.cli.frame import CommandFailed

FORMAT = "ilan-backup-1"
MANIFEST = "manifest.json"
CONFIG = "config.toml"
MEDIA = "media"

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup. `path` is relative to the folder, with slashes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup is, and every file it has.

    `schema` is the migration that the database is at, `media` false where an object store keeps uploads,
    `environment` the names of settings that came from the environment and so are not in `config.toml`.
    """

    domain: str
    base_url: str
    made_at: str
    version: str
    schema: str
    database: str
    media: bool
    environment: tuple[str, ...]
    files: tuple[Entry, ...]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest, the last file of a backup: without it there is none."""
    written = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=2)
    path = folder / MANIFEST
    path.touch(0o600)
    path.write_text(written + "\n", "utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read a manifest; CommandFailed for what is no backup that can be read here."""
    path = folder / MANIFEST
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise CommandFailed(f"{folder} is no backup: it has no {MANIFEST}.") from error
    except (OSError, ValueError) as error:
        raise CommandFailed(f"{path} cannot be read.") from error
    if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
        raise CommandFailed(f"{path} is not of the form {FORMAT}, which is all that this version reads.")
    try:
        files = tuple(Entry(**each) for each in document.pop("files"))
        manifest = Manifest(**{**document, "environment": tuple(document["environment"])}, files=files)
    except (KeyError, TypeError) as error:
        raise CommandFailed(f"{path} is damaged.") from error
    for entry in files:
        _check_inside(entry.path)
    return manifest


def verify(folder: Path, manifest: Manifest, advance: Callable[[int], None]) -> None:
    """Compare every file with its checksum; CommandFailed names those that are missing or differ."""
    wrong = []
    for entry in manifest.files:
        path = folder / entry.path
        if not path.is_file():
            wrong.append(f"{entry.path} is missing")
        elif entry_of(folder, path) != entry:
            wrong.append(f"{entry.path} is damaged")
        advance(1)
    if wrong:
        raise CommandFailed(f"{folder} is not as it was written.", "\n".join(wrong))


def entry_of(folder: Path, path: Path) -> Entry:
    """Describe a file of a backup."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Entry(path.relative_to(folder).as_posix(), size, digest.hexdigest())


def files_in(folder: Path) -> Iterator[Path]:
    """Yield every file in a folder, in a steady order; links are left out, as they lead elsewhere."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def overrides(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the settings that come from the environment."""
    return tuple(sorted(name for name in environ if name.startswith("ILAN_") and "__" in name))


def _check_inside(path: Any) -> None:
    # A manifest may come from anywhere; nothing in it may lead out of its folder.
    parts = PurePosixPath(path).parts if isinstance(path, str) else ()
    if not parts or ".." in parts or PurePosixPath(path).is_absolute():
        raise CommandFailed(f"The manifest names a file outside the backup: {path!r}.")
