"""The streams that clients can listen to, each by its name and, for some, a hashtag or a list."""

from dataclasses import dataclass
from typing import Any, Final

import orjson

from actors.tags import folded_tag

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
OWN: Final = frozenset({"user", "user:notification", "direct"})
NAMES: Final = frozenset({*PUBLIC, *TAGS, *OWN, "list"})


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


def read_channel(name: str, *, tag: str | None, list_id: str | None) -> Channel | None:
    """Return the stream that a client names; None where there is no such stream."""
    if name not in NAMES:
        return None
    if name in TAGS:
        folded = folded_tag(tag or "")
        return Channel(name, tag=folded, parameter=tag) if folded else None
    if name == "list":
        digits = (list_id or "").strip()
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):  # noqa: PLR2004 - 64 bits
            return None
        return Channel(name, list_id=int(digits), parameter=digits)
    return Channel(name)


@dataclass(frozen=True, slots=True)
class Frame:
    """What a listener is told on one stream; the payload is a text, and absent for some events."""

    channel: Channel
    event: str
    payload: str | None

    def for_socket(self) -> str:
        """Return it as a message of a WebSocket."""
        message: dict[str, Any] = {"stream": self.channel.label, "event": self.event}
        if self.payload is not None:
            message["payload"] = self.payload
        return orjson.dumps(message).decode()

    def for_events(self) -> str:
        """Return it as a server-sent event; JSON has no line breaks of its own.

        What has no payload says so in the word that Mastodon's clients wait for; browsers drop an empty one.
        """
        return f"event: {self.event}\ndata: {'undefined' if self.payload is None else self.payload}\n\n"
