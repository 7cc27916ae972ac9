"""The one door out: every request to another node passes here, and nothing else opens connections.

Every hop is checked again: the URL, the policy, the addresses behind the name. Everything that comes back
has a size and a deadline. Each host has a few connections of its own, so that a thousand hosts cost no more
than one.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpcore
import httpx

from federation.addresses import AddressGuard
from federation.answers import Answer, Sink, read_answer, redirect_of, require_success
from federation.errors import Malformed, Refused, Unreachable
from federation.origins import Address, read_url
from federation.pools import Pools
from federation.sockets import Resolver, Wire, connect, look_up

Signer = Callable[[str, str, bytes | None], Mapping[str, str]]
"""Returns the headers that sign (method, URL, body); called anew for each hop, so nothing is forwarded."""

_BESIDE_THE_BODY = 256 * 1024
_REST = 60.0
_FAILURES = (
    OSError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpx.HTTPError,
    httpx.InvalidURL,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take.

    `connect`, `read` and `total` are seconds, `body` is bytes after decoding, `per_host` is connections at
    once, `hosts` how many unused ones stay connected. `total` includes redirects and the wait for a
    connection.
    """

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0
    body: int = 1024 * 1024
    redirects: int = 3
    per_host: int = 4
    hosts: int = 500


class Transport:
    """Talks to other nodes.

    `ca_file` (PEM) adds a certificate authority. `resolve` stands in for the system's resolver.
    `may_contact`, given a domain as in `Address.domain`, is the policy; it is asked about each hop.
    `wires`, given the same, may return what carries the request in place of a socket, as tests do. Belongs
    to one event loop.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        ca_file: str = "",
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        wires: Callable[[str], httpx.AsyncBaseTransport | None] | None = None,
        may_contact: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._guard = guard
        self._limits = limits = limits or Limits()
        self._headers = {"user-agent": user_agent, "accept-encoding": "identity"}
        self._resolve = resolve or look_up
        self._wires = wires
        self._may_contact = may_contact
        self._timeouts = {"timeout": {"read": limits.read}}
        self._pools = Pools[_Connection](per_host=limits.per_host, hosts=limits.hosts, rest=_REST)
        self._tls = _trusting(ca_file) if ca_file else None

    async def get(
        self,
        url: str,
        *,
        accept: str,
        sign: Signer | None = None,
        limit: int | None = None,
        seconds: float | None = None,
        into: Sink | None = None,
    ) -> Answer:
        """Fetch a document of at most `limit` bytes, following redirects; only a success returns.

        `seconds` may be more than is usual. `into` takes the body as it arrives, for what is too large to be
        held; the answer then has none, and what came before an error is left there.

        Raises Gone at 404 and 410, Unreachable where asking later may help, Refused where this node must not
        ask, Malformed where the URL or the answer is not usable.
        """
        address = read_url(url, allow_http=self._guard.allow_http)
        limit = self._limits.body if limit is None else limit
        visited = {str(address)}
        async with self._deadline(address, seconds):
            while True:
                answer = await self._ask("GET", address, None, {"accept": accept}, sign, limit, into)
                following = redirect_of(answer, address, allow_http=self._guard.allow_http)
                if following is None:
                    return require_success(answer, address.domain, time.time())
                if following.scheme != address.scheme:
                    raise Refused(f"{address.domain} redirects to another scheme.")
                if str(following) in visited:
                    raise Refused(f"{address.domain} redirects in a circle.")
                if len(visited) > self._limits.redirects:
                    raise Refused(f"{address.domain} redirects too often.")
                address = following
                visited.add(str(address))

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        content_type: str,
        sign: Signer | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float | None = None,
        to_peer: bool = True,
    ) -> Answer:
        """Send a document and return the answer whatever its status, with the beginning of its body.

        What goes to no node but to a service that a member chose (`to_peer` False) does not depend on which
        nodes the operator talks to. Only a redirect that keeps the method (307, 308) within the same origin
        is followed, once. Raises Unreachable, Refused or Malformed where there was no answer.
        """
        address = read_url(url, allow_http=self._guard.allow_http)
        sent = {"content-type": content_type, **(headers or {})}
        async with self._deadline(address, seconds):
            answer = await self._ask("POST", address, body, sent, sign, None, to_peer=to_peer)
            if answer.status in {307, 308}:
                try:
                    following = redirect_of(answer, address, allow_http=self._guard.allow_http)
                except Malformed:
                    return answer
                if following is not None and following.origin == address.origin:
                    answer = await self._ask("POST", following, body, sent, sign, None, to_peer=to_peer)
        return answer

    def check(self, url: str) -> None:
        """Raise Malformed or Refused for what is never contacted, as far as the URL itself tells."""
        self._guard.check_url(read_url(url, allow_http=self._guard.allow_http))

    async def aclose(self) -> None:
        """Close all connections."""
        self._pools.close()
        await asyncio.sleep(0)  # Sockets close in the loop's next round.

    @asynccontextmanager
    async def _deadline(self, address: Address, seconds: float | None = None) -> AsyncIterator[None]:
        """Bound a whole request, and name what went wrong on the way."""
        try:
            async with asyncio.timeout(self._limits.total if seconds is None else seconds):
                yield
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(
                f"{address.domain} has no valid certificate: {error.verify_message}."
            ) from error
        except (TimeoutError, httpcore.TimeoutException, httpx.TimeoutException) as error:
            raise Unreachable(f"{address.domain} did not answer in time.") from error
        except (httpcore.ProtocolError, httpx.ProtocolError) as error:
            raise Unreachable(f"{address.domain} did not answer in proper HTTP.") from error
        except _FAILURES as error:
            raise Unreachable(f"{address.domain} cannot be reached.") from error

    async def _ask(
        self,
        method: str,
        address: Address,
        body: bytes | None,
        headers: Mapping[str, str],
        sign: Signer | None,
        limit: int | None,
        into: Sink | None = None,
        *,
        to_peer: bool = True,
    ) -> Answer:
        """Make one request to one address, after checking that it may be made."""
        self._guard.check_url(address)
        if to_peer and not self._may_contact(address.domain):
            raise Refused(f"This node does not talk to {address.domain}.")
        url = str(address)
        lines = {"host": address.domain, **self._headers, **headers}
        if sign is not None:
            for name, value in sign(method, url, body).items():
                if name.lower() != "host":  # which was signed, but is already here
                    lines[name.lower()] = value
        if body is not None:
            lines["content-length"] = str(len(body))
        carrier = self._wires(address.domain) if self._wires else None
        if carrier is not None:
            request = httpx.Request(method, url, headers=[*lines.items()], content=body)
            response = await carrier.handle_async_request(request)
            try:
                stream = cast("AsyncIterable[bytes]", response.stream)
                return await read_answer(url, response.status_code, response.headers.raw, stream, limit, into)
            finally:
                await response.aclose()
        target = httpcore.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.target
        )
        return await self._exchange(
            httpcore.Request(
                method, target, headers=[*lines.items()], content=body, extensions=self._timeouts
            ),
            address,
            limit,
            into,
        )

    async def _exchange(
        self, request: httpcore.Request, address: Address, limit: int | None, into: Sink | None
    ) -> Answer:
        """Make a request over a connection of its host."""
        pool = address.origin
        connection = await self._pools.take(pool)
        is_reused = connection is not None
        try:
            while True:
                if connection is None:
                    connection = await self._open(address)
                connection.stream.allowance = allowance = (limit or 0) + _BESIDE_THE_BODY
                try:
                    response = await connection.http.handle_async_request(request)
                    break
                except (ConnectionError, httpcore.ProtocolError):
                    # The other side may close a resting connection just as it is used again. Not a byte came
                    # back, so it did not act; and an activity that arrives twice is one activity.
                    if not is_reused or connection.stream.allowance != allowance:
                        raise
                    connection.close()
                    connection, is_reused = None, False
            try:
                stream = cast("AsyncIterable[bytes]", response.stream)
                return await read_answer(str(address), response.status, response.headers, stream, limit, into)
            finally:
                await response.aclose()
        finally:
            self._pools.give_back(pool, connection)

    async def _open(self, address: Address) -> "_Connection":
        """Open a connection to a checked address."""
        tls = None
        if address.scheme == "https":
            tls = self._tls = self._tls or _trusting("")
        return _Connection(
            address, await connect(address, self._guard, self._resolve, tls, self._limits.connect)
        )


class _Stream(httpcore.AsyncNetworkStream):
    """A wire as httpcore wants it, which gives up once more than `allowance` bytes have come in."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.allowance = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - theirs
        data = await self.wire.read(max_bytes, timeout)
        self.allowance -= len(data)
        if self.allowance < 0:
            raise httpcore.RemoteProtocolError("far more arrives than belongs to the answer")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        if buffer:
            self.wire.write(buffer)

    async def aclose(self) -> None:
        self.wire.close()

    def get_extra_info(self, info: str) -> Any:
        return self.wire.has_news if info == "is_readable" else None


class _Connection:
    """One connection to one host."""

    __slots__ = ("http", "stream")

    def __init__(self, address: Address, wire: Wire) -> None:
        origin = httpcore.Origin(address.scheme.encode(), address.host.encode(), address.port)
        self.stream = _Stream(wire)
        self.http = httpcore.AsyncHTTP11Connection(origin, self.stream, keepalive_expiry=_REST)

    def is_ready(self) -> bool:
        if not self.http.is_idle() or self.http.has_expired():
            return False
        # What follows an answer would be taken for the next one; httpcore neither looks nor lets us look.
        left_over, _ = self.http._h11_state.trailing_data  # noqa: SLF001
        return not left_over

    def close(self) -> None:
        self.stream.wire.close()


def _trusting(ca_file: str) -> ssl.SSLContext:
    """Return what verifies certificates: the usual authorities, and those in `ca_file`."""
    context = httpx.create_ssl_context(trust_env=False)
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
