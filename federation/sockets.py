"""Sockets to other nodes, opened only to addresses that were checked.

A name is looked up once, all its addresses are checked, and the connection goes to one of those very
addresses: a second look-up could answer differently (DNS rebinding).
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import cast

from federation.addresses import AddressGuard
from federation.errors import Unreachable
from federation.origins import Address

Resolver = Callable[[str], Awaitable[Sequence[str]]]

_TRIED_OF_EACH_FAMILY = 2
_HIGH_WATER = 256 * 1024


async def look_up(host: str) -> Sequence[str]:
    """Return the addresses of a name as the system's resolver knows them; OSError where there are none."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Wire(asyncio.Protocol):
    """Bytes to and from one other node; one reader at a time.

    What is written is sent when something is read, so that a request leaves in one piece.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._to_send: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._held_back = False
        self._error: Exception | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the open transport."""
        self._transport = cast("asyncio.Transport", transport)  # Other loops have transports of their own.

    def data_received(self, data: bytes) -> None:
        """Keep what arrived, and hold the other side back when it sends faster than we read."""
        self._received += data
        if len(self._received) > _HIGH_WATER and not self._held_back and self._transport is not None:
            self._held_back = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> bool:
        """Note that nothing more will come, and let the transport close."""
        self._ended = True
        self._wake()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Note why the connection ended."""
        self._ended = True
        self._error = exc
        self._wake()

    @property
    def has_news(self) -> bool:
        """Whether something arrived, or ended, that nobody read yet: no state to start a request in."""
        return self._ended or bool(self._received)

    def write(self, data: bytes) -> None:
        """Have this sent with the next read."""
        self._to_send.append(data)

    async def read(self, most: int, timeout: float | None) -> bytes:  # noqa: ASYNC109 - cheap
        """Send what was written; return what arrives next, or b"" when nothing more will.

        Raises TimeoutError, and ConnectionError where the connection broke.
        """
        if self._to_send and self._transport is not None:
            self._transport.write(b"".join(self._to_send))
            self._to_send.clear()
        while not self._received and not self._ended:
            await self._wait(timeout)
        if not self._received:
            if self._error is not None:
                raise ConnectionError("The connection broke.") from self._error
            return b""
        data = bytes(self._received[:most])
        del self._received[:most]
        if self._held_back and self._transport is not None and not self._transport.is_closing():
            self._held_back = False
            self._transport.resume_reading()
        return data

    def close(self) -> None:
        """Close at once: nothing is owed to the other side any more."""
        if self._transport is not None:
            self._transport.abort()

    async def _wait(self, timeout: float | None) -> None:  # noqa: ASYNC109 - cheap
        """Wait until something happens."""
        waiter = self._waiter = self._loop.create_future()
        timer = None if timeout is None else self._loop.call_later(timeout, _time_out, waiter)
        try:
            await waiter
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()

    def _wake(self) -> None:
        """Let whoever waits look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _time_out(waiter: asyncio.Future[None]) -> None:
    """End a wait that took too long."""
    if not waiter.done():
        waiter.set_exception(TimeoutError())


async def connect(
    address: Address, guard: AddressGuard, resolve: Resolver, tls: ssl.SSLContext | None, patience: float
) -> Wire:
    """Open a connection to a node, encrypted where `tls` is given.

    `patience`, in seconds, is for finding and reaching it, and once more for the handshake. Raises Refused
    where an address must not be contacted, Unreachable where there is none, and OSError (which TimeoutError
    and ssl.SSLError are).
    """
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience):
        found = await _addresses(address, guard, resolve)
        reached = await _reach(found, address, patience / len(found))
    async with asyncio.timeout(patience):
        # From here on the transport owns the socket and closes it.
        _, wire = await loop.create_connection(
            Wire, sock=reached, ssl=tls, server_hostname=address.host if tls else None
        )
    return wire


async def _addresses(
    address: Address, guard: AddressGuard, resolve: Resolver
) -> list[IPv4Address | IPv6Address]:
    """Return the checked addresses worth trying, in the resolver's order."""
    literal = address.literal
    if literal is not None:
        found: list[IPv4Address | IPv6Address] = [literal]
    else:
        try:
            found = list(dict.fromkeys(ip_address(text) for text in await resolve(address.host)))
        except (socket.gaierror, ValueError) as error:
            raise Unreachable(f"{address.host} cannot be looked up.") from error
    if not found:
        raise Unreachable(f"{address.host} has no address.")
    guard.check_addresses(found, host="" if literal else address.host)
    tried = [
        ip for version in (4, 6) for ip in [i for i in found if i.version == version][:_TRIED_OF_EACH_FAMILY]
    ]
    return [ip for ip in found if ip in tried]


async def _reach(
    found: Sequence[IPv4Address | IPv6Address], address: Address, patience: float
) -> socket.socket:
    """Return a socket connected to the first address that accepts, or raise the last OSError."""
    loop = asyncio.get_running_loop()
    failure: OSError = ConnectionError(f"{address.host} has no address.")
    for ip in found:
        family = socket.AF_INET if ip.version == 4 else socket.AF_INET6  # noqa: PLR2004 - IPv4
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setblocking(False)
        try:
            async with asyncio.timeout(patience):
                await loop.sock_connect(opened, (str(ip), address.port))
        except OSError as error:
            opened.close()
            failure = error
        except BaseException:
            opened.close()
            raise
        else:
            return opened
    raise failure
