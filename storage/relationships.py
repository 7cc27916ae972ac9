"""How one actor stands to others: everything between them, for many at once in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, and_, bindparam, or_, select

from storage.account_notes import account_notes
from storage.actors import Actor, actors
from storage.base import Timestamp
from storage.connection import Connection
from storage.domain_blocks import domain_blocks
from storage.endorsements import endorsements
from storage.follows import blocks, follows
from storage.kinds import FollowState
from storage.lists import Among
from storage.mutes import mutes
from storage.statements import Statement


@dataclass(frozen=True, slots=True)
class Relationship:
    """How somebody stands to the actor `id`.

    `following` is how far the follow has come, `followed_by` how far the one in return; what is about a
    follow, a mute or a note is None where there is none.
    """

    id: int
    following: str | None = None
    show_reblogs: bool | None = None
    notify: bool | None = None
    languages: list[str] | None = None
    followed_by: str | None = None
    blocking: int | None = None
    blocked_by: int | None = None
    muting: int | None = None
    muting_notifications: bool | None = None
    muting_expires_at: datetime | None = None
    domain_blocking: int | None = None
    endorsed: int | None = None
    note: str | None = None


_reader = bindparam("reader", type_=BigInteger())
_theirs = follows.alias("theirs")
_back = blocks.alias("back")
_OF = Statement(
    select(
        actors.c.id,
        follows.c.state,
        follows.c.show_reblogs,
        follows.c.notify,
        follows.c.languages,
        _theirs.c.state.label("their_state"),
        blocks.c.actor_id.label("blocker"),
        _back.c.actor_id.label("back_blocker"),
        mutes.c.id.label("mute"),
        mutes.c.notifications,
        mutes.c.expires_at,
        domain_blocks.c.id.label("domain_block"),
        endorsements.c.id.label("endorsement"),
        account_notes.c.comment,
    )
    .select_from(
        actors.outerjoin(
            follows, and_(follows.c.follower_id == _reader, follows.c.followed_id == actors.c.id)
        )
        .outerjoin(_theirs, and_(_theirs.c.follower_id == actors.c.id, _theirs.c.followed_id == _reader))
        .outerjoin(blocks, and_(blocks.c.actor_id == _reader, blocks.c.blocked_id == actors.c.id))
        .outerjoin(_back, and_(_back.c.actor_id == actors.c.id, _back.c.blocked_id == _reader))
        .outerjoin(
            mutes,
            and_(
                mutes.c.owner_id == _reader,
                mutes.c.target_id == actors.c.id,
                or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("now", type_=Timestamp())),
            ),
        )
        .outerjoin(
            domain_blocks,
            and_(domain_blocks.c.actor_id == _reader, domain_blocks.c.host == actors.c.host),
        )
        .outerjoin(
            endorsements,
            and_(endorsements.c.actor_id == _reader, endorsements.c.endorsed_id == actors.c.id),
        )
        .outerjoin(
            account_notes,
            and_(account_notes.c.owner_id == _reader, account_notes.c.target_id == actors.c.id),
        )
    )
    .where(Among(actors.c.id, "ids"))
)
_theirs_too = follows.alias("shared_follows")
_FAMILIAR = Statement(
    select(_theirs_too.c.followed_id, actors)
    .select_from(
        follows.join(_theirs_too, _theirs_too.c.follower_id == follows.c.followed_id).join(
            actors, actors.c.id == follows.c.followed_id
        )
    )
    .where(
        follows.c.follower_id == _reader,
        follows.c.state == FollowState.ACCEPTED,
        Among(_theirs_too.c.followed_id, "ids"),
        _theirs_too.c.state == FollowState.ACCEPTED,
        actors.c.hides_collections.is_(False),
        actors.c.gone_at.is_(None),
        actors.c.suspended_at.is_(None),
    )
    .order_by(_theirs_too.c.id.desc())
)


class Relationships:
    """Reads how one actor stands to others."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def of(self, reader: Actor, ids: Collection[int]) -> dict[int, Relationship]:
        """Return how `reader` stands to each of these actors; who is unknown is left out."""
        if not ids:
            return {}
        rows = await self._connection.all(_OF, reader=reader.id, ids=sorted(set(ids)), now=self._now)
        return {row[0]: Relationship(*row) for row in rows}

    async def familiar_followers(self, reader: Actor, ids: Collection[int]) -> dict[int, list[Actor]]:
        """Return which of those whom `reader` follows follow each of these actors too.

        Those who keep to themselves whom they follow are left out.
        """
        found: dict[int, list[Actor]] = {number: [] for number in ids}
        if ids:
            for row in await self._connection.all(_FAMILIAR, reader=reader.id, ids=sorted(set(ids))):
                found[row[0]].append(Actor(*row[1:]))
        return found
