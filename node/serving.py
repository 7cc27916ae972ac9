"""Serving: the web server around the application, bounded where the server itself is not.

uvicorn waits for a request's head without end and of any size; ours does neither (WEB-06).
"""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from node.app import build_node, create_app
from node.context import Node
from node.logs import QUIET_SOCKETS, configure
from node.settings import ServerSettings, load

HEAD_SECONDS = 20.0
"""How long the first line and the headers of a request may take to arrive."""

LONGEST_HEAD = 64 * 1024
"""How large they may be, in bytes."""

LONGEST_MESSAGE = 64 * 1024
"""How large a message on a WebSocket may be, in bytes."""

PING_SECONDS = 30.0
"""How often whoever listens on one is asked whether they are still there."""

LAST_WORDS_SECONDS = 15.0
"""How long a connection that is over may take to be read to its end by who does not read."""

STREAMING = "/api/v1/streaming/"
KEEP_ALIVE_SECONDS = 15
SHUTDOWN_SECONDS = 20
MOST_AT_ONCE = 2000
"""Connections and requests at once; above, clients are told to come back (503)."""

#: How a server process that uvicorn starts is told what to serve.
CONFIG_VARIABLE = "ILAN_CONFIG"
BACKGROUND_VARIABLE = "ILAN_BACKGROUND"


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, for which a request's head has an end and a deadline."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._head_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start waiting for the first request."""
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what has arrived, unless a head grows beyond all bounds."""
        super().data_received(data)
        if self._head_deadline is not None:
            self._head_bytes += len(data)
            if self._head_bytes > LONGEST_HEAD and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")

    def shutdown(self) -> None:
        """Finish what is being answered, but for streams, which have no end of their own."""
        super().shutdown()
        is_open = bool(self.cycle) and not self.cycle.response_complete
        if is_open and self.scope["path"].startswith(STREAMING) and not self.transport.is_closing():
            self.transport.close()
            self.loop.call_later(LAST_WORDS_SECONDS, self.transport.abort)

    def on_message_begin(self) -> None:
        """Start waiting for the rest of a head."""
        super().on_message_begin()
        if self._head_deadline is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        """Stop waiting: the head is here."""
        self._stop_waiting()
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_deadline = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None

    def _give_up(self) -> None:
        self._head_deadline = None
        if not self.transport.is_closing():
            self.transport.close()


class BoundedSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, which lets go of who does not read, and writes down nobody's address."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        # Its lines have the whole address of a connection, and with it the token.
        self.logger = logging.getLogger(QUIET_SOCKETS)

    def keepalive_timeout(self) -> None:
        """Drop a connection on which nobody answers."""
        super().keepalive_timeout()
        self.transport.abort()

    def shutdown(self) -> None:
        """Say goodbye, and do not wait long for who does not read it."""
        super().shutdown()
        self._abort_later()

    async def run_asgi(self) -> None:
        """Serve one connection, which ends with what served it."""
        try:
            await super().run_asgi()
        finally:
            self._abort_later()

    def _abort_later(self) -> None:
        if not self.disconnected:
            self.loop.call_later(LAST_WORDS_SECONDS, self.transport.abort)


def server_options(settings: ServerSettings, *, host: str | None, port: int | None) -> dict[str, Any]:
    """Return how uvicorn is to serve: bounded, silent about itself, believing our proxies and nobody else."""
    proxies = [str(network) for network in settings.trusted_proxies]
    return {
        "host": settings.host if host is None else host,
        "port": settings.port if port is None else port,
        "loop": "uvloop",
        "http": BoundedProtocol,
        "ws": BoundedSocket,
        "ws_max_size": LONGEST_MESSAGE,
        "ws_ping_interval": PING_SECONDS,
        "ws_ping_timeout": PING_SECONDS,
        # Compression would cost every connection 300 KiB.
        "ws_per_message_deflate": False,
        "lifespan": "on",
        "log_config": None,
        "access_log": False,
        "server_header": False,
        "proxy_headers": bool(proxies),
        "forwarded_allow_ips": proxies,
        "limit_concurrency": MOST_AT_ONCE,
        "timeout_keep_alive": KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": SHUTDOWN_SECONDS,
    }


def serve(node: Node, *, host: str | None = None, port: int | None = None, background: bool = True) -> None:
    """Serve a node in this process until it is told to stop; blocks. The settings say where, unless given."""
    configure()
    options = server_options(node.settings.server, host=host, port=port)
    uvicorn.run(create_app(node, background=background), **options)


def serve_many(
    config_file: Path,
    *,
    workers: int,
    host: str | None = None,
    port: int | None = None,
    background: bool = True,
) -> None:
    """Serve the node of a config file in several processes until told to stop; blocks.

    Each does its share of the background work, where `background` says so. For PostgreSQL: with SQLite one
    process writes as fast as several.
    """
    configure()
    os.environ[CONFIG_VARIABLE] = str(config_file.absolute())
    os.environ[BACKGROUND_VARIABLE] = "yes" if background else "no"
    options = server_options(load(config_file, os.environ).server, host=host, port=port)
    uvicorn.run("node.serving:application", factory=True, workers=workers, **options)


def application() -> Starlette:
    """Build the application in a process that uvicorn started; the environment says of which node."""
    configure()
    settings = load(Path(os.environ[CONFIG_VARIABLE]), os.environ)
    return create_app(build_node(settings), background=os.environ.get(BACKGROUND_VARIABLE) != "no")
