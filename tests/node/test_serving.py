"""The web server around the application, over real sockets on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from node import serving
from node.serving import LONGEST_HEAD, server_options
from tests.node.served import ServedNode, served

REQUEST = b"GET /.well-known/nodeinfo HTTP/1.1\r\nHost: node.example\r\n"
SOON = 10


@dataclass
class Listening:
    one: ServedNode
    port: int

    async def talk(self, *parts: bytes) -> bytes:
        """Send parts one after another and return what comes back until the server closes."""
        async with asyncio.timeout(SOON):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            try:
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                return await reader.read()
            except ConnectionResetError:
                return b""
            finally:
                writer.close()
                await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@asynccontextmanager
async def listening(tmp_path: Path, **limits: int) -> AsyncIterator[Listening]:
    async with served(tmp_path, {"limits": limits}) as one:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            options = server_options(one.node.settings.server, host=None, port=None) | {"lifespan": "off"}
            server = uvicorn.Server(uvicorn.Config(one.app, **options))
            running = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield Listening(one, listener.getsockname()[1])
            finally:
                server.should_exit = True
                async with asyncio.timeout(SOON):
                    await running


async def test_the_server_answers_and_says_nothing_about_itself(tmp_path: Path) -> None:
    async with listening(tmp_path) as server:
        answer = await server.talk(REQUEST + b"Connection: close\r\n\r\n")
    head = answer.partition(b"\r\n\r\n")[0].lower()
    assert head.startswith(b"http/1.1 200")
    assert b"server:" not in head
    assert b"uvicorn" not in answer


async def test_a_connection_is_used_again(tmp_path: Path) -> None:
    async with listening(tmp_path) as server:
        answer = await server.talk(REQUEST + b"\r\n", REQUEST + b"Connection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("start", [b"", b"GET", b"GET / HTTP/1.1\r\nHost: node.example\r\nX-Slow: "])
async def test_a_head_that_never_ends_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: bytes
) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.05)
    async with listening(tmp_path) as server:
        assert await server.talk(start) == b""


async def test_a_second_head_that_never_ends_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "HEAD_SECONDS", 0.2)
    async with listening(tmp_path) as server:
        answer = await server.talk(REQUEST + b"\r\nGET /slow")
    assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_head_without_end_is_refused(tmp_path: Path) -> None:
    async with listening(tmp_path) as server:
        filler = b"X-Filler: " + b"x" * 4000 + b"\r\n"
        answer = await server.talk(REQUEST, *[filler] * (LONGEST_HEAD // len(filler) + 3))
        usual = await server.talk(REQUEST + filler * 8 + b"Connection: close\r\n\r\n")
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    assert usual.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"X-Folded: one\r\n two\r\n\r\n",
        b"Host: other.example\r\n\r\n",
        b"Broken header\r\n\r\n",
    ],
)
async def test_what_two_servers_would_read_in_two_ways_is_refused_on_the_wire(
    tmp_path: Path, headers: bytes
) -> None:
    async with listening(tmp_path) as server:
        answer = await server.talk(
            b"POST /inbox HTTP/1.1\r\nHost: node.example\r\nConnection: close\r\n" + headers
        )
    assert answer.startswith(b"HTTP/1.1 400")


async def test_a_request_without_a_host_is_refused_on_the_wire(tmp_path: Path) -> None:
    async with listening(tmp_path) as server:
        answer = await server.talk(b"GET /.well-known/nodeinfo HTTP/1.0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400")


async def test_the_proxys_word_about_who_asks_is_believed(tmp_path: Path) -> None:
    asked = REQUEST.replace(b"nodeinfo", b"webfinger?resource=acct:office@node.example")
    async with listening(tmp_path, requests_per_minute=1) as server:
        answers = [
            await server.talk(asked + b"X-Forwarded-For: " + address + b"\r\nConnection: close\r\n\r\n")
            for address in (b"198.51.100.1", b"198.51.100.1", b"198.51.100.2")
        ]
    assert [each.split(b" ")[1] for each in answers] == [b"200", b"429", b"200"]
