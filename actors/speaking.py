"""In whose name a member may publish: their own, or the body's (`domain.md` §5.1)."""

from actors.addresses import BODY
from actors.errors import Forbidden, Invalid
from actors.roles import Act, may, require
from actors.usernames import folded
from storage.actors import Actor
from storage.transaction import Transaction


async def speaker(tx: Transaction, member: Actor, role: str, name: str | None, kind: str) -> Actor:
    """Return the actor in whose name `member` publishes something of a kind; their own where none is named.

    Raises Forbidden where the role does not allow it, Invalid for any other name: nobody publishes as another
    person.
    """
    wanted = folded(name.strip().removeprefix("@")) if name else member.username
    wanted = wanted.removesuffix(f"@{member.host}")
    if wanted == member.username:
        require(role, Act.POST, kind)
        return member
    body = await tx.actors.local(BODY) if wanted == BODY else None
    if body is None:
        raise Invalid(
            "Nobody can publish in that name.",
            {"as": f"must be {member.username} (you) or {BODY} (the body), not {wanted[:64]!r}"},
        )
    require(role, Act.SPEAK, kind)
    return body


def may_change(member: Actor, role: str, author: Actor, kind: str) -> bool:
    """Say whether a member may edit or withdraw what an actor published."""
    if author.id == member.id:
        return True
    return author.is_local and author.username == BODY and may(role, Act.SPEAK, kind)


def require_change(member: Actor, role: str, author: Actor, kind: str) -> None:
    """Raise Forbidden where a member may not edit or withdraw what an actor published."""
    if may_change(member, role, author, kind):
        return
    if author.is_local and author.username == BODY:
        require(role, Act.SPEAK, kind)
    raise Forbidden(f"Only {author.handle} may change this.")
