"""Signatures are made over raw bytes, and no bytes at all make the reading break or crawl."""

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import FederationError
from federation.signatures import SignedRequest, parse_signature, read_request
from tests.federation.signed_requests import (
    HOST,
    KEY_ID,
    POST,
    RSA,
    accept,
    date,
    default_headers,
    refused,
    refused_before_any_key,
    replaced,
    request,
)

SIGNATURE = base64.b64encode(b"signature").decode()


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("/@alice/inbox", "/%40alice/inbox"),
        ("/a/b/inbox", "/a%2Fb/inbox"),
        ("/a%2fb", "/a%2Fb"),
        ("/inbox", "/x/../inbox"),
        ("/inbox", "/./inbox"),
        ("/inbox", "//inbox"),
        ("/inbox?a=1&b=2", "/inbox?b=2&a=1"),
        ("/inbox?a=%20", "/inbox?a=+"),
    ],
)
def test_the_address_is_signed_as_raw_bytes(signed: str, sent: str) -> None:  # SIG-23
    for target in (signed, sent):
        accept(request(target=target))
    refused("does not match", request(target=sent, signed_target=signed))
    refused("does not match", request(target=signed, signed_target=sent))


def test_bytes_beyond_ascii_are_signed_as_they_came() -> None:
    headers = [*default_headers(), ("x-name", "é\xff")]
    accept(request(target="/\xc3\xa9", headers=headers, covered=f"{POST} x-name"))


@pytest.mark.parametrize("control", ["\n", "\r\n", "\r", "\0", "\x7f", "\x0b"])
def test_a_forged_line_in_a_header_value_is_refused(control: str) -> None:  # SIG-24
    headers = [*default_headers(), ("x-forged", f"a{control}date: {date()}")]
    refused_before_any_key("control characters", request(headers=headers, covered=f"{POST} x-forged"))


@pytest.mark.parametrize(
    "target", ["/inbox\nhost: evil.example", "/in box", "/inbox\t", "/inbox\0", "/inbox\x7f"]
)
def test_a_forged_line_in_the_address_is_refused(target: str) -> None:  # SIG-24
    refused_before_any_key("spaces or control characters", request(target=target))


def test_a_forged_line_cannot_stand_in_for_a_covered_header() -> None:  # SIG-24
    # Signed: host and date as two headers. Sent: one header whose value holds the other line.
    headers = [("host", HOST), ("x", f"1\ndate: {date()}"), *replaced("host")]
    signed = [("host", HOST), ("x", "1"), *replaced("host")]
    forged = request(headers=headers, signed_headers=signed, covered="(request-target) host x date digest")
    refused("control characters", forged)


def test_a_peer_that_signs_only_the_path_is_accepted() -> None:
    for target in ("/inbox?x=1", "/inbox?", "/inbox?a?b"):
        accept(request(target=target, signed_target="/inbox"))
    refused("does not match", request(target="/inbox?x=1", signed_target="/inbox?x=2"))
    refused("does not match", request(target="/outbox?x=1", signed_target="/inbox"))


def test_the_key_id_is_reported_as_it_was_claimed() -> None:
    assert parse_signature(request()).key_id == KEY_ID
    assert RSA.algorithm == "rsa"


HOSTILE = [
    'a="' * 2700,
    "a=b," * 2000,
    " " * 8192,
    "a" * 8192,
    "a =" + " " * 8000 + "x y",
    'a="' + "b" * 8000,
    "\t" * 4000 + "=" + "\t" * 4000,
    "a" + " " * 8000 + "b",
    "a=b" + " " * 8000 + "b",
    f'keyId="https://{"a" * 2000}é",signature="{SIGNATURE}"',
    f'keyId="{KEY_ID}",headers="{" " * 7000}",signature="{SIGNATURE}"',
]


@pytest.mark.parametrize("header", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_headers_are_refused_in_linear_time(header: str) -> None:
    started = time.process_time()
    with pytest.raises(FederationError):
        parse_signature(SignedRequest("POST", "/inbox", (("signature", header),)))
    assert time.process_time() - started < 0.1


LATIN = st.characters(max_codepoint=255)
PARTS = st.lists(
    st.sampled_from(
        [
            "keyId=",
            "signature=",
            "headers=",
            "algorithm=",
            "created=",
            "expires=",
            '"',
            ",",
            " ",
            "=",
            "\\",
            "Signature ",
            f'"{KEY_ID}"',
            f'"{SIGNATURE}"',
            '"(request-target) host date"',
            "hs2019",
            "1787479200",
        ]
    )
    | st.text(LATIN, max_size=3)
).map("".join)


@given(st.text(LATIN) | PARTS)
def test_any_header_is_read_or_refused_but_never_breaks(header: str) -> None:
    try:
        assert parse_signature(SignedRequest("POST", "/inbox", (("signature", header),))).key_id.startswith(
            "https://"
        )
    except FederationError:
        return


NAMES = st.sampled_from([b"Signature", b"Host", b"Date", b"digest"]) | st.binary()
HEADERS = st.lists(st.tuples(NAMES, st.binary()))


@given(st.binary(), st.binary(), HEADERS, st.binary(max_size=20), PARTS)
def test_any_request_is_accepted_or_refused_but_never_breaks(
    path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], body: bytes, signature: str
) -> None:
    signed = [*headers, (b"Signature", signature.encode("latin-1"))]
    for method in ("GET", "POST"):
        with pytest.raises(FederationError):
            accept(read_request(method, path, query, signed, body))


def test_a_request_is_kept_as_it_came() -> None:
    received = read_request(
        "POST",
        b"/a%2Fb/\xff",
        b"x=%20",
        [(b"Host", b"node.example"), (b"X", b" 1 "), (b"x", b"\xe9")],
        b"body",
    )
    assert received.target == "/a%2Fb/\xff?x=%20"
    assert received.headers == (("host", "node.example"), ("x", " 1 "), ("x", "\xe9"))
    assert received.values("x") == ["1", "\xe9"]
    assert received.values("y") == []
    assert read_request("GET", b"/", b"", [], b"").target == "/"
