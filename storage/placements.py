"""Home timelines: written when something is published or shared, so that reading one is reading one index."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    delete,
    literal,
    or_,
    select,
    type_coerce,
    union,
)
from sqlalchemy.dialects import postgresql, sqlite

from storage.actors import Actor, actors
from storage.base import metadata
from storage.connection import Connection
from storage.followed_tags import followed_tags
from storage.follows import follows
from storage.kinds import FollowState, Visibility
from storage.members import members
from storage.publication_rows import Publication, publication_tags, publications
from storage.statements import Statement

home_items = Table(
    "home_items",
    metadata,
    Column("owner_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), primary_key=True),
    # The publication's number, or the share's.
    Column("id", BigInteger, primary_key=True),
    Column("publication_id", BigInteger, ForeignKey("publications.id", ondelete="CASCADE"), nullable=False),
    Column("actor_id", BigInteger, ForeignKey("actors.id", ondelete="CASCADE"), nullable=False),
    # Whether it is there for a hashtag, and so stays when its author is not followed any more.
    Column("by_tag", Integer, nullable=False),
    Index("ix_home_items_publication_id", "publication_id", "owner_id"),
    Index("ix_home_items_actor_id", "owner_id", "actor_id"),
)

NOT_AN_ANSWER = 0
UNKNOWN = -1

_number = bindparam("number", type_=BigInteger())
_what = bindparam("what", type_=BigInteger())
_who = bindparam("who", type_=BigInteger())
_answered = bindparam("answered", type_=BigInteger())
_recent = bindparam("recent", type_=BigInteger())

_names = ["owner_id", "id", "publication_id", "actor_id", "by_tag"]
_theirs = follows.alias("theirs")
_before = home_items.alias("before")


def _inserting(query: object) -> Statement:
    lite = sqlite.insert(home_items).from_select(_names, query).on_conflict_do_nothing()  # type: ignore[arg-type]
    post = postgresql.insert(home_items).from_select(_names, query).on_conflict_do_nothing()  # type: ignore[arg-type]
    return Statement(lite, postgresql=post)


_followers = (
    select(members.c.actor_id, _number, _what, _who, literal(0, Integer))
    .join(follows, follows.c.follower_id == members.c.actor_id)
    .where(follows.c.followed_id == _who, follows.c.state == FollowState.ACCEPTED)
)
_talks_to_the_reader = or_(
    _answered == NOT_AN_ANSWER,
    _answered == _who,
    _answered == members.c.actor_id,
    select(_theirs.c.id)
    .where(
        _theirs.c.follower_id == members.c.actor_id,
        _theirs.c.followed_id == _answered,
        _theirs.c.state == FollowState.ACCEPTED,
    )
    .exists(),
)
_is_news = ~(
    select(_before.c.id)
    .where(
        _before.c.owner_id == members.c.actor_id, _before.c.publication_id == _what, _before.c.id > _recent
    )
    .exists()
)
_oneself = select(members.c.actor_id, _number, _what, _who, literal(0, Integer)).where(
    members.c.actor_id == _who
)
_speaks_their_language = or_(
    follows.c.languages.is_(None),
    type_coerce(follows.c.languages, Text()).like(bindparam("language", type_=Text())),
    type_coerce(follows.c.languages, Text()).like(bindparam("wider_language", type_=Text())),
)
_PLACE = _inserting(union(_followers.where(_talks_to_the_reader, _speaks_their_language), _oneself))
_PLACE_BY_TAG = _inserting(
    select(members.c.actor_id, _number, _what, _who, literal(1, Integer))
    .distinct()
    .join(followed_tags, followed_tags.c.actor_id == members.c.actor_id)
    .join(publication_tags, publication_tags.c.name == followed_tags.c.name)
    .where(publication_tags.c.publication_id == _what)
)
_PLACE_SHARE = _inserting(union(_followers.where(_is_news, follows.c.show_reblogs), _oneself))
_FILL = _inserting(
    select(
        bindparam("owner", type_=BigInteger()),
        publications.c.id,
        publications.c.id,
        publications.c.author_id,
        literal(0, Integer),
    )
    .where(publications.c.author_id == _who, publications.c.in_reply_to.is_(None))
    .order_by(publications.c.id.desc())
    .limit(bindparam("size"))
)
_CLEAR = Statement(
    delete(home_items).where(
        and_(
            home_items.c.owner_id == bindparam("owner"),
            home_items.c.actor_id == _who,
            home_items.c.by_tag == 0,
        )
    )
)
_CLEAR_AUTHOR = Statement(
    delete(home_items).where(
        home_items.c.owner_id == bindparam("owner"),
        home_items.c.publication_id.in_(select(publications.c.id).where(publications.c.author_id == _who)),
    )
)
_TAKE_BACK = Statement(delete(home_items).where(home_items.c.id == _number, home_items.c.actor_id == _who))
_OWNERS = Statement(select(home_items.c.owner_id).where(home_items.c.publication_id == _what))
_CURIOUS = Statement(
    select(actors)
    .join(follows, follows.c.follower_id == actors.c.id)
    .join(home_items, and_(home_items.c.owner_id == actors.c.id, home_items.c.id == _what))
    .where(follows.c.followed_id == _who, follows.c.notify, follows.c.state == FollowState.ACCEPTED)
    .order_by(actors.c.id)
)
_ANSWERED = Statement(select(publications.c.author_id).where(publications.c.uri == bindparam("parent")))


class Placements:
    """Puts what is published into the home timelines of those who follow its author, and takes it out."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def place(self, publication: Publication) -> None:
        """Show a new publication to the members who follow its author, and to its author.

        An answer is for those who follow both who speak, as everywhere.
        """
        answered = NOT_AN_ANSWER
        if publication.in_reply_to is not None:
            answered = await self._connection.value(_ANSWERED, parent=publication.in_reply_to) or UNKNOWN
        await self._connection.run(
            _PLACE,
            number=publication.id,
            what=publication.id,
            who=publication.author_id,
            answered=answered,
            language=_listed(publication.language or ""),
            wider_language=_listed((publication.language or "").partition("-")[0]),
        )
        if publication.visibility == Visibility.PUBLIC and publication.tags:
            await self._connection.run(
                _PLACE_BY_TAG, number=publication.id, what=publication.id, who=publication.author_id
            )

    async def place_share(self, number: int, sharer: Actor, publication: Publication, recent: int) -> None:
        """Show a share to those who follow the sharer, unless they saw the same since `recent` (an id)."""
        await self._connection.run(
            _PLACE_SHARE, number=number, what=publication.id, who=sharer.id, recent=recent
        )

    async def take_back(self, number: int, sharer: Actor) -> None:
        """Take a share out of every timeline."""
        await self._connection.run(_TAKE_BACK, number=number, who=sharer.id)

    async def fill(self, owner: Actor, followed: Actor, size: int) -> None:
        """Show the newest of somebody whom `owner` has just followed."""
        await self._connection.run(_FILL, owner=owner.id, who=followed.id, size=size)

    async def clear(self, owner: Actor, followed: Actor) -> None:
        """Take everything out that somebody brought whom `owner` does not follow any more."""
        await self._connection.run(_CLEAR, owner=owner.id, who=followed.id)

    async def clear_author(self, owner: Actor, author: Actor) -> None:
        """Take everything out that an author wrote, whoever brought it."""
        await self._connection.run(_CLEAR_AUTHOR, owner=owner.id, who=author.id)

    async def owners(self, publication_id: int) -> set[int]:
        """Return the actors in whose home timeline a publication stands."""
        return {row[0] for row in await self._connection.all(_OWNERS, what=publication_id)}

    async def curious(self, publication: Publication) -> list[Actor]:
        """Return those who have a publication in their timeline, and want to be told of all by its author."""
        rows = await self._connection.all(_CURIOUS, what=publication.id, who=publication.author_id)
        return [Actor(*row) for row in rows]


def _listed(language: str) -> str:
    """Return the pattern of JSON lists that have a language; what has none is in every list."""
    return f'%"{language}"%' if language else "%"
