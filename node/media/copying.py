"""Copies of other nodes' files: fetched when somebody looks, kept for a while, in bounded space."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Final

from federation.errors import FederationError, Gone, Malformed, Refused, Unreachable
from node.context import Node
from node.files.examining import COPY, PORTRAITS, Examined
from node.files.refusals import Refusal
from storage.copies import Copy
from storage.files import MIB, new_name

log = logging.getLogger(__name__)

PICTURE: Final = "picture"
AVATAR, HEADER = PORTRAITS

FETCHED_FOR: Final = timedelta(days=90)
"""How long a copy is as good as what it was made from."""

UNUSED_FOR: Final = timedelta(days=14)
"""How long a copy is kept that nobody looks at."""

_NOTED_EVERY: Final = timedelta(hours=1)
_GONE_FOR: Final = timedelta(days=1)
_FAILED_FOR: Final = timedelta(minutes=10)
#: What is being sent cannot be taken away.
_JUST_MADE: Final = timedelta(minutes=1)
_LARGEST: Final = 100 * MIB
_SMALLEST_LIMIT: Final = 16 * MIB
_LEFT_AT_LEAST: Final = 32 * MIB
_AT_ONCE: Final = 50
_PATIENCE: Final = 4
_ACCEPT: Final = "image/avif,image/webp,image/*;q=0.9,video/*;q=0.8,audio/*;q=0.8,*/*;q=0.1"


class NotCopied(Exception):
    """A file could not be had; `status` is what HTTP calls that, the message a sentence for people."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


async def kept_copy(node: Node, url: str, purpose: str) -> Copy | None:
    """Return a copy that is here, or None where it has to be fetched; NotCopied where that just failed."""
    async with node.database.read() as tx:
        copy = await tx.copies.get(digest_of(purpose, url))
    if copy is None:
        return None
    now = node.database.clock()
    if copy.file is None:
        if copy.failed_until is not None and copy.failed_until > now:
            raise NotCopied(copy.failure, copy.failure_status)
        return None
    if copy.fetched_at < now - FETCHED_FOR or await node.files.copies.size(copy.file) is None:
        return None
    if copy.used_at < now - _NOTED_EVERY:
        async with node.database.begin() as tx:
            await tx.copies.touch(copy.digest, now)
    return copy


async def fetched_copy(node: Node, url: str, purpose: str) -> Copy:
    """Fetch a file and keep a copy; who wants it at the same time shares the request. NotCopied otherwise."""
    digest = digest_of(purpose, url)
    return await node.files.flights.share(digest, partial(_fetch, node, url, purpose, digest))


def digest_of(purpose: str, url: str) -> str:
    """Return what a copy for a purpose is found by."""
    return blake2b(f"{purpose} {url}".encode("utf-8", "replace"), digest_size=20).hexdigest()


async def make_room(node: Node) -> None:
    """Remove the copies that nobody looked at for longest until the rest fits into the operator's limit.

    Where the disk is short of space, none is kept.
    """
    has_room = await node.files.has_room(node.files.copies)
    limit = node.settings.limits.media_cache_mib * MIB if has_room else 0
    while True:
        removed: list[Copy] = []
        async with node.database.begin() as tx:
            excess = await tx.copies.size() - limit
            if excess > 0:
                for copy in await tx.copies.least_used(_AT_ONCE):
                    if excess <= 0:
                        break
                    if copy.fetched_at <= tx.now - _JUST_MADE:
                        removed.append(copy)
                        excess -= copy.size
                await tx.copies.remove([each.digest for each in removed])
        await node.files.copies.remove(name for each in removed for name in each.files)
        if not removed or excess <= 0:
            return


async def forget_copies(node: Node, copies: list[Copy]) -> None:
    """Remove copies and what is known of them."""
    async with node.database.begin() as tx:
        await tx.copies.remove([each.digest for each in copies])
    await node.files.copies.remove(name for each in copies for name in each.files)


async def _fetch(node: Node, url: str, purpose: str, digest: str) -> Copy:
    now = node.database.clock()
    fresh = Copy(digest, purpose, url, fetched_at=now, used_at=now)
    try:
        copy = await _made(node, fresh)
    except (FederationError, Refusal) as error:
        failed = _failure(error, now, fresh)
        await _keep(node, failed)
        raise NotCopied(failed.failure, failed.failure_status) from error
    except OSError as error:
        log.exception("A copy of another node's file could not be kept")
        raise NotCopied("This node is short of disk space; please tell its operators.", 503) from error
    await _keep(node, copy)
    await make_room(node)
    return copy


async def _made(node: Node, copy: Copy) -> Copy:
    """Fetch the original, let it be looked at, and put what is made of it into the store."""
    files = node.files
    limit = _largest(node)
    free = await files.copies.free()
    if free is not None and free < limit + _LEFT_AT_LEAST:
        raise OSError("less space is left than one file may take")
    if not await node.federation.policy.allows_uri(copy.url):
        raise Refused("This node does not talk to the host of this file.")
    async with _fetched(node, copy.url, limit) as source:
        purpose = COPY if copy.purpose == PICTURE else copy.purpose
        found = await files.examine(source, source.parent, purpose=purpose)
        file, size = await _stored(node, source.parent, found.file, found)
        preview, preview_size = await _stored(node, source.parent, found.preview)
    return replace(
        copy,
        kind=found.kind,
        media_type=found.media_type,
        file=file,
        preview=preview,
        size=size + preview_size,
        width=found.width,
        height=found.height,
        duration=found.duration,
        blurhash=found.blurhash,
    )


@asynccontextmanager
async def _fetched(node: Node, url: str, limit: int) -> AsyncIterator[Path]:
    """Fetch a file into a folder of its own, a few at once."""
    async with node.files.fetching, node.files.folder() as folder:
        source = folder / "original"
        with source.open("xb") as file:
            await node.federation.transport.get(
                url,
                accept=_ACCEPT,
                limit=limit,
                seconds=node.settings.limits.request_seconds * _PATIENCE,
                into=file.write,
            )
        yield source


async def _stored(
    node: Node, folder: Path, file: str | None, found: Examined | None = None
) -> tuple[str | None, int]:
    if file is None:
        return None, 0
    name = new_name(found.ending if found else file.rpartition(".")[2])
    return name, await node.files.copies.keep(folder / file, name)


async def _keep(node: Node, copy: Copy) -> None:
    """Keep what is known now, and remove the files of what was known before."""
    async with node.database.begin() as tx:
        before = await tx.copies.get(copy.digest)
        await tx.copies.keep(copy)
    if before is not None:
        await node.files.copies.remove(before.files)


def _largest(node: Node) -> int:
    """Return how many bytes a copied file may have: no single one may push out all others."""
    cache = node.settings.limits.media_cache_mib * MIB
    return min(_LARGEST, max(_SMALLEST_LIMIT, cache // 4))


@dataclass(frozen=True, slots=True)
class _Meaning:
    status: int
    wait: timedelta
    sentence: str


def _failure(error: FederationError | Refusal, now: datetime, copy: Copy) -> Copy:
    """Return what is remembered of a failure, so that not everybody who looks asks again."""
    said = str(error)
    match error:
        case Gone():
            meaning = _Meaning(404, _GONE_FOR, said)
        case Malformed() | Refusal():
            meaning = _Meaning(502, _GONE_FOR, said)
        case Unreachable(retry_after=seconds):
            wait = max(_FAILED_FOR, min(_GONE_FOR, timedelta(seconds=seconds or 0)))
            meaning = _Meaning(502, wait, said)
        case _:
            meaning = _Meaning(502, _FAILED_FOR, said)
    return replace(
        copy,
        failed_until=now + meaning.wait,
        failure=meaning.sentence,
        failure_status=meaning.status,
    )
