"""A small node that sends, and other servers without sockets that receive, for the tests of deliveries."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from actors.addresses import SERVER, actor_uri, object_uri
from actors.audience import recipients_of
from actors.recording import record
from federation.addresses import AddressGuard
from federation.context import Federation
from federation.keyring import Keyring
from federation.policy import PeerPolicy
from federation.signatures import KeyPair
from federation.signers import Signers
from federation.transport import Transport
from storage.activities import Activity
from storage.actors import Actor
from storage.connection import Driver
from storage.database import Database, is_writing
from storage.deliveries import Delivery
from storage.follows import Follow
from storage.group_commit import GroupCommit
from storage.kinds import DeliveryState, FollowState, Kind, Visibility
from storage.publications import Publication
from storage.signing_keys import SigningKey
from storage.transaction import Transaction
from tests.databases import fresh_database
from tests.key_pool import rsa_pair
from tests.strangers import LOOPBACK

START = datetime(2026, 8, 23, 10, 0, 0, tzinfo=UTC)
BASE = "https://node.example"
EVERY_STATE = tuple(DeliveryState)

Answered = int | tuple[int, dict[str, str]] | Exception | asyncio.Event


def keys() -> KeyPair:
    """Return the one pair of keys that all actors here share."""
    return rsa_pair()


class Clock:
    """A clock that only moves when it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **much: float) -> None:
        """Let time pass."""
        self.now += timedelta(**much)


@dataclass(frozen=True, slots=True)
class Heard:
    """One request that a server received."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def host(self) -> str:
        return self.headers["host"]


class Servers(httpx.AsyncBaseTransport):
    """All other servers. They answer 202, or what is laid down for a host or an inbox, the last one again.

    An event is an answer that comes when it is set.
    """

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.busy: dict[str, int] = {}
        self.busiest: dict[str, int] = {}
        self._answers: dict[str, list[Answered]] = {}
        self._news = asyncio.Event()

    def answer(self, where: str, *answers: Answered) -> None:
        """Lay down the answers of a host or of one inbox."""
        self._answers[where] = list(answers)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds for the servers; TimeoutError when it does not."""
        async with asyncio.timeout(10):
            while not holds():
                self._news.clear()
                await self._news.wait()

    async def have_heard(self, count: int) -> None:
        """Wait until there were so many requests in all."""
        await self.until(lambda: len(self.heard) >= count)

    def heard_by(self, host: str) -> list[Heard]:
        """Return what one host received."""
        return [heard for heard in self.heard if heard.host == host]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert not is_writing(), "a request was made inside a transaction"
        heard = Heard(request.method, str(request.url), dict(request.headers), await request.aread())
        self.heard.append(heard)
        host = heard.host
        self.busy[host] = self.busy.get(host, 0) + 1
        self.busiest[host] = max(self.busiest.get(host, 0), self.busy[host])
        self._news.set()
        try:
            return await self._play(self._next(heard.url, host))
        finally:
            self.busy[host] -= 1
            self._news.set()

    def _next(self, url: str, host: str) -> Answered:
        answers = self._answers.get(url) or self._answers.get(host) or [202]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def _play(self, answer: Answered) -> httpx.Response:
        await asyncio.sleep(0)
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = 202
        if isinstance(answer, Exception):
            raise answer
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return httpx.Response(status, headers=headers, content=b"because" if status >= 300 else b"")


@dataclass(frozen=True, slots=True)
class Node:
    """A node with a body, a server's actor, and no followers."""

    federation: Federation
    clock: Clock
    servers: Servers
    office: Actor
    server: Actor

    @property
    def database(self) -> Database:
        return self.federation.database

    async def deliveries(self, *states: str) -> list[Delivery]:
        """Return deliveries, oldest first."""
        async with self.database.read() as tx:
            found = await tx.deliveries.list(states=states or EVERY_STATE, size=100_000)
        return found[::-1]


@asynccontextmanager
async def node(
    folder: Path, *, url: str = "", allow_list: bool = False, sockets: bool = False, clock: Any = None
) -> AsyncIterator[Node]:
    """Run a node on a fresh database, or again on that at `url`; with `sockets` it uses real ones."""
    is_new = not url
    clock = clock or Clock()
    database = Database(url or fresh_database(folder), clock)
    servers = Servers()
    policy = PeerPolicy(database, allow_list=allow_list, allow_http=sockets)
    transport = Transport(
        AddressGuard((LOOPBACK,) if sockets else (), allow_http=sockets),
        user_agent="tests",
        wires=None if sockets else lambda _: servers,
        may_contact=policy.last_known,
    )

    async def keep_nothing(_tx: Transaction, _items: list[Any]) -> None:
        """Receive nothing: this node only sends."""

    federation = Federation(
        base_url=BASE,
        domain="node.example",
        hosts=frozenset({"node.example"}),
        database=database,
        transport=transport,
        policy=policy,
        keyring=Keyring(),
        signers=Signers(database),
        keep=GroupCommit(database, keep_nothing),
        allow_http=sockets,
        allow_list=allow_list,
    )
    async with database.begin() as tx:
        if is_new:
            await add_local(tx, "office", kind="Organization")
            await add_local(tx, SERVER, kind="Application")
        office, server = await tx.actors.local("office"), await tx.actors.local(SERVER)
    assert office
    assert server
    await policy.refresh()
    try:
        yield Node(federation, clock, servers, office, server)
    finally:
        await transport.aclose()
        await database.close()


async def add_local(tx: Transaction, username: str, *, kind: str = "Person", **more: Any) -> Actor:
    """Add an actor of this node, with its key."""
    uri = actor_uri(BASE, username)
    actor = await tx.actors.add(
        Actor(
            id=tx.new_id(),
            uri=uri,
            type=kind,
            username=username,
            host="node.example",
            is_local=True,
            created_at=tx.now,
            inbox=f"{uri}/inbox",
            shared_inbox=f"{BASE}/inbox",
            outbox=f"{uri}/outbox",
            followers=f"{uri}/followers",
            following=f"{uri}/following",
            **more,
        )
    )
    pair = keys()
    await tx.signing_keys.add(
        SigningKey(f"{uri}#main-key", actor.id, "rsa", pair.public, pair.private, tx.now)
    )
    return actor


_names = itertools.count(1)


def remote(
    tx: Transaction, host: str, username: str = "", *, shared: bool = True, scheme: str = "https", **more: Any
) -> Actor:
    """Make the row of an actor of another server, with a shared inbox or without."""
    username = username or f"u{next(_names)}"
    uri = f"{scheme}://{host}/users/{username}"
    values = {
        "id": tx.new_id(),
        "uri": uri,
        "type": "Person",
        "username": username,
        "host": host,
        "is_local": False,
        "created_at": tx.now,
        "inbox": f"{uri}/inbox",
        "followers": f"{uri}/followers",
        "shared_inbox": f"{scheme}://{host}/inbox" if shared else None,
    }
    return Actor(**{**values, **more})


async def add_remote(tx: Transaction, host: str, username: str = "", **more: Any) -> Actor:
    """Add an actor of another server."""
    return await tx.actors.add(remote(tx, host, username, **more))


async def add_follower(tx: Transaction, followed: Actor, host: str, **more: Any) -> Actor:
    """Add a follower on another server."""
    follower = await add_remote(tx, host, **more)
    number = tx.new_id()
    await tx.follows.add(
        Follow(
            number, follower.id, followed.id, f"{follower.uri}#{number}", FollowState.ACCEPTED, tx.now, tx.now
        )
    )
    return follower


async def add_publication(
    tx: Transaction,
    author: Actor,
    *,
    kind: Kind = Kind.NOTE,
    visibility: Visibility = Visibility.PUBLIC,
    mentioned: Sequence[Actor] = (),
    **more: Any,
) -> Publication:
    """Add something that a local actor wrote."""
    number = tx.new_id()
    return await tx.publications.add(
        Publication(
            id=number,
            uri=object_uri(author, number),
            author_id=author.id,
            kind=kind,
            type="Note" if kind is Kind.NOTE else "Article",
            is_local=author.is_local,
            visibility=visibility,
            published_at=tx.now,
            created_at=tx.now,
            content="<p>Duty counsel by phone.</p>",
            language="en",
            title="" if kind is Kind.NOTE else "Duty counsel by phone",
            recipients=recipients_of(author, visibility, [actor.uri for actor in mentioned]),
            url=f"{BASE}/@{author.username}/{number}",
            **more,
        )
    )


async def act(
    tx: Transaction, actor: Actor, verb: str, about: Publication | Actor | str, **more: Any
) -> Activity:
    """Record that a local actor did something with a publication, an actor or whatever has this URI."""
    if isinstance(about, Publication):
        more = {"publication": about, "is_public": about.is_public, **more}
    activity = await record(tx, actor, verb, about if isinstance(about, str) else about.uri, **more)
    assert activity is not None
    return activity


async def withdraw(tx: Transaction, actor: Actor, publication: Publication) -> Activity:
    """Delete a publication and record that."""
    details = {**publication.recipients, "former_type": publication.type, "kind": publication.kind}
    activity = await act(tx, actor, "Delete", publication.uri, details=details)
    await tx.publications.remove(publication)
    return activity


@contextmanager
def counted(tx: Transaction) -> Iterator[list[str]]:
    """Remember the statements that a transaction runs."""
    connection = tx._connection
    statements: list[str] = []
    driver = connection._driver
    connection._driver = _Counting(driver, statements)
    try:
        yield statements
    finally:
        connection._driver = driver


class _Counting:
    """Passes everything on to a driver and remembers what."""

    def __init__(self, driver: Driver, statements: list[str]) -> None:
        self._driver = driver
        self._statements = statements

    async def fetch(self, sql: str, arguments: list[Any]) -> list[Any]:
        self._statements.append(sql)
        return await self._driver.fetch(sql, arguments)

    async def run_many(self, sql: str, arguments: list[list[Any]]) -> None:
        self._statements.append(sql)
        await self._driver.run_many(sql, arguments)
