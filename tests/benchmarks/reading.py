"""What clients read: home, a thread, an account, notifications, search; beside a bare route.

A database with many statuses of many accounts: 100,000 and 1,000, or with `--quick` a tenth of each.
"""

import asyncio
import random
from datetime import datetime, timedelta
from pathlib import Path

from actors.granting import issue_token
from storage.actors import Actor
from storage.database import Database
from storage.follows import Follow
from storage.kinds import FollowState, Role
from storage.members import Member
from storage.notifications import Notification
from storage.publications import Publication
from storage.search import SearchDocument
from storage.transaction import Transaction
from tests.benchmarks.load import http_request, send
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.scene import make_scene
from tests.benchmarks.servers import bare_server, free_port, process, wait_for

_TEXT = (
    "<p>Counsel was there within three hours; the hearing is on Monday, and we need an interpreter for it. "
    "The list of what to bring stands on the page, and whoever can help may answer here. {words}</p>"
)
_AT_ONCE = 2000
_ANSWERS = 100


async def measure(report: Report, folder: Path, *, quick: bool) -> None:
    port = free_port()
    scene = await make_scene(folder, port)
    database = Database(scene.url)
    accounts, statuses = (100, 10_000) if quick else (1_000, 100_000)
    try:
        token, root, author = await _fill(database, scene.office, accounts, statuses)
    finally:
        await database.close()
    headers = {"host": scene.domain, "authorization": f"Bearer {token}"}
    targets = {
        "home timeline of 40": "/api/v1/timelines/home?limit=40",
        "public timeline of 40": "/api/v1/timelines/public?limit=40",
        "a thread of 100": f"/api/v1/statuses/{root}/context",
        "an account's statuses, 40": f"/api/v1/accounts/{author}/statuses?limit=40",
        "notifications, 40": "/api/v1/notifications?limit=40",
        "search": "/api/v2/search?q=word77&type=statuses",
    }
    count = 300 if quick else 1000
    with process("-m", "tests.benchmarks.node_server", str(folder), str(port)):
        wait_for(port)
        for name, target in targets.items():
            requests = [http_request("GET", target, headers)] * count
            size = await _size(port, requests[0])
            await send(port, requests[:40])
            load = await send(port, requests)
            assert set(load.statuses) == {200}, (name, load.statuses)
            with bare_server(size) as bare:
                limit = (await send(bare, [http_request("GET", "/x", headers)] * count)).per_second
            wanted = "≥ 0.20" if name.startswith("home") else ""
            report.add(Figure(name, load.per_second, "/s", f"bare route, {size // 1000} KB", limit, wanted))
            median, late = load.percentile(0.5), load.percentile(0.99)
            report.add(Figure("  p99 at 32 connections", late, "ms", "median", median, "≤ 10"))


async def _size(port: int, request: bytes) -> int:
    """Return how many bytes a request is answered with."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    writer.close()
    start = head.find(b"content-length:") + 15
    return int(head[start : head.index(b"\r", start)])


async def _fill(database: Database, office: Actor, accounts: int, statuses: int) -> tuple[str, int, int]:
    """Put everything into the database; return a token, a long thread and an account by their numbers."""
    chance = random.Random(1)
    async with database.begin() as tx:
        member = await tx.members.add(Member(tx.new_id(), office.id, "o@node.example", Role.ADMIN, tx.now))
        token, _ = await issue_token(tx, member, ["read"])
        authors = [await _author(tx, office, number) for number in range(accounts)]
        started = tx.now - timedelta(days=30)
    step = timedelta(days=30) / statuses
    root = 0
    for first in range(0, statuses, _AT_ONCE):
        async with database.begin() as tx:
            for number in range(first, min(first + _AT_ONCE, statuses)):
                author = chance.choice(authors)
                answers = (
                    f"https://remote.example/o/{statuses // 2}" if number > statuses - _ANSWERS else None
                )
                kept = await _status(tx, chance, author, number, started + step * number, answers)
                if number == statuses // 2:
                    root = kept.id
                if number > statuses - 2000:
                    await tx.notifications.add(
                        Notification(
                            tx.new_id(),
                            office.id,
                            "favourite",
                            author.id,
                            kept.id,
                            kept.id,
                            f"g{number}",
                            tx.now,
                            False,
                        )
                    )
    return token, root, authors[0].id


async def _author(tx: Transaction, office: Actor, number: int) -> Actor:
    uri = f"https://remote.example/users/{number}"
    author = await tx.actors.add(
        Actor(
            id=tx.new_id(),
            uri=uri,
            type="Person",
            username=f"user{number}",
            host="remote.example",
            is_local=False,
            created_at=tx.now,
            inbox=f"{uri}/inbox",
            name=f"Example {number}",
        )
    )
    await tx.follows.add(
        Follow(tx.new_id(), office.id, author.id, f"{uri}#f", FollowState.ACCEPTED, tx.now, tx.now)
    )
    return author


async def _status(
    tx: Transaction, chance: random.Random, author: Actor, number: int, moment: datetime, answers: str | None
) -> Publication:
    words = " ".join(f"word{chance.randrange(5000)}" for _ in range(12))
    uri = f"https://remote.example/o/{number}"
    identifier = tx.new_id(moment)
    kept = await tx.publications.add(
        Publication(
            identifier,
            uri,
            author.id,
            "post",
            "Note",
            False,
            "public",
            moment,
            tx.now,
            url=uri,
            language="en",
            content=_TEXT.format(words=words),
            in_reply_to=answers,
        )
    )
    await tx.home.place(kept)
    await tx.search.index(SearchDocument(identifier, "", words, "", "k_post l_en"))
    return kept
