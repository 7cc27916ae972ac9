"""Who holds an access token, and which tokens a member's programs have."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, or_, select, update

from storage.actors import Actor, actors
from storage.applications import Application, applications
from storage.connection import Connection
from storage.lists import Among
from storage.members import AccessToken, Member, access_tokens, members
from storage.statements import Statement


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a token that is still good: a member by a program, a program alone, or a script's.

    Somebody whose request to join is not decided yet has a token without `member` that has a `request_id`.
    """

    token: AccessToken
    member: Member | None
    actor: Actor | None
    application: Application | None


_IS_GOOD = and_(
    access_tokens.c.revoked_at.is_(None),
    or_(
        access_tokens.c.member_id.is_(None),
        and_(members.c.disabled_at.is_(None), actors.c.suspended_at.is_(None), actors.c.gone_at.is_(None)),
    ),
)
_WITH_MEMBERS = access_tokens.outerjoin(members, members.c.id == access_tokens.c.member_id).outerjoin(
    actors, actors.c.id == members.c.actor_id
)
_HOLDER = Statement(
    select(access_tokens, members, actors, applications)
    .select_from(_WITH_MEMBERS.outerjoin(applications, applications.c.id == access_tokens.c.application_id))
    .where(access_tokens.c.digest == bindparam("wanted"), _IS_GOOD)
)
_GOOD = Statement(
    select(access_tokens.c.id).select_from(_WITH_MEMBERS).where(Among(access_tokens.c.id, "ids"), _IS_GOOD)
)
_OF = Statement(
    select(access_tokens, applications)
    .outerjoin(applications, applications.c.id == access_tokens.c.application_id)
    .where(access_tokens.c.member_id == bindparam("member"), access_tokens.c.revoked_at.is_(None))
    .order_by(access_tokens.c.id.desc())
)
_REVOKE = Statement(
    update(access_tokens)
    .where(access_tokens.c.id == bindparam("row_id"), access_tokens.c.revoked_at.is_(None))
    .values(revoked_at=bindparam("moment"))
)
_REVOKE_OWN = Statement(
    update(access_tokens)
    .where(
        access_tokens.c.id == bindparam("row_id"),
        access_tokens.c.member_id == bindparam("member"),
        access_tokens.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("moment"))
    .returning(access_tokens.c.id)
)
_REVOKE_PROGRAM = Statement(
    update(access_tokens)
    .where(
        access_tokens.c.application_id == bindparam("application"),
        access_tokens.c.member_id == bindparam("member"),
        access_tokens.c.revoked_at.is_(None),
    )
    .values(revoked_at=bindparam("moment"))
    .returning(access_tokens.c.id)
)
_TOUCH = Statement(
    update(access_tokens).where(access_tokens.c.id == bindparam("row_id")).values(used_at=bindparam("moment"))
)
_GIVE = Statement(
    update(access_tokens)
    .where(access_tokens.c.request_id == bindparam("request"), access_tokens.c.member_id.is_(None))
    .values(member_id=bindparam("member"))
)
_DROP_REQUESTED = Statement(
    delete(access_tokens).where(
        access_tokens.c.request_id == bindparam("request"), access_tokens.c.member_id.is_(None)
    )
)

_TOKENS, _MEMBERS, _ACTORS = len(access_tokens.c), len(members.c), len(actors.c)


class Tokens:
    """Finds and changes access tokens; `tx.members.add_token` keeps new ones."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def holder(self, digest: str) -> Holder | None:
        """Find who holds a token that still opens something, in one statement."""
        row = await self._connection.first(_HOLDER, wanted=digest)
        if row is None:
            return None
        token, rest = row[:_TOKENS], row[_TOKENS:]
        member, rest = rest[:_MEMBERS], rest[_MEMBERS:]
        actor, application = rest[:_ACTORS], rest[_ACTORS:]
        return Holder(
            AccessToken(*token),
            Member(*member) if member[0] is not None else None,
            Actor(*actor) if actor[0] is not None else None,
            Application(*application) if application[0] is not None else None,
        )

    async def good(self, token_ids: Collection[int]) -> set[int]:
        """Return which of these tokens still open something: streams and push ask before they send."""
        if not token_ids:
            return set()
        rows = await self._connection.all(_GOOD, ids=sorted(set(token_ids)))
        return {row[0] for row in rows}

    async def of(self, member: Member) -> list[tuple[AccessToken, Application | None]]:
        """Every token of a member that opens something, with its program, the newest first."""
        return [
            (AccessToken(*row[:_TOKENS]), Application(*row[_TOKENS:]) if row[_TOKENS] is not None else None)
            for row in await self._connection.all(_OF, member=member.id)
        ]

    async def revoke(self, token_id: int, moment: datetime) -> None:
        """Let a token open nothing any more, whoever holds it."""
        await self._connection.run(_REVOKE, row_id=token_id, moment=moment)

    async def revoke_own(self, member: Member, token_id: int, moment: datetime) -> bool:
        """Let one of a member's tokens open nothing any more; False where it is none of theirs."""
        return bool(await self._connection.run(_REVOKE_OWN, member=member.id, row_id=token_id, moment=moment))

    async def revoke_program(self, member: Member, application_id: int, moment: datetime) -> bool:
        """Let every token that a program has of a member open nothing any more; False where it has none."""
        return bool(
            await self._connection.run(
                _REVOKE_PROGRAM, member=member.id, application=application_id, moment=moment
            )
        )

    async def touch(self, token: AccessToken, moment: datetime) -> None:
        """Note that a token is in use."""
        await self._connection.run(_TOUCH, row_id=token.id, moment=moment)

    async def give(self, request_id: int, member: Member) -> None:
        """Let the tokens of somebody who asked to join be those of the member that they became."""
        await self._connection.run(_GIVE, request=request_id, member=member.id)

    async def drop_requested(self, request_id: int) -> None:
        """Forget the tokens of somebody who asked to join and may not."""
        await self._connection.run(_DROP_REQUESTED, request=request_id)
