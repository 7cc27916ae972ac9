"""Letting go of files that nobody needs: uploads without a post, strays, copies that nobody looks at."""

import shutil
import time
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import Final

from node.context import Node
from node.files.addresses import name_in
from node.media.copying import FETCHED_FOR, UNUSED_FOR, forget_copies, make_room
from node.uploads.accepting import finish
from storage.copies import Copy
from storage.files import Kept
from storage.media import Media
from storage.transaction import Transaction

_AT_ONCE: Final = 100
_EVERYTHING: Final = 1_000_000
#: A file gets its row a moment after its name; none is removed before that.
_STRAY_FOR: Final = timedelta(hours=24)
#: Who uploads waits for it; after this nobody does any more, and upkeep ends what a stop interrupted.
_PROCESSED_WITHIN: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much went, or would go: uploads, files that nothing names, copies."""

    uploads: int = 0
    strays: int = 0
    copies: int = 0

    @property
    def total(self) -> int:
        """How much that is altogether."""
        return sum(getattr(self, each.name) for each in fields(self))


async def prune_media(node: Node, *, unused_for: timedelta = UNUSED_FOR, dry_run: bool = False) -> Pruned:
    """Remove uploads that were not attached within a day, stray files, and copies that nobody looks at.

    With `dry_run` everything stays, and is only counted.
    """
    pruned = Pruned(
        uploads=await _uploads(node, dry_run=dry_run),
        strays=await _strays(node, dry_run=dry_run),
        copies=await _copies(node, unused_for, dry_run=dry_run),
    )
    if not dry_run:
        await make_room(node)
        await _finish_interrupted(node)
        _clear(node.files.work_folder)
    return pruned


async def _uploads(node: Node, *, dry_run: bool) -> int:
    total = 0
    while True:
        spent: list[Media]
        async with node.database.read() as tx:
            spent = await tx.media.spent(tx.now, _EVERYTHING if dry_run else _AT_ONCE)
        if dry_run or not spent:
            return total + len(spent)
        async with node.database.begin() as tx:
            # Somebody may have attached one of them just now.
            spent = await tx.media.spent(tx.now, _AT_ONCE)
            await tx.media.remove([each.id for each in spent])
        await node.files.uploads.remove(name for each in spent for name in each.files)
        total += len(spent)


async def _strays(node: Node, *, dry_run: bool) -> int:
    portraits = await _portraits(node)
    total = 0
    for store in (node.files.uploads, node.files.copies):
        after = ""
        while page := await store.page(after, _AT_ONCE):
            after = page[-1].name
            names = _old(page)
            async with node.database.read() as tx:
                known = await _known(tx, names, is_upload=store is node.files.uploads)
            strays = [name for name in names if name not in known and name not in portraits]
            total += len(strays)
            if not dry_run:
                await store.remove(strays)
    return total


def _old(page: list[Kept]) -> list[str]:
    # By the clock of the disk, which says when the file was made.
    before = time.time() - _STRAY_FOR.total_seconds()
    return [each.name for each in page if each.made_at < before]


async def _known(tx: Transaction, names: list[str], *, is_upload: bool) -> set[str]:
    return await (tx.media if is_upload else tx.copies).known_files(names)


async def _portraits(node: Node) -> set[str]:
    """Return the files that are the pictures of this node's actors."""
    async with node.database.read() as tx:
        actors = await tx.actors.locals()
    urls = [url for actor in actors for url in (actor.icon, actor.image) if url]
    return {name for url in urls if (name := name_in(url, node.base_url))}


async def _copies(node: Node, unused_for: timedelta, *, dry_run: bool) -> int:
    total = 0
    while True:
        expired: list[Copy]
        async with node.database.read() as tx:
            expired = await tx.copies.expired(
                tx.now - unused_for, tx.now - FETCHED_FOR, _EVERYTHING if dry_run else _AT_ONCE
            )
        if dry_run or not expired:
            return total + len(expired)
        await forget_copies(node, expired)
        total += len(expired)


async def _finish_interrupted(node: Node) -> None:
    async with node.database.read() as tx:
        waiting = await tx.media.processing(tx.now - _PROCESSED_WITHIN, _AT_ONCE)
    for media_id in waiting:
        await finish(node, media_id)


def _clear(folder: Path) -> None:
    """Remove what a process that was killed left in the folder for work in progress."""
    before = time.time() - _STRAY_FOR.total_seconds()
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
