"""Private keys of our own actors: make them, load them once, sign with them.

A private key never shows in `repr`, so it cannot reach a log or an error page by accident.
"""

from dataclasses import dataclass, field
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from federation.signatures.keys import MINIMUM_RSA_BITS, Algorithm

RSA_EXPONENT = 65537

_PADDING = PKCS1v15()
_HASH = SHA256()


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Hold a new key as text: `private` is PKCS#8 in PEM, `public` SubjectPublicKeyInfo in PEM."""

    private: str = field(repr=False)
    public: str


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Sign on behalf of one of our actors; load it once and keep it, it may be used from several threads."""

    algorithm: Algorithm
    _key: RSAPrivateKey | Ed25519PrivateKey = field(repr=False, compare=False)

    @classmethod
    def load(cls, private_pem: str) -> Self:
        """Read a private key that this node made; ValueError where it is damaged or of another kind.

        Our own RSA keys were sound when we made them. Checking their primes again takes two thousand times
        as long as loading them, so that is left out: never load a stranger's private key here.
        """
        try:
            key = load_pem_private_key(
                private_pem.encode("ascii"), password=None, unsafe_skip_rsa_key_validation=True
            )
        except (ValueError, TypeError, UnsupportedAlgorithm):
            # The cause may hold the key's text, so it is not chained.
            raise ValueError("The private key is damaged, encrypted or of an unsupported kind.") from None
        if isinstance(key, RSAPrivateKey):
            return cls("rsa", key)
        if isinstance(key, Ed25519PrivateKey):
            return cls("ed25519", key)
        raise ValueError("The private key is neither RSA nor Ed25519.")

    def sign(self, data: bytes) -> bytes:
        """Return the signature over `data` (RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519)."""
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, _PADDING, _HASH)
        return self._key.sign(data)


def generate_rsa() -> KeyPair:
    """Make a 2048-bit RSA key; takes up to half a second of pure computing, so keep it off the event loop."""
    return _pair(generate_private_key(RSA_EXPONENT, MINIMUM_RSA_BITS))


def generate_ed25519() -> KeyPair:
    """Make an Ed25519 key."""
    return _pair(Ed25519PrivateKey.generate())


def _pair(key: RSAPrivateKey | Ed25519PrivateKey) -> KeyPair:
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private.decode("ascii"), public.decode("ascii"))
