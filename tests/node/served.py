"""One node, served by the real application without sockets, and what its tests put into it."""

import base64
import functools
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from actors.accounts import NewKeys, create_actor, create_node
from actors.addresses import object_uri, page_url
from actors.audience import recipients_of
from actors.recording import record
from federation import signatures
from federation.media_types import ACTIVITY_JSON
from federation.signatures import KeyPair, SigningKey
from node.app import build_node, create_app
from node.context import Node
from node.settings import assemble
from storage import signing_keys
from storage.actors import Actor
from storage.follows import Follow
from storage.kinds import ActorType, FollowState, Kind, Visibility
from storage.publications import Publication
from storage.transaction import Transaction
from tests.databases import fresh_database

START = datetime(2026, 8, 23, 10, 0, 0, tzinfo=UTC)
BASE = "https://node.example"
STRANGER = ("198.51.100.7", 4000)


@functools.cache
def rsa() -> KeyPair:
    """Return the one pair of keys that all actors here share: making one takes long."""
    return signatures.generate_rsa()


@functools.cache
def new_keys() -> NewKeys:
    ed25519 = signatures.generate_ed25519()
    multikey = signatures.write_multikey(signatures.read_public_pem(ed25519.public))
    return NewKeys(rsa().private, rsa().public, ed25519.private, multikey)


class Clock:
    """A clock that only moves when it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **much: float) -> None:
        self.now += timedelta(**much)


@dataclass
class ServedNode:
    """A node and a client that asks it."""

    node: Node
    app: Starlette
    client: httpx.AsyncClient
    clock: Clock
    office: Actor
    server: Actor

    async def get(self, path: str, accept: str | None = ACTIVITY_JSON, **headers: str) -> httpx.Response:
        """Ask for a path; `accept` None sends no such header."""
        request = self.client.build_request(
            "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        del request.headers["accept"]
        if accept is not None:
            request.headers["accept"] = accept
        return await self.client.send(request)

    async def get_as(self, reader: Actor, path: str, accept: str = ACTIVITY_JSON) -> httpx.Response:
        """Ask for a path with the signature of an actor elsewhere."""
        signed = self.sign(reader, "GET", f"{self.node.base_url}{path}")
        return await self.get(path, accept, **signed)

    def sign(self, actor: Actor, method: str, url: str, body: bytes | None = None) -> dict[str, str]:
        """Return the headers that sign a request in an actor's name, whatever its Content-Type (S2)."""
        host, target = signatures.host_and_target(url)
        headers = {"host": host, "date": signatures.write_http_date(self.clock.now)}
        if body is not None:
            headers["digest"] = signatures.digest_header(body)
        covered = {"(request-target)": f"{method.lower()} {target}", **headers}
        text = "\n".join(f"{name}: {value}" for name, value in covered.items())
        signature = base64.b64encode(SigningKey.load(rsa().private).sign(text.encode())).decode()
        headers["signature"] = (
            f'keyId="{actor.uri}#main-key",algorithm="rsa-sha256",headers="{" ".join(covered)}",'
            f'signature="{signature}"'
        )
        return headers

    async def member(self, username: str = "amina") -> Actor:
        async with self.node.database.begin() as tx:
            return await create_actor(
                tx,
                base_url=self.node.base_url,
                domain=self.node.settings.node.domain,
                username=username,
                type=ActorType.PERSON,
                name=username.title(),
                keys=new_keys(),
            )

    async def stranger(self, name: str = "reader", host: str = "other.example") -> Actor:
        """Keep an actor elsewhere, whose key is known here."""
        async with self.node.database.begin() as tx:
            return await add_stranger(tx, name, host)

    async def publish(self, author: Actor, visibility: str = Visibility.PUBLIC, **facts: Any) -> Publication:
        async with self.node.database.begin() as tx:
            return await add_publication(tx, author, visibility, **facts)

    async def accept(self, follower: Actor, followed: Actor) -> None:
        """Let one actor follow another."""
        async with self.node.database.begin() as tx:
            number = tx.new_id()
            uri = f"{follower.uri}/follows/{number}"
            await tx.follows.add(
                Follow(number, follower.id, followed.id, uri, FollowState.ACCEPTED, tx.now, tx.now)
            )

    async def change(self, actor: Actor, **facts: Any) -> None:
        async with self.node.database.begin() as tx:
            await tx.actors.change(replace(actor, **facts))


@asynccontextmanager
async def served(
    tmp_path: Path, sections: Mapping[str, Mapping[str, Any]] | None = None
) -> AsyncIterator[ServedNode]:
    """Serve a node that is set up; `sections` change its settings."""
    document: dict[str, dict[str, Any]] = {
        "node": {"domain": "node.example", "name": "Example body", "data_dir": str(tmp_path)},
        "storage": {"database_url": fresh_database(tmp_path)},
    }
    for name, values in (sections or {}).items():
        document.setdefault(name, {}).update(values)
    clock = Clock()
    node = build_node(assemble(document, tmp_path, {}), clock=clock, wires=lambda _: NO_NETWORK)
    try:
        async with node.database.begin() as tx:
            server, office = await create_node(
                tx,
                base_url=node.base_url,
                domain=node.settings.node.domain,
                name=node.settings.node.name,
                server_keys=new_keys(),
                body_keys=new_keys(),
            )
        app = create_app(node)
        transport = httpx.ASGITransport(app=app, client=STRANGER)
        async with httpx.AsyncClient(transport=transport, base_url=node.base_url) as client:
            yield ServedNode(node, app, client, clock, office, server)
    finally:
        # Without this a test that fails would leave a thread behind, and pytest would never end.
        await node.federation.transport.aclose()
        await node.database.close()


class _NoNetwork(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("there is no network in this test", request=request)


NO_NETWORK = _NoNetwork()


async def add_stranger(tx: Transaction, name: str, host: str) -> Actor:
    uri = f"https://{host}/users/{name}"
    actor = await tx.actors.add(
        Actor(
            id=tx.new_id(),
            uri=uri,
            type=ActorType.PERSON,
            username=name,
            host=host,
            is_local=False,
            created_at=tx.now,
            inbox=f"{uri}/inbox",
            followers=f"{uri}/followers",
        )
    )
    await tx.signing_keys.add(
        signing_keys.SigningKey(f"{uri}#main-key", actor.id, "rsa", rsa().public, None, tx.now)
    )
    return actor


async def add_publication(
    tx: Transaction, author: Actor, visibility: str = Visibility.PUBLIC, **facts: Any
) -> Publication:
    """Publish a note as the author's node does, local or not, without rendering anything."""
    number = tx.new_id()
    mentioned: list[Actor] = facts.pop("mentioned", [])
    uri = object_uri(author, number) if author.is_local else f"{author.uri}/notes/{number}"
    values: dict[str, Any] = {
        "kind": Kind.NOTE,
        "type": "Note",
        "content": f"<p>Note {number}</p>",
        "url": page_url(author, Kind.NOTE, number, None) if author.is_local else uri,
        "language": "en",
        "recipients": recipients_of(author, visibility, [each.uri for each in mentioned]),
        "tags": [],
    }
    publication = await tx.publications.add(
        Publication(
            id=number,
            uri=uri,
            author_id=author.id,
            is_local=author.is_local,
            visibility=visibility,
            published_at=tx.now,
            created_at=tx.now,
            **{**values, **facts},
        )
    )
    await tx.publications.set_mentions(publication, [each.id for each in mentioned])
    await record(tx, author, "Create", uri, publication=publication, is_public=publication.is_public)
    return publication
