"""What we sign: a stricter verifier believes it, we believe it ourselves, and one changed byte is noticed."""

from datetime import UTC, datetime, timedelta, timezone

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from federation.errors import FederationError, Malformed
from federation.signatures import (
    SignedRequest,
    SigningKey,
    host_and_target,
    read_http_date,
    sign,
    write_http_date,
)
from tests.federation.signed_requests import BODY, ED25519, KEY_ID, NOW, PAIRS, RSA, accept, public
from tests.strict_verifier import judge

KINDS = ["rsa", "ed25519"]
KEYS: dict[str, SigningKey] = {"rsa": RSA, "ed25519": ED25519}
INBOX = "https://node.example/inbox"
PATH = st.text("abcXYZ019-._~!$&'()*+,;=:@", min_size=1, max_size=6) | st.sampled_from(
    ["%40", "%2f", "%C3%A9"]
)
PATHS = st.lists(PATH, max_size=4).map(
    lambda parts: "".join("/" + part for part in parts if part not in {".", ".."})
)
QUERIES = st.just("") | st.lists(PATH | st.sampled_from("/?"), min_size=1, max_size=4).map(
    lambda parts: "?" + "".join(parts)
)
PORTS = st.just("") | st.integers(1, 65535).map(lambda port: f":{port}")
SCHEMES = st.sampled_from(["https", "http"])
HOSTS = st.sampled_from(["node.example", "a-b.node.example", "127.0.0.1", "[::1]"])
URLS = st.builds("{}://{}{}{}{}".format, SCHEMES, HOSTS, PORTS, PATHS, QUERIES)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - hypothesis adds the zone
    lambda moment: moment.replace(microsecond=0)
)


def sent(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> SignedRequest:
    """Return what arrives when a client sends this."""
    _, target = host_and_target(url)
    return SignedRequest(method, target, tuple(headers.items()), body or b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_delivery_carries_exactly_these_headers(kind: str) -> None:
    headers = sign("POST", INBOX, BODY, key=KEYS[kind], key_id=KEY_ID, now=NOW)
    assert list(headers) == ["host", "date", "digest", "content-type", "signature"]
    assert headers["host"] == "node.example"
    assert headers["date"] == "Sun, 23 Aug 2026 10:00:00 GMT"
    assert headers["content-type"] == "application/activity+json"
    label = {"rsa": "rsa-sha256", "ed25519": "hs2019"}[kind]
    covered = "(request-target) host date digest content-type"
    start = f'keyId="{KEY_ID}",algorithm="{label}",headers="{covered}",signature="'
    assert headers["signature"].startswith(start)
    judge("POST", INBOX, headers, BODY, PAIRS[kind].public, NOW)


@pytest.mark.parametrize("kind", KINDS)
def test_a_fetch_carries_exactly_these_headers(kind: str) -> None:
    url = "https://node.example:8443/users/alice?page=1"
    headers = sign("GET", url, None, key=KEYS[kind], key_id=KEY_ID, now=NOW)
    assert list(headers) == ["host", "date", "signature"]
    assert headers["host"] == "node.example:8443"
    assert ',headers="(request-target) host date",' in headers["signature"]
    judge("GET", url, headers, None, PAIRS[kind].public, NOW)


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_only_a_fetch_goes_without_a_body(method: str) -> None:
    with pytest.raises(AssertionError, match="needs a body"):
        sign(method, INBOX, None, key=RSA, key_id=KEY_ID, now=NOW)


@settings(max_examples=60)
@given(st.sampled_from(KINDS), URLS, st.binary() | st.none(), MOMENTS)
def test_what_we_sign_is_believed_by_the_strict_verifier_and_by_ourselves(
    kind: str, url: str, body: bytes | None, now: datetime
) -> None:
    method = "GET" if body is None else "POST"
    headers = sign(method, url, body, key=KEYS[kind], key_id=KEY_ID, now=now)
    judge(method, url, headers, body, PAIRS[kind].public, now)
    accept(sent(method, url, body, headers), public(kind), now=now, hosts={headers["host"]})


def changed(text: str, position: int, replacement: str) -> str:
    """Return `text` with one character replaced by another one."""
    position %= len(text)
    if text[position] == replacement:
        replacement = "\x01"
    return text[:position] + replacement + text[position + 1 :]


@settings(max_examples=300)
@given(
    st.sampled_from(KINDS),
    st.sampled_from([INBOX, "https://node.example/inbox?page=1"]),
    st.sampled_from(["target", "host", "date", "digest", "content-type", "signature", "body"]),
    st.integers(0, 10_000),
    st.characters(max_codepoint=255),
)
@example("rsa", INBOX, "signature", -3, "R")
@example("rsa", INBOX, "target", 1, "?")
def test_one_changed_byte_is_noticed(kind: str, url: str, part: str, position: int, replacement: str) -> None:
    headers = sign("POST", url, BODY, key=KEYS[kind], key_id=KEY_ID, now=NOW)
    good = sent("POST", url, BODY, headers)
    accept(good, public(kind))
    target, body = good.target, good.body
    if part == "target":
        target = changed(target, position, replacement)
    elif part == "body":
        body = changed(body.decode("latin-1"), position, replacement).encode("latin-1")
    elif part == "signature":
        start, signature = headers["signature"][:-1].split('signature="')
        headers["signature"] = f'{start}signature="{changed(signature, position, replacement)}"'
    else:
        headers[part] = changed(headers[part], position, replacement)
    damaged = SignedRequest("POST", target, tuple(headers.items()), body)
    with pytest.raises(FederationError):
        accept(damaged, public(kind), hosts={"node.example", headers["host"].lower()})
    if part != "target":
        with pytest.raises(AssertionError):
            judge("POST", url, headers, body, PAIRS[kind].public, NOW)


@settings(max_examples=300)
@given(URLS)
@example("https://node.example")
@example("https://NODE.example:443/Inbox")
@example("http://node.example:80/?#fragment")
@example("http://node.example:443?x")
def test_what_we_sign_is_what_the_client_sends(url: str) -> None:
    host, target = host_and_target(url)
    request = httpx.Request("GET", url)
    assert request.url.raw_path.decode() == target
    assert request.headers["host"] == host


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/inbox",
        "node.example/inbox",
        "ftp://node.example/inbox",
        "HTTPS://node.example/inbox",
        "https:///inbox",
        "https://user@node.example/inbox",
        "https://user:password@node.example/inbox",
        "https://nöde.example/inbox",
        "https://node.example/in box",
        "https://node.example/in\nbox",
        "https://node.example/inbox\n",
        "https://node.example/ünbox",
        "https://node.example/100%",
        "https://node.example/%zz",
        "https://node.example/a/../inbox",
        "https://node.example/./inbox",
        "https://node.example/..",
        "https://node.example/<inbox>",
        'https://node.example/"inbox"',
        "https://node.example/a\\b",
        "https://node.example:port/inbox",
        "https://node.example:/inbox",
        "https://node.example:123456/inbox",
        "https://node.example/?q=é",
        "https://node.example/?q=[1]",
    ],
)
def test_an_address_that_clients_would_respell_is_malformed(url: str) -> None:
    with pytest.raises(Malformed):
        sign("POST", url, BODY, key=ED25519, key_id=KEY_ID, now=NOW)


# Dates


def test_dates_are_imf_fixdate_in_gmt_whatever_zone_they_are_given_in() -> None:
    there = datetime(1994, 11, 6, 10, 49, 37, tzinfo=timezone(timedelta(hours=2)))
    assert write_http_date(there) == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert read_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == there


@given(MOMENTS)
def test_dates_that_are_written_are_read_again(moment: datetime) -> None:
    assert read_http_date(write_http_date(moment)) == moment


@given(st.text())
def test_any_other_text_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        read_http_date(text)


# The strict verifier is itself put to the test: a judge that lets everything pass proves nothing.


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("host", "other.example"),
        ("host", "node.example:443"),
        ("date", "Sun, 23 Aug 2026 10:01:01 GMT"),
        ("date", "Sun, 23 Aug 2026 10:00:00 +0000"),
        ("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
        ("content-type", "application/json"),
        ("signature", f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="host date",signature="AAAA"'),
        ("signature", "garbage"),
    ],
)
def test_the_strict_verifier_refuses_each_wrong_header(name: str, value: str) -> None:
    headers = sign("POST", INBOX, BODY, key=RSA, key_id=KEY_ID, now=NOW)
    judge("POST", INBOX, headers.items(), BODY, PAIRS["rsa"].public, NOW)
    with pytest.raises(AssertionError):
        judge("POST", INBOX, headers | {name: value}, BODY, PAIRS["rsa"].public, NOW)
    del headers[name]
    with pytest.raises(AssertionError):
        judge("POST", INBOX, headers, BODY, PAIRS["rsa"].public, NOW)


def test_the_strict_verifier_refuses_another_address_body_key_and_minute() -> None:
    headers = sign("POST", INBOX, BODY, key=RSA, key_id=KEY_ID, now=NOW)
    for url, body, pem, now in (
        ("https://node.example/outbox", BODY, PAIRS["rsa"].public, NOW),
        (INBOX + "?x=1", BODY, PAIRS["rsa"].public, NOW),
        ("https://other.example/inbox", BODY, PAIRS["rsa"].public, NOW),
        (INBOX, BODY + b" ", PAIRS["rsa"].public, NOW),
        (INBOX, BODY, PAIRS["ed25519"].public, NOW),
        (INBOX, BODY, PAIRS["rsa"].public, NOW + timedelta(seconds=61)),
    ):
        with pytest.raises(AssertionError):
            judge("POST", url, headers, body, pem, now)
