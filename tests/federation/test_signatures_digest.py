"""The Digest header: exactly one truth about the body, or a refusal."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import FederationError, Untrusted
from federation.signatures import check_digest, digest_header
from tests.shared import shared_json

BODY = b'{"hello": "world"}'
OTHER = b'{"hello": "wolrd"}'


def value(algorithm: str, body: bytes = BODY) -> str:
    digest = hashlib.new(algorithm.replace("-", "").lower(), body).digest()
    return f"{algorithm}={base64.b64encode(digest).decode()}"


def lines(*values: str) -> list[tuple[str, str]]:
    return [("host", "node.example"), *(("digest", one) for one in values)]


@pytest.mark.parametrize("name", ["hello", "empty", "utf8"])
def test_the_published_digests_are_computed_and_accepted(name: str) -> None:
    vector = shared_json("vectors", "digest", "digests.json")[name]
    body = base64.b64decode(vector["body_base64"])
    assert digest_header(body) == vector["Digest"]
    check_digest([("digest", vector["Digest"])], body)
    with pytest.raises(Untrusted, match="does not match"):
        check_digest([("digest", vector["Digest"])], body + b" ")


@pytest.mark.parametrize(
    "header",
    [
        digest_header(BODY),
        digest_header(BODY).replace("SHA-256", "sha-256"),
        digest_header(BODY).replace("SHA-256", "Sha-256"),
        f"unixsum=30637,{digest_header(BODY)}",
        f"{digest_header(BODY)} , {value('SHA-512')}",
        f"{digest_header(BODY)},{digest_header(BODY)}",
        f"md5=AAAA,{digest_header(BODY)}",
    ],
)
def test_one_right_sha256_that_nothing_contradicts_is_accepted(header: str) -> None:
    check_digest(lines(header), BODY)


def test_a_missing_digest_is_refused() -> None:  # SIG-03
    with pytest.raises(Untrusted, match="no Digest header"):
        check_digest([("host", "node.example")], BODY)


def test_a_digest_of_another_body_is_refused() -> None:  # SIG-04
    with pytest.raises(Untrusted, match="does not match the body"):
        check_digest(lines(digest_header(OTHER)), BODY)


@pytest.mark.parametrize(
    "header", [value("MD5"), value("SHA-512"), value("SHA-1"), "UNIXsum=30637", "UNIXcksum=1", "id-sha-256=x"]
)
def test_other_algorithms_alone_are_refused(header: str) -> None:  # SIG-05
    with pytest.raises(Untrusted, match="no SHA-256"):
        check_digest(lines(header), BODY)


@pytest.mark.parametrize("joined", [True, False])
@pytest.mark.parametrize("first", [BODY, OTHER])
def test_two_sha256_that_differ_are_refused_in_either_order(
    *, joined: bool, first: bytes
) -> None:  # SIG-06, SIG-07
    both = [digest_header(first), digest_header(OTHER if first == BODY else BODY)]
    with pytest.raises(Untrusted, match="does not match"):
        check_digest(lines(",".join(both)) if joined else lines(*both), BODY)


def test_a_sha512_that_contradicts_a_right_sha256_is_refused() -> None:
    with pytest.raises(Untrusted, match="does not match"):
        check_digest(lines(f"{digest_header(BODY)},{value('SHA-512', OTHER)}"), BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "SHA-256",
        "SHA-256=",
        "SHA-256=abc",
        "SHA-256= " + digest_header(BODY)[8:],
        digest_header(BODY) + "=",
        digest_header(BODY)[:-1],
        digest_header(BODY).replace("=", "=!", 1),
        digest_header(BODY)[:-2] + "F=",  # the same bytes, but for two stray bits
        digest_header(BODY) + ",",
        "," + digest_header(BODY),
        f"SHA-256={hashlib.sha256(BODY).hexdigest()}",
        digest_header(BODY).replace("SHA-256=", "SHA-256=:") + ":",  # the spelling of Content-Digest
    ],
)
def test_a_digest_that_is_not_strictly_spelt_is_refused(header: str) -> None:
    with pytest.raises(Untrusted):
        check_digest(lines(header), BODY)


def test_the_url_alphabet_of_base64_is_refused() -> None:
    header = digest_header(b"")
    assert "/" in header
    with pytest.raises(Untrusted, match="not base64"):
        check_digest(lines(header.replace("/", "_")), b"")


def test_digests_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:  # SIG-44
    compared = []
    real = hmac.compare_digest

    def watched(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return real(left, right)

    monkeypatch.setattr(hmac, "compare_digest", watched)
    check_digest(lines(digest_header(BODY)), BODY)
    assert compared == [(hashlib.sha256(BODY).digest(), hashlib.sha256(BODY).digest())]


@given(st.text(st.characters(max_codepoint=255)), st.binary())
def test_any_header_is_accepted_or_refused_but_never_breaks(header: str, body: bytes) -> None:
    try:
        check_digest([("digest", header)], body)
    except FederationError:
        return
    assert digest_header(body)[8:] in header


@given(st.binary())
def test_what_we_write_is_what_we_accept(body: bytes) -> None:
    check_digest([("digest", digest_header(body))], body)
