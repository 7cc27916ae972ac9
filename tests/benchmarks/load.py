"""A load generator that costs little: requests are bytes made beforehand, sent over kept connections."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DEADLINE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Load:
    """How a run went: answers by status, seconds in all, and the seconds of each request, sorted."""

    statuses: dict[int, int]
    seconds: float
    latencies: list[float]

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def percentile(self, share: float) -> float:
        """The milliseconds within which this share of requests was answered."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


async def send(
    port: int, requests: Sequence[bytes], *, connections: int = 32, host: str = "127.0.0.1"
) -> Load:
    """Send each request once, over so many connections, and wait for all answers."""
    statuses: dict[int, int] = {}
    latencies: list[float] = []
    waiting = iter(requests)
    started = time.perf_counter()
    async with asyncio.timeout(DEADLINE_SECONDS):
        await asyncio.gather(
            *(_connection(host, port, waiting, statuses, latencies) for _ in range(connections))
        )
    return Load(statuses, time.perf_counter() - started, sorted(latencies))


async def _connection(
    host: str, port: int, waiting: Iterator[bytes], statuses: dict[int, int], latencies: list[float]
) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        for request in waiting:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head[9:12])
            length = _length(head)
            if length:
                await reader.readexactly(length)
            latencies.append(time.perf_counter() - started)
            statuses[status] = statuses.get(status, 0) + 1
    finally:
        writer.close()


def _length(head: bytes) -> int:
    lower = head.lower()
    start = lower.find(b"content-length:")
    if start < 0:
        return 0
    return int(lower[start + 15 : lower.index(b"\r", start)])


def http_request(method: str, target: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    """Write a request; Host is among the headers."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    if body or method == "POST":
        lines.append(f"content-length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
