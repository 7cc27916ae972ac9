"""What a signature must cover, for whom and by which key: every hostile case has its number."""

import base64
import hashlib
import hmac

import pytest

from federation.errors import Untrusted
from federation.signatures import SignedRequest, parse_signature, verify
from tests.federation.signed_requests import (
    BODY,
    CREATED,
    ED25519,
    GET,
    HOST,
    POST,
    RSA_PAIR,
    accept,
    date,
    default_headers,
    public,
    refused,
    refused_before_any_key,
    replaced,
    request,
    seconds,
    sha256,
)

# What is accepted


@pytest.mark.parametrize("label", ["rsa-sha256", "hs2019", None, "RSA-SHA256"])
def test_an_rsa_key_is_accepted_under_its_labels(label: str | None) -> None:
    accept(request(algorithm=label))


@pytest.mark.parametrize("label", ["ed25519", "hs2019", None])
def test_an_ed25519_key_is_accepted_under_its_labels(label: str | None) -> None:
    accept(request(algorithm=label, key=ED25519), public("ed25519"))


def test_a_signed_get_needs_no_digest() -> None:
    headers = [("host", HOST), ("date", date()), ("accept", "application/activity+json")]
    for covered in (GET, f"{GET} accept", "date host (request-target)"):
        accept(request(method="GET", headers=headers, body=b"", covered=covered))


def test_created_stands_in_for_the_date() -> None:
    accept(request(covered=CREATED, algorithm="hs2019", created=seconds(), headers=replaced("date")))
    accept(request(covered=CREATED, algorithm=None, created=seconds(), headers=replaced("date", "not read")))


def test_repeated_headers_are_joined_in_order_and_trimmed() -> None:
    headers = [*default_headers(), ("x-list", " one\t"), ("x-other", "-"), ("x-list", ""), ("x-list", "two ")]
    joined = [*default_headers(), ("x-list", "one, , two")]
    accept(request(headers=headers, signed_headers=joined, covered=f"{POST} x-list"))


def test_header_names_in_upper_case_are_lowered() -> None:  # SIG-25
    accept(request(covered="(Request-Target) HOST Date dIGEST"))


# Coverage


def test_an_uncovered_digest_is_refused() -> None:  # SIG-02
    refused_before_any_key("does not cover digest", request(covered=GET))
    replaced_body = SignedRequest("POST", "/inbox", request(covered=GET).headers, b"other")
    refused("does not cover digest", replaced_body)


def test_a_missing_digest_is_refused() -> None:  # SIG-03
    refused("does not cover digest", request(headers=replaced("digest"), covered=GET))
    refused("'digest', which the request does not have", request(headers=replaced("digest")))


def test_a_body_that_was_replaced_is_refused() -> None:  # SIG-04
    good = request()
    refused_before_any_key(
        "does not match the body", SignedRequest("POST", "/inbox", good.headers, BODY + b" ")
    )


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-512"])
def test_another_digest_alone_is_refused(algorithm: str) -> None:  # SIG-05
    value = base64.b64encode(hashlib.new(algorithm.replace("-", ""), BODY).digest()).decode()
    refused_before_any_key("no SHA-256", request(headers=replaced("digest", f"{algorithm}={value}")))
    refused_before_any_key("no SHA-256", request(headers=replaced("digest", "UNIXsum=30637")))


def test_two_digests_that_differ_are_refused_in_any_order_and_form() -> None:  # SIG-06, SIG-07
    right, wrong = sha256(BODY), sha256(b"other")
    for values in ([right, wrong], [wrong, right], [f"{right},{wrong}"], [f"{wrong},{right}"]):
        refused("does not match", request(headers=replaced("digest", *values)))
    # The first line is what was signed, the second is what matches the body, and the reverse.
    for values in ([right, wrong], [wrong, right]):
        for signed in values:
            attack = request(headers=replaced("digest", *values), signed_headers=replaced("digest", signed))
            refused("does not match", attack)


def test_two_equal_digest_lines_are_one_value_joined() -> None:
    twice = replaced("digest", sha256(BODY), sha256(BODY))
    accept(request(headers=twice))
    refused("signature does not match", request(headers=twice, signed_headers=default_headers()))


def test_a_covered_header_that_is_missing_is_refused() -> None:  # SIG-10
    refused_before_any_key("'x-missing', which", request(covered=f"{POST} x-missing"))
    refused_before_any_key(r"'\(response-status\)', which", request(covered=f"{POST} (response-status)"))
    refused_before_any_key("twice|covers", request(covered=f"{POST} (created)", algorithm="hs2019"))


def test_an_uncovered_request_target_is_refused() -> None:  # SIG-11
    refused_before_any_key(r"\(request-target\)", request(covered="host date digest"))


@pytest.mark.parametrize(
    "target", ["/inbox", "/users/x/inbox/", "/users/x", "/users/x/inbox?", "/users/X/inbox"]
)
def test_a_request_signed_for_another_address_is_refused(target: str) -> None:  # SIG-12
    signed = request(target=target, signed_target="/users/x/inbox?page=1")
    refused("does not match", signed)
    if "?" not in target:
        refused("does not match", request(target=target, signed_target="/users/x/inbox"))


def test_a_request_signed_for_another_method_is_refused() -> None:
    good = request()
    refused("does not match", SignedRequest("PUT", good.target, good.headers, good.body))


def test_an_uncovered_host_is_refused() -> None:  # SIG-13
    refused_before_any_key("does not cover host", request(covered="(request-target) date digest"))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "other.example",
        "node.example:443",
        "node.example.",
        "node.example:8443",
        "",
        "node.example, evil.example",
    ],
)
def test_a_signed_host_that_is_not_ours_is_refused(host: str) -> None:  # SIG-14
    refused_before_any_key("host is not this node", request(headers=replaced("host", host)))


def test_two_hosts_are_refused() -> None:  # SIG-14
    refused("host is not this node", request(headers=replaced("host", HOST, HOST)))
    refused("host is not this node", request(headers=replaced("host", HOST, "evil.example")))


def test_a_configured_alias_is_accepted_whatever_its_case() -> None:  # SIG-14
    headers = replaced("host", "Node.Example:8443")
    accept(request(headers=headers), hosts={"other.example", "node.example:8443"})
    refused("host is not this node", request(headers=headers), hosts={"other.example"})


@pytest.mark.parametrize(
    "covered", ["(request-target) host digest", None, "date", "(request-target) host digest x-date"]
)
def test_without_a_signed_time_it_is_refused(covered: str | None) -> None:  # SIG-15
    headers = [*default_headers(), ("x-date", date())]
    refused_before_any_key("does not cover|covers neither date", request(headers=headers, covered=covered))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "UNHEARD-OF"])
def test_only_get_and_head_may_go_without_a_digest(method: str) -> None:
    refused_before_any_key("does not cover digest", request(method=method, covered=GET))


def test_a_digest_that_a_get_covers_must_hold() -> None:
    headers = replaced("digest", sha256(b""))
    accept(request(method="GET", headers=headers, body=b"", covered=POST))
    refused("does not match", request(method="GET", headers=default_headers(), body=b"", covered=POST))


# Algorithms


def test_hmac_with_the_public_key_as_secret_is_refused() -> None:  # SIG-20
    lines = f"(request-target): post /inbox\nhost: {HOST}\ndate: {date()}\ndigest: {sha256(BODY)}"
    mac = hmac.new(RSA_PAIR.public.encode(), lines.encode(), "sha256").digest()
    for label in ("hmac-sha256", "hs2019", "rsa-sha256"):
        refused(
            "not accepted|does not match", request(algorithm=label, signature=base64.b64encode(mac).decode())
        )


@pytest.mark.parametrize(
    "label",
    [
        "",
        "none",
        "NONE",
        "rsa-sha1",
        "rsa-sha512",
        "rsa-md5",
        "rsa",
        "hmac-sha256",
        "ecdsa-sha256",
        "dsa-sha1",
        "hs2020",
    ],
)
def test_other_labels_are_refused_before_any_key(label: str) -> None:  # SIG-20, SIG-21
    refused_before_any_key("is not accepted", request(algorithm=label))
    parameters = parse_signature(request(algorithm=label))
    with pytest.raises(Untrusted, match="another algorithm"):
        verify(request(algorithm=label), parameters, public())


def test_a_label_that_contradicts_the_key_is_refused() -> None:  # SIG-22
    refused("another algorithm", request(algorithm="ed25519"))
    refused("another algorithm", request(algorithm="ed25519", key=ED25519), key=public("rsa"))
    refused("another algorithm", request(algorithm="rsa-sha256", key=ED25519), key=public("ed25519"))
    refused("another algorithm", request(algorithm="rsa-sha256"), key=public("ed25519"))


def test_another_key_is_refused() -> None:
    refused("another key signed it", request(algorithm="hs2019", key=ED25519))
    refused("another key signed it", request(algorithm="hs2019"), key=public("ed25519"))
