"""A member's program, or a guest's, that calls the client API and looks at the answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from storage.actors import Actor
from storage.kinds import Role
from tests.node.served import ServedNode
from tests.node.signing_in import sign_in


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls methods with one token, or with none. What is answered must have the status that is expected."""

    node: ServedNode
    token: str | None = None

    async def send(self, method: str, path: str, *, status: int = 200, **sent: Any) -> httpx.Response:
        headers = {"accept": "application/json", **sent.pop("headers", {})}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        response = await self.node.client.request(method, path, headers=headers, **sent)
        assert response.status_code == status, response.text
        return response

    async def get(
        self, path: str, asked: Mapping[str, Any] | None = None, *, status: int = 200, **more: Any
    ) -> Any:
        """Read something; `asked` are parameters whose names are no names in Python."""
        params = {**(asked or {}), **more}
        # httpx lets even no parameters stand in place of those that the path has.
        return (await self.send("GET", path, status=status, params=params or None)).json()

    async def post(self, path: str, *, status: int = 200, **sent: Any) -> Any:
        return (await self.send("POST", path, status=status, **sent)).json()

    async def put(self, path: str, *, status: int = 200, **sent: Any) -> Any:
        return (await self.send("PUT", path, status=status, **sent)).json()

    async def patch(self, path: str, *, status: int = 200, **sent: Any) -> Any:
        return (await self.send("PATCH", path, status=status, **sent)).json()

    async def delete(self, path: str, *, status: int = 200, **sent: Any) -> Any:
        return (await self.send("DELETE", path, status=status, **sent)).json()

    async def pages(self, path: str, **params: Any) -> list[list[Any]]:
        """Return every page of a list, going on as the Link header says."""
        found = []
        response = await self.send("GET", path, params=params)
        while True:
            found.append(response.json())
            if "next" not in response.links:
                return found
            assert len(found) < 20, "The pages never end."
            following = response.links["next"]["url"]
            assert following.startswith(self.node.node.base_url)
            response = await self.send("GET", following)


async def calls_of(
    node: ServedNode,
    actor: Actor,
    scopes: tuple[str, ...] = ("read", "write"),
    role: Role = Role.MEMBER,
) -> Calls:
    """Return a program of a local actor's."""
    return Calls(node, await sign_in(node, actor, scopes, role))


async def recorded(node: ServedNode) -> list[tuple[str, str, str]]:
    """Return (who, verb, object) of all that local actors did and that is still to be sent, oldest first."""
    async with node.node.database.begin() as tx:
        names = {actor.id: actor.username for actor in await tx.actors.locals()}
        return [(names[each.actor_id], each.verb, each.object) for each in await tx.activities.waiting(1000)]
