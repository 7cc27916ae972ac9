"""What happens around every request: it gets a number, a line in the log, and an answer whatever breaks."""

import logging
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.http.errors import unexpected
from node.logs import request_id

log = logging.getLogger(__name__)

#: A long part of a path with capitals and digits in it is no title, but a code that lets somebody in.
_SECRET = re.compile(
    r"(?<=^/invitations/)[^/]+|(?<=/)(?=[^/]*[A-Z])(?=[^/]*[0-9])[\w-]{24,}(?=/|$)", re.ASCII
)
_QUIET = ("/health", "/metrics", "/static/", "/media/")
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _READING | {"POST", "PUT", "PATCH", "DELETE"}
BAD_REQUEST = 400
BROKEN_OFF = 499
"""How a request counts whose sender went away before it was answered; nobody ever receives it."""
SERVER_ERROR = 500
SWITCHED = 101
FORBIDDEN = 403
"""What becomes of a WebSocket that is closed before it was opened."""


class Access:
    """Numbers requests, answers for mistakes of this program, counts, and writes one line for each.

    The line has no address, no query and no header: who read what is nobody's business. `answered` counts
    by method and status. `on_change` is called after every request that may have left work to do.
    """

    def __init__(
        self, app: ASGIApp, *, answered: Counter[tuple[str, int]], on_change: Callable[[], None]
    ) -> None:
        self._app = app
        self._answered = answered
        self._on_change = on_change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "websocket":
            await self._attend(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = secrets.token_hex(8)
        token = request_id.set(number)
        started = time.perf_counter()
        status = 0

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", number.encode()))
            await send(message)

        try:
            await self._app(scope, receive, numbered)
        except Exception as error:
            if status:
                # Half an answer cannot be taken back; the server closes the connection.
                log.exception("%s %s failed while it was answered", scope["method"], scope["path"])
                raise
            response = await unexpected(Request(scope), error)
            await response(scope, receive, numbered)
        finally:
            for file in scope.get("uploads", ()):
                await file.close()
            self._conclude(scope, status, started)
            request_id.reset(token)

    async def _attend(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a WebSocket be served; it counts and is written down once it is over."""
        token = request_id.set(secrets.token_hex(8))
        started = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if not status:
                is_open = message["type"] == "websocket.accept"
                status = SWITCHED if is_open else message.get("status", FORBIDDEN)
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            self._conclude(scope, status, started)
            request_id.reset(token)

    def _conclude(self, scope: Scope, status: int, started: float) -> None:
        method, path = scope.get("method", "GET"), scope["path"]
        status = status or BROKEN_OFF
        self._answered[method if method in _METHODS else "OTHER", status] += 1
        if method not in _READING and status < BAD_REQUEST:
            self._on_change()
        level = logging.WARNING if status >= SERVER_ERROR else logging.INFO
        if path.startswith(_QUIET) and level == logging.INFO:
            level = logging.DEBUG
        if log.isEnabledFor(level):
            facts = {
                "method": method,
                "path": _SECRET.sub("[…]", path),
                "status": status,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            }
            log.log(level, "answered", extra={"facts": facts})
