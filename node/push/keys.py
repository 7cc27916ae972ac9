"""The key pair by which push services know this node (VAPID, RFC 8292); made once, and never changed."""

import base64
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from node.context import Node

FACT: Final = "vapid_private_key"
_SHELF: Final = "vapid"


async def vapid_private_key(node: Node) -> ec.EllipticCurvePrivateKey:
    """Return the private key, which is made where there is none yet. Never call it inside a transaction."""
    kept: ec.EllipticCurvePrivateKey | None = node.shelf.get(_SHELF, None)
    if kept is not None:
        return kept
    async with node.database.read() as tx:
        text = await tx.facts.text(FACT)
    if text is None:
        made = ec.generate_private_key(ec.SECP256R1())
        async with node.database.begin() as tx:
            # Another process may have been quicker, and its key is then everybody's.
            text = await tx.facts.set_once(FACT, _pem(made))
    key = serialization.load_pem_private_key(text.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "the key is one that was made here"
    node.shelf.put(_SHELF, None, key)
    return key


async def vapid_public_key(node: Node) -> str:
    """Return the public key as clients pass it to their push services: an uncompressed point in base64url."""
    return public_text((await vapid_private_key(node)).public_key())


def public_text(key: ec.EllipticCurvePublicKey) -> str:
    """Return a public key as an uncompressed point in base64url."""
    return encoded(point_of(key))


def point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the uncompressed point of a public key, 65 bytes."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def encoded(data: bytes) -> str:
    """Return bytes in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return the bytes of base64 in either alphabet, padded or not; ValueError for anything else."""
    text = text.strip().replace("+", "-").replace("/", "_").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise ValueError("This is no base64.") from error


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
