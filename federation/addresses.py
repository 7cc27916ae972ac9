"""Which addresses this node may contact: public ones, and the networks its operator allows.

Names and URLs are checked before they are looked up, addresses after it and before connecting. What the
standard library calls global is not what may be contacted, so the ranges are listed here (IANA
special-purpose registries).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from federation.errors import Refused
from federation.origins import Address

IPAddress = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade translation
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the metadata services of clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
# Addresses that stand for the IPv4 address in their last 32 bits: mapped ones, and those that a translator
# for networks without IPv4 answers with (RFC 6052). The other embeddings are out of use, hence not public.
_CARRIERS = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))

_NOT_PUBLIC_NAMES = (
    ".local",
    ".localhost",
    ".localdomain",
    ".internal",
    ".home.arpa",
    ".onion",
    ".i2p",
)


def is_public(address: IPAddress) -> bool:
    """Say whether an address is one that anybody on the internet may contact."""
    address = _carried(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """Refuses what this node must never contact.

    `allow_networks` are networks that may be contacted though they are not public. `allow_http` is for
    networks without certificates, as in tests: it also allows ports other than 443.
    """

    allow_networks: tuple[Network, ...] = ()
    allow_http: bool = False

    def check_url(self, address: Address) -> None:
        """Raise Refused for an address that must not even be looked up."""
        literal = address.literal
        allowed = literal is not None and self._is_allowed(literal)
        if address.scheme != "https" and not self.allow_http:
            raise Refused(f"{address.domain} is not contacted without encryption.")
        if address.port != 443 and not (self.allow_http or allowed):  # noqa: PLR2004 - the port of https
            raise Refused(f"{address.domain} is not on port 443.")
        if literal is not None and not allowed:
            raise Refused(f"{address.domain} is a bare address, not a name.")
        if literal is None and not self.allow_networks and not _is_public_name(address.host):
            raise Refused(f"{address.domain} is not a public name.")

    def check_addresses(self, addresses: Iterable[IPAddress], *, host: str = "") -> None:
        """Raise Refused unless every address that a host resolves to may be contacted.

        A name that is not public, such as `intranet`, may only lead into the allowed networks.
        """
        public_name = not host or _is_public_name(host)
        for address in addresses:
            if not (self._is_allowed(address) or (public_name and is_public(address))):
                raise Refused(f"{host or 'The name'} leads to an address that must not be contacted.")

    def _is_allowed(self, address: IPAddress) -> bool:
        """Say whether the operator allows this address."""
        address = _carried(address)
        return any(address in network for network in self.allow_networks)


def _carried(address: IPAddress) -> IPAddress:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRIERS):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _is_public_name(host: str) -> bool:
    """Say whether a host name (not an address) can be one on the public internet."""
    return "." in host and not f".{host}".endswith(_NOT_PUBLIC_NAMES)
