"""Streaming: a WebSocket on which clients subscribe to streams, and the same as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final, cast

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from actors.errors import NotFound
from node.http.auth import Caller, require
from node.mastodon.channels import Channel, read_channel
from node.mastodon.listening import Hub, Listener
from node.mastodon.parameters import NO_RECORD
from node.mastodon.replies import answer
from node.mastodon.routing import get

THUMP_EVERY: Final = 15.0
_MOST_CHANNELS: Final = 50
_LONGEST_MESSAGE: Final = 4096
_UNKNOWN: Final = {"error": "Unknown stream type", "status": 400}


def hub_of(connection: HTTPConnection) -> Hub:
    """Return the hub of the process that serves a connection."""
    return cast("Hub", connection.app.state.hub)


async def socket(websocket: WebSocket) -> None:
    """Serve a WebSocket; who has no good token is answered before it becomes one."""
    token = _bring_token(websocket)
    try:
        caller = await _listener_of(cast("Request", websocket))
    except HTTPException as error:
        await websocket.send_denial_response(answer({"error": error.detail}, status=error.status_code))
        return
    listener = Listener(caller)
    name = websocket.query_params.get("stream")
    if name:
        channel = _channel(name, websocket.query_params)
        if channel is None:
            await websocket.send_denial_response(answer({"error": _UNKNOWN["error"]}, status=400))
            return
        listener.channels.add(channel)
    await websocket.accept(subprotocol=token)
    hub = hub_of(websocket)
    await hub.join(listener)
    tasks = [asyncio.create_task(_send(websocket, listener)), asyncio.create_task(_hear(websocket, listener))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(websocket: WebSocket, listener: Listener) -> None:
    while (frame := await listener.queue.get()) is not None:
        await websocket.send_text(frame.for_socket())
    await websocket.close(1001)


async def _hear(websocket: WebSocket, listener: Listener) -> None:
    """Do what the client asks for; anything that is no request is answered, and the connection stays."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text is None:
            await websocket.close(1003)
            return
        reply = _obey(text, listener)
        if reply is not None:
            try:
                await websocket.send_text(orjson.dumps(reply).decode())
            except WebSocketDisconnect:
                return


def _obey(text: str, listener: Listener) -> dict[str, Any] | None:
    """Subscribe or unsubscribe, and return what is to be said about it."""
    try:
        message = orjson.loads(text) if len(text) <= _LONGEST_MESSAGE else None
    except orjson.JSONDecodeError:
        message = None
    if not isinstance(message, dict):
        return {"error": "Messages are JSON objects", "status": 400}
    channel = _channel(str(message.get("stream", "")), message)
    if channel is None:
        return dict(_UNKNOWN)
    if not _may(listener.caller, channel):
        return {"error": "Access token does not cover required scopes", "status": 401}
    if message.get("type") == "unsubscribe":
        listener.channels.discard(channel)
    elif message.get("type") != "subscribe":
        return {"error": "Unknown message type", "status": 400}
    elif len(listener.channels) >= _MOST_CHANNELS:
        return {"error": "Too many streams on one connection", "status": 400}
    else:
        listener.channels.add(channel)
    return None


def _channel(name: str, parameters: Any) -> Channel | None:
    def text(key: str) -> str | None:
        value = parameters.get(key)
        return None if value is None else str(value)

    return read_channel(name, tag=text("tag"), list_id=text("list"))


def _may(caller: Caller, channel: Channel) -> bool:
    scope = "read:notifications" if channel.name == "user:notification" else "read:statuses"
    return caller.may(scope)


def _bring_token(websocket: WebSocket) -> str | None:
    """Let a token in the sub-protocol or the query count as one in the headers.

    Returns the sub-protocol to answer with: browsers end a connection whose answer names none.
    """
    offered = [each.strip() for each in websocket.headers.get("sec-websocket-protocol", "").split(",")]
    protocol = offered[0] or None
    token = websocket.query_params.get("access_token") or protocol
    if token and "authorization" not in websocket.headers:
        headers = [*websocket.scope["headers"], (b"authorization", f"Bearer {token}".encode())]
        websocket.scope["headers"] = headers
        # Starlette has read the headers already and keeps them.
        websocket.__dict__.pop("_headers", None)
    return protocol


async def _listener_of(request: Request) -> Caller:
    return await require(request, "read:statuses", "read:notifications")


async def events(request: Request) -> Response:
    """Serve a stream as server-sent events."""
    name = request.url.path.removeprefix("/api/v1/streaming/").replace("/", ":")
    only_media = request.query_params.get("only_media", "") in {"1", "true"}
    if name.startswith("public") and only_media:
        name = f"{name}:media"
    token = request.query_params.get("access_token")
    if token and "authorization" not in request.headers:
        request.scope["headers"] = [
            *request.scope["headers"],
            (b"authorization", f"Bearer {token}".encode()),
        ]
        request.__dict__.pop("_headers", None)
    caller = await _listener_of(request)
    channel = _channel(name, request.query_params)
    if channel is None:
        raise HTTPException(400, _UNKNOWN["error"])  # type: ignore[arg-type]
    if not _may(caller, channel):
        raise HTTPException(403, "This action is outside the authorized scopes")
    listener = Listener(caller, {channel})
    hub = hub_of(request)
    await hub.join(listener)
    headers = {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(hub, listener), media_type="text/event-stream", headers=headers)


async def _told(hub: Hub, listener: Listener) -> AsyncIterator[str]:
    try:
        yield ":)\n"
        while True:
            try:
                async with asyncio.timeout(THUMP_EVERY):
                    frame = await listener.queue.get()
            except TimeoutError:
                yield ":thump\n\n"
                continue
            if frame is None:
                return
            yield frame.for_events()
    finally:
        hub.leave(listener)


async def health(_request: Request) -> Response:
    """Say that streaming works."""
    return PlainTextResponse("OK")


async def without_upgrade(_request: Request) -> Response:
    """Answer who asks for the WebSocket without wanting one."""
    raise NotFound(NO_RECORD)


ROUTES: list[BaseRoute] = [
    WebSocketRoute("/api/v1/streaming", socket),
    get("/api/v1/streaming", without_upgrade),
    get("/api/v1/streaming/health", health),
    *(
        get(f"/api/v1/streaming/{path}", events)
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
