"""The closed sets of words that rows use."""

from enum import StrEnum


class ActorType(StrEnum):
    """What an actor is, in ActivityStreams' words."""

    PERSON = "Person"
    ORGANIZATION = "Organization"
    APPLICATION = "Application"
    GROUP = "Group"
    SERVICE = "Service"


class Kind(StrEnum):
    """What a publication is, in the network's words.

    The first nine can be published here; POST is any other object of the fediverse that reads as a text.
    """

    NOTE = "note"
    PRACTICE = "practice"
    RESOURCE = "resource"
    EVENT = "event"
    TRAINING = "training"
    OFFER = "offer"
    REQUEST = "request"
    STATEMENT = "statement"
    CONSULTATION = "consultation"
    INDICATOR_RETURN = "indicator_return"
    POST = "post"


#: The kinds that the server's actor announces to the nodes that follow it: the public catalogue.
CATALOGUE = frozenset(Kind) - {Kind.NOTE, Kind.POST}


class Visibility(StrEnum):
    """Who may read a publication, in Mastodon's words (ActivityPub has only addressing)."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    PRIVATE = "private"
    DIRECT = "direct"


class Role(StrEnum):
    """What a member of the body may do, from least to most (`domain.md` §5.1)."""

    MEMBER = "member"
    EXPERT = "expert"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    COORDINATOR = "coordinator"
    MODERATOR = "moderator"
    ADMIN = "admin"


class FollowState(StrEnum):
    """How far a follow has come."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Policy(StrEnum):
    """How this node treats another one (`domain.md` §5.3)."""

    TRUSTED = "trusted"
    KNOWN = "known"
    LIMITED = "limited"
    BLOCKED = "blocked"


class About(StrEnum):
    """What a notification tells, in the words of the client API."""

    MENTION = "mention"
    STATUS = "status"
    REBLOG = "reblog"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    FAVOURITE = "favourite"
    POLL = "poll"
    UPDATE = "update"
    QUOTE = "quote"
    QUOTED_UPDATE = "quoted_update"
    SIGN_UP = "admin.sign_up"
    REPORT = "admin.report"
    SEVERED = "severed_relationships"
    WARNING = "moderation_warning"


#: What is told together where it comes within half a day.
GROUPABLE = frozenset({About.FAVOURITE, About.REBLOG, About.FOLLOW, About.SIGN_UP})


class DeliveryState(StrEnum):
    """What has become of a delivery.

    WAITING ──sent──▶ SENT
       │ ▲
       │ └─ answered 401, 408, 429, 5xx, or not at all: due again later
       ├──answered 403, 404, 410 or another final 4xx──▶ REFUSED
       ├──tried for days──▶ GIVEN_UP
       └──the object was deleted before the delivery left──▶ CANCELLED
    """

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    GIVEN_UP = "given up"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What has become of a received activity. One that is still to be applied has none."""

    APPLIED = "applied"
    IGNORED = "ignored"
    REFUSED = "refused"
    GIVEN_UP = "given up"


class MediaState(StrEnum):
    """How far something that was uploaded has come."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class MediaKind(StrEnum):
    """What clients take media for; `unknown` is what they only name, such as a document."""

    IMAGE = "image"
    GIFV = "gifv"
    VIDEO = "video"
    AUDIO = "audio"
    UNKNOWN = "unknown"
