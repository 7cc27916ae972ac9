"""The rows of publications: one table for every kind, and who is mentioned in each."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from storage.base import Json, Timestamp, metadata
from storage.kinds import Visibility

publications = Table(
    "publications",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("uri", Text, nullable=False, unique=True),
    Column("author_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("is_local", Boolean(create_constraint=False), nullable=False),
    Column("visibility", Text, nullable=False),
    Column("published_at", Timestamp, nullable=False),
    Column("created_at", Timestamp, nullable=False),
    Column("updated_at", Timestamp),
    Column("revision", Integer, nullable=False),
    Column("url", Text),
    Column("slug", Text),
    Column("language", Text),
    Column("title", Text, nullable=False),
    Column("title_map", Json),
    Column("summary", Text, nullable=False),
    Column("summary_map", Json),
    Column("content", Text, nullable=False),
    Column("content_map", Json),
    Column("source", Json),
    Column("details", Json, nullable=False),
    Column("sensitive", Boolean(create_constraint=False), nullable=False),
    Column("indexable", Boolean(create_constraint=False), nullable=False),
    Column("recipients", Json, nullable=False),
    Column("tags", Json, nullable=False),
    Column("attachments", Json, nullable=False),
    Column("jurisdiction", Json, nullable=False),
    Column("concepts", Json, nullable=False),
    Column("license", Text),
    Column("in_reply_to", Text),
    Column("context", Text),
    Column("starts_at", Timestamp),
    Column("ends_at", Timestamp),
    Column("document", Json),
    Column("conversation", Text),
    Index("ix_publications_author", "author_id", "id"),
    Index("ix_publications_kind", "kind", "id"),
    Index("ix_publications_conversation", "conversation"),
)
Index(
    "uq_publications_slug",
    publications.c.kind,
    publications.c.slug,
    unique=True,
    sqlite_where=text("is_local = 1"),
    postgresql_where=text("is_local"),
)
Index(
    "ix_publications_local",
    publications.c.id,
    sqlite_where=text("is_local = 1"),
    postgresql_where=text("is_local"),
)
Index(
    "ix_publications_url",
    publications.c.url,
    sqlite_where=text("title <> ''"),
    postgresql_where=text("title <> ''"),
)
Index(
    "ix_publications_in_reply_to",
    publications.c.in_reply_to,
    sqlite_where=publications.c.in_reply_to.is_not(None),
    postgresql_where=publications.c.in_reply_to.is_not(None),
)
Index(
    "ix_publications_starts_at",
    publications.c.starts_at,
    sqlite_where=publications.c.starts_at.is_not(None),
    postgresql_where=publications.c.starts_at.is_not(None),
)

mentions = Table(
    "mentions",
    metadata,
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_mentions_actor_id", "actor_id", "publication_id"),
)

publication_tags = Table(
    "publication_tags",
    metadata,
    Column("name", Text, primary_key=True),
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_publication_tags_publication_id", "publication_id"),
)


@dataclass(frozen=True, slots=True)
class Publication:
    """Something an actor has published.

    `title` is plain text, `summary` and `content` are sanitised HTML, each in `language`; the maps hold
    every language there is, that one first. `source` is what the author wrote: {"title", "summary",
    "body": {language: Markdown}, …}, for local ones. `details` are the facts of its kind, in the words of
    the publications API. `recipients` is {"to": [URI], "cc": [URI]}; `tags` and `attachments` are lists
    of objects in ActivityStreams' words; `concepts` a list of {"id", "scheme", "name"}. `document` is the
    remote original as it was received; `conversation` the address of what its thread starts with, as far as
    it is known here.
    """

    id: int
    uri: str
    author_id: int
    kind: str
    type: str
    is_local: bool
    visibility: str
    published_at: datetime
    created_at: datetime
    updated_at: datetime | None = None
    revision: int = 1
    url: str | None = None
    slug: str | None = None
    language: str | None = None
    title: str = ""
    title_map: dict[str, str] | None = None
    summary: str = ""
    summary_map: dict[str, str] | None = None
    content: str = ""
    content_map: dict[str, str] | None = None
    source: dict[str, Any] | None = None
    details: dict[str, Any] = field(default_factory=dict)
    sensitive: bool = False
    indexable: bool = True
    recipients: dict[str, list[str]] = field(default_factory=dict)
    tags: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    jurisdiction: list[str] = field(default_factory=list)
    concepts: list[dict[str, str]] = field(default_factory=list)
    license: str | None = None
    in_reply_to: str | None = None
    context: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    document: dict[str, Any] | None = None
    conversation: str | None = None

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it (public or unlisted)."""
        return self.visibility in {Visibility.PUBLIC, Visibility.UNLISTED}
