"""Where files are worked on: the stores, the folder for work in progress, and one child process at a time."""

import asyncio
import json
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

from federation.flights import Flights
from node.files.examining import COPY, Examined
from node.files.processes import Late, python, run
from node.files.refusals import Refusal
from node.settings import Settings
from storage.files import MIB, DirectoryStore, FileStore, open_store

log = logging.getLogger(__name__)

CHILD_SECONDS: Final = 60.0
"""How long looking at a file may take, all in all; it gets less of that as computing time."""

#: A picture that is unpacked and packed again may grow.
_GROWTH: Final = 4
_LEAST_WRITTEN: Final = 32 * MIB
_COPIES_AT_ONCE: Final = 4
_CHUNK: Final = 1024 * 1024


class Workshop:
    """Works on files for one node: `uploads` keeps those of members, `copies` those of other nodes.

    Belongs to one event loop. Uploads do not wait for copies: each has a child process of its own.
    """

    def __init__(self, settings: Settings) -> None:
        """Prepare; nothing is made on disk yet. StorageError for a store that this version cannot use."""
        self.limits = settings.limits
        self.uploads: FileStore = open_store(settings.storage.media_url, settings.storage.media_path)
        data = settings.node.data_dir.absolute()
        #: Beside the uploads and not among them, since nobody needs a backup of it.
        self.copies: FileStore = DirectoryStore(data / "copies")
        self.flights = Flights()
        self.work_folder = data / "work"
        self._turns = {False: asyncio.Semaphore(1), True: asyncio.Semaphore(1)}
        self.fetching = asyncio.Semaphore(_COPIES_AT_ONCE)
        self._errands: dict[str, asyncio.Task[None]] = {}

    @property
    def largest_upload(self) -> int:
        """How many bytes an upload may have."""
        return self.limits.upload_mib * MIB

    async def has_room(self, store: FileStore, size: int = 0) -> bool:
        """Whether there is as much space left as the operator wants, after `size` more bytes."""
        free = await store.free()
        return free is None or free - size >= self.limits.free_space_mib * MIB

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """Lend an empty folder, which goes with all that is left in it."""
        path = await asyncio.to_thread(self._new_folder)
        try:
            yield path
        finally:
            await asyncio.to_thread(shutil.rmtree, path, ignore_errors=True)

    def _new_folder(self) -> Path:
        self.work_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self.work_folder))

    async def receive(self, upload: BinaryIO, target: Path) -> int:
        """Write what was uploaded into a folder; returns its size. Refusal for too much, or nothing."""
        size = await asyncio.to_thread(_copy, upload, target, self.largest_upload)
        if not size:
            raise Refusal("The file is empty.")
        if size > self.largest_upload:
            raise Refusal(f"The file is larger than the {self.limits.upload_mib} MiB that are taken here.")
        return size

    async def examine(self, source: Path, folder: Path, *, purpose: str, hint: str = "") -> Examined:
        """Let a child process look at a file and write what is made of it into the folder.

        Raises Refusal for what is not taken, and for what breaks the child or takes it too long.
        """
        size = await asyncio.to_thread(lambda: source.stat().st_size)
        job = {
            "source": str(source),
            "folder": str(folder),
            "purpose": purpose,
            "hint": hint,
            "megapixels": self.limits.image_megapixels,
            "largest": max(_LEAST_WRITTEN, size * _GROWTH),
        }
        async with self._turns[purpose == COPY]:
            try:
                code, output, errors = await run(
                    python("child"), folder=folder, seconds=CHILD_SECONDS, given=json.dumps(job).encode()
                )
            except Late as late:
                raise Refusal(
                    "This file takes too long to be looked at; make it smaller or simpler."
                ) from late
        if code or not output:
            log.info("Looking at a file ended with %d: %s", code, errors[-300:].decode("utf-8", "replace"))
            raise Refusal("This file is damaged, or it is not what it seems to be.")
        outcome = json.loads(output)
        if "refusal" in outcome:
            if "fault" in outcome:
                log.info("A file could not be read: %s", outcome["fault"])
            raise Refusal(outcome["refusal"])
        return Examined(**outcome)

    def start(self, name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> "asyncio.Task[None]":
        """Begin something that nobody has to wait for, unless it is under way; its failure is logged."""
        task = self._errands.get(name)
        if task is None:
            task = self._errands[name] = asyncio.create_task(_errand(name, work), name=name)
            task.add_done_callback(lambda _: self._errands.pop(name))
        return task

    async def settle(self) -> None:
        """Wait for everything that was started."""
        while self._errands:
            await asyncio.gather(*self._errands.values(), return_exceptions=True)

    async def close(self) -> None:
        """Give up what is under way; it is begun again by whoever asks for it next."""
        tasks = [*self._errands.values(), *self.flights.tasks()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _errand(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    try:
        await work()
    except Exception:
        log.exception("%s failed", name)


def _copy(source: BinaryIO, target: Path, most: int) -> int:
    """Copy a file up to a little more than `most` bytes; returns how many."""
    source.seek(0)
    size = 0
    with target.open("xb") as file:
        while size <= most and (data := source.read(_CHUNK)):
            file.write(data)
            size += len(data)
    return size
