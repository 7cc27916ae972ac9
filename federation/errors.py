"""What can go wrong between nodes.

* FederationError
  + Malformed      the document is not what it claims to be; asking again changes nothing
  + Untrusted      the signature, the key or the origin does not hold
  + Refused        policy forbids talking to this host, or this address must never be contacted
  + Unreachable    the other node did not answer as hoped; try later
    - Gone         the other node says that what we asked for does not exist (any more)

Messages are safe to show to people; what caused them is chained.
"""


class FederationError(Exception):
    """Something went wrong between nodes."""


class Malformed(FederationError):
    """The document is not what it claims to be."""


class Untrusted(FederationError):
    """The signature, the key or the origin does not hold."""


class Refused(FederationError):
    """The host or address is one that this node will not talk to."""


class Unreachable(FederationError):
    """The other node did not answer as hoped; try later.

    `retry_after` is the number of seconds the other node asked us to wait, where it did. `is_final` says
    that trying later is of no use.
    """

    is_final = False

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Gone(Unreachable):
    """The other node answered 404 or 410: there is nothing (any more) at that address."""

    is_final = True

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status
