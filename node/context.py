"""What every part of a running node needs, passed by hand."""

from dataclasses import dataclass, field
from typing import cast

from starlette.requests import HTTPConnection

from actors.passwords import Passwords
from federation.context import Federation
from node.files.workshop import Workshop
from node.settings import Settings
from node.shelf import Shelf
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Node:
    """A running node. `node.app.build_node` puts one together from its settings.

    `shelf` keeps what the client API makes of rows.
    """

    settings: Settings
    federation: Federation
    files: Workshop = field(compare=False, repr=False)
    shelf: Shelf = field(default_factory=Shelf, compare=False, repr=False)
    passwords: Passwords = field(default_factory=Passwords, compare=False, repr=False)

    @property
    def database(self) -> Database:
        """The node's database."""
        return self.federation.database

    @property
    def base_url(self) -> str:
        """Where the node answers, without a final slash."""
        return self.federation.base_url


def node_of(connection: HTTPConnection) -> Node:
    """Return the node that serves this request."""
    return cast("Node", connection.app.state.node)
