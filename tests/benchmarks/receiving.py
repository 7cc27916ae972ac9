"""Signed activities kept per second, through the real inbox route of a real server process."""

import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from storage.database import Database
from tests.benchmarks.load import http_request, send
from tests.benchmarks.report import Figure, Report
from tests.benchmarks.scene import create_note, make_scene, signed
from tests.benchmarks.servers import bare_server, free_port, process, wait_for


async def measure(report: Report, folder: Path, *, quick: bool) -> None:
    port = free_port()
    scene = await make_scene(folder, port)
    count = 1500 if quick else 6000
    requests = [
        http_request("POST", "/inbox", {**headers}, body)
        for headers, body in signed(scene, [create_note(scene, number) for number in range(count)])
    ]
    with bare_server() as bare:
        limit = await send(bare, requests)
    with process("-m", "tests.benchmarks.node_server", str(folder), str(port)):
        wait_for(port)
        await send(port, requests[:200])
        kept = await send(port, requests[200:])
    assert set(kept.statuses) == {202}, kept.statuses
    database = Database(scene.url)
    async with database.read() as tx:
        counts = await tx.received.counts()
    await database.close()
    assert sum(counts.values()) == count, counts
    report.add(
        Figure(
            "signed activities kept",
            kept.per_second,
            "/s",
            "bare route, same body",
            limit.per_second,
            "≥ 0.25",
        ),
        Figure("  p99 at 32 connections", kept.percentile(0.99), "ms"),
        Figure("RSA-2048 verifications", verifications(), "/s"),
    )


def verifications() -> float:
    key = rsa.generate_private_key(65537, 2048)
    data = b"x" * 200
    signature = key.sign(data, padding.PKCS1v15(), SHA256())
    public = key.public_key()
    rounds, started = 4000, time.perf_counter()
    for _ in range(rounds):
        public.verify(signature, data, padding.PKCS1v15(), SHA256())
    return rounds / (time.perf_counter() - started)


def rsa_signatures() -> float:
    key = rsa.generate_private_key(65537, 2048)
    rounds, started = 1500, time.perf_counter()
    for _ in range(rounds):
        key.sign(b"x" * 200, padding.PKCS1v15(), SHA256())
    return rounds / (time.perf_counter() - started)
