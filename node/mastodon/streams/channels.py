"""The streams that clients can listen to, each by its name and, for some, a hashtag or a list."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from actors.errors import Invalid
from actors.tags import folded_tag
from storage.paging import LARGEST_ID

PUBLIC: Final = {
    "public": (None, False),
    "public:media": (None, True),
    "public:local": (True, False),
    "public:local:media": (True, True),
    "public:remote": (False, False),
    "public:remote:media": (False, True),
}
"""Public streams: whether only what is published here (True) or elsewhere (False), and only with media."""

TAGS: Final = {"hashtag": None, "hashtag:local": True}
"""Streams of a hashtag: whether only what is published here."""

OWN: Final = frozenset({"user", "user:notification", "direct"})
NAMES: Final = frozenset({*PUBLIC, *TAGS, *OWN, "list"})

UNKNOWN: Final = "Unknown stream type"
_DIGITS: Final = len(str(LARGEST_ID))


@dataclass(frozen=True, slots=True)
class Channel:
    """One stream. `tag` is a folded hashtag, `list_id` the number of a list of the listener's."""

    name: str
    tag: str = ""
    list_id: int = 0
    parameter: str | None = None

    @property
    def label(self) -> list[str]:
        """What frames call it."""
        return [self.name] if self.parameter is None else [self.name, self.parameter]


def read_channel(name: str, *, tag: str | None = None, list_id: str | None = None) -> Channel:
    """Return the stream that a client names; Invalid where there is no such stream, or no name with it."""
    if name not in NAMES:
        raise Invalid(UNKNOWN, {"stream": f"must be one of {', '.join(sorted(NAMES))}"})
    if name in TAGS:
        folded = folded_tag(tag or "")
        if not folded:
            raise Invalid("Missing tag name parameter", {"tag": "must be a hashtag"})
        return Channel(name, tag=folded, parameter=tag)
    if name == "list":
        digits = (list_id or "").strip()
        is_number = digits.isascii() and digits.isdecimal() and len(digits) <= _DIGITS
        if not is_number or int(digits) > LARGEST_ID:
            raise Invalid("Missing list name parameter", {"list": "must be the id of a list"})
        return Channel(name, list_id=int(digits), parameter=digits)
    return Channel(name)


class Frame:
    """What is told on one stream; the payload is a text, and absent for some events.

    One frame is sent to many, so what it looks like on the wire is made once.
    """

    __slots__ = ("_for_events", "_for_socket", "channel", "event", "payload")

    def __init__(self, channel: Channel, event: str, payload: str | None) -> None:
        self.channel = channel
        self.event = event
        self.payload = payload
        self._for_events = self._for_socket = ""

    def for_socket(self) -> str:
        """Return it as a message of a WebSocket."""
        if not self._for_socket:
            message: dict[str, Any] = {"stream": self.channel.label, "event": self.event}
            if self.payload is not None:
                message["payload"] = self.payload
            self._for_socket = orjson.dumps(message).decode()
        return self._for_socket

    def for_events(self) -> str:
        """Return it as a server-sent event; JSON has no line breaks of its own.

        What has no payload says so in the word that Mastodon's clients wait for; browsers drop an empty one.
        """
        if not self._for_events:
            payload = "undefined" if self.payload is None else self.payload
            self._for_events = f"event: {self.event}\ndata: {payload}\n\n"
        return self._for_events
