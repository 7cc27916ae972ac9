"""What somebody does not want to see: those they mute, and everybody from hosts they block.

Who blocks whom is a matter of who may read what at all, and stands in `storage.visibility`.
"""

from sqlalchemy import ColumnElement, and_, bindparam, or_, select

from storage.actors import Actor, actors
from storage.base import Timestamp
from storage.domain_blocks import domain_blocks
from storage.mutes import mutes


def not_hidden(
    author: ColumnElement[int], reader: Actor | ColumnElement[int], *, notifications: bool = False
) -> ColumnElement[bool]:
    """Return, as an SQL clause, that `reader` has not hidden an actor.

    `author` is a column with the number of an actor, such as who wrote something or who shared it; `reader`
    an actor, or the parameter that will name one by its number. Mutes end by themselves, so every statement
    with this clause takes the parameter `now`. With `notifications` only mutes that silence those count.
    """
    reading = reader.id if isinstance(reader, Actor) else reader
    muted, refused, judged = mutes.alias("hiding"), domain_blocks.alias("refusing"), actors.alias("judged")
    any_refused = domain_blocks.alias("refused")
    # What belongs to the reader alone is found once, and not for every row again.
    muted_ids = select(muted.c.target_id).where(
        muted.c.owner_id == reading,
        or_(muted.c.expires_at.is_(None), muted.c.expires_at > bindparam("now", type_=Timestamp())),
        *((muted.c.notifications,) if notifications else ()),
    )
    is_refused = (
        select(refused.c.id)
        .join(judged, judged.c.host == refused.c.host)
        .where(refused.c.actor_id == reading, judged.c.id == author)
    )
    refuses_any = select(any_refused.c.id).where(any_refused.c.actor_id == reading)
    return and_(author.not_in(muted_ids), ~and_(refuses_any.exists(), is_refused.exists()))
