"""How far somebody has read a list whose numbers are not committed in their order."""

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

WAITS_FOR: Final = 300.0
"""How long a number that was passed over may come later, in seconds: longer than any transaction takes."""

MOST_MISSED: Final = 1000


class Numbered(Protocol):
    """Something with a number that rises."""

    @property
    def seq(self) -> int:
        """The number."""


Event = TypeVar("Event", bound=Numbered)


class Cursor:
    """Remembers the last number that was read, and those before it that were not there.

    PostgreSQL gives out numbers one by one, but transactions commit when they are done: a gap is one that is
    still under way, or was rolled back. It is looked for again until no transaction can be as old.
    """

    def __init__(self) -> None:
        self.last = 0
        self._missed: dict[int, float] = {}

    @property
    def missed(self) -> list[int]:
        """Numbers to look for again."""
        return list(self._missed)

    def take(self, found: Sequence[Event], now: float) -> list[Event]:
        """Return those that were not read before, of what is there after `last` or was missed (in order).

        `now` are seconds of any clock that never goes back.
        """
        fresh = []
        for each in found:
            if each.seq > self.last:
                start = max(self.last + 1, each.seq - MOST_MISSED)
                self._missed.update(dict.fromkeys(range(start, each.seq), now))
                self.last = each.seq
            elif self._missed.pop(each.seq, None) is None:
                continue
            fresh.append(each)
        overdue = [number for number, since in self._missed.items() if now - since > WAITS_FOR]
        for number in [*overdue, *self.missed[: len(self._missed) - MOST_MISSED]]:
            self._missed.pop(number, None)
        return fresh
