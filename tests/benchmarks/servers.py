"""Server processes to measure: the node, a bare route with the same bytes, and a sink for deliveries."""

import asyncio
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(*arguments: str, core: int | None = 0) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python program on one core, and end it afterwards."""
    command = [sys.executable, *arguments]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if core is not None and hasattr(os, "sched_setaffinity"):
        with suppress(OSError):
            os.sched_setaffinity(child.pid, {core})
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(port: int, path: str = "/health", seconds: float = 30.0) -> float:
    """Wait until a server answers, and return how long that took."""
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1):
                return time.monotonic() - started
        except urllib.error.HTTPError:
            return time.monotonic() - started
        except OSError:
            time.sleep(0.02)
    raise AssertionError(f"nothing answers on port {port}")


BARE = """
import asyncio, sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
port, size = int(sys.argv[1]), int(sys.argv[2])
body = b"x" * size
async def take(request):
    await request.body()
    return Response(status_code=202)
async def give(request):
    return Response(body, media_type="application/activity+json")
routes = [Route("/inbox", take, methods=["POST"]), Route("/{rest:path}", give)]
uvicorn.run(Starlette(routes=routes), port=port, log_level="critical", access_log=False)
"""


@contextmanager
def bare_server(size: int = 2000) -> Iterator[int]:
    """A Starlette application that takes a body and answers 202, or gives so many bytes."""
    port = free_port()
    with process("-c", BARE, str(port), str(size)):
        wait_for(port)
        yield port


SINK = """
import asyncio, sys
port, delay, slow = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.data = transport, b""
    def data_received(self, data):
        self.data += data
        while True:
            end = self.data.find(b"\\r\\n\\r\\n")
            if end < 0: return
            head = self.data[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15:].split(b"\\r")[0]) if at >= 0 else 0
            if len(self.data) < end + 4 + length: return
            self.data = self.data[end + 4 + length:]
            wait = slow if slow and b"host: slow" in head else delay
            if wait: asyncio.get_running_loop().call_later(wait, self.answer)
            else: self.answer()
    def answer(self):
        self.transport.write(b"HTTP/1.1 202 Accepted\\r\\ncontent-length: 0\\r\\n\\r\\n")
async def main():
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port, backlog=2048)
    await server.serve_forever()
asyncio.run(main())
"""


@contextmanager
def sink(delay: float = 0.0, slow: float = 0.0) -> Iterator[int]:
    """Something that answers 202 after a delay, and after a longer one where a host is called slow."""
    port = free_port()
    with process("-c", SINK, str(port), str(delay), str(slow), core=1):
        wait_for(port)
        yield port


async def gently() -> None:
    """Let a server finish what it started."""
    await asyncio.sleep(0.2)
