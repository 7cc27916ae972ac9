"""A request as it came over the wire, and where one of ours goes to."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from federation.errors import Malformed

_DEFAULT_PORTS = {"http": "80", "https": "443"}
# Only what RFC 3986 allows: any other character would be re-spelt by the HTTP client after we signed it.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(?:/(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/]|%[0-9A-Fa-f]{2})*)?)"
    r"(?P<query>(?:\?(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?)"
    r"(?:#[!-~]*)?"
)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """Hold what was received, exactly as received: signatures are made over raw bytes.

    `target` is the path and query before any decoding; `headers` are pairs of lower-case name and value, in
    order, duplicates kept. Both are bytes read as Latin-1, so that encoding them gives the bytes back.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(default=b"", repr=False)

    def values(self, name: str) -> list[str]:
        """Return the value of every header line with this lower-case name, outer whitespace removed."""
        return [value.strip(" \t") for line, value in self.headers if line == name]


def read_request(
    method: str, path: bytes, query: bytes, headers: Iterable[tuple[bytes, bytes]], body: bytes
) -> SignedRequest:
    """Build a SignedRequest from what an ASGI server passes: `raw_path`, `query_string`, `headers`."""
    target = path + b"?" + query if query else path
    return SignedRequest(
        method,
        target.decode("latin-1"),
        tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers),
        body,
    )


def host_and_target(url: str) -> tuple[str, str]:
    """Return the Host header and the request target that an HTTP client sends for `url`.

    The host is in lower case and carries a port that is not the scheme's own. Raises Malformed where clients
    would send something else than what is written: what we sign must be what is sent.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise Malformed(f"{url[:200]!r} is not an http(s) address in plain ASCII with escaped characters.")
    scheme, host, port, path, query = match.groups()
    if any(segment in {".", ".."} for segment in path.split("/")):
        raise Malformed(f"{url[:200]!r} has a path with '.' or '..' in it.")
    if port is not None and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    return host.lower(), (path or "/") + query
