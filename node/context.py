"""What every part of a running node needs, passed by hand."""

from dataclasses import dataclass
from typing import cast

from starlette.requests import HTTPConnection

from federation.context import Federation
from node.settings import Settings
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Node:
    """A running node. `node.app.build_node` puts one together from its settings."""

    settings: Settings
    federation: Federation

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
