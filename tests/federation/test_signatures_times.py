"""When a signature counts: near its date or (created), and not after it expired."""

import pytest

from tests.federation.signed_requests import (
    CREATED,
    EXPIRING,
    POST,
    accept,
    date,
    default_headers,
    refused,
    refused_before_any_key,
    replaced,
    request,
    seconds,
)


@pytest.mark.parametrize("minutes", [-60, -59, 0, 59, 60])
def test_a_date_within_an_hour_is_accepted(minutes: int) -> None:
    accept(request(headers=replaced("date", date(minutes=minutes))))
    accept(request(covered=CREATED, algorithm="hs2019", created=seconds(minutes=minutes)))


@pytest.mark.parametrize(
    "value",
    [
        date(hours=-13),
        date(seconds=-3601),
        date(seconds=3601),
        date(hours=2),
        "Thu, 01 Jan 1969 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
    ],
)
def test_a_date_out_of_the_hour_is_refused(value: str) -> None:  # SIG-16
    refused_before_any_key("too old|future", request(headers=replaced("date", value)))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "wrong date",
        "Mon, 99 Foo 99999 10:00:00 GMT",
        "Sun, 32 Aug 2026 10:00:00 GMT",
        "Mon, 30 Feb 2026 10:00:00 GMT",
        "Sun, 23 Aug 0000 10:00:00 GMT",
        "Sun, 23 Aug 2026 24:00:00 GMT",
        "Sun, 23 Aug 2026 10:00:60 GMT",
        "Sun, 23 Aug 2026 10:00:00",
        "Sun, 23 Aug 2026 10:00:00 +0000",
        "Sun, 23 Aug 2026 10:00:00 UTC",
        "Sun, 23 aug 2026 10:00:00 GMT",
        "2026-08-23T10:00:00Z",
        "1787479200",
        "Sun, ٢٣ Aug 2026 10:00:00 GMT".encode().decode("latin-1"),
        "Sun, 2² Aug 2026 10:00:00 GMT",
        date() + ", " + date(),
    ],
)
def test_a_date_that_cannot_be_read_is_refused(value: str) -> None:  # SIG-16
    refused_before_any_key("Date header", request(headers=replaced("date", value)))


def test_two_dates_are_refused() -> None:
    refused("several Date headers", request(headers=replaced("date", date(), date())))


def test_a_wrong_day_of_the_week_changes_nothing() -> None:
    accept(request(headers=replaced("date", date().replace("Sun", "Fri"))))


@pytest.mark.parametrize("hours", [2, 24 * 365 * 100, -2])
def test_created_out_of_the_hour_is_refused(hours: int) -> None:  # SIG-17
    signed = request(covered=CREATED, algorithm="hs2019", created=seconds(hours=hours))
    refused_before_any_key("future|too old", signed)


def test_a_fresh_date_does_not_excuse_another_created_and_the_reverse() -> None:
    both = f"{CREATED} date"
    accept(request(covered=both, algorithm="hs2019", created=seconds()))
    refused("too old", request(covered=both, algorithm="hs2019", created=seconds(hours=-2)))
    refused("future", request(covered=both, algorithm="hs2019", created=seconds(hours=2)))
    for because, hours in (("too old", -2), ("future", 2)):
        other = replaced("date", date(hours=hours))
        refused(because, request(covered=both, algorithm="hs2019", created=seconds(), headers=other))


@pytest.mark.parametrize(("created", "expires"), [(-60, -1), (-60, -61), (60, 59), (0, -86400)])
def test_an_expired_or_inverted_signature_is_refused(created: int, expires: int) -> None:  # SIG-18
    signed = request(
        covered=EXPIRING,
        algorithm="hs2019",
        created=seconds(seconds=created),
        expires=seconds(seconds=expires),
    )
    refused_before_any_key("expired|expires before", signed)


def test_expires_extends_the_age_to_twelve_hours_and_no_further() -> None:  # SIG-18
    later = seconds(days=3650)
    for hours in (0, -2, -12):
        accept(request(covered=EXPIRING, algorithm="hs2019", created=seconds(hours=hours), expires=later))
    stale = request(
        covered=EXPIRING, algorithm="hs2019", created=seconds(hours=-12, seconds=-1), expires=later
    )
    refused_before_any_key("too old", stale)


def test_an_unsigned_expires_extends_nothing_but_still_ends() -> None:
    stale = seconds(hours=-2)
    refused("too old", request(covered=CREATED, algorithm="hs2019", created=stale, expires=seconds(hours=1)))
    refused("expired", request(algorithm="hs2019", expires=seconds(seconds=-1)))
    accept(request(algorithm="rsa-sha256", created=seconds(), expires=seconds(hours=1)))


def test_created_that_is_covered_but_not_given_is_refused() -> None:
    headers = [*default_headers(), ("(created)", str(seconds()))]
    signed = request(covered=CREATED, algorithm="hs2019", headers=headers)
    refused_before_any_key("without giving it", signed)


@pytest.mark.parametrize("label", ["rsa-sha256", "ed25519"])
def test_created_and_expires_belong_to_hs2019(label: str) -> None:  # SIG-19
    soon = seconds(minutes=5)
    for signed in (
        request(covered=f"{POST} (created)", algorithm=label, created=soon),
        request(covered=f"{POST} (expires)", algorithm=label, expires=soon),
    ):
        refused_before_any_key("only be signed with hs2019", signed)
