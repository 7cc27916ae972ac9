"""Members with tokens, and asking with them."""

from typing import Any

from actors.granting import issue_token
from storage.actors import Actor
from storage.kinds import Role
from storage.members import Member
from tests.node.served import ServedNode


async def sign_in(
    node: ServedNode, actor: Actor, scopes: tuple[str, ...] = ("read", "write"), role: Role = Role.MEMBER
) -> str:
    """Return a token for the person behind a local actor, who becomes a member where they are none yet."""
    async with node.node.database.begin() as tx:
        member = await tx.members.of(actor)
        if member is None:
            email = f"{actor.username}@node.example"
            member = await tx.members.add(Member(tx.new_id(), actor.id, email, role, tx.now))
        token, _ = await issue_token(tx, member, scopes)
        return token


async def asked(node: ServedNode, path: str, token: str | None = None) -> Any:
    """Return what a path answers to a client, which must be 200."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    response = await node.get(path, "application/json", **headers)
    assert response.status_code == 200, response.text
    return response.json()
