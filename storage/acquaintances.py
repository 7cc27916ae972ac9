"""What stands between a member and somebody who did something to them, in one statement."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    ScalarSelect,
    Select,
    Text,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    type_coerce,
)

from storage.actors import Actor
from storage.base import Timestamp
from storage.connection import Connection
from storage.domain_blocks import domain_blocks
from storage.follows import blocks, follows
from storage.kinds import FollowState, Policy, Role, Visibility
from storage.members import members
from storage.mutes import mutes
from storage.notification_policies import (
    NotificationPolicy,
    conversation_mutes,
    notification_permissions,
    notification_policies,
)
from storage.peers import peers
from storage.publication_rows import mentions, publications
from storage.statements import Statement


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """How a member stands to whoever did something.

    `is_unwanted`: one blocks the other, the member mutes their notifications, or wants nothing from their
    host. `is_silent`: the member silenced the thread. `is_permitted`: the member once let them through, or
    they moderate this node. `followed_since`: since when they follow the member, None where they do not.
    """

    is_unwanted: bool
    is_silent: bool
    is_permitted: bool
    follows: bool
    followed_since: datetime | None
    is_of_limited_host: bool
    policy: NotificationPolicy


_owner: Final[BindParameter[int]] = bindparam("owner", type_=BigInteger())
_doer: Final[BindParameter[int]] = bindparam("doer", type_=BigInteger())
_host: Final[BindParameter[str]] = bindparam("host", type_=Text())
_staff = members.alias("staff")


def _any(*queries: Select[Any]) -> ColumnElement[bool]:
    return type_coerce(or_(*(query.exists() for query in queries)), Boolean())


def _accepted(follower: ColumnElement[int], followed: ColumnElement[int]) -> ScalarSelect[datetime]:
    return (
        select(func.coalesce(follows.c.decided_at, follows.c.created_at, type_=Timestamp()))
        .where(
            follows.c.follower_id == follower,
            follows.c.followed_id == followed,
            follows.c.state == FollowState.ACCEPTED,
        )
        .scalar_subquery()
    )


_one = literal(1)
_BETWEEN = Statement(
    select(
        _any(
            select(_one).where(
                or_(
                    and_(blocks.c.actor_id == _owner, blocks.c.blocked_id == _doer),
                    and_(blocks.c.actor_id == _doer, blocks.c.blocked_id == _owner),
                )
            ),
            select(_one).where(
                mutes.c.owner_id == _owner,
                mutes.c.target_id == _doer,
                mutes.c.notifications,
                or_(mutes.c.expires_at.is_(None), mutes.c.expires_at > bindparam("now", type_=Timestamp())),
            ),
            select(_one).where(domain_blocks.c.actor_id == _owner, domain_blocks.c.host == _host),
        ).label("is_unwanted"),
        _any(
            select(_one).where(
                conversation_mutes.c.owner_id == _owner, conversation_mutes.c.thread == bindparam("wanted")
            )
        ).label("is_silent"),
        _any(
            select(_one).where(
                notification_permissions.c.owner_id == _owner, notification_permissions.c.from_id == _doer
            ),
            select(_one).where(
                _staff.c.actor_id == _doer, or_(_staff.c.role == Role.MODERATOR, _staff.c.role == Role.ADMIN)
            ),
        ).label("is_permitted"),
        _accepted(_owner, _doer).label("follows_since"),
        _accepted(_doer, _owner).label("followed_since"),
        _any(select(_one).where(peers.c.host == _host, peers.c.policy == Policy.LIMITED)).label("is_limited"),
        *notification_policies.c,
    )
    .select_from(
        members.outerjoin(notification_policies, notification_policies.c.owner_id == members.c.actor_id)
    )
    .where(members.c.actor_id == _owner)
)
_SPOKE_TO = Statement(
    select(publications.c.id)
    .join(mentions, mentions.c.publication_id == publications.c.id)
    .where(
        publications.c.conversation == bindparam("wanted"),
        publications.c.author_id == _owner,
        publications.c.visibility == Visibility.DIRECT,
        mentions.c.actor_id == _doer,
    )
    .limit(1)
)


class Acquaintances:
    """Finds how members stand to those who did something."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    async def between(self, owner_id: int, doer: Actor, thread: str = "") -> Acquaintance | None:
        """Return how a member stands to an actor, and to a thread; None where the owner is no member."""
        row = await self._connection.first(
            _BETWEEN, owner=owner_id, doer=doer.id, host=doer.host, wanted=thread, now=self._now
        )
        if row is None:
            return None
        unwanted, silent, permitted, since, followed_since, limited, *policy = row
        return Acquaintance(
            unwanted,
            silent,
            permitted,
            since is not None,
            followed_since,
            limited,
            NotificationPolicy(owner_id) if policy[0] is None else NotificationPolicy(*policy),
        )

    async def has_spoken_to(self, owner_id: int, other: Actor, thread: str) -> bool:
        """Whether a member has written to an actor in a thread, to nobody but those they named."""
        row = await self._connection.first(_SPOKE_TO, owner=owner_id, doer=other.id, wanted=thread)
        return row is not None
