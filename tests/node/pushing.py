"""A push service on loopback, and a program that is woken by it and decrypts what it gets, in its own way."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.node.served import ServedNode, served

PUSH = "/api/v1/push/subscription"
LOOPBACK = {"federation": {"allow_http": True, "allow_networks": ["127.0.0.0/8"]}}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def private_key(number: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(number, "big"), ec.SECP256R1())


def hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """Return what RFC 5869 says, for at most one block."""
    extracted = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()[:length]


@dataclass(frozen=True, slots=True)
class Reader:
    """The keys of a program, with which it reads what it gets."""

    key: ec.EllipticCurvePrivateKey
    auth: bytes

    @classmethod
    def new(cls) -> "Reader":
        return cls(ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef")

    @property
    def p256dh(self) -> str:
        return b64(point(self.key.public_key()))

    def subscription(self, endpoint: str, **more: Any) -> dict[str, Any]:
        return {"endpoint": endpoint, "keys": {"p256dh": self.p256dh, "auth": b64(self.auth)}, **more}

    def read(self, headers: dict[str, str], body: bytes) -> bytes:
        """Decrypt a message by what its headers say."""
        if headers["content-encoding"] == "aes128gcm":
            return self._aes128gcm(body)
        assert headers["content-encoding"] == "aesgcm"
        salt = unb64(parameters(headers["encryption"])["salt"])
        sender = unb64(parameters(headers["crypto-key"])["dh"])
        return self._aesgcm(body, salt, sender)

    def _shared(self, sender: bytes) -> bytes:
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        return self.key.exchange(ec.ECDH(), theirs)

    def _aes128gcm(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        own = point(self.key.public_key())
        secret = hkdf(self.auth, self._shared(sender), b"WebPush: info\x00" + own + sender, 32)
        key = hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        text = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert text.endswith(b"\x02")
        return text[:-1]

    def _aesgcm(self, body: bytes, salt: bytes, sender: bytes) -> bytes:
        own = point(self.key.public_key())
        secret = hkdf(self.auth, self._shared(sender), b"Content-Encoding: auth\x00", 32)
        context = b"P-256\x00" + b"\x00\x41" + own + b"\x00\x41" + sender
        key = hkdf(salt, secret, b"Content-Encoding: aesgcm\x00" + context, 16)
        nonce = hkdf(salt, secret, b"Content-Encoding: nonce\x00" + context, 12)
        text = AESGCM(key).decrypt(nonce, body, None)
        padding = int.from_bytes(text[:2], "big")
        assert text[2 : 2 + padding] == b"\x00" * padding
        return text[2 + padding :]


def parameters(header: str) -> dict[str, str]:
    """Read `a=1;b=2` or `a=1, b=2`."""
    pairs = (each.strip().partition("=") for each in header.replace(",", ";").split(";"))
    return {name: value for name, _, value in pairs}


def claims_of(token: str, public: str) -> dict[str, Any]:
    """Return what a signed token says (RFC 8292), after checking it with a public key."""
    head, body, signature = token.split(".")
    assert json.loads(unb64(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = unb64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public))
    try:
        key.verify(der, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
    except InvalidSignature as error:
        raise AssertionError("the token is not signed by this key") from error
    claims: dict[str, Any] = json.loads(unb64(body))
    return claims


@dataclass(frozen=True, slots=True)
class Pushed:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Takes messages, and answers what is laid down: the last answer again and again."""

    port: int = 0
    arrived: list[Pushed] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=lambda: [b"201 Created\r\n"])
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def is_reached(self) -> None:
        """Wait until something has arrived."""
        await asyncio.wait_for(self._news.wait(), 10)

    def endpoint(self, name: str = "one") -> str:
        return f"http://127.0.0.1:{self.port}/push/{name}"

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                request, *lines = head.decode().strip().split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.arrived.append(Pushed(request.split(" ")[1], headers, body))
                self._news.set()
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                writer.write(b"HTTP/1.1 " + answer + b"Content-Length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    service = PushService()
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.port = server.sockets[0].getsockname()[1]
    try:
        yield service
    finally:
        server.close()


@asynccontextmanager
async def pushing(
    tmp_path: Path, sections: dict[str, dict[str, Any]] | None = None
) -> AsyncIterator[tuple[ServedNode, PushService]]:
    """Serve a node that may reach loopback, and a push service there."""
    merged = {**LOOPBACK, **(sections or {})}
    merged["federation"] = {**LOOPBACK["federation"], **merged["federation"]}
    async with served(tmp_path, merged) as one, push_service() as service:
        one.node.federation.transport._wires = None
        yield one, service
        await one.node.federation.transport.aclose()
