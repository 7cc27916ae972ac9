"""What the protocol must know of the node that it speaks for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from federation.errors import Malformed
from federation.flights import Flights
from federation.keyring import Keyring
from federation.origins import origin
from federation.policy import PeerPolicy
from federation.signers import Signers
from federation.transport import Transport
from storage.database import Database
from storage.group_commit import GroupCommit
from storage.received import Received


@dataclass(frozen=True, slots=True)
class Federation:
    """The node, as far as other nodes are concerned.

    `base_url` has no final slash. `hosts` are the values of a signed Host header that mean us.
    `allow_http` is for test networks, where a domain may be an address with a port. `allow_list`: only
    hosts that an operator trusts are talked to. `keep` makes what we received durable. `flights` lets
    those who want the same thing at the same time share one fetch.
    """

    base_url: str
    domain: str
    hosts: frozenset[str]
    database: Database
    transport: Transport
    policy: PeerPolicy
    keyring: Keyring
    signers: Signers
    keep: GroupCommit[Received]
    allow_http: bool = False
    allow_list: bool = False
    authorized_fetch: bool = False
    flights: Flights = field(default_factory=Flights, repr=False, compare=False)
    _origin: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_origin", origin(self.base_url))

    def is_ours(self, uri: str) -> bool:
        """Whether a URI belongs to this node; nothing remote may claim one, and none is ever fetched."""
        try:
            return origin(uri) == self._origin
        except Malformed:
            return False

    @property
    def clock(self) -> Callable[[], datetime]:
        """The node's clock."""
        return self.database.clock
