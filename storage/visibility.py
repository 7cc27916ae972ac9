"""Who may read a publication: the one rule, shared by every list, page, feed, search and wire document."""

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from storage.actors import Actor
from storage.follows import blocks, follows
from storage.kinds import FollowState, Visibility
from storage.publication_rows import mentions, publications

#: Whoever reads: an actor, the parameter that will name one by its number, or anybody.
Reader = Actor | ColumnElement[int] | None


def visible_to(reader: Reader) -> ColumnElement[bool]:
    """Return the one rule of who may read a publication, as an SQL clause over `publications`.

    Anybody reads what is public or unlisted; its author, those it mentions and (when it is private) the
    author's accepted followers read the rest; nobody reads what stands between two actors who block.
    """
    open_to_all = or_(
        publications.c.visibility == Visibility.PUBLIC, publications.c.visibility == Visibility.UNLISTED
    )
    if reader is None:
        return open_to_all
    reading = reader.id if isinstance(reader, Actor) else reader
    mentioned = (
        select(mentions.c.actor_id)
        .where(mentions.c.publication_id == publications.c.id, mentions.c.actor_id == reading)
        .exists()
    )
    follower = (
        select(follows.c.id)
        .where(
            follows.c.followed_id == publications.c.author_id,
            follows.c.follower_id == reading,
            follows.c.state == FollowState.ACCEPTED,
        )
        .exists()
    )
    # Found once for the reader, and not for every row again: most readers block nobody.
    blocked = publications.c.author_id.in_(
        union_all(
            select(blocks.c.blocked_id).where(blocks.c.actor_id == reading),
            select(blocks.c.actor_id).where(blocks.c.blocked_id == reading),
        )
    )
    return or_(
        publications.c.author_id == reading,
        and_(
            ~blocked,
            or_(
                open_to_all,
                mentioned,
                and_(publications.c.visibility == Visibility.PRIVATE, follower),
            ),
        ),
    )
