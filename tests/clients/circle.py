"""Whom a member has to do with."""

from storage.actors import Actor
from tests.clients.stage import Stage


class Circle(Stage):
    """People around the caller."""

    async def amina(self) -> str:
        return self.me.id

    async def baraka(self) -> str:
        return self.other.id

    async def baraka_acct(self) -> str:
        return "baraka"

    async def chebet(self) -> str:
        return self.people["chebet"].id

    async def stranger(self) -> Actor:
        return await self.node.stranger("wanjiru", "elsewhere.example")

    async def wanjiru(self) -> str:
        return str((await self.value("stranger")).id)

    async def followed(self) -> str:
        """Two members who follow each other."""
        await self.me.do("POST", f"/api/v1/accounts/{self.other.id}/follow")
        await self.other.do("POST", f"/api/v1/accounts/{self.me.id}/follow")
        return self.other.id

    async def new_follow_request(self) -> str:
        """Somebody who asks to follow the caller."""
        chebet = self.people["chebet"]
        await self.me.do("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
        await chebet.do("POST", f"/api/v1/accounts/{self.me.id}/unfollow")
        relationship = await chebet.do("POST", f"/api/v1/accounts/{self.me.id}/follow")
        await self.me.do("PATCH", "/api/v1/accounts/update_credentials", json={"locked": False})
        assert relationship["requested"], relationship
        return chebet.id

    async def blocked(self) -> str:
        return await self._act_on("block", "blocked")

    async def muted(self) -> str:
        return await self._act_on("mute", "muted")

    async def _act_on(self, verb: str, name: str) -> str:
        """Somebody elsewhere, towards whom the caller did something."""
        stranger = await self.node.stranger(name, "elsewhere.example")
        await self.me.do("POST", f"/api/v1/accounts/{stranger.id}/{verb}")
        return str(stranger.id)

    async def blocked_domain(self) -> str:
        await self.me.do("POST", "/api/v1/domain_blocks", json={"domain": "spam.example"})
        return "spam.example"
