"""A few keys, made once in each test process: an RSA key takes long to make."""

from functools import cache

from actors.accounts import NewKeys
from federation import signatures
from federation.signatures import KeyPair, SigningKey, read_public_pem, write_multikey

POOL = 4


@cache
def rsa_pair(number: int = 0) -> KeyPair:
    """Return one of the few RSA keys, as PEM."""
    return _made(number % POOL)


@cache
def _made(_number: int) -> KeyPair:
    return signatures.generate_rsa()


@cache
def ed25519_pair() -> KeyPair:
    """Return an Ed25519 key, as PEM."""
    return signatures.generate_ed25519()


@cache
def signing_key(number: int = 0) -> SigningKey:
    """Return one of the few RSA keys, ready to sign with."""
    return SigningKey.load(rsa_pair(number).private)


@cache
def new_keys(number: int = 0) -> NewKeys:
    """Return what a new actor of a node needs."""
    rsa, ed25519 = rsa_pair(number), ed25519_pair()
    multikey = write_multikey(read_public_pem(ed25519.public))
    return NewKeys(rsa.private, rsa.public, ed25519.private, multikey)
