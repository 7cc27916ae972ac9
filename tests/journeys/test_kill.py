"""202 means kept: a node is killed twenty times while activities stream in, and nothing it took is lost."""

import asyncio
import random
import socket
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from federation import signatures
from node.cli.demo_content import ENGLISH
from node.cli.demo_nodes import DemoNode
from storage.actors import Actor
from storage.database import Database
from storage.follows import Follow
from storage.kinds import FollowState, Outcome
from storage.signing_keys import SigningKey
from tests.benchmarks.load import http_request
from tests.benchmarks.scene import AUTHOR, Scene, create_note

KILLS = 20
SENDERS = 6


@pytest.mark.processes
@pytest.mark.one_engine
async def test_what_was_answered_202_takes_effect_exactly_once(tmp_path: Path) -> None:
    node = DemoNode(ENGLISH, tmp_path / "node", f"127.0.0.1:{_free_port()}")
    await asyncio.to_thread(node.create)
    url = f"sqlite+aiosqlite:///{node.folder}/data/ilan.db"
    database = Database(url)
    pair, author, office = await _introduce_author(database)
    await database.close()
    stream = Stream(node, pair, Scene(None, url, node.domain, node.url, pair, author, office))  # type: ignore[arg-type]
    chance = random.Random()
    try:
        for _ in range(KILLS):
            await asyncio.to_thread(node.start)
            stream.took_one.clear()
            senders = [asyncio.create_task(stream.send()) for _ in range(SENDERS)]
            await asyncio.wait_for(stream.took_one.wait(), 30)
            await asyncio.sleep(chance.uniform(0.0, 0.25))
            await asyncio.to_thread(node.kill)
            await asyncio.gather(*senders)
        await asyncio.to_thread(node.start)
        await _settle(url)
    finally:
        await asyncio.to_thread(node.stop)
    await _check(url, stream)
    print(f"{len(stream.taken)} of {stream.number} activities were answered 202 over {KILLS} kills.")


class Stream:
    """Sends one Create after the other and remembers which were answered 202."""

    def __init__(self, node: DemoNode, pair: signatures.KeyPair, scene: Scene) -> None:
        self.node = node
        self.scene = scene
        self.key = signatures.SigningKey.load(pair.private)
        self.number = 0
        self.taken: set[str] = set()
        self.took_one = asyncio.Event()

    async def send(self) -> None:
        """Send until the server is gone."""
        host, _, port = self.node.domain.partition(":")
        try:
            reader, writer = await asyncio.open_connection(host, int(port))
        except OSError:
            return
        try:
            while True:
                self.number += 1
                number = self.number
                writer.write(self._request(number))
                head = await reader.readuntil(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 202"), head
                self.taken.add(f"https://remote.example/notes/{number}")
                self.took_one.set()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _request(self, number: int) -> bytes:
        body = create_note(self.scene, number)
        headers = signatures.sign(
            "POST",
            f"{self.node.url}/inbox",
            body,
            key=self.key,
            key_id=f"{AUTHOR}#main-key",
            now=datetime.now(UTC),
        )
        return http_request("POST", "/inbox", headers, body)


async def _introduce_author(database: Database) -> tuple[signatures.KeyPair, Actor, Actor]:
    pair = signatures.generate_rsa()
    async with database.begin() as tx:
        office = await tx.actors.local("office")
        assert office is not None
        author = await tx.actors.add(
            Actor(
                id=tx.new_id(),
                uri=AUTHOR,
                type="Person",
                username="author",
                host="remote.example",
                is_local=False,
                created_at=tx.now,
                inbox=f"{AUTHOR}/inbox",
                followers=f"{AUTHOR}/followers",
                indexable=True,
                fetched_at=tx.now,
            )
        )
        await tx.signing_keys.replace(
            author, [SigningKey(f"{AUTHOR}#main-key", author.id, "rsa", pair.public, None, tx.now)]
        )
        await tx.follows.add(
            Follow(tx.new_id(), office.id, author.id, f"{office.uri}/f", FollowState.ACCEPTED, tx.now, tx.now)
        )
    return pair, author, office


async def _settle(url: str, seconds: float = 60.0) -> None:
    database = Database(url)
    try:
        async with asyncio.timeout(seconds):
            while True:
                async with database.read() as tx:
                    if "waiting" not in await tx.received.counts():
                        return
                await asyncio.sleep(0.1)
    finally:
        await database.close()


async def _check(url: str, stream: Stream) -> None:
    database = Database(url)
    async with database.read() as tx:
        author = await tx.actors.by_uri(AUTHOR)
        outcomes = await tx.received.counts()
        kept: list[str] = []
        before: int | None = None
        while page := await tx.publications.page(author, author=author, before=before, size=500):
            kept += [publication.uri for publication, _ in page]
            before = page[-1][0].id
        indexed = await tx.search.count_documents()
    await database.close()
    assert set(outcomes) == {Outcome.APPLIED}
    assert stream.taken <= set(kept)
    assert [uri for uri, times in Counter(kept).items() if times > 1] == []
    assert outcomes[Outcome.APPLIED] == len(kept) == indexed
    assert len(stream.taken) > KILLS


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
