"""Every kind of activity that we can read is either handled, or ignored for a reason."""

import pytest

from federation import vocabulary as as2
from federation.handlers import HANDLERS, IGNORED

EVERY_KIND = set(as2.ACTIVITY_TYPES.values())


def test_every_activity_is_handled_or_ignored() -> None:
    assert HANDLERS.keys() | IGNORED.keys() == EVERY_KIND


def test_no_activity_is_both() -> None:
    assert not HANDLERS.keys() & IGNORED.keys()


@pytest.mark.parametrize("kind", sorted(IGNORED, key=lambda kind: kind.__name__))
def test_what_is_ignored_says_why(kind: type[as2.Activity]) -> None:
    assert len(IGNORED[kind].split()) >= 4
