"""What members are told of, through the routes: a member, and others who do something to them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actors.following import follow
from actors.notifying import About, notify
from actors.reacting import like, share
from storage.actors import Actor
from storage.kinds import Visibility
from storage.publications import Publication
from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served

LIST = "/api/v1/notifications"
GROUPS = "/api/v2/notifications"
ID = re.compile(r"[1-9][0-9]{17,18}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Scene:
    """A member, her program, and a post of hers."""

    node: ServedNode
    amina: Actor
    calls: Calls
    post: Publication

    async def others(self, *names: str) -> list[Actor]:
        return [await self.node.stranger(name) for name in names]

    async def like(self, *who: Actor, post: Publication | None = None) -> None:
        async with self.node.node.database.begin() as tx:
            for each in who:
                await like(tx, each, post or self.post, uri=f"{each.uri}/likes/{tx.new_id()}")

    async def share(self, *who: Actor) -> None:
        async with self.node.node.database.begin() as tx:
            for each in who:
                await share(tx, each, self.post, uri=f"{each.uri}/shares/{tx.new_id()}")

    async def follow(self, *who: Actor) -> None:
        async with self.node.node.database.begin() as tx:
            for each in who:
                await follow(tx, each, self.amina, uri=f"{each.uri}/follows/{tx.new_id()}")

    async def mention(self, who: Actor, visibility: str = Visibility.PUBLIC) -> Publication:
        post = await self.node.publish(who, visibility, mentioned=[self.amina])
        async with self.node.node.database.begin() as tx:
            await notify(tx, self.amina, About.MENTION, who, post)
        return post

    async def of_everything(self) -> dict[str, str]:
        """Let one of each common type happen; return their ids by type."""
        one, two = await self.others("one", "two")
        await self.mention(one)
        await self.like(one)
        await self.share(two)
        await self.follow(two)
        return {each["type"]: each["id"] for each in await self.calls.get(LIST)}

    async def types(self, asked: dict[str, Any] | None = None, path: str = LIST) -> list[str]:
        """Return the types in a list, the newest first."""
        found = await self.calls.get(path, asked)
        return [each["type"] for each in (found if path == LIST else found["notification_groups"])]


@asynccontextmanager
async def scene(tmp_path: Path, *scopes: str) -> AsyncIterator[Scene]:
    """Serve a node with a member who has published something."""
    async with served(tmp_path) as node:
        amina = await node.member("amina")
        calls = await calls_of(node, amina, scopes or ("read", "write"))
        yield Scene(node, amina, calls, await node.publish(amina))
