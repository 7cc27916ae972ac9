"""Scripted strangers: nodes on loopback that answer, refuse, lie, redirect and stall, as they are told."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network, ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LOOPBACK = IPv4Network("127.0.0.0/8")

Script = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Heard:
    """One request that a stranger received; header names are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


def reply(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Write an honest answer after which the connection stays open; `content_type=` sets Content-Type."""
    lines = [f"HTTP/1.1 {status} Any Reason", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: int = 302) -> bytes:
    """Write a redirect."""
    return reply(status, Location=location)


def raw(data: bytes) -> Script:
    """Send these very bytes, then close."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.close()
        await writer.wait_closed()  # All of it is sent by then.

    return script


def endless(start: bytes, more: bytes) -> Script:
    """Send a beginning, then the same bytes for ever."""

    much = more * (1 + 20_000 // len(more))

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(much)
            await writer.drain()

    return script


def dripping(start: bytes, more: bytes, *, every: float) -> Script:
    """Send a beginning, then something now and then, for ever."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(more)
            await writer.drain()
            await asyncio.sleep(every)

    return script


async def silence(writer: asyncio.StreamWriter) -> None:
    """Never answer."""
    await writer.drain()
    await asyncio.Event().wait()


class Stranger:
    """A remote node on loopback that plays scripts and remembers what it was asked.

        async with Stranger() as stranger:
            stranger.on("/note", reply(200, b"{}"))

    Several scripts for a path are played one per request, the last one again and again. Other paths are 404.
    """

    def __init__(self, *, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.address = address
        self.port = 0
        self.heard: list[Heard] = []
        self.connections = 0
        self.at_once = 0
        self.most_at_once = 0
        self._tls = tls
        self._news = asyncio.Event()
        self._scripts: dict[str, list[Script]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, self.address, 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def domain(self) -> str:
        """Its domain: address and port."""
        return f"{self.address}:{self.port}"

    def url(self, path: str = "/", *, host: str = "") -> str:
        """Return the URL of a path, under another name if one is given."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self.address}:{self.port}{path}"

    def on(self, path: str, *scripts: Script) -> None:
        """Play these scripts to whoever asks for a path."""
        self._scripts[path] = list(scripts)

    def heard_at(self, path: str) -> list[Heard]:
        """Return the requests for one path."""
        return [heard for heard in self.heard if heard.target == path]

    async def has_heard(self, count: int) -> None:
        """Wait until so many requests arrived in all; TimeoutError when they do not."""
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self._news.clear()
                await self._news.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        number = self.connections
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                while not writer.is_closing():
                    await self._play(await _listen(reader, number), writer)
        except asyncio.CancelledError:
            pass  # The play is over; a stream server reports cancelled tasks as errors.
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _play(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        self.heard.append(heard)
        self._news.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        scripts = self._scripts.get(heard.target, [reply(404)])
        script = scripts.pop(0) if len(scripts) > 1 else scripts[0]
        try:
            if isinstance(script, bytes):
                writer.write(script)
                await writer.drain()
            else:
                await script(writer)
        finally:
            self.at_once -= 1


async def _listen(reader: asyncio.StreamReader, connection: int) -> Heard:
    """Read one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Heard(method, target, headers, body, connection)


class Authority:
    """A certificate authority of one's own, for strangers that speak TLS; `file` is what to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example authority")])
        certificate = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file = str(folder / "authority.pem")
        Path(self.file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, *names: str, days: int = 1) -> ssl.SSLContext:
        """Return what a server needs to speak for these names; expired where `days` is negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            self._builder(subject, key, days)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        file = self._folder / f"{names[0]}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int = 1
    ) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=10))
            .not_valid_after(now + timedelta(days=days))
        )


def _general_name(name: str) -> x509.GeneralName:
    """Return a name for a certificate, which knows addresses from names."""
    try:
        address = ip_address(name)
    except ValueError:
        return x509.DNSName(name)
    assert isinstance(address, IPv4Address)
    return x509.IPAddress(address)
