"""Requests signed in every right and wrong way, for the tests of federation.signatures."""

import base64
import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation import signatures
from federation.errors import Untrusted
from federation.signatures import KeyPair, PublicKey, SignedRequest, SigningKey

NOW = datetime(2026, 8, 23, 10, 0, 0, tzinfo=UTC)
HOST = "node.example"
KEY_ID = "https://remote.example/users/alice#main-key"
BODY = b'{"type": "Create", "actor": "https://remote.example/users/alice"}'

RSA_PAIR = signatures.generate_rsa()
ED25519_PAIR = signatures.generate_ed25519()
RSA, ED25519 = SigningKey.load(RSA_PAIR.private), SigningKey.load(ED25519_PAIR.private)
PAIRS: dict[str, KeyPair] = {"rsa": RSA_PAIR, "ed25519": ED25519_PAIR}

POST = "(request-target) host date digest"
GET = "(request-target) host date"
CREATED = "(request-target) (created) host digest"
EXPIRING = "(request-target) (created) (expires) host digest"


def public(kind: str = "rsa") -> PublicKey:
    """Return the public half of one of the two keys."""
    return signatures.read_public_pem(PAIRS[kind].public)


def seconds(**later: float) -> int:
    """Return the seconds since 1970 that much after NOW."""
    return int((NOW + timedelta(**later)).timestamp())


def date(**later: float) -> str:
    """Return a Date header that much after NOW."""
    return signatures.write_http_date(NOW + timedelta(**later))


def sha256(body: bytes) -> str:
    """Return one value of a Digest header."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def request(
    *,
    method: str = "POST",
    target: str = "/inbox",
    headers: Iterable[tuple[str, str]] | None = None,
    body: bytes = BODY,
    covered: str | None = POST,
    key: SigningKey = RSA,
    algorithm: str | None = "rsa-sha256",
    key_id: str = KEY_ID,
    signed_target: str | None = None,
    signed_headers: Iterable[tuple[str, str]] | None = None,
    signature: str | None = None,
    **times: object,
) -> SignedRequest:
    """Return a request with a signature over exactly what is asked for, sensible or not.

    `signed_target` and `signed_headers` are what was signed where it differs from what is sent; `times` are
    the parameters created and expires, written as they are.
    """
    sent = list(default_headers(body) if headers is None else headers)
    seen = sent if signed_headers is None else list(signed_headers)
    pseudo = {"(request-target)": f"{method.lower()} {target if signed_target is None else signed_target}"}
    pseudo |= {f"({name})": str(value) for name, value in times.items()}
    lines = []
    for name in ("date" if covered is None else covered.lower()).split():
        value = pseudo[name] if name in pseudo else ", ".join(v for n, v in seen if n == name)
        lines.append(f"{name}: {value}")
    if signature is None:
        signature = base64.b64encode(key.sign("\n".join(lines).encode("latin-1"))).decode()
    parameters = [f'keyId="{key_id}"', f'signature="{signature}"']
    parameters += [f'headers="{covered}"'] if covered is not None else []
    parameters += [f'algorithm="{algorithm}"'] if algorithm is not None else []
    parameters += [f"{name}={value}" for name, value in times.items()]
    sent.append(("signature", ",".join(parameters)))
    return SignedRequest(method, target, tuple(sent), body)


def default_headers(body: bytes = BODY) -> list[tuple[str, str]]:
    """Return the headers of an ordinary delivery, not yet signed."""
    return [
        ("host", HOST),
        ("date", date()),
        ("content-type", "application/activity+json"),
        ("digest", sha256(body)),
    ]


def replaced(name: str, *values: str) -> list[tuple[str, str]]:
    """Return the ordinary headers with other values (none, one or several) for one of them."""
    kept = [(other, value) for other, value in default_headers() if other != name]
    return kept + [(name, value) for value in values]


def accept(
    received: SignedRequest,
    key: PublicKey | None = None,
    *,
    now: datetime = NOW,
    hosts: Iterable[str] = (HOST,),
) -> None:
    """Take a request through all three steps, as an inbox does."""
    parameters = signatures.parse_signature(received)
    signatures.check(received, parameters, now=now, hosts=set(hosts))
    signatures.verify(received, parameters, public() if key is None else key)


def refused(because: str, received: SignedRequest, **how: Any) -> None:
    """Assert that a request is refused, for a reason that matches."""
    with pytest.raises(Untrusted, match=because):
        accept(received, **how)


def refused_before_any_key(because: str, received: SignedRequest) -> None:
    """Assert that `check` refuses a request: a caller that never gets to `verify` never fetches a key."""
    parameters = signatures.parse_signature(received)
    with pytest.raises(Untrusted, match=because):
        signatures.check(received, parameters, now=NOW, hosts={HOST})
