"""A member's program that speaks to a node's API, as any other program does: over HTTP with a token."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from actors.accounts import add_member, issue_token
from storage.actors import Actor
from storage.kinds import Role
from tests.fediverse import LiveNode
from tests.key_pool import new_keys

BASE = "/api/ilan/v1"
SCOPES = ("read", "write")


@dataclass
class Program:
    """Sends requests with one token, or with none."""

    live: LiveNode
    token: str | None = None
    actor: Actor | None = None

    async def send(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Send a request; what is no text or bytes already is sent as JSON."""
        sent = {"accept": "application/json", **(headers or {})}
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token}"
        content = b""
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        url = path if path.startswith("/") else f"{BASE}/{path}"
        transport = httpx.ASGITransport(app=self.live.app, client=("198.51.100.7", 4000))
        async with httpx.AsyncClient(transport=transport, base_url=self.live.base) as client:
            return await client.request(method, url, content=content, headers=sent)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.send("GET", path, headers=headers)

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.send("POST", path, body, named)

    async def publish(self, document: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Publish something that is right, and return it."""
        answer = await self.post("publications", {**document, **more})
        assert answer.status_code == 201, answer.text
        published: dict[str, Any] = answer.json()
        return published

    async def ids(self, path: str) -> list[str]:
        """Return the ids in a list."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return [each["id"] for each in (found if isinstance(found, list) else found["items"])]


def anybody(live: LiveNode) -> Program:
    """Return a program of somebody who has not signed in."""
    return Program(live)


async def program(
    live: LiveNode, name: str = "amina", role: Role = Role.MEMBER, scopes: tuple[str, ...] = SCOPES
) -> Program:
    """Add a member with a role, and return a program of theirs."""
    async with live.database.begin() as tx:
        member = await add_member(
            tx,
            base_url=live.base,
            domain=live.domain,
            username=name,
            email=f"{name}@{live.domain}",
            role=role,
            keys=new_keys(),
            name=name.title(),
        )
        token, _ = await issue_token(tx, member, scopes)
        actor = await tx.actors.get(member.actor_id)
    return Program(live, token, actor)
