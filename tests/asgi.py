"""Requests to an ASGI application without a server between: the bytes are those that are given."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What an application answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The JSON that was answered."""
        document: dict[str, Any] = json.loads(self.body)
        return document


async def ask(app: ASGIApp, method: str, target: str, headers: Headers, body: bytes = b"") -> Reply:
    """Make a request; `target` is what stands in the request line, undecoded, and `headers` name the host."""
    path, _, query = target.partition("?")
    host = next((value for name, value in headers if name.lower() == "host"), "")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "client": ("192.0.2.1", 1234),
        "server": (host, 443),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answered = {name.decode("latin-1"): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Reply(sent[0]["status"], answered, b"".join(message.get("body", b"") for message in sent[1:]))
