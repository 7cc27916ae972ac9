"""What members uploaded, and the copies of other nodes' files that are kept for a while."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    union_all,
    update,
)

from storage.base import Real, Timestamp, metadata, values
from storage.connection import Connection
from storage.lists import Among
from storage.statements import Statement

media = Table(
    "media",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="SET NULL")),
    Column("state", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("preview", Text),
    Column("url", Text, nullable=False),
    Column("preview_url", Text),
    Column("size", BigInteger, nullable=False),
    Column("preview_size", BigInteger, nullable=False),
    Column("width", Integer),
    Column("height", Integer),
    Column("duration", Real),
    Column("blurhash", Text),
    Column("focus_x", Real),
    Column("focus_y", Real),
    Column("description", Text, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    # Until when it waits for a publication; of no meaning while it has one.
    Column("kept_until", Timestamp, nullable=False),
    Index("ix_media_owner_id", "owner_id", "id"),
    Index("ix_media_file", "file"),
    Index("ix_media_preview", "preview"),
)
Index(
    "ix_media_publication_id",
    media.c.publication_id,
    sqlite_where=media.c.publication_id.is_not(None),
    postgresql_where=media.c.publication_id.is_not(None),
)
Index(
    "ix_media_kept_until",
    media.c.kept_until,
    sqlite_where=media.c.publication_id.is_(None),
    postgresql_where=media.c.publication_id.is_(None),
)
Index(
    "ix_media_processing",
    media.c.id,
    sqlite_where=text("state = 'processing'"),
    postgresql_where=text("state = 'processing'"),
)


@dataclass(frozen=True, slots=True)
class Media:
    """Something that a member uploaded.

    `file` and `preview` are names in the store of files, sizes are bytes, `duration` seconds, `focus_x` and
    `focus_y` where what matters is: from -1 to 1, right and up are positive. `description` is the text for
    those who do not see it. `width` and `height` are those of the picture as it is shown.
    """

    id: int
    owner_id: int
    publication_id: int | None
    state: str
    kind: str
    media_type: str
    file: str
    preview: str | None
    url: str
    preview_url: str | None
    size: int
    preview_size: int
    width: int | None
    height: int | None
    duration: float | None
    blurhash: str | None
    focus_x: float | None
    focus_y: float | None
    description: str
    created_at: datetime
    kept_until: datetime

    @property
    def focus(self) -> tuple[float, float] | None:
        """Where what matters is, if that was said."""
        return None if self.focus_x is None or self.focus_y is None else (self.focus_x, self.focus_y)

    @property
    def files(self) -> list[str]:
        """The names of all that is kept of it in the store of files."""
        return [name for name in (self.file, self.preview) if name]


@dataclass(frozen=True, slots=True)
class Usage:
    """How many there are, and how many bytes they take."""

    count: int
    size: int


_ADD = Statement(insert(media))
_GET = Statement(select(media).where(media.c.id == bindparam("media_id")))
_OWNED = Statement(select(media).where(Among(media.c.id, "ids"), media.c.owner_id == bindparam("owner_id")))
_OF = Statement(select(media).where(media.c.publication_id == bindparam("publication")).order_by(media.c.id))
_FIXED = frozenset({"id", "owner_id", "publication_id", "created_at"})
_CHANGED = [column.name for column in media.columns if column.name not in _FIXED]
_CHANGE = Statement(
    update(media)
    .where(media.c.id == bindparam("media_id"))
    .values({name: bindparam(name) for name in _CHANGED}),
)
_ATTACH = Statement(
    update(media)
    .where(
        Among(media.c.id, "ids"),
        media.c.owner_id == bindparam("owner"),
        or_(media.c.publication_id.is_(None), media.c.publication_id == bindparam("publication")),
    )
    .values(publication_id=bindparam("publication"))
    .returning(media.c.id)
)
_DETACH = Statement(
    update(media).where(Among(media.c.id, "ids")).values(publication_id=None, kept_until=bindparam("until"))
)
_HOLD = Statement(
    update(media)
    .where(Among(media.c.id, "ids"), media.c.kept_until < bindparam("until"))
    .values(kept_until=bindparam("until"))
)
_REMOVE = Statement(delete(media).where(Among(media.c.id, "ids")))
_SPENT = Statement(
    select(media)
    .where(media.c.publication_id.is_(None), media.c.kept_until < bindparam("moment"))
    .order_by(media.c.kept_until)
    .limit(bindparam("most"))
)
_PROCESSING = Statement(
    select(media.c.id)
    .where(media.c.state == text("'processing'"), media.c.created_at < bindparam("before"))
    .order_by(media.c.id)
    .limit(bindparam("most"))
)
# Two selects, each by an index: for an OR over two lists SQLite reads the whole table.
_NAMED = Statement(
    union_all(
        select(media.c.file).where(Among(media.c.file, "names")),
        select(media.c.preview).where(Among(media.c.preview, "names")),
    )
)
_USAGE = Statement(
    select(
        media.c.kind,
        func.count(),
        func.coalesce(func.sum(media.c.size + media.c.preview_size), 0),
    )
    .group_by(media.c.kind)
    .order_by(media.c.kind)
)


class MediaStore:
    """Keeps what is known of uploads; the files themselves are in the store of files."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, item: Media) -> Media:
        """Keep something that was uploaded."""
        await self._connection.run(_ADD, **values(item))
        return item

    async def get(self, media_id: int) -> Media | None:
        """Find something by its id, whoever it belongs to."""
        row = await self._connection.first(_GET, media_id=media_id)
        return Media(*row) if row else None

    async def owned(self, owner_id: int, ids: list[int]) -> dict[int, Media]:
        """Find those of several that belong to one actor."""
        rows = await self._connection.all(_OWNED, owner_id=owner_id, ids=ids)
        return {row[0]: Media(*row) for row in rows}

    async def of(self, publication_id: int) -> list[Media]:
        """Find what is attached to a publication."""
        return [Media(*row) for row in await self._connection.all(_OF, publication=publication_id)]

    async def change(self, item: Media) -> None:
        """Keep everything about it anew, but whose it is and where it is attached."""
        await self._connection.run(
            _CHANGE, media_id=item.id, **{name: getattr(item, name) for name in _CHANGED}
        )

    async def attach(self, owner_id: int, ids: list[int], publication_id: int) -> set[int]:
        """Attach what is the owner's and attached nowhere else; returns the ids of what now is."""
        rows = await self._connection.all(_ATTACH, ids=ids, owner=owner_id, publication=publication_id)
        return {row[0] for row in rows}

    async def detach(self, ids: list[int], until: datetime) -> None:
        """Take media from its publication; it can be attached again until a moment, and then goes."""
        await self._connection.run(_DETACH, ids=ids, until=until)

    async def hold(self, ids: list[int], until: datetime) -> None:
        """Let unattached media wait for its publication at least until a moment."""
        await self._connection.run(_HOLD, ids=ids, until=until)

    async def remove(self, ids: list[int]) -> None:
        """Forget media; whoever calls this removes the files afterwards."""
        await self._connection.run(_REMOVE, ids=ids)

    async def spent(self, moment: datetime, most: int) -> list[Media]:
        """Find what was never attached, or was deleted with its publication, and waited long enough."""
        return [Media(*row) for row in await self._connection.all(_SPENT, moment=moment, most=most)]

    async def processing(self, before: datetime, most: int) -> list[int]:
        """Return the ids of what came before a moment and is not ready yet, the oldest first."""
        return [row[0] for row in await self._connection.all(_PROCESSING, before=before, most=most)]

    async def known_files(self, names: list[str]) -> set[str]:
        """Return those of some names of files that are in use."""
        rows = await self._connection.all(_NAMED, names=names)
        return {row[0] for row in rows}

    async def usage(self) -> dict[str, Usage]:
        """Return how much there is of each kind."""
        return {row[0]: Usage(row[1], int(row[2])) for row in await self._connection.all(_USAGE)}
