"""Activities: who did what to which object.

Source: https://www.w3.org/TR/activitystreams-vocabulary/#activity-types; the extensions name theirs.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias, Union

from federation.vocabulary.actors import Actor
from federation.vocabulary.agreements import Agreement
from federation.vocabulary.collections import Collection
from federation.vocabulary.concepts import Concept, ConceptScheme
from federation.vocabulary.keys import Key, Proof
from federation.vocabulary.objects import Object
from federation.vocabulary.parts import Emoji, Hashtag, Link, Mention, Tag
from federation.vocabulary.places import Place
from federation.vocabulary.reading import Document
from federation.vocabulary.statements import Authorization, FeaturedItem, Relationship


@dataclass(frozen=True, slots=True)
class Unknown:
    """A document of a type that means nothing here; it is a value, not an error."""

    type: str
    id: str | None = None
    actor: str | None = None
    document: Document = field(default_factory=dict, compare=False, repr=False)


Embedded: TypeAlias = Union[
    "Activity",
    Actor,
    Agreement,
    Authorization,
    Collection,
    Concept,
    ConceptScheme,
    Emoji,
    FeaturedItem,
    Hashtag,
    Key,
    Link,
    Mention,
    Object,
    Place,
    Proof,
    Relationship,
    Unknown,
]
"""Whatever a document with a type reads as."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What an activity points at: by id, embedded, or both.

    `embedded` is None as well where the embedded document does not read well. It is never to be believed
    about another origin than the sender's.
    """

    id: str | None = None
    embedded: Embedded | None = None


NOTHING: Final = Reference()
"""An activity that points at nothing."""


def embed(value: Embedded) -> Reference:
    """Return the reference by which a value travels inside an activity."""
    return Reference(getattr(value, "id", None), value)


@dataclass(frozen=True, slots=True)
class Activity:
    """What all activities have. `actor` is an id; `document` is the whole document as it came."""

    id: str | None
    actor: str
    object: Reference = NOTHING
    target: Reference = NOTHING
    instrument: Reference = NOTHING
    result: Reference = NOTHING
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    published: datetime | None = None
    summary: str | None = None
    content: str | None = None
    tags: tuple[Tag, ...] = ()
    document: Document = field(default_factory=dict, compare=False, repr=False)

    @property
    def type(self) -> str:
        """The name of the activity on the wire."""
        return type(self).__name__


class Accept(Activity):
    """`actor` agrees to `object`: a Follow, a Join, an Offer, an Invite or a request."""

    __slots__ = ()


class Add(Activity):
    """`actor` puts `object` into the collection `target`."""

    __slots__ = ()


class Announce(Activity):
    """`actor` shares `object`; a group shares activities (FEP-1b12)."""

    __slots__ = ()


class AnnounceRequest(Activity):
    """`actor` asks whether `instrument`, an Announce, may share `object` (GoToSocial)."""

    __slots__ = ()


class Arrive(Activity):
    """`actor` has come to a place."""

    __slots__ = ()


class Block(Activity):
    """`actor` wants nothing to do with `object`; with a group as `target` it is a ban from it (Lemmy)."""

    __slots__ = ()


class Create(Activity):
    """`actor` published `object`; an embedded object has been read."""

    __slots__ = ()


class Delete(Activity):
    """`actor` takes back `object`; a moderator says why in `summary` (Lemmy)."""

    __slots__ = ()


class Dislike(Activity):
    """`actor` dislikes `object`."""

    __slots__ = ()


class EmojiReact(Activity):
    """`actor` reacts to `object` with the emoji in `content` (LitePub, FEP-c0e0)."""

    __slots__ = ()


class FeatureRequest(Activity):
    """`actor` asks whether `instrument`, an entry of its collection, may recommend `object` (FEP-7aa9)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Flag(Activity):
    """`actor` reports `objects`, accounts and publications (`object` is the first); `content` says why."""

    objects: tuple[str, ...] = ()


class Follow(Activity):
    """`actor` wants to follow `object`."""

    __slots__ = ()


class Ignore(Activity):
    """`actor` will not answer `object` (FEP-8a8e)."""

    __slots__ = ()


class Invite(Activity):
    """`actor` invites `target` to `object`, a group or an event."""

    __slots__ = ()


class Join(Activity):
    """`actor` wants to take part in `object`; signing a statement, `target` is its signatories."""

    __slots__ = ()


class Leave(Activity):
    """`actor` no longer takes part in `object`."""

    __slots__ = ()


class Like(Activity):
    """`actor` likes `object`; with an emoji in `content` it is a reaction (Misskey)."""

    __slots__ = ()


class LikeRequest(Activity):
    """`actor` asks whether `instrument`, a Like, may like `object` (GoToSocial)."""

    __slots__ = ()


class Listen(Activity):
    """`actor` listened to `object`."""

    __slots__ = ()


class Lock(Activity):
    """`actor`, a moderator, closes `object` to replies (Lemmy)."""

    __slots__ = ()


class Move(Activity):
    """`object` has become `target`; `actor` is one of the two."""

    __slots__ = ()


class Offer(Activity):
    """`actor` offers `object`, an Agreement in this network (FEP-0837)."""

    __slots__ = ()


class QuoteRequest(Activity):
    """`actor` asks whether `instrument`, a publication, may quote `object` (FEP-044f)."""

    __slots__ = ()


class Read(Activity):
    """`actor` read `object`."""

    __slots__ = ()


class Reject(Activity):
    """`actor` declines `object`, or withdraws an Accept."""

    __slots__ = ()


class Remove(Activity):
    """`actor` takes `object` out of the collection `target`."""

    __slots__ = ()


class ReplyRequest(Activity):
    """`actor` asks whether `instrument`, a publication, may answer `object` (GoToSocial)."""

    __slots__ = ()


class ResolveReport(Activity):
    """`actor`, a moderator, closes the report `object` (Lemmy)."""

    __slots__ = ()


class TentativeAccept(Activity):
    """`actor` may agree to `object`."""

    __slots__ = ()


class TentativeReject(Activity):
    """`actor` will rather not agree to `object`."""

    __slots__ = ()


class Travel(Activity):
    """`actor` is on the way."""

    __slots__ = ()


class Undo(Activity):
    """`actor` takes back its own activity `object`."""

    __slots__ = ()


class Update(Activity):
    """`actor` changed `object`; an embedded object has been read."""

    __slots__ = ()


class View(Activity):
    """`actor` looked at `object`."""

    __slots__ = ()


class Warn(Activity):
    """`actor`, a moderator, warns the author of `object` (Lemmy)."""

    __slots__ = ()
