"""Activities applied per second (parsed, sanitised, stored, indexed), beside durable inserts of a row."""

import sqlite3
import time
from pathlib import Path

from federation.inbox import apply_due
from node.app import build_node
from storage.received import Received
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.scene import create_note, make_scene
from tests.benchmarks.servers import free_port


async def measure(report: Report, folder: Path, *, quick: bool) -> None:
    scene = await make_scene(folder, free_port())
    node = build_node(scene.settings)
    count = 500 if quick else 2000
    bodies = [create_note(scene, number) for number in range(count)]
    async with node.database.begin() as tx:
        await tx.received.keep(
            [
                Received(
                    tx.new_id(),
                    scene.author.id,
                    f"https://remote.example/notes/{number}/activity",
                    "",
                    "Create",
                    body.decode(),
                    tx.now,
                    tx.now,
                )
                for number, body in enumerate(bodies)
            ]
        )
    started = time.perf_counter()
    while await apply_due(node.federation):
        pass
    seconds = time.perf_counter() - started
    async with node.database.read() as tx:
        outcomes = await tx.received.counts()
    await node.database.close()
    await node.federation.transport.aclose()
    assert outcomes == {"applied": count}, outcomes
    report.add(
        Figure(
            "activities applied",
            count / seconds,
            "/s",
            "durable one-row inserts, 100 together",
            inserts(folder, bodies),
            "≥ 0.08",
        )
    )


def inserts(folder: Path, bodies: list[bytes]) -> float:
    connection = sqlite3.connect(folder / "limit.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, uri TEXT UNIQUE, at INTEGER, body TEXT)")
    connection.execute("CREATE INDEX ix ON kept (at)")
    started = time.perf_counter()
    for first in range(0, len(bodies), 100):
        connection.execute("BEGIN IMMEDIATE")
        for number, body in enumerate(bodies[first : first + 100], first):
            connection.execute(
                "INSERT INTO kept VALUES (?, ?, ?, ?)", (number, f"https://x/{number}", number, body.decode())
            )
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return len(bodies) / seconds
