"""Actors, local and remote, and the keys they sign with."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    text,
    update,
)

from storage.actor_names import actor_words, name_words
from storage.base import Json, Timestamp, metadata, values
from storage.connection import Connection
from storage.kinds import ActorType
from storage.lists import Among
from storage.statements import Statement

actors = Table(
    "actors",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False, unique=True),
    Column("type", Text, nullable=False),
    Column("username", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("is_local", Boolean(create_constraint=False), nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("inbox", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_map", Json),
    Column("summary", Text, nullable=False),
    Column("url", Text),
    Column("shared_inbox", Text),
    Column("outbox", Text),
    Column("followers", Text),
    Column("following", Text),
    Column("featured", Text),
    Column("icon", Text),
    Column("image", Text),
    Column("fields", Json, nullable=False),
    Column("additional_type", Text),
    Column("jurisdiction", Json, nullable=False),
    Column("languages", Json, nullable=False),
    Column("manually_approves_followers", Boolean(create_constraint=False), nullable=False),
    Column("discoverable", Boolean(create_constraint=False), nullable=False),
    Column("indexable", Boolean(create_constraint=False), nullable=False),
    Column("searchable_by", Json),
    Column("also_known_as", Json, nullable=False),
    Column("moved_to", Text),
    Column("published_at", Timestamp),
    Column("updated_at", Timestamp),
    Column("fetched_at", Timestamp),
    Column("gone_at", Timestamp),
    Column("suspended_at", Timestamp),
    # Rises at each change, so that who keeps what was made of a row knows whether it is still true.
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("hides_collections", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("icon_description", Text),
    Column("image_description", Text),
    Column("attribution_domains", Json),
    Column("silenced_at", Timestamp),
    Column("sensitized_at", Timestamp),
    Index("ix_actors_handle", "username", "host"),
)
Index(
    "uq_actors_local",
    actors.c.username,
    unique=True,
    sqlite_where=text("is_local = 1"),
    postgresql_where=text("is_local"),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone or something that can publish and follow.

    `name` is plain text, `summary` sanitised HTML, `fields` pairs of (name, sanitised HTML). `host` is
    the domain of the handle. Local actors have keys of their own in `signing_keys`. Where one
    `hides_collections`, nobody else is told whom it follows and who follows it. Pages on
    `attribution_domains` may name it as their author. What a silenced one publishes stands in no public list,
    what a sensitized one publishes is always behind a warning.
    """

    id: int
    uri: str
    type: str
    username: str
    host: str
    is_local: bool
    created_at: datetime
    inbox: str
    name: str = ""
    name_map: dict[str, str] | None = None
    summary: str = ""
    url: str | None = None
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    icon: str | None = None
    image: str | None = None
    fields: list[list[str]] = field(default_factory=list)
    additional_type: str | None = None
    jurisdiction: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    manually_approves_followers: bool = False
    discoverable: bool = True
    indexable: bool = False
    searchable_by: list[str] | None = None
    also_known_as: list[str] = field(default_factory=list)
    moved_to: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    fetched_at: datetime | None = None
    gone_at: datetime | None = None
    suspended_at: datetime | None = None
    revision: int = 1
    hides_collections: bool = False
    icon_description: str | None = None
    image_description: str | None = None
    attribution_domains: list[str] | None = None
    silenced_at: datetime | None = None
    sensitized_at: datetime | None = None

    @property
    def handle(self) -> str:
        """The address that people type, without the leading @."""
        return f"{self.username}@{self.host}"

    @property
    def display_name(self) -> str:
        """The name to show, or the handle where there is none."""
        return self.name or self.username


_ADD = Statement(insert(actors))
_BY_ID = Statement(select(actors).where(actors.c.id == bindparam("actor_id")))
_BY_URI = Statement(select(actors).where(actors.c.uri == bindparam("uri")))
_BY_IDS = Statement(select(actors).where(Among(actors.c.id, "ids")))
_BY_URIS = Statement(select(actors).where(Among(actors.c.uri, "uris")))
_LOCAL = Statement(select(actors).where(actors.c.username == bindparam("username"), actors.c.is_local))
_LOCALS = Statement(select(actors).where(actors.c.is_local).order_by(actors.c.id))
_BY_HANDLE = Statement(
    select(actors)
    .where(
        func.lower(actors.c.username) == func.lower(bindparam("username")),
        actors.c.host == bindparam("host"),
        actors.c.gone_at.is_(None),
    )
    .order_by(actors.c.is_local.desc(), actors.c.id)
)
_FIXED = {"id", "uri", "is_local", "created_at", "revision"}
_CHANGE = Statement(
    update(actors).where(actors.c.id == bindparam("row_id")).values(revision=actors.c.revision + 1),
    columns=[column.name for column in actors.columns if column.name not in _FIXED],
)
_ADD_WORD = Statement(insert(actor_words))
_WORDS = Statement(select(actor_words.c.word).where(actor_words.c.actor_id == bindparam("owner")))
_DROP_WORDS = Statement(delete(actor_words).where(actor_words.c.actor_id == bindparam("owner")))
_MARK_GONE = Statement(
    update(actors)
    .where(actors.c.id == bindparam("row_id"))
    .values(gone_at=bindparam("moment"), revision=actors.c.revision + 1)
)
_LOCAL_PEOPLE = Statement(
    select(func.count())
    .select_from(actors)
    .where(actors.c.is_local, actors.c.type == ActorType.PERSON, actors.c.gone_at.is_(None))
)


class Actors:
    """Finds and keeps actors."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, actor: Actor) -> Actor:
        """Keep a new actor; Conflict when its URI or local user name is taken."""
        await self._connection.run(_ADD, **values(actor))
        await self._add_words(actor.id, name_words(actor.username, actor.name))
        return actor

    async def change(self, actor: Actor) -> None:
        """Overwrite what is known of an actor (its URI and origin never change)."""
        await self._connection.run(_CHANGE, row_id=actor.id, **values(actor))
        words = name_words(actor.username, actor.name)
        known = {row[0] for row in await self._connection.all(_WORDS, owner=actor.id)}
        if known != set(words):
            await self._connection.run(_DROP_WORDS, owner=actor.id)
            await self._add_words(actor.id, words)

    async def _add_words(self, actor_id: int, words: list[str]) -> None:
        await self._connection.run_many(_ADD_WORD, [{"word": word, "actor_id": actor_id} for word in words])

    async def mark_gone(self, actor: Actor, moment: datetime) -> None:
        """Remember that the actor no longer exists."""
        await self._connection.run(_MARK_GONE, row_id=actor.id, moment=moment)

    async def get(self, actor_id: int) -> Actor:
        """Find an actor that must exist."""
        row = await self._connection.first(_BY_ID, actor_id=actor_id)
        assert row is not None, f"actor {actor_id} must exist"
        return Actor(*row)

    async def by_ids(self, ids: list[int]) -> dict[int, Actor]:
        """Find several actors at once."""
        if not ids:
            return {}
        rows = await self._connection.all(_BY_IDS, ids=sorted(set(ids)))
        return {row[0]: Actor(*row) for row in rows}

    async def by_uris(self, uris: list[str]) -> dict[str, Actor]:
        """Find several actors at once by their permanent addresses."""
        if not uris:
            return {}
        rows = await self._connection.all(_BY_URIS, uris=sorted(set(uris)))
        return {row[1]: Actor(*row) for row in rows}

    async def by_uri(self, uri: str) -> Actor | None:
        """Find an actor by its permanent address."""
        row = await self._connection.first(_BY_URI, uri=uri)
        return Actor(*row) if row else None

    async def local(self, username: str) -> Actor | None:
        """Find an actor that this node hosts (or hosted: see `gone_at`) by its exact user name."""
        row = await self._connection.first(_LOCAL, username=username)
        return Actor(*row) if row else None

    async def by_handle(self, username: str, host: str) -> Actor | None:
        """Find an actor by its handle, whatever its case."""
        row = await self._connection.first(_BY_HANDLE, username=username, host=host)
        return Actor(*row) if row else None

    async def locals(self) -> list[Actor]:
        """All actors that this node hosts, oldest first."""
        return [Actor(*row) for row in await self._connection.all(_LOCALS)]

    async def count_people(self) -> int:
        """How many people this node hosts (NodeInfo's users.total)."""
        count: int = await self._connection.value(_LOCAL_PEOPLE)
        return count
