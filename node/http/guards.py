"""Guards in front of every surface, as plain ASGI: what gets in, and what every answer carries.

Starlette's own BaseHTTPMiddleware costs 200 µs for each layer; one of these costs a few.
"""

import re
from collections.abc import Iterable
from ipaddress import ip_address

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from node.http.errors import failure
from node.http.rates import Quota, Standing, address_of, rates_of
from node.http.replies import PRIVATE

Headers = list[tuple[bytes, bytes]]

PAGE_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)
"""The Content-Security-Policy of a page that brings none of its own."""

_EVERYWHERE: Headers = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
_ON_PAGES: dict[bytes, bytes] = {
    b"content-security-policy": PAGE_POLICY.encode(),
    b"permissions-policy": b"browsing-topics=(), camera=(), geolocation=(), microphone=()",
    b"cross-origin-opener-policy": b"same-origin",
}
_FOR_A_YEAR = (b"strict-transport-security", b"max-age=31536000")
#: What monitoring asks for; it has no name for this node, or one that only its own network knows.
_MONITORED = ("/health", "/metrics")
#: What programs in browsers may read, since everybody may; the tokens that some of it needs are no cookies.
_SHARED = (
    "/actors/",
    "/o/",
    "/.well-known/",
    "/nodeinfo/",
    "/api/",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/userinfo",
    "/media/",
)
_PROFILE = re.compile(r"/(?:@|users/)[^/]+")
_FOR_PROGRAMS = ("/api/", "/oauth/")
_ASKED_BEFORE = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Max-Age": "86400",
    "Vary": "Access-Control-Request-Headers",
}
_USUAL_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "Accept")
_MOST_HEADERS = 50
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_SHARE = (b"access-control-allow-origin", b"*")
_READABLE = (
    b"Link, ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, "
    b"Mastodon-Async-Refresh"
)
_EXPOSE = (b"access-control-expose-headers", _READABLE)
_LINE_BREAK = re.compile(rb"[\r\n\x00]")


class Door:
    """Lets only well-framed requests in, and only those for this node (WEB-02, WEB-03)."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower().encode() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, sentence = refusal
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        response = await failure(Request(scope), status, sentence, headers={"Connection": "close"})
        await response(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        lengths = encodings = 0
        hosts: list[bytes] = []
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"content-length":
                lengths += 1
            elif name == b"transfer-encoding":
                encodings += 1
            if _LINE_BREAK.search(value):
                return 400, "A header runs over several lines."
        if lengths + encodings > 1:
            return 400, "The length of the request is said in two ways."
        if len(hosts) != 1:
            return 400, "The request must name one host."
        if not scope["path"].startswith("/"):
            return 400, "The address of the request is not a path."
        if hosts[0].lower() not in self._hosts and not _is_monitoring(scope["path"], hosts[0]):
            return 421, "This is not the node you mean: it answers for another host name."
        return None


def _is_monitoring(path: str, host: bytes) -> bool:
    """Say whether it is a probe from inside the network: by address, or by a name without a dot.

    No web site can make a browser send such a Host header to this node, since none has such a name.
    """
    if path not in _MONITORED:
        return False
    text = host.decode("latin-1").lower()
    name = text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]
    if name and "." not in name and ":" not in name:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


class Dress:
    """Gives every answer the headers it needs: security, sharing, what is left of a quota (WEB-01)."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._everywhere = [*_EVERYWHERE, _FOR_A_YEAR] if https else _EVERYWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._dress(message["headers"], scope)
            await send(message)

        await self._app(scope, receive, dressed)

    def _dress(self, headers: Headers, scope: Scope) -> None:
        present = dict(headers)
        headers.extend(pair for pair in self._everywhere if pair[0] not in present)
        if present.get(b"content-type", b"").startswith(b"text/html"):
            headers.extend(pair for pair in _ON_PAGES.items() if pair[0] not in present)
        path = scope["path"]
        if _is_shared(path):
            headers.append(_SHARE)
            if path.startswith(_FOR_PROGRAMS):
                headers.append(_EXPOSE)
        if path.startswith("/api/"):
            _keep_apart(headers, present, scope)
        standing = _standing(scope)
        if standing is not None and b"x-ratelimit-limit" not in present:
            headers.extend(
                (
                    (b"x-ratelimit-limit", b"%d" % standing.limit),
                    (b"x-ratelimit-remaining", b"%d" % standing.left),
                    (b"x-ratelimit-reset", standing.reset.encode()),
                )
            )


def _keep_apart(headers: Headers, present: dict[bytes, bytes], scope: Scope) -> None:
    """See to it that nobody is given from a cache what was made for somebody else."""
    if b"authorization" not in present.get(b"vary", b"").lower():
        headers.append((b"vary", b"Authorization"))
    if not any(name == b"authorization" for name, _ in scope["headers"]):
        return
    kept = present.get(b"cache-control", b"")
    if b"private" not in kept and b"no-store" not in kept:
        headers[:] = [pair for pair in headers if pair[0] != b"cache-control"]
        headers.append((b"cache-control", PRIVATE.encode()))


def _standing(scope: Scope) -> Standing | None:
    """Return where the asker stands; what was not counted says how things are."""
    known: Standing | None = scope.get("rate")
    if known is not None or not scope["path"].startswith("/api/") or "app" not in scope:
        return known
    connection = HTTPConnection(scope)
    return rates_of(connection).look(Quota.REQUESTS, address_of(connection))


class Slash:
    """Drops slashes at the end of what programs ask for: some of them write one (Ice Cubes, toot).

    Leading them on to the address without it would lose the method, and to another host the token.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] in {"http", "websocket"} and scope["path"].startswith(_FOR_PROGRAMS):
            raw: bytes = scope.get("raw_path") or scope["path"].encode()
            # An escaped slash is part of a name and stays.
            slashes = len(raw) - len(raw.rstrip(b"/"))
            if slashes:
                # In place: what other guards find in the scope must be what the handler put there.
                scope["path"] = scope["path"][:-slashes]
                scope["raw_path"] = raw[:-slashes]
        await self._app(scope, receive, send)


class Preflight:
    """Tells browsers what programs on other sites may ask for, before they do.

    Whether there is anything at the address makes no difference: nothing is told of it, and nothing done.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS" and _is_shared(scope["path"]):
            headers = {"Access-Control-Allow-Headers": _may_send(scope), **_ASKED_BEFORE}
            await Response(status_code=204, headers=headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _may_send(scope: Scope) -> str:
    """Return the headers that a program may send: whichever it asks for, and the usual ones."""
    asked = dict(scope["headers"]).get(b"access-control-request-headers", b"").decode("latin-1").split(",")
    names = {name.lower(): name for name in _USUAL_HEADERS}
    for name in (each.strip() for each in asked[:_MOST_HEADERS]):
        if _HEADER.fullmatch(name):
            names.setdefault(name.lower(), name)
    return ", ".join(names.values())


def _is_shared(path: str) -> bool:
    is_shared = path.startswith(_SHARED) or _PROFILE.fullmatch(path) is not None
    return is_shared and not path.endswith("/inbox")
