"""Copies of other nodes' files that somebody here looked at: kept for a while, in bounded space."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    or_,
    select,
    union_all,
    update,
)

from storage.base import Real, Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement, insert_or_update

remote_media = Table(
    "remote_media",
    metadata,
    # Of what it was made for and of the address, since addresses can be long.
    Column("digest", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("fetched_at", Timestamp, nullable=False),
    Column("used_at", Timestamp, nullable=False),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("file", Text),
    Column("preview", Text),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration", Real),
    Column("blurhash", Text),
    # Until when it is not asked for again, since that just failed; `failure` says how, for people.
    Column("failed_until", Timestamp),
    Column("failure", Text, nullable=False),
    Column("failure_status", Integer, nullable=False),
    Index("ix_remote_media_used_at", "used_at"),
    Index("ix_remote_media_file", "file"),
    Index("ix_remote_media_preview", "preview"),
)


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of another node's file, or that it could not be had.

    `file` and `preview` are names in the store of files, None where there is no copy; `size` is what both
    take, in bytes. `purpose` is what it was made for: `picture`, `avatar` or `header`. `failure_status` is
    what HTTP calls the failure.
    """

    digest: str
    purpose: str
    url: str
    fetched_at: datetime
    used_at: datetime
    kind: str = ""
    media_type: str = ""
    file: str | None = None
    preview: str | None = None
    size: int = 0
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    blurhash: str | None = None
    failed_until: datetime | None = None
    failure: str = ""
    failure_status: int = 0

    @property
    def files(self) -> list[str]:
        """The names of all that is kept of it in the store of files."""
        return [name for name in (self.file, self.preview) if name]


@dataclass(frozen=True, slots=True)
class CopiesUsage:
    """How many copies there are, the bytes they take, and how many files could not be had."""

    count: int
    size: int
    failures: int


_KEEP = insert_or_update(
    remote_media, ["digest"], [column.name for column in remote_media.columns if column.name != "digest"]
)
_GET = Statement(select(remote_media).where(remote_media.c.digest == bindparam("wanted")))
_TOUCH = Statement(
    update(remote_media)
    .where(remote_media.c.digest == bindparam("wanted"))
    .values(used_at=bindparam("moment"))
)
_REMOVE = Statement(delete(remote_media).where(Among(remote_media.c.digest, "digests")))
_LEAST_USED = Statement(
    select(remote_media)
    .where(remote_media.c.file.is_not(None))
    .order_by(remote_media.c.used_at, remote_media.c.digest)
    .limit(bindparam("most"))
)
_EXPIRED = Statement(
    select(remote_media)
    .where(
        or_(
            remote_media.c.used_at < bindparam("unused_since"),
            remote_media.c.fetched_at < bindparam("fetched_before"),
        )
    )
    .limit(bindparam("most"))
)
_OF_URL = Statement(select(remote_media).where(remote_media.c.url == bindparam("wanted")).limit(10))
_ALL = Statement(
    select(remote_media)
    .where(remote_media.c.digest > bindparam("after"))
    .order_by(remote_media.c.digest)
    .limit(bindparam("most"))
)
_SIZE = Statement(select(func.coalesce(func.sum(remote_media.c.size), 0)))
_USAGE = Statement(
    select(
        func.count(remote_media.c.file),
        func.coalesce(func.sum(remote_media.c.size), 0),
        func.count(),
    )
)
# Two selects, each by an index: for an OR over two lists SQLite reads the whole table.
_NAMED = Statement(
    union_all(
        select(remote_media.c.file).where(Among(remote_media.c.file, "names")),
        select(remote_media.c.preview).where(Among(remote_media.c.preview, "names")),
    )
)


class Copies:
    """Knows the copies there are; the files themselves are in the store of files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, copy: Copy) -> None:
        """Keep a copy or a failure, in place of what was known of the same file for the same purpose."""
        await self._connection.run(_KEEP, **values(copy))

    async def get(self, digest: str) -> Copy | None:
        """Find a copy, or that it could not be had."""
        row = await self._connection.first(_GET, wanted=digest)
        return Copy(*row) if row else None

    async def touch(self, digest: str, moment: datetime) -> None:
        """Remember that somebody looked at a copy."""
        await self._connection.run(_TOUCH, wanted=digest, moment=moment)

    async def remove(self, digests: list[str]) -> None:
        """Forget copies; whoever calls this removes the files afterwards."""
        await self._connection.run(_REMOVE, digests=digests)

    async def least_used(self, most: int) -> list[Copy]:
        """Return the copies that nobody looked at for longest."""
        return [Copy(*row) for row in await self._connection.all(_LEAST_USED, most=most)]

    async def expired(self, unused_since: datetime, fetched_before: datetime, most: int) -> list[Copy]:
        """Return what nobody looked at since a moment, and what is a copy of something too long ago."""
        rows = await self._connection.all(
            _EXPIRED, unused_since=unused_since, fetched_before=fetched_before, most=most
        )
        return [Copy(*row) for row in rows]

    async def of_url(self, url: str) -> list[Copy]:
        """Return what is known of one address, for every purpose; reads the whole table."""
        return [Copy(*row) for row in await self._connection.all(_OF_URL, wanted=url)]

    async def after(self, digest: str, most: int) -> list[Copy]:
        """Return the copies and failures that follow one in the order of their digests."""
        return [Copy(*row) for row in await self._connection.all(_ALL, after=digest, most=most)]

    async def size(self) -> int:
        """How many bytes all copies take."""
        return int(await self._connection.value(_SIZE))

    async def usage(self) -> CopiesUsage:
        """Return how much there is."""
        row = await self._connection.first(_USAGE)
        assert row is not None, "a count always has a row"
        return CopiesUsage(row[0], int(row[1]), row[2] - row[0])

    async def known_files(self, names: list[str]) -> set[str]:
        """Return those of some names of files that are in use."""
        rows = await self._connection.all(_NAMED, names=names)
        return {row[0] for row in rows}
