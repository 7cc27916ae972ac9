"""Deliveries per second to 1, 100 and 1,000 hosts, and how soon slow hosts' neighbours are served."""

import time
from collections.abc import Sequence
from pathlib import Path

from federation.delivery import deliver_due
from node.app import build_node
from node.context import Node
from storage.activities import Activity
from storage.deliveries import Delivery
from tests.benchmarks.receiving import rsa_signatures
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.scene import Scene, create_note, make_scene
from tests.benchmarks.servers import free_port, sink


async def measure(report: Report, folder: Path, *, quick: bool) -> None:
    scene = await make_scene(folder, free_port())
    node = build_node(scene.settings, resolve=_everything_here)
    limit = rsa_signatures()
    total = 1000 if quick else 3000
    cpu: dict[int, float] = {}
    with sink() as port:
        for hosts in (1, 10, 100, 1000):
            await _queue(node, scene, [f"host{number % hosts}.example:{port}" for number in range(hosts)])
            await _drain(node)  # Connections are warm from here on.
            await _queue(node, scene, [f"host{number % hosts}.example:{port}" for number in range(total)])
            started, cpu_started = time.perf_counter(), time.process_time()
            sent = await _drain(node)
            seconds = time.perf_counter() - started
            cpu[hosts] = (time.process_time() - cpu_started) / sent
            report.add(
                Figure(
                    f"deliveries to {hosts:,} hosts",
                    sent / seconds,
                    "/s",
                    "RSA-2048 signatures",
                    limit,
                    "≥ 0.25",
                )
            )
    report.add(
        Figure(
            "CPU of a delivery, 1,000 hosts",
            cpu[1000] * 1e6,
            "µs",
            "the same with 10 hosts",
            cpu[10] * 1e6,
            "≤ 1.3",
        )
    )
    with sink(delay=0.2, slow=3.0) as port:
        await _queue(node, scene, [f"quick{number}.example:{port}" for number in range(50)])
        started = time.perf_counter()
        await _drain(node)
        report.add(
            Figure("one post to 50 hosts at 200 ms each", time.perf_counter() - started, "s", target="≤ 0.7")
        )
    await node.database.close()
    await node.federation.transport.aclose()


async def _everything_here(_host: str) -> Sequence[str]:
    return ["127.0.0.1"]


async def _queue(node: Node, scene: Scene, domains: Sequence[str]) -> None:
    """Queue one activity for each host; a host that comes several times gets several."""
    document = create_note(scene, 0).decode()
    rounds: dict[str, int] = {}
    async with node.database.begin() as tx:
        activities: dict[int, Activity] = {}
        rows = []
        for domain in domains:
            number = rounds[domain] = rounds.get(domain, -1) + 1
            if number not in activities:
                identifier = tx.new_id()
                activities[number] = await tx.activities.record(
                    Activity(
                        identifier,
                        f"{scene.office.uri}/activities/{identifier}",
                        scene.office.id,
                        "Create",
                        f"{scene.base_url}/o/{identifier}",
                        False,
                        tx.now,
                        None,
                        None,
                        {},
                        tx.now,
                        document,
                    )
                )
            activity = activities[number]
            rows.append(
                Delivery(
                    tx.new_id(),
                    activity.id,
                    scene.office.id,
                    domain,
                    f"http://{domain}/inbox",
                    activity.object,
                    "waiting",
                    tx.now,
                    tx.now,
                )
            )
        await tx.deliveries.add(rows)
        await tx.peers.open_lanes(set(domains), tx.now)


async def _drain(node: Node) -> int:
    sent = 0
    while done := await deliver_due(node.federation):
        sent += done
    async with node.database.read() as tx:
        counts = await tx.deliveries.counts()
    assert set(counts) == {"sent"}, counts
    return sent
