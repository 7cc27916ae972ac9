"""Public keys: read them from what other nodes publish, write ours, check signatures with them.

Only RSA (2048 to 8192 bits) and Ed25519 exist here. Everything is checked when a key is read, because the
library beneath loads 512-bit RSA keys and Ed25519 keys for which anybody can sign.
"""

from dataclasses import dataclass, field
from typing import Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from federation.errors import Untrusted
from federation.signatures.encodings import read_base58, write_base58

Algorithm = Literal["rsa", "ed25519"]

MINIMUM_RSA_BITS = 2048
LOWEST_RSA_BITS = 1024
MAXIMUM_RSA_BITS = 8192
MAXIMUM_RSA_EXPONENT = 2**32

MAXIMUM_PEM_CHARACTERS = 8192
MAXIMUM_MULTIKEY_CHARACTERS = 2048

ED25519_BYTES = 32
MULTICODEC_ED25519 = b"\xed\x01"
MULTICODEC_RSA = b"\x85\x24"

_PEM_LABELS = ("PUBLIC KEY", "RSA PUBLIC KEY")
_PADDING = PKCS1v15()
_HASH = SHA256()

_FIELD_PRIME = 2**255 - 19
_CURVE_D = -121665 * pow(121666, -1, _FIELD_PRIME) % _FIELD_PRIME
_ORDER_EIGHT_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
# The y coordinates of the eight points whose order divides 8; each stands for x and for -x.
_SMALL_ORDER_Y = frozenset({0, 1, _FIELD_PRIME - 1, _ORDER_EIGHT_Y, _FIELD_PRIME - _ORDER_EIGHT_Y})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Check signatures made with the private half of this key.

    `material` is the key without its wrapping, as a Multikey carries it: PKCS#1 DER for RSA, the 32 bytes of
    the point for Ed25519. Two keys are equal when their material is.
    """

    algorithm: Algorithm
    material: bytes
    _key: RSAPublicKey | Ed25519PublicKey = field(repr=False, compare=False)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Say whether `signature` was made over `data` (RSASSA-PKCS1-v1_5 with SHA-256, or Ed25519)."""
        try:
            if isinstance(self._key, RSAPublicKey):
                self._key.verify(signature, data, _PADDING, _HASH)
            else:
                self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True

    def pem(self) -> str:
        """Return the key as SubjectPublicKeyInfo in PEM, which is what `publicKeyPem` holds."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def read_public_pem(pem: str, *, minimum_bits: int = MINIMUM_RSA_BITS) -> PublicKey:
    """Read an RSA key (SPKI or PKCS#1) or an Ed25519 key (SPKI) from PEM, or raise Untrusted.

    `minimum_bits` lowers the floor for RSA for peers that cannot do better, never below 1024.
    """
    if len(pem) > MAXIMUM_PEM_CHARACTERS:
        raise Untrusted(f"The public key is longer than {MAXIMUM_PEM_CHARACTERS} characters.")
    text = pem.strip()
    if not any(
        text.startswith(f"-----BEGIN {label}-----") and text.endswith(f"-----END {label}-----")
        for label in _PEM_LABELS
    ):
        raise Untrusted(
            "The public key is not PEM that starts with BEGIN PUBLIC KEY or BEGIN RSA PUBLIC KEY."
        )
    if text.count("-----BEGIN ") != 1:
        raise Untrusted("The public key must be one PEM block, not several.")
    try:
        key = load_pem_public_key(text.encode("ascii"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Untrusted("The public key is damaged or of an unsupported kind.") from error
    return _accept(key, minimum_bits)


def read_multikey(multibase: str, *, minimum_bits: int = MINIMUM_RSA_BITS) -> PublicKey:
    """Read the `publicKeyMultibase` of a Multikey (FEP-521a), or raise Untrusted.

    Only base58-btc ('z') with the multicodec prefix of an Ed25519 or RSA public key is accepted.
    """
    if len(multibase) > MAXIMUM_MULTIKEY_CHARACTERS:
        raise Untrusted(f"The multibase key is longer than {MAXIMUM_MULTIKEY_CHARACTERS} characters.")
    if not multibase.startswith("z"):
        raise Untrusted("The multibase key is not base58-btc: it must start with z.")
    try:
        value = read_base58(multibase[1:])
    except ValueError as error:
        raise Untrusted("The multibase key holds characters that base58-btc does not know.") from error
    codec, material = value[:2], value[2:]
    if codec == MULTICODEC_ED25519:
        if len(material) != ED25519_BYTES:
            raise Untrusted(f"An Ed25519 key has {ED25519_BYTES} bytes, this one has {len(material)}.")
        return _accept_ed25519(Ed25519PublicKey.from_public_bytes(material))
    if codec != MULTICODEC_RSA:
        raise Untrusted("The multibase key is neither an Ed25519 nor an RSA public key.")
    try:
        key = load_der_public_key(material)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Untrusted("The multibase RSA key is damaged.") from error
    accepted = _accept(key, minimum_bits)
    if accepted.algorithm != "rsa" or accepted.material != material:
        raise Untrusted("The multibase RSA key is not in PKCS#1 form.")
    return accepted


def write_multikey(key: PublicKey) -> str:
    """Return the `publicKeyMultibase` of a Multikey (FEP-521a)."""
    codec = MULTICODEC_RSA if key.algorithm == "rsa" else MULTICODEC_ED25519
    return "z" + write_base58(codec + key.material)


def _accept(key: object, minimum_bits: int) -> PublicKey:
    """Return `key` as ours, or raise Untrusted where it is too weak, too costly or of another kind."""
    if isinstance(key, RSAPublicKey):
        return _accept_rsa(key, max(minimum_bits, LOWEST_RSA_BITS))
    if isinstance(key, Ed25519PublicKey):
        return _accept_ed25519(key)
    raise Untrusted("The public key is neither RSA nor Ed25519.")


def _accept_rsa(key: RSAPublicKey, minimum_bits: int) -> PublicKey:
    if not minimum_bits <= key.key_size <= MAXIMUM_RSA_BITS:
        raise Untrusted(
            f"The RSA key has {key.key_size} bits; {minimum_bits} to {MAXIMUM_RSA_BITS} are accepted."
        )
    numbers = key.public_numbers()
    exponent, modulus = numbers.e, numbers.n
    if exponent % 2 == 0 or not 3 <= exponent < MAXIMUM_RSA_EXPONENT:  # noqa: PLR2004 - the least that RSA allows
        raise Untrusted("The RSA key's exponent must be odd, at least 3 and below 2 to the power of 32.")
    if modulus % 2 == 0:
        raise Untrusted("The RSA key's modulus is even, so it is no RSA key.")
    return PublicKey("rsa", key.public_bytes(Encoding.DER, PublicFormat.PKCS1), key)


def _accept_ed25519(key: Ed25519PublicKey) -> PublicKey:
    """Return `key`, or raise Untrusted unless it is a canonical point of the curve, and not of small order.

    For a small-order point anybody can make signatures that hold, for the identity even over any message.
    """
    material = key.public_bytes_raw()
    y = int.from_bytes(material, "little") & (2**255 - 1)
    if y >= _FIELD_PRIME:
        raise Untrusted("The Ed25519 key is not in its canonical form.")
    if y in _SMALL_ORDER_Y:
        raise Untrusted("The Ed25519 key is a point of small order: anybody could sign with it.")
    # The curve's equation gives x² = (y² - 1) / (d y² + 1); such an x exists when the product is a square.
    square = y * y % _FIELD_PRIME
    product = (square - 1) * (_CURVE_D * square + 1) % _FIELD_PRIME
    if pow(product, (_FIELD_PRIME - 1) // 2, _FIELD_PRIME) != 1:
        raise Untrusted("The Ed25519 key is not a point of the curve.")
    return PublicKey("ed25519", material, key)
