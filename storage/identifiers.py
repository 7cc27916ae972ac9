"""Identifiers that are ordered by time, as decimal 64-bit numbers.

Mastodon clients compare ids as numbers or as strings to page and to sort, and expect a newer thing to
have a larger id; the same layout as theirs (milliseconds since 1970, then 16 bits) keeps both true.
"""

import secrets
from datetime import datetime, timedelta

from storage.base import EPOCH

SEQUENCE_BITS = 16
_MASK = (1 << SEQUENCE_BITS) - 1


class Identifiers:
    """Makes identifiers: ever larger for what happens now; unique in a process, and very nearly across.

    In each millisecond the low bits count on from a random start. Two processes that pick the same number in
    the same millisecond collide on the primary key, and whoever comes second tries again.
    """

    def __init__(self) -> None:
        self._millisecond = 0
        self._last = 0
        self._past = secrets.randbits(SEQUENCE_BITS)

    def at(self, moment: datetime) -> int:
        """Make an identifier for something that happened at `moment` (not before 1970)."""
        millisecond = _milliseconds(moment)
        if millisecond < self._millisecond:
            # Something of the past, such as what is read back of another node.
            self._past = (self._past + 1) & _MASK
            return millisecond << SEQUENCE_BITS | self._past
        first = 0
        if millisecond > self._millisecond:
            # A start in the lower half leaves room to count within the millisecond.
            self._millisecond, first = millisecond, _first_in(millisecond)
        # All of a transaction happens in one millisecond; what does not fit into it goes on in the next ones.
        self._last = max(self._last + 1, first)
        return self._last


def _first_in(millisecond: int) -> int:
    return millisecond << SEQUENCE_BITS | secrets.randbits(SEQUENCE_BITS - 1)


def smallest_at(moment: datetime) -> int:
    """Return the smallest identifier that anything at `moment` can have."""
    return _milliseconds(moment) << SEQUENCE_BITS


def _milliseconds(moment: datetime) -> int:
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1))
