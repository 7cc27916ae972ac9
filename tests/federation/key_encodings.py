"""Keys written by hand, byte for byte, so that tests can make the ones that no library would."""

import base64

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tests.federation.signed_requests import PAIRS, RSA_PAIR

# The keys of signed_requests as SubjectPublicKeyInfo in DER: RSA, then Ed25519.
DERS = [base64.b64decode("".join(pair.public.splitlines()[1:-1])) for pair in PAIRS.values()]

_RSA_KEY = load_pem_public_key(RSA_PAIR.public.encode())
assert isinstance(_RSA_KEY, RSAPublicKey)
RSA_NUMBERS = _RSA_KEY.public_numbers()


def element(tag: int, *contents: bytes) -> bytes:
    """Return one DER element."""
    content = b"".join(contents)
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    header = bytes([len(content)]) if len(content) < 128 else bytes([128 + len(length)]) + length
    return bytes([tag]) + header + content


def integer(number: int) -> bytes:
    """Return a DER integer that is not negative."""
    return element(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def pkcs1(modulus: int, exponent: int) -> bytes:
    """Return an RSA public key in PKCS#1 DER."""
    return element(0x30, integer(modulus), integer(exponent))


def armoured(der: bytes, label: str = "PUBLIC KEY") -> str:
    """Return DER as PEM."""
    text = base64.encodebytes(der).decode()
    return f"-----BEGIN {label}-----\n{text}-----END {label}-----\n"


def rsa_pem(modulus: int, exponent: int) -> str:
    """Return an RSA public key as SPKI in PEM."""
    identifier = element(0x30, bytes.fromhex("06092a864886f70d010101"), b"\x05\x00")
    return armoured(element(0x30, identifier, element(3, b"\0", pkcs1(modulus, exponent))))


def ed25519_pem(material: bytes) -> str:
    """Return 32 bytes as an Ed25519 public key: SPKI in PEM."""
    return armoured(bytes.fromhex("302a300506032b6570032100") + material)
