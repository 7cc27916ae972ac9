"""What templates are given: everything is said, chosen and checked before it gets here."""

from dataclasses import dataclass, field

from node.pages.speech import Text


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as people read it, and as machines do (RFC 3339)."""

    said: str
    iso: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who published something; `origin` is the host of another node, empty for this one."""

    name: str
    handle: str
    href: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How things stand with a publication; an alarm is what somebody must know before coming."""

    said: str
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A publication in a list. `pieces` are those of an excerpt, each with whether it is what was sought.

    What goes without saying where it stands is left empty: the kind, or an author who is this node's body.
    """

    title: Text
    href: str
    moment: Moment
    kind: str = ""
    author: Person | None = None
    where: str = ""
    state: State | None = None
    summary: Text = field(default=Text(""))
    pieces: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a fact, which may lead somewhere or be a moment."""

    text: Text
    href: str = ""
    iso: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of a publication or an actor: what it is called, and its values."""

    term: Text
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file beside a publication, and what else is known of it: its type, its size, its host.

    One that is shown as a picture is described by its name.
    """

    name: Text
    href: str
    about: tuple[str, ...] = ()
    is_picture: bool = False
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Publications under a heading, and the way to the older ones or to all of them."""

    heading: str
    cards: tuple[Card, ...]
    empty: str = ""
    more: str = ""
    more_said: str = ""
