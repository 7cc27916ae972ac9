"""A node served over sockets on loopback, and programs that listen to its streams."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from node.serving import server_options
from storage.actors import Actor
from tests.node.client_calls import Calls, calls_of
from tests.node.served import ServedNode, served

SOON = 10.0
STREAMING = "/api/v1/streaming"
EVERYTHING = ("read", "write", "follow", "push")


@dataclass(frozen=True, slots=True)
class Told:
    """One frame, with its payload read."""

    stream: list[str]
    event: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Ear:
    """A program that listens on a WebSocket."""

    socket: ClientConnection

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def raw(self) -> dict[str, Any]:
        """Return the next message as it came."""
        async with asyncio.timeout(SOON):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        return message

    async def next(self) -> Told:
        """Return the next frame; nobody says anything else."""
        message = await self.raw()
        assert message.keys() <= {"stream", "event", "payload"}, message
        return told(message["stream"], message["event"], message.get("payload"))

    async def subscribe(self, stream: str, **named: str) -> None:
        """Listen to one stream more, from when this returns.

        The node confirms no subscription, but answers a second question only after the first.
        """
        await self.send(type="subscribe", stream=stream, **named)
        await self.settle()

    async def settle(self) -> None:
        """Wait until the node has done what it was asked for."""
        await self.send(type="subscribe", stream="nothing")
        assert (await self.raw())["error"] == "Unknown stream type"


def told(stream: list[str], event: str, payload: str | None) -> Told:
    is_json = payload is not None and event not in {"delete", "announcement.delete", "notifications_merged"}
    return Told(stream, event, json.loads(payload) if is_json and payload is not None else payload)


@dataclass(frozen=True, slots=True)
class Streaming:
    """A node that people listen to."""

    one: ServedNode
    port: int
    server: uvicorn.Server

    async def member(self, name: str, scopes: tuple[str, ...] = EVERYTHING) -> tuple[Actor, Calls]:
        """Add a member, and return a program of theirs."""
        actor = await self.one.member(name)
        return actor, await calls_of(self.one, actor, scopes)

    @asynccontextmanager
    async def ear(self, who: Calls, query: str = "", **more: Any) -> AsyncIterator[Ear]:
        """Open a WebSocket with the token where browsers put it."""
        uri = f"ws://node.example{STREAMING}{query}"
        async with connect(
            uri,
            host="127.0.0.1",
            port=self.port,
            subprotocols=None if who.token is None else [who.token],  # type: ignore[list-item]
            proxy=None,
            **more,
        ) as opened:
            yield Ear(opened)

    async def is_left(self) -> None:
        """Wait until nobody listens any more: the hub then rests."""
        task = self.one.app.state.hub._task
        if task is not None:
            await asyncio.wait_for(asyncio.shield(task), SOON)
        assert len(self.one.app.state.hub) == 0

    @asynccontextmanager
    async def events(self, who: Calls, path: str, *, status: int = 200) -> AsyncIterator[httpx.Response]:
        """Open a stream of server-sent events."""
        headers = {"host": "node.example", "authorization": f"Bearer {who.token}"}
        base = f"http://127.0.0.1:{self.port}{STREAMING}"
        async with (
            httpx.AsyncClient(base_url=base, trust_env=False, timeout=SOON) as client,
            client.stream("GET", path, headers=headers) as response,
        ):
            assert response.status_code == status
            yield response


async def next_event(lines: AsyncIterator[str]) -> Told:
    """Return the next of a stream of server-sent events."""
    name = ""
    async with asyncio.timeout(SOON):
        async for line in lines:
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                payload = line.removeprefix("data: ")
                return told([], name, None if payload == "undefined" else payload)
    raise AssertionError("the stream has ended")


@asynccontextmanager
async def streaming(
    tmp_path: Path, options: dict[str, Any] | None = None, **sections: dict[str, Any]
) -> AsyncIterator[Streaming]:
    """Serve a node on loopback; `options` change the server's."""
    async with served(tmp_path, sections) as one:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            usual = server_options(one.node.settings.server, host=None, port=None) | {"lifespan": "off"}
            server = uvicorn.Server(uvicorn.Config(one.app, **usual | (options or {})))
            running = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield Streaming(one, listener.getsockname()[1], server)
            finally:
                server.should_exit = True
                async with asyncio.timeout(SOON):
                    await running
                await one.app.state.hub.close()
