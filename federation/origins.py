"""Whose an address is: one reader of URLs, used both to check an address and to contact it.

Two readers that disagree about a host are how a checked address becomes another one, so nothing else in this
project takes a URL apart. The reader refuses whatever different programs are known to read differently.
"""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from posixpath import normpath
from urllib.parse import quote, unquote, urljoin

import idna

from federation.errors import Malformed

_LONGEST_URL = 4096
_LONGEST_HOST = 253
_DEFAULT_PORTS = {"https": 443, "http": 80}
_FULL_STOPS = "\u3002\uff0e\uff61"  # Some programs read these as dots between labels, some do not.

_ODD = re.compile(r"[\s\x00-\x20\x7f-\x9f\\]")
_URL = re.compile(r"(https?)://([^/?#]*)([^#]*)(?:#(.*))?", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[^:\[\]]+)(?::([1-9][0-9]{0,4}))?", re.IGNORECASE | re.ASCII)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*{_LABEL}", re.ASCII)
_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)", re.ASCII)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE | re.ASCII)
_DECENTRALISED = r"(did:[a-z0-9]+:[A-Za-z0-9._:-]+)(?:[/?#]|$)"
_PORTABLE = re.compile(rf"ap(?:\+ef61)?://{_DECENTRALISED}", re.ASCII)
_GATEWAY = re.compile(rf"/\.well-known/apgateway/{_DECENTRALISED}", re.ASCII)

# What may stand in a path or query as it is; anything else is percent-encoded, once.
_KEPT = "!$&'()*+,;=:@/?%[]~"
_PLAIN = re.compile(rf"[A-Za-z0-9._\-{re.escape(_KEPT)}]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Address:
    """Where something lies on the web, in its one canonical form.

    `host` is lower case, in A-labels, without a trailing dot; an IPv6 literal stands without its brackets.
    `target` is path and query, percent-encoded. `str()` is the URL to request, which has no fragment.
    """

    scheme: str
    host: str
    port: int
    target: str
    fragment: str = ""

    @property
    def literal(self) -> IPv4Address | IPv6Address | None:
        """The host as an IP address, or None where it is a name."""
        if self.host[-1].isdigit() or ":" in self.host:
            try:
                return ip_address(self.host)
            except ValueError:
                return None
        return None

    @property
    def domain(self) -> str:
        """The host, with its port where that is not the scheme's own: what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and domain; the server's origin, whoever the path belongs to (see `origin()`)."""
        return f"{self.scheme}://{self.domain}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.domain}{self.target}"


def read_url(text: str, *, allow_http: bool = False) -> Address:
    """Read a web address, or raise Malformed.

    Only https is read, and http where `allow_http` says so. A literal IP address is read like a name: whether
    it may be contacted is for `federation.addresses` to say.
    """
    if len(text) > _LONGEST_URL:
        raise Malformed(f"The address is longer than {_LONGEST_URL} characters.")
    if _ODD.search(text):
        raise Malformed("The address contains white space, a backslash or a control character.")
    parts = _URL.fullmatch(text)
    if parts is None:
        raise Malformed("The address does not start with https://.")
    scheme = parts[1].lower()
    if scheme == "http" and not allow_http:
        raise Malformed("The address starts with http://; only https:// is used.")
    host, port = _read_authority(parts[2])
    target = _encode(parts[3])
    if not target.startswith("/"):
        target = "/" + target
    return Address(scheme, host, port or _DEFAULT_PORTS[scheme], target, _encode(parts[4] or ""))


def join(base: Address, reference: str, *, allow_http: bool = False) -> Address:
    """Read a `Location`, which may be relative to `base`, or raise Malformed."""
    if not reference or _ODD.search(reference):
        raise Malformed("The redirect leads nowhere.")
    if _SCHEME.match(reference):
        return read_url(reference, allow_http=allow_http)
    if reference.startswith("//"):
        return read_url(f"{base.scheme}:{reference}", allow_http=allow_http)
    try:
        joined = urljoin(base.target, reference)
    except ValueError as error:
        raise Malformed("The redirect leads nowhere.") from error
    return read_url(base.origin + joined, allow_http=allow_http)


def origin(text: str) -> str:
    """Return who a URI belongs to (FEP-fe34), or raise Malformed.

    That is scheme, host and port, as in `https://a.example`, or the DID of a portable object (FEP-ef61), also
    where a gateway serves it under its own name. An http address has an origin of its own.
    """
    portable = _PORTABLE.match(text)
    if portable:
        return portable[1]
    address = read_url(text, allow_http=True)
    # A gateway tidies the path before it looks and serves what its users wrote as they wrote it, so a path
    # that only becomes a gateway's by tidying would let them speak as the gateway.
    served = _GATEWAY.search(normpath(unquote(address.target)))
    return served[1] if served else address.origin


def same_origin(one: object, other: object) -> bool:
    """Say whether two URIs belong to the same origin; never raises, and nothing unreadable has an origin."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    try:
        return origin(one) == origin(other)
    except Malformed:
        return False


def canonical_host(text: str) -> str:
    """Return the one form of a domain that people and block-lists write in many ways, or raise Malformed.

    Upper case, a trailing dot, Unicode, full-width letters and the web's own ports go; any other port
    stays, as in `127.0.0.2:8001`. The form is that of `Address.domain`.
    """
    if len(text) > _LONGEST_URL:
        raise Malformed("The domain is too long.")
    plain = unicodedata.normalize("NFKC", text).replace("\u3002", ".")
    name, colon, port = plain.partition(":")
    if not name.startswith("["):
        plain = name.removesuffix(".") + colon + port
    if any(character in plain for character in "/?#") or _ODD.search(plain):
        raise Malformed("A domain is a bare name such as example.org, without slashes or spaces.")
    host, number = _read_authority(plain)
    shown = f"[{host}]" if ":" in host else host
    return shown if number in {None, *_DEFAULT_PORTS.values()} else f"{shown}:{number}"


def _read_authority(authority: str) -> tuple[str, int | None]:
    """Read a host and its port, or raise Malformed."""
    if "@" in authority:
        raise Malformed("The address contains a user name.")
    if "%" in authority:
        raise Malformed("The address has a percent sign in its host.")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise Malformed("The address has no readable host and port.")
    port = int(parts[2]) if parts[2] else None
    if port is not None and port > 0xFFFF:  # noqa: PLR2004 - the highest port there is
        raise Malformed("The address has a port that does not exist.")
    return _read_host(parts[1]), port


def _read_host(text: str) -> str:
    """Return a host name in A-labels or an IP address in its shortest form, or raise Malformed."""
    if text.startswith("["):
        try:
            return str(IPv6Address(text[1:-1]))
        except ValueError as error:
            raise Malformed("The address has a broken IPv6 address for a host.") from error
    host = text.lower() if text.isascii() else _to_ascii(text)
    if len(host) > _LONGEST_HOST or not _NAME.fullmatch(host):
        raise Malformed("The address has a host that is not a valid name.")
    if "xn--" in host:
        for label in host.split("."):
            _check_punycode(label)
    # Resolvers read 127.1, 0x7f000001 and 2130706433 as addresses too (WHATWG URL, "ends in a number").
    if _NUMBER.fullmatch(host):
        try:
            IPv4Address(text)
        except ValueError as error:
            raise Malformed("The address has a number for a host.") from error
    return host


def _to_ascii(text: str) -> str:
    """Return a Unicode host in A-labels by IDNA 2008, which maps nothing but case, or raise Malformed."""
    if any(stop in text for stop in _FULL_STOPS) or len(text) > _LONGEST_HOST:
        raise Malformed("The address has a host that is not a valid name.")
    try:
        return idna.encode(unicodedata.normalize("NFC", text.lower())).decode("ascii")
    except ValueError as error:  # All that idna raises, also what is not its own IDNAError.
        raise Malformed("The address has a host that is not a valid international name.") from error


def _check_punycode(label: str) -> None:
    """Raise Malformed for an A-label that stands for nothing, or that another label stands for already.

    Which scripts and symbols a registry allows is left to the registry: emoji domains exist.
    """
    if not label.startswith("xn--"):
        return
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        again = decoded.encode("punycode").decode("ascii")
    except ValueError as error:
        raise Malformed("The address has a host that is not a valid international name.") from error
    if decoded.isascii() or _ODD.search(decoded) or again != label[4:]:
        raise Malformed("The address has a host that is not a valid international name.")


def _encode(text: str) -> str:
    """Percent-encode what may not stand in a URL; what is encoded already stays as it is."""
    if _PLAIN.fullmatch(text):
        return text
    try:
        return quote(text, safe=_KEPT)
    except UnicodeEncodeError as error:
        raise Malformed("The address contains half of a character.") from error
