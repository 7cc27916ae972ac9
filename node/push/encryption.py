"""Encrypting a message for one subscription, in today's way (RFC 8291) and in that of its draft 4.

Some programs, Ice Cubes among them, read only the older one.
"""

import os
import time
from dataclasses import dataclass
from typing import Final

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from node.push.keys import encoded, point_of, public_text

RECORD: Final = 4096
"""The size of a record: a message has one."""

_POINT: Final = 65
_AUTH: Final = 16
_VALID_SECONDS: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted to a push service."""

    body: bytes
    headers: dict[str, str]


def read_point(point: bytes) -> ec.EllipticCurvePublicKey:
    """Return the public key of a subscription; ValueError for what is no point of the curve."""
    try:
        if len(point) == _POINT:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise ValueError("This is no point of the curve P-256.") from error
    raise ValueError("This is no point of the curve P-256: one has 65 bytes.")


def is_secret(auth: bytes) -> bool:
    """Whether it can be the authentication secret of a subscription."""
    return len(auth) == _AUTH


def encrypt(
    text: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> Message:
    """Encrypt as aes128gcm (RFC 8291). `salt` and `own` (the one-time key) are made anew unless given."""
    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(ec.SECP256R1())
    theirs = read_point(p256dh)
    point = point_of(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derive(shared, auth, b"WebPush: info\0" + p256dh + point, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02", None)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(point)]) + point
    return Message(head + sealed, {"Content-Encoding": "aes128gcm"})


def encrypt_in_the_old_way(
    text: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    own: ec.EllipticCurvePrivateKey | None = None,
) -> Message:
    """Encrypt as aesgcm (draft-ietf-webpush-encryption-04)."""
    salt = salt or os.urandom(16)
    own = own or ec.generate_private_key(ec.SECP256R1())
    theirs = read_point(p256dh)
    point = point_of(own.public_key())
    shared = own.exchange(ec.ECDH(), theirs)
    secret = _derive(shared, auth, b"Content-Encoding: auth\0", 32)
    context = b"P-256\0" + _with_length(p256dh) + _with_length(point)
    key = _derive(secret, salt, b"Content-Encoding: aesgcm\0" + context, 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0" + context, 12)
    # Two bytes say how much padding there is, which is none.
    sealed = AESGCM(key).encrypt(nonce, b"\0\0" + text, None)
    return Message(
        sealed,
        {
            "Content-Encoding": "aesgcm",
            "Encryption": f"salt={encoded(salt)}",
            "Crypto-Key": f"dh={encoded(point)}",
        },
    )


def authorization(
    key: ec.EllipticCurvePrivateKey, audience: str, subject: str, now: float | None = None
) -> str:
    """Return the JSON Web Token (ES256) by which a push service knows who sends (RFC 8292 §2).

    `audience` is the origin of the push service, `subject` how to reach this node's people.
    """
    claims = {
        "aud": audience,
        "exp": int(time.time() if now is None else now) + _VALID_SECONDS,
        "sub": subject,
    }
    head = encoded(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
    signed = f"{head}.{encoded(orjson.dumps(claims))}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    return f"{signed}.{encoded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def signed(message: Message, key: ec.EllipticCurvePrivateKey, audience: str, subject: str) -> Message:
    """Return a message with the headers that say who sends it, in the way of its encoding."""
    token, public = authorization(key, audience, subject), public_text(key.public_key())
    headers = dict(message.headers)
    if headers["Content-Encoding"] == "aes128gcm":
        headers["Authorization"] = f"vapid t={token},k={public}"
    else:
        headers["Authorization"] = f"WebPush {token}"
        headers["Crypto-Key"] = f"{headers['Crypto-Key']};p256ecdsa={public}"
    return Message(message.body, headers)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _with_length(point: bytes) -> bytes:
    return len(point).to_bytes(2, "big") + point
