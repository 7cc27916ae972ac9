"""A node, and an actor of other software whom it follows: where the tests of the inbox begin."""

import json
from dataclasses import dataclass, field
from typing import Any

from federation.signatures import SignedRequest
from storage.actors import Actor
from tests import make
from tests.federation.signed_requests import HOST, date, request, sha256
from tests.fediverse import Fediverse, LiveNode, Persona, Remote, Reply
from tests.key_pool import signing_key

ALICE = "https://remote.example/users/alice"
GOOD: dict[str, Any] = make.create(make.note(ALICE))


@dataclass
class Scene:
    """The node (`node.example`), the other server (`remote.example`), and its actor alice."""

    fediverse: Fediverse
    node: LiveNode
    remote: Remote
    alice: Persona
    _before: tuple[Any, Any] | None = field(default=None, repr=False)

    @property
    def office(self) -> Actor:
        return self.node.office

    async def remember(self) -> None:
        """Remember all rows and requests, for `nothing_happened`."""
        self._before = (await self.node.contents(), list(self.fediverse.hops))

    async def nothing_happened(self, *, fetches: int = 0) -> None:
        """Assert that no row changed and that only so many requests were made since `remember`."""
        assert self._before is not None
        rows, hops = self._before
        assert len(self.fediverse.hops) - len(hops) == fetches, self.fediverse.hops[len(hops) :]
        now = await self.node.contents()
        assert {name: now[name] for name in now if now[name] != rows[name]} == {}

    async def refuses(self, status: int, request: SignedRequest, *, fetches: int = 0) -> Reply:
        """Assert that the inbox answers so, and that nothing else happens, now or later."""
        await self.remember()
        reply = await self.node.deliver(request)
        assert reply.status == status, reply.body
        await self.fediverse.settle()
        await self.nothing_happened(fetches=fetches)
        return reply

    async def outcome(self, persona: Persona, document: dict[str, Any]) -> tuple[str | None, str | None]:
        """Post an activity, let it be applied, and return its outcome and the reason for it."""
        known = {row.id for row in await self.node.received()}
        await self.node.take_in(persona, document)
        fresh = [row for row in await self.node.received() if row.id not in known]
        assert len(fresh) <= 1
        return (fresh[0].outcome, fresh[0].reason) if fresh else ("dropped", None)

    async def applies(self, persona: Persona, document: dict[str, Any]) -> None:
        """Post an activity and assert that it was applied."""
        assert await self.outcome(persona, document) == ("applied", None)


async def meet(fediverse: Fediverse, *, follow: bool = True, **sections: Any) -> Scene:
    """Set the scene; unless `follow` is false the office follows alice, so the node knows her."""
    node = await fediverse.node(HOST, **sections)
    remote = fediverse.remote("remote.example")
    scene = Scene(fediverse, node, remote, remote.person("alice"))
    if follow:
        await befriend(scene, scene.alice)
    return scene


async def strangers(fediverse: Fediverse, **sections: Any) -> Scene:
    """Set a scene in which nobody knows anybody yet."""
    return await meet(fediverse, follow=False, **sections)


async def hears(scene: Scene, number: int = 1, **how: Any) -> int:
    """Deliver something new of alice's and return the status."""
    body = body_of(make.create(make.note(ALICE, number), number))
    return (await scene.node.deliver(forged(**{"body": body, **how}))).status


async def befriend(scene: Scene, persona: Persona) -> None:
    """Let the office follow an actor of other software."""
    await scene.node.follow(scene.office, persona.uri)
    await scene.fediverse.settle()
    sent = persona.remote.received[-1]
    assert sent["type"] == "Follow"
    await scene.applies(persona, make.activity("Accept", persona.uri, sent, sent["id"].rpartition("/")[2]))


def body_of(document: dict[str, Any]) -> bytes:
    """Return the bytes of a document."""
    return json.dumps(document).encode()


def lines(body: bytes, name: str = "", *values: str) -> list[tuple[str, str]]:
    """Return the headers of an ordinary delivery, with other values (none, one, several) for one of them."""
    ordinary = [
        ("host", HOST),
        ("date", date()),
        ("content-type", "application/activity+json"),
        ("digest", sha256(body)),
    ]
    return [(other, value) for other, value in ordinary if other != name] + [
        (name, value) for value in values
    ]


def forged(**how: Any) -> SignedRequest:
    """Return a delivery of alice's as `signed_requests.request` makes it: sensible but for what is given."""
    body = how.pop("body", body_of(GOOD))
    return request(**{"body": body, "key": signing_key(0), "headers": lines(body), **how})
