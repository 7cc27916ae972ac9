"""A transaction, and the stores that share it."""

from contextlib import AbstractAsyncContextManager
from datetime import datetime

from storage.account_lists import AccountLists
from storage.account_notes import AccountNotes
from storage.account_search import AccountSearch
from storage.acquaintances import Acquaintances
from storage.activities import Activities
from storage.actors import Actors
from storage.announcements import Announcements
from storage.answered import AnsweredRequests
from storage.applications import Applications
from storage.attendance import Attendances
from storage.backfills import Backfills
from storage.connection import Connection
from storage.conversations import Conversations
from storage.copies import Copies
from storage.deliveries import Deliveries
from storage.documents import Documents
from storage.domain_blocks import DomainBlocks
from storage.endorsements import Endorsements
from storage.facts import Facts
from storage.featured_tags import FeaturedTags
from storage.filters import Filters
from storage.follow_lists import FollowLists
from storage.followed_tags import FollowedTags
from storage.follows import Follows
from storage.history import Revisions, Tombstones
from storage.identifiers import Identifiers
from storage.markers import Markers
from storage.marks import bookmarks_of, pins_of
from storage.media import MediaStore
from storage.members import Members
from storage.membership_requests import MembershipRequests
from storage.moderation import Moderation
from storage.mutes import Mutes
from storage.notification_policies import NotificationPolicies
from storage.notifications import Notifications
from storage.peers import Peers
from storage.placements import Placements
from storage.polls import Polls
from storage.preferences import PreferenceStore
from storage.profiles import Profiles
from storage.publications import Publications
from storage.push_subscriptions import PushSubscriptions
from storage.quotes import Quotes
from storage.reactions import likes_of, shares_of
from storage.received import ReceivedStore
from storage.relationships import Relationships
from storage.reports import Reports
from storage.scheduled import Scheduled
from storage.search import SearchIndex
from storage.sessions import Sessions
from storage.severances import Severances
from storage.signing_keys import SigningKeys
from storage.standings import Standings
from storage.stream_events import StreamEvents
from storage.suggestions import Suggestions
from storage.tag_uses import TagUses
from storage.threads import Threads
from storage.timelines import Timelines
from storage.tokens import Tokens
from storage.trends import Trends
from storage.usage import Usage
from storage.verified_links import VerifiedLinks


class Transaction:
    """Everything a caller may read or change, all or nothing.

    Code that is handed a transaction never commits it; whoever opened it does. All of it happens at one
    moment, `now`.
    """

    def __init__(  # noqa: PLR0915 - a line for each store
        self, connection: Connection, now: datetime, identifiers: Identifiers
    ) -> None:
        self.now = now
        self._identifiers = identifiers
        self._connection = connection
        self.account_lists = AccountLists(connection)
        self.account_notes = AccountNotes(connection)
        self.account_search = AccountSearch(connection, now)
        self.activities = Activities(connection)
        self.acquaintances = Acquaintances(connection, now)
        self.actors = Actors(connection)
        self.announcements = Announcements(connection)
        self.answered = AnsweredRequests(connection)
        self.applications = Applications(connection)
        self.membership_requests = MembershipRequests(connection)
        self.sessions = Sessions(connection)
        self.tokens = Tokens(connection)
        self.attendance = Attendances(connection)
        self.backfills = Backfills(connection)
        self.bookmarks = bookmarks_of(connection, self.new_id)
        self.copies = Copies(connection)
        self.conversations = Conversations(connection)
        self.deliveries = Deliveries(connection)
        self.documents = Documents(connection)
        self.domain_blocks = DomainBlocks(connection)
        self.endorsements = Endorsements(connection)
        self.facts = Facts(connection)
        self.featured_tags = FeaturedTags(connection)
        self.filters = Filters(connection)
        self.follow_lists = FollowLists(connection, now)
        self.followed_tags = FollowedTags(connection)
        self.follows = Follows(connection, self.new_id)
        self.home = Placements(connection)
        self.likes = likes_of(connection, self.new_id)
        self.media = MediaStore(connection)
        self.members = Members(connection)
        self.moderation = Moderation(connection)
        self.mutes = Mutes(connection, now)
        self.markers = Markers(connection, now)
        self.notification_policies = NotificationPolicies(connection)
        self.notifications = Notifications(connection)
        self.peers = Peers(connection)
        self.pins = pins_of(connection, self.new_id)
        self.polls = Polls(connection)
        self.preferences = PreferenceStore(connection)
        self.profiles = Profiles(connection)
        self.publications = Publications(connection)
        self.push_subscriptions = PushSubscriptions(connection)
        self.quotes = Quotes(connection)
        self.received = ReceivedStore(connection)
        self.relationships = Relationships(connection, now)
        self.reports = Reports(connection)
        self.revisions = Revisions(connection)
        self.scheduled = Scheduled(connection)
        self.search = SearchIndex(connection)
        self.severances = Severances(connection)
        self.shares = shares_of(connection, self.new_id)
        self.signing_keys = SigningKeys(connection)
        self.standings = Standings(connection)
        self.suggestions = Suggestions(connection, now)
        self.stream_events = StreamEvents(connection, now)
        self.tag_uses = TagUses(connection, now)
        self.threads = Threads(connection)
        self.timelines = Timelines(connection, now)
        self.tombstones = Tombstones(connection)
        self.trends = Trends(connection, now)
        self.usage = Usage(connection, now)
        self.verified_links = VerifiedLinks(connection)

    def new_id(self, moment: datetime | None = None) -> int:
        """Make an identifier for something that happened at `moment`, or now; never in the future."""
        return self._identifiers.at(min(moment, self.now) if moment else self.now)

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """Undo what happens inside, and nothing else, when it raises."""
        return self._connection.savepoint()
