"""Prove who sends a request, and check who sent one.

Everything here is pure: no network, no storage, no clock. Callers write `signatures.sign(...)` when they send
and, when they receive, `parse_signature`, `check`, then (with the key at hand) `verify`.
"""

from federation.signatures.dates import read_http_date, write_http_date
from federation.signatures.digest import check_digest, digest_header
from federation.signatures.draft_cavage import CONTENT_TYPE, check, sign, verify
from federation.signatures.encodings import read_base58, read_base64, write_base58, write_base64
from federation.signatures.keys import (
    Algorithm,
    PublicKey,
    read_multikey,
    read_public_pem,
    write_multikey,
)
from federation.signatures.parameters import SignatureParameters, parse_signature
from federation.signatures.request import SignedRequest, host_and_target, read_request
from federation.signatures.signing_keys import KeyPair, SigningKey, generate_ed25519, generate_rsa

__all__ = [
    "CONTENT_TYPE",
    "Algorithm",
    "KeyPair",
    "PublicKey",
    "SignatureParameters",
    "SignedRequest",
    "SigningKey",
    "check",
    "check_digest",
    "digest_header",
    "generate_ed25519",
    "generate_rsa",
    "host_and_target",
    "parse_signature",
    "read_base58",
    "read_base64",
    "read_http_date",
    "read_multikey",
    "read_public_pem",
    "read_request",
    "sign",
    "verify",
    "write_base58",
    "write_base64",
    "write_http_date",
    "write_multikey",
]
