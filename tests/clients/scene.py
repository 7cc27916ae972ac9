"""A node in use: members, programs, tokens, and everything that a client can ask about.

It is made through the client API itself, on demand: what a test does not need is not made, and where a route
is missing only those fail that need it. People elsewhere and their posts are laid into the database, since
nobody sends anything here.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from actors.announcements import add_announcement
from actors.documents import add_rule
from storage.kinds import Role
from tests.clients.stage import GENEROUS
from tests.clients.writings import Writings
from tests.node.served import served


class Scene(Writings):
    """Things by name: a method for each, called once for plain names, each time for those called `new_`."""

    # Belongings.

    async def featured_tag(self) -> str:
        made = await self.me.do("POST", "/api/v1/featured_tags", json={"name": "LegalAid"})
        return str(made["id"])

    async def followed_tag(self) -> str:
        followed = await self.me.do("POST", "/api/v1/tags/Custody/follow")
        return str(followed["name"])

    async def list(self) -> str:
        await self.value("followed")
        made = await self.me.do("POST", "/api/v1/lists", json={"title": "Colleagues"})
        await self.me.do(
            "POST", f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [self.other.id]}
        )
        return str(made["id"])

    async def listed(self) -> str:
        """Somebody who is in a list."""
        await self.value("list")
        return self.other.id

    async def new_list(self) -> str:
        made = await self.me.do("POST", "/api/v1/lists", json={"title": f"List {self.number()}"})
        return str(made["id"])

    async def filter(self) -> str:
        return await self.new_filter()

    async def new_filter(self) -> str:
        return str((await self._filter())["id"])

    async def keyword(self) -> str:
        return await self.new_keyword()

    async def new_keyword(self) -> str:
        return str((await self._filter())["keywords"][0]["id"])

    async def _filter(self) -> dict[str, Any]:
        made: dict[str, Any] = await self.me.do(
            "POST",
            "/api/v2/filters",
            json={
                "title": f"Filter {self.number()}",
                "context": ["home", "notifications"],
                "keywords_attributes": [{"keyword": "football"}],
            },
        )
        return made

    # Notifications.

    async def notification(self) -> str:
        return await self.new_notification()

    async def new_notification(self) -> str:
        return str((await self._newest_notification())["id"])

    async def group(self) -> str:
        return await self.new_group()

    async def new_group(self) -> str:
        return str((await self._newest_notification())["group_key"])

    async def _newest_notification(self) -> dict[str, Any]:
        mine = await self.new_status()
        await self.other.do("POST", f"/api/v1/statuses/{mine}/favourite")
        found: dict[str, Any] = (await self.me.do("GET", "/api/v1/notifications"))[0]
        return found

    async def new_request(self) -> str:
        """Notifications of somebody whom the caller does not follow, held back."""
        await self.me.do("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
        # Whoever was accepted once is not held back again.
        guest = await self.person(f"guest{self.number()}")
        await guest.post("Hello, @amina")
        found = await self.me.do("GET", "/api/v1/notifications/requests")
        assert found, "GET /api/v1/notifications/requests: nothing was held back"
        return str(found[0]["id"])

    async def push_keys(self) -> dict[str, Any]:
        """A subscription as a browser makes it: the keys are those of the example in RFC 8291."""
        return {
            "endpoint": "https://push.example/send/1",
            "standard": True,
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6S"
                "RpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        }

    async def new_push_subscription(self) -> None:
        await self.me.do(
            "POST",
            "/api/v1/push/subscription",
            scope="push",
            json={"subscription": await self.value("push_keys"), "data": {"alerts": {"mention": True}}},
        )

    async def rule(self) -> str:
        async with self.node.node.database.begin() as tx:
            added = await add_rule(tx, "Be kind", "Also when you disagree.")
        return str(added.id)

    async def announcement(self) -> str:
        async with self.node.node.database.begin() as tx:
            added = await add_announcement(tx, "Maintenance on **Sunday**.")
        return str(added.id)


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Set the scene: a node with three members and an editor."""
    async with served(tmp_path, {"limits": GENEROUS}) as node:
        found = Scene(node, {})
        for name in ("amina", "baraka", "chebet", "editor"):
            await found.person(name, Role.ADMIN if name == "editor" else Role.MEMBER)
        try:
            yield found
        finally:
            for person in found.people.values():
                await person.browser.aclose()
