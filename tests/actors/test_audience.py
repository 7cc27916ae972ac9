"""Who a publication is for: from a visibility to addresses, and back (`federation.md` §12)."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from actors.audience import PUBLIC_NAMES, narrower, recipients_of, visibility_of
from storage.actors import Actor
from storage.kinds import ActorType, Visibility
from tests.make import PUBLIC

FOLLOWERS = "https://node.example/actors/asha/followers"
AUTHOR = Actor(
    1,
    "https://node.example/actors/asha",
    ActorType.PERSON,
    "asha",
    "node.example",
    True,
    datetime(2026, 1, 1, tzinfo=UTC),
    "https://node.example/actors/asha/inbox",
    followers=FOLLOWERS,
)
SOMEBODY = "https://remote.example/users/alice"
GROUP = "https://remote.example/groups/custody"


@pytest.mark.parametrize("visibility", list(Visibility))
@pytest.mark.parametrize("mentioned", [[], [SOMEBODY]])
def test_what_is_addressed_so_is_read_so(visibility: Visibility, mentioned: list[str]) -> None:
    recipients = recipients_of(AUTHOR, visibility, mentioned)
    assert visibility_of(recipients["to"], recipients["cc"], FOLLOWERS) == visibility
    assert set(mentioned) <= {*recipients["to"], *recipients["cc"]}


def test_each_visibility_is_addressed_as_everybody_does_it() -> None:  # R2
    assert recipients_of(AUTHOR, Visibility.PUBLIC, [SOMEBODY]) == {
        "to": [PUBLIC],
        "cc": [FOLLOWERS, SOMEBODY],
    }
    assert recipients_of(AUTHOR, Visibility.UNLISTED, []) == {"to": [FOLLOWERS], "cc": [PUBLIC]}
    assert recipients_of(AUTHOR, Visibility.PRIVATE, [SOMEBODY]) == {"to": [FOLLOWERS], "cc": [SOMEBODY]}
    assert recipients_of(AUTHOR, Visibility.DIRECT, [SOMEBODY, SOMEBODY]) == {"to": [SOMEBODY], "cc": []}


def test_a_group_is_told_too() -> None:
    for visibility in (Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE):
        assert GROUP in recipients_of(AUTHOR, visibility, [], GROUP)["cc"]


def test_an_author_without_followers_addresses_none() -> None:
    recipients = recipients_of(replace(AUTHOR, followers=None), Visibility.PUBLIC, [])
    assert recipients == {"to": [PUBLIC], "cc": []}


@pytest.mark.parametrize("name", sorted(PUBLIC_NAMES))
def test_the_public_has_several_names(name: str) -> None:
    assert visibility_of([name], [], FOLLOWERS) == Visibility.PUBLIC
    assert visibility_of([FOLLOWERS], [name], FOLLOWERS) == Visibility.UNLISTED


@pytest.mark.parametrize(
    ("to", "cc"),
    [
        ([], []),
        ([SOMEBODY], []),
        (["https://remote.example/users/alice/followers"], []),
        ([f"{FOLLOWERS}/"], []),
        ([FOLLOWERS.upper()], []),
        (["https://www.w3.org/ns/activitystreams#Publicity"], []),
    ],
)
def test_what_is_addressed_to_nobody_we_know_of_is_as_private_as_can_be(to: list[str], cc: list[str]) -> None:
    assert visibility_of(to, cc, FOLLOWERS) == Visibility.DIRECT  # R1, ORG-26


def test_nobodys_followers_are_not_followers() -> None:
    assert visibility_of([FOLLOWERS], [], None) == Visibility.DIRECT


def test_of_two_the_less_visible_is_taken() -> None:
    order = [Visibility.PUBLIC, Visibility.UNLISTED, Visibility.PRIVATE, Visibility.DIRECT]
    for (first, one), (second, other) in itertools.product(enumerate(order), repeat=2):
        assert narrower(one, other) == order[max(first, second)]
