"""The Digest header (RFC 3230): it ties a body to the signature that covers the header."""

import hmac
from collections.abc import Iterable
from hashlib import sha256, sha512

from federation.errors import Untrusted
from federation.signatures.encodings import read_base64, write_base64

# Algorithms that we know how to compute; SHA-256 must be there, SHA-512 must not contradict it.
_HASHES = {"sha-256": sha256, "sha-512": sha512}


def digest_header(body: bytes) -> str:
    """Return the value of the Digest header for `body`."""
    return "SHA-256=" + write_base64(sha256(body).digest())


def check_digest(headers: Iterable[tuple[str, str]], body: bytes) -> None:
    """Raise Untrusted unless the Digest headers hold a SHA-256 of `body` and nothing that contradicts it.

    `headers` are pairs of lower-case name and value. All lines and all values count, so that no two readers
    can each pick the one they like; values by other algorithms than SHA-256 and SHA-512 say nothing.
    """
    lines = [value for name, value in headers if name == "digest"]
    if not lines:
        raise Untrusted("The request has no Digest header, so nothing vouches for its body.")
    computed: dict[str, bytes] = {}
    for value in ",".join(lines).split(","):
        label, equals, encoded = value.strip(" \t").partition("=")
        if not equals:
            raise Untrusted("The Digest header is not a list of algorithm=value.")
        algorithm = label.lower()
        if algorithm not in _HASHES:
            continue
        if algorithm not in computed:
            computed[algorithm] = _HASHES[algorithm](body).digest()
        try:
            claimed = read_base64(encoded)
        except ValueError as error:
            raise Untrusted(f"The {algorithm} value of the Digest header is not base64.") from error
        if not hmac.compare_digest(claimed, computed[algorithm]):
            raise Untrusted("The Digest header does not match the body.")
    if "sha-256" not in computed:
        raise Untrusted("The Digest header has no SHA-256 value.")
