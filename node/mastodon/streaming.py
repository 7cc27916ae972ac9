"""Streaming: a WebSocket on which clients subscribe to streams, and the same as server-sent events."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, cast

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from actors.errors import Invalid, NotFound
from node.context import node_of
from node.http.auth import OUTSIDE, Caller, require
from node.mastodon.parameters import NO_RECORD
from node.mastodon.replies import answer
from node.mastodon.routing import get
from node.mastodon.streams.channels import Channel, read_channel
from node.mastodon.streams.hub import Hub
from node.mastodon.streams.listeners import MOST_CHANNELS, Listener

THUMP_EVERY: Final = 15.0
"""Seconds of silence after which a stream of events shows that it lives."""

CLOSE_SECONDS: Final = 5.0
"""How long a client that does not read may keep us from saying goodbye."""

LONGEST_MESSAGE: Final = 4096
STREAMS: Final = "/api/v1/streaming"

_SCOPES: Final = ("read:statuses", "read:notifications")
_GOING_AWAY, _NOT_TEXT = 1001, 1003
_FULL: Final = "Too many streams are open; close some, or come back later"
_SERVICE_UNAVAILABLE: Final = 503
_BAD_REQUEST: Final = 400
_UNAUTHORISED: Final = 401


def hub_of(connection: HTTPConnection) -> Hub:
    """Return the hub of the process that serves a connection."""
    return cast("Hub", connection.app.state.hub)


async def socket(websocket: WebSocket) -> None:
    """Serve a WebSocket; who has no good token is answered in HTTP before it becomes one."""
    hub = hub_of(websocket)
    protocol = websocket.headers.get("sec-websocket-protocol", "").partition(",")[0].strip()
    try:
        caller = await _caller_of(websocket, protocol)
        _require_room(hub, caller)
    except HTTPException as error:
        refusal = answer({"error": error.detail}, status=error.status_code)
        refusal.headers.update(error.headers or {})
        await websocket.send_denial_response(refusal)
        return
    listener = Listener(caller)
    try:
        await hub.join(listener)
        # Browsers end a connection whose answer does not name what they offered.
        await websocket.accept(subprotocol=protocol or None)
        if websocket.query_params.get("stream"):
            await _reply(websocket, await _subscribe(websocket, listener, websocket.query_params))
        await _talk(websocket, listener)
    except WebSocketDisconnect:
        return
    finally:
        hub.leave(listener)


async def _talk(websocket: WebSocket, listener: Listener) -> None:
    """Speak and hear until either side ends it."""
    tasks = [
        asyncio.create_task(work)
        for work in (_send(websocket, listener), _hear(websocket, listener), listener.until_over())
    ]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect):
            raise outcome
    if listener.is_over:
        await _close(websocket, _GOING_AWAY)


async def _close(websocket: WebSocket, code: int) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await websocket.close(code)
    except (TimeoutError, WebSocketDisconnect, RuntimeError):
        # The client does not read, or is gone already; the server closes what remains.
        return


async def _send(websocket: WebSocket, listener: Listener) -> None:
    while (frame := await listener.next()) is not None:
        await websocket.send_text(frame.for_socket())


async def _hear(websocket: WebSocket, listener: Listener) -> None:
    """Do what the client asks for; anything that is no request is answered, and the connection stays."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text is None:
            await _close(websocket, _NOT_TEXT)
            return
        await _reply(websocket, await _obey(websocket, text, listener))


async def _reply(websocket: WebSocket, reply: Mapping[str, Any] | None) -> None:
    if reply is not None:
        await websocket.send_text(orjson.dumps(reply).decode())


async def _obey(websocket: WebSocket, text: str, listener: Listener) -> dict[str, Any] | None:
    """Subscribe or unsubscribe, and return what is to be said about it."""
    try:
        message = orjson.loads(text) if len(text) <= LONGEST_MESSAGE else None
    except orjson.JSONDecodeError:
        message = None
    if not isinstance(message, dict):
        return _error(f"Messages are JSON objects of at most {LONGEST_MESSAGE} characters")
    if message.get("type") == "subscribe":
        return await _subscribe(websocket, listener, message)
    if message.get("type") != "unsubscribe":
        return _error("Unknown message type: send subscribe or unsubscribe")
    try:
        listener.channels.discard(_channel(message))
    except Invalid as error:
        return _error(str(error))
    return None


async def _subscribe(
    websocket: WebSocket, listener: Listener, parameters: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Let a stream be heard, or return why not."""
    try:
        channel = _channel(parameters)
        if len(listener.channels) >= MOST_CHANNELS:
            return _error(f"At most {MOST_CHANNELS} streams on one connection; unsubscribe from others first")
        await _allow(websocket, listener.caller, channel)
    except Invalid as error:
        return _error(str(error))
    except HTTPException as error:
        return _error(error.detail, _UNAUTHORISED)
    listener.channels.add(channel)
    return None


def _error(sentence: str, status: int = _BAD_REQUEST) -> dict[str, Any]:
    return {"error": sentence, "status": status}


def _channel(parameters: Mapping[str, Any], name: str | None = None) -> Channel:
    """Return the stream that is named; Invalid for none."""

    def text(key: str) -> str | None:
        value = parameters.get(key)
        return None if value is None else str(value)

    return read_channel(name or text("stream") or "", tag=text("tag"), list_id=text("list"))


async def _allow(connection: HTTPConnection, caller: Caller, channel: Channel) -> None:
    """Raise HTTPException 403 where a token does not cover a stream, or a list is somebody else's."""
    if not caller.may("read:notifications" if channel.name == "user:notification" else "read:statuses"):
        raise HTTPException(403, OUTSIDE)
    if channel.name == "list":
        async with node_of(connection).database.read() as tx:
            if await tx.account_lists.find(caller.actor, channel.list_id) is None:
                raise HTTPException(403, "Not authorized to stream this list")


async def _caller_of(connection: HTTPConnection, protocol: str = "") -> Caller:
    """Return who listens, by a token in the header, the query or the sub-protocol, as clients can send it."""
    token = connection.query_params.get("access_token") or protocol
    scope = connection.scope
    if token and "authorization" not in connection.headers:
        # Elsewhere than here a token in an address opens nothing.
        line = (b"authorization", f"Bearer {token}".encode())
        scope = {**scope, "headers": [*scope["headers"], line]}
    # What it asks of a request is in every connection; a WebSocket's is none.
    return await require(cast("Request", HTTPConnection(scope)), *_SCOPES)


def _require_room(hub: Hub, caller: Caller) -> None:
    if not hub.has_room(caller):
        raise HTTPException(_SERVICE_UNAVAILABLE, _FULL, {"Retry-After": "60"})


class _Stream(StreamingResponse):
    """A stream of events, which is left whatever ends it."""

    def __init__(self, hub: Hub, listener: Listener) -> None:
        headers = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
        super().__init__(self._told(), media_type="text/event-stream", headers=headers)
        self._hub = hub
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._hub.join(self._listener)
            await super().__call__(scope, receive, send)
        finally:
            self._hub.leave(self._listener)

    async def _told(self) -> AsyncIterator[str]:
        yield ":)\n"
        while True:
            try:
                async with asyncio.timeout(THUMP_EVERY):
                    frame = await self._listener.next()
            except TimeoutError:
                yield ":thump\n\n"
                continue
            if frame is None:
                return
            yield frame.for_events()


async def events(request: Request) -> Response:
    """Serve a stream as server-sent events."""
    name = request.url.path.removeprefix(f"{STREAMS}/").replace("/", ":")
    if name.startswith("public") and request.query_params.get("only_media", "") in {"1", "true"}:
        name = f"{name}:media"
    caller = await _caller_of(request)
    try:
        channel = _channel(request.query_params, name)
    except Invalid as error:
        raise HTTPException(_BAD_REQUEST, str(error)) from error
    await _allow(request, caller, channel)
    _require_room(hub_of(request), caller)
    if request.method == "HEAD":
        return Response(media_type="text/event-stream", headers={"Cache-Control": "private, no-store"})
    return _Stream(hub_of(request), Listener(caller, channel))


async def health(_request: Request) -> Response:
    """Say that streaming works."""
    return PlainTextResponse("OK")


async def without_upgrade(_request: Request) -> Response:
    """Answer who asks for the WebSocket without wanting one."""
    raise NotFound(NO_RECORD)


ROUTES: list[BaseRoute] = [
    WebSocketRoute(STREAMS, socket),
    get(STREAMS, without_upgrade),
    get(f"{STREAMS}/health", health),
    *(
        get(f"{STREAMS}/{path}", events)
        for path in (
            "user",
            "user/notification",
            "public",
            "public/local",
            "public/remote",
            "hashtag",
            "hashtag/local",
            "list",
            "direct",
        )
    ),
]
