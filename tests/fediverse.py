"""Several whole nodes in one process, with no sockets and no sleeping.

    async with Fediverse(tmp_path) as fediverse:
        kenya, nepal = await fediverse.node("kenya.example"), await fediverse.node("nepal.example")
        await kenya.follow(kenya.office, "office@nepal.example")
        await fediverse.settle()

Other software is played by `Remote`. Every request that crosses the wires must find no transaction open.
"""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from actors.accounts import create_actor, create_node
from actors.addresses import BODY, SERVER
from actors.drafts import read_draft
from actors.following import follow, unfollow
from actors.publishing import edit, publish, withdraw
from actors.searching import search
from federation.resolving import resolve_actor, resolve_handle
from federation.signatures import SignedRequest
from node.app import build_node, create_app
from node.context import Node
from node.settings import assemble
from node.workers import work_once
from storage.actors import Actor
from storage.base import metadata
from storage.database import Database, is_writing
from storage.follows import Follow
from storage.kinds import ActorType, Policy
from storage.publications import Publication
from storage.received import Received
from tests.asgi import Headers, Reply, ask
from tests.databases import fresh_database
from tests.key_pool import new_keys
from tests.remotes import Persona, Remote

START = datetime(2026, 8, 23, 10, 0, 0, tzinfo=UTC)
EVERY_OUTCOME = ("applied", "ignored", "refused", "given up", None)


class Fediverse:
    """The network, its clock, and who is down."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = START
        self.nodes: dict[str, LiveNode] = {}
        self.remotes: dict[str, Remote] = {}
        self.down: set[str] = set()
        self.hops: list[tuple[str, str]] = []
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def node(self, domain: str, **sections: dict[str, Any]) -> "LiveNode":
        """Start a node, with `sections` of its settings changed; it has a server's actor and an office."""
        settings = assemble(
            {
                "node": {"domain": domain, "name": domain.partition(".")[0].title()}
                | sections.pop("node", {}),
                "storage": {"database_url": fresh_database(self.folder)},
                "limits": {"inbox_per_minute": 1_000_000, "requests_per_minute": 1_000_000},
                **sections,
            },
            self.folder,
            {},
        )
        node = build_node(settings, clock=lambda: self.now, wires=self._wires)
        self._stack.push_async_callback(node.database.close)
        self._stack.push_async_callback(node.federation.transport.aclose)
        number = len(self.nodes)
        async with node.database.begin() as tx:
            server, office = await create_node(
                tx,
                base_url=node.base_url,
                domain=settings.node.domain,
                name=settings.node.name,
                server_keys=new_keys(2 * number),
                body_keys=new_keys(2 * number + 1),
            )
        live = LiveNode(self, node, create_app(node), server, office)
        self.nodes[settings.node.authority] = live
        return live

    def remote(self, host: str) -> Remote:
        """Start a server of other software."""
        return self.remotes.setdefault(host, Remote(host, lambda: self.now))

    async def settle(self) -> None:
        """Let every node work until none has anything left to do at this moment."""
        for _ in range(100):
            if not sum([await work_once(live.node) for live in self.nodes.values()]):
                return
        raise AssertionError("The fediverse never settles.")

    def wait(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)

    async def pass_time(self, *, steps: int, **each: float) -> None:
        """Let time pass in steps, with everybody working after each."""
        for _ in range(steps):
            self.wait(**each)
            await self.settle()

    def _wires(self, domain: str) -> httpx.AsyncBaseTransport:
        return _Wire(self, domain)


class _Wire(httpx.AsyncBaseTransport):
    """Carries requests to whoever has a domain; nothing leaves the process."""

    def __init__(self, fediverse: Fediverse, domain: str) -> None:
        self._fediverse = fediverse
        self._domain = domain

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert not is_writing(), "a request was made inside a transaction"
        fediverse, domain = self._fediverse, self._domain
        fediverse.hops.append((request.method, str(request.url)))
        if domain in fediverse.down:
            raise httpx.ConnectError(f"{domain} is down", request=request)
        if domain in fediverse.remotes:
            return await fediverse.remotes[domain].handle_async_request(request)
        if domain not in fediverse.nodes:
            raise httpx.ConnectError(f"there is no {domain}", request=request)
        reply = await fediverse.nodes[domain].ask(
            request.method,
            request.url.raw_path.decode(),
            [(name.decode(), value.decode("latin-1")) for name, value in request.headers.raw],
            await request.aread(),
        )
        return httpx.Response(reply.status, headers=reply.headers, content=reply.body)


@dataclass
class LiveNode:
    """A running node, and what its people can do."""

    fediverse: Fediverse
    node: Node
    app: Any = field(repr=False)
    server: Actor
    office: Actor

    @property
    def database(self) -> Database:
        return self.node.database

    @property
    def base(self) -> str:
        return self.node.base_url

    @property
    def domain(self) -> str:
        return self.node.settings.node.domain

    async def person(self, name: str, **more: Any) -> Actor:
        """Add a person to this node."""
        async with self.database.begin() as tx:
            return await create_actor(
                tx,
                base_url=self.base,
                domain=self.domain,
                username=name,
                type=ActorType.PERSON,
                name=name.title(),
                keys=new_keys(len(name)),
                **more,
            )

    async def resolve(self, name: str) -> Actor:
        """Find an actor by its handle or URI, over the wires where it is not known."""
        if name.startswith("https://"):
            return await resolve_actor(self.node.federation, name)
        return await resolve_handle(self.node.federation, *name.split("@"))

    async def follow(self, who: Actor, name: str) -> Follow:
        """Let somebody of this node ask to follow somebody, named by handle or URI."""
        other = await self.resolve(name)
        async with self.database.begin() as tx:
            return await follow(tx, who, other)

    async def unfollow(self, who: Actor, name: str) -> None:
        """Let somebody of this node stop following."""
        other = await self.resolve(name)
        async with self.database.begin() as tx:
            await unfollow(tx, who, other)

    async def publish(self, who: Actor, text: str = "Hello.", **more: Any) -> Publication:
        """Publish a note, or what `more` of the publications API says."""
        draft = read_draft({"kind": "note", "body": text, **more}, default_language="en")
        async with self.database.begin() as tx:
            return await publish(tx, who, draft)

    async def edit(self, who: Actor, publication: Publication, text: str, **more: Any) -> Publication:
        """Publish another text in place of one."""
        draft = read_draft({"kind": publication.kind, "body": text, **more}, default_language="en")
        async with self.database.begin() as tx:
            known = await tx.publications.get(publication.id)
            return await edit(tx, who, known, draft)

    async def withdraw(self, who: Actor, publication: Publication) -> None:
        """Delete a publication."""
        async with self.database.begin() as tx:
            await withdraw(tx, who, await tx.publications.get(publication.id))

    async def search(self, text: str) -> list[str]:
        """Search as anybody can, and return the URIs of what was found."""
        async with self.database.read() as tx:
            return [publication.uri for publication, _ in (await search(tx, text)).items]

    async def set_policy(self, host: str, policy: Policy) -> None:
        """Decide as an operator how a host is treated, and let the node notice."""
        async with self.database.begin() as tx:
            await tx.peers.set_policy(host, policy, tx.now)
        await self.node.federation.policy.refresh()

    async def actor(self, uri: str) -> Actor | None:
        """Return what this node knows of an actor."""
        async with self.database.read() as tx:
            return await tx.actors.by_uri(uri)

    async def publication(self, uri: str) -> Publication | None:
        """Return what this node keeps of a publication."""
        async with self.database.read() as tx:
            return await tx.publications.by_uri(uri)

    async def follow_state(self, follower: str, followed: str) -> str | None:
        """Return how far a follow between two URIs has come here; None when there is none."""
        async with self.database.read() as tx:
            one, other = await tx.actors.by_uri(follower), await tx.actors.by_uri(followed)
            found = await tx.follows.find(one, other) if one and other else None
        return found.state if found else None

    async def received(self) -> list[Received]:
        """Return all that was received, oldest first."""
        async with self.database.read() as tx:
            return [row for row, _ in await tx.received.list(outcomes=EVERY_OUTCOME, size=10_000)][::-1]

    async def outcomes(self) -> list[tuple[str, str | None]]:
        """Return (verb, outcome) of all that was received, oldest first."""
        return [(row.verb, row.outcome) for row in await self.received()]

    async def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row of every table, to compare."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        async with self.database.read() as tx:
            for name in sorted(metadata.tables):
                found[name] = sorted(await tx._connection.raw(f"SELECT * FROM {name}"), key=repr)
        return found

    async def hear(
        self, persona: Persona, document: dict[str, Any] | bytes, *, inbox: str | None = None
    ) -> Reply:
        """Let an actor of other software post something to an inbox, signed; it is not applied yet."""
        url = inbox or f"{self.base}/inbox"
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        headers = persona.sign(url, body)
        return await self.ask("POST", url.removeprefix(self.base), list(headers.items()), body)

    async def take_in(self, persona: Persona, *documents: dict[str, Any]) -> None:
        """Let an actor of other software say several things, each applied before the next."""
        for document in documents:
            reply = await self.hear(persona, document)
            assert reply.status == 202, reply.body
            await self.fediverse.settle()

    async def deliver(self, request: SignedRequest) -> Reply:
        """Post a request as it is to the application."""
        return await self.ask(request.method, request.target, list(request.headers), request.body)

    async def ask(self, method: str, target: str, headers: Headers, body: bytes = b"") -> Reply:
        """Make a request of the application, with exactly these bytes."""
        return await ask(self.app, method, target, headers, body)


__all__ = ["BODY", "SERVER", "START", "Fediverse", "LiveNode", "Persona", "Remote", "Reply"]
