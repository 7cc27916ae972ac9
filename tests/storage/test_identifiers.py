"""Identifiers: ever larger, never twice, whatever the clock does."""

from datetime import timedelta

from storage.identifiers import SEQUENCE_BITS, Identifiers, smallest_at
from tests.fediverse import START

A_MILLISECOND = timedelta(milliseconds=1)


def test_more_than_fits_into_a_millisecond_goes_on_in_those_that_follow() -> None:
    identifiers = Identifiers()
    many = [identifiers.at(START) for _ in range(3 << SEQUENCE_BITS)]
    many += [identifiers.at(START + later * A_MILLISECOND) for later in range(1, 9) for _ in range(2)]
    assert many == sorted(set(many))
    assert smallest_at(START) <= many[0] < smallest_at(START + A_MILLISECOND)


def test_later_things_have_larger_numbers_of_their_own_moment() -> None:
    identifiers = Identifiers()
    for later in range(50):
        moment = START + later * A_MILLISECOND
        number = identifiers.at(moment)
        assert smallest_at(moment) <= number < smallest_at(moment + A_MILLISECOND)


def test_what_is_of_the_past_has_a_number_of_its_moment() -> None:
    identifiers = Identifiers()
    now = identifiers.at(START)
    moment = START - timedelta(days=400)
    past = [identifiers.at(moment) for _ in range(100)]
    assert len(set(past)) == 100
    assert all(smallest_at(moment) <= number < smallest_at(moment + A_MILLISECOND) for number in past)
    assert identifiers.at(START) == now + 1
