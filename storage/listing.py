"""Which publications may stand in a list that nobody asked for by name: searches, catalogues, facets.

Everything in such a list may be read (`visible_to`); not everything that may be read is meant for lists.
"""

from sqlalchemy import ColumnElement, and_, or_, select

from storage.actors import Actor, actors
from storage.kinds import Policy, Visibility
from storage.peers import peers
from storage.publication_rows import publications
from storage.visibility import Reader, visible_to


def listed_for(reader: Reader) -> ColumnElement[bool]:
    """Return, as an SQL clause over `publications`, what may be listed for `reader` (None: anybody).

    What is unlisted is readable by anybody who has its address, but stands in nobody's lists except its
    author's own.
    """
    is_public = publications.c.visibility == Visibility.PUBLIC
    if reader is None:
        return and_(is_public, author_is_shown_to(None))
    is_own = publications.c.author_id == (reader.id if isinstance(reader, Actor) else reader)
    is_restricted = or_(
        publications.c.visibility == Visibility.PRIVATE, publications.c.visibility == Visibility.DIRECT
    )
    return and_(visible_to(reader), or_(is_public, is_own, is_restricted), author_is_shown_to(reader))


def author_is_shown_to(reader: Reader) -> ColumnElement[bool]:
    """Return, as an SQL clause over `publications`, whether anything of their authors is shown to `reader`.

    Nothing is of those that are gone or suspended, nor of blocked hosts; what comes from limited hosts
    (`domain.md` §5.3) is shown to people of this node alone.
    """
    hidden = [Policy.BLOCKED] if reader is not None else [Policy.LIMITED, Policy.BLOCKED]
    return ~(
        select(actors.c.id)
        .outerjoin(peers, peers.c.host == actors.c.host)
        .where(
            actors.c.id == publications.c.author_id,
            or_(
                actors.c.gone_at.is_not(None),
                actors.c.suspended_at.is_not(None),
                *(peers.c.policy == policy for policy in hidden),
            ),
        )
        .exists()
    )
