"""A transaction, and the stores that share it."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime

from storage.activities import Activities
from storage.actors import Actors
from storage.backfills import Backfills
from storage.connection import Connection
from storage.deliveries import Deliveries
from storage.facts import Facts
from storage.follows import Follows
from storage.history import Revisions, Tombstones
from storage.identifiers import Identifiers
from storage.members import Members
from storage.peers import Peers
from storage.placements import Placements
from storage.publications import Publications
from storage.reactions import likes_of, shares_of
from storage.received import ReceivedStore
from storage.search import SearchIndex
from storage.signing_keys import SigningKeys
from storage.standings import Standings
from storage.threads import Threads
from storage.timelines import Timelines


class Transaction:
    """Everything a caller may read or change, all or nothing.

    Code that is handed a transaction never commits it; whoever opened it does. All of it happens at one
    moment, `now`.
    """

    def __init__(self, connection: Connection, now: datetime, identifiers: Identifiers) -> None:
        self.now = now
        self._identifiers = identifiers
        self._connection = connection
        self.activities = Activities(connection)
        self.actors = Actors(connection)
        self.backfills = Backfills(connection)
        self.deliveries = Deliveries(connection)
        self.facts = Facts(connection)
        self.follows = Follows(connection)
        self.home = Placements(connection)
        self.likes = likes_of(connection, self.new_id)
        self.members = Members(connection)
        self.peers = Peers(connection)
        self.publications = Publications(connection)
        self.received = ReceivedStore(connection)
        self.search = SearchIndex(connection)
        self.revisions = Revisions(connection)
        self.shares = shares_of(connection, self.new_id)
        self.signing_keys = SigningKeys(connection)
        self.standings = Standings(connection)
        self.threads = Threads(connection)
        self.timelines = Timelines(connection)
        self.tombstones = Tombstones(connection)

    def new_id(self, moment: datetime | None = None) -> int:
        """Make an identifier for something that happened at `moment`, or now; never in the future."""
        return self._identifiers.at(min(moment, self.now) if moment else self.now)

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undo what happens inside, and nothing else, when it raises."""
        return self._connection.savepoint()
