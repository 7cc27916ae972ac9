"""Reading the Signature header: what is tolerated, what is malformed (400) and what is untrusted (401)."""

import base64

import pytest

from federation.errors import Malformed, Untrusted
from federation.signatures import SignatureParameters, SignedRequest, parse_signature
from tests.federation.signed_requests import KEY_ID, accept, default_headers, request

SIGNATURE = base64.b64encode(b"signature").decode()
MINIMAL = f'keyId="{KEY_ID}",headers="(request-target) host date",signature="{SIGNATURE}"'


def parsed(*values: str, allow_http: bool = False) -> SignatureParameters:
    headers = tuple(("signature", value) for value in values)
    return parse_signature(SignedRequest("POST", "/inbox", headers), allow_http=allow_http)


def test_everything_that_is_said_is_read() -> None:
    header = (
        f'keyId="{KEY_ID}",algorithm="hs2019",created=1787479200,expires="1787479500",'
        f'headers="(request-target) (created) Host",signature="{SIGNATURE}"'
    )
    assert parsed(header) == SignatureParameters(
        key_id=KEY_ID,
        algorithm="hs2019",
        headers=("(request-target)", "(created)", "host"),
        signature=b"signature",
        created=1787479200,
        expires=1787479500,
    )


@pytest.mark.parametrize(
    "header",
    [
        f"Signature {MINIMAL}",
        f"signature {MINIMAL}",
        f"  {MINIMAL}  ",
        MINIMAL.replace(",", " ,\t"),
        MINIMAL.replace("=", " = ", 3),
        ",".join(reversed(MINIMAL.split(","))),
        MINIMAL.replace("keyId", "keyid").replace("signature", "SIGNATURE"),
        MINIMAL.replace(" host", "  host "),
        MINIMAL + ',opaque="x",nonce=7',
    ],
)
def test_harmless_variants_mean_the_same(header: str) -> None:
    assert parsed(header) == parsed(MINIMAL)


def test_without_a_list_of_headers_only_the_date_is_covered() -> None:
    assert parsed(f'keyId="{KEY_ID}",signature="{SIGNATURE}"').headers == ("date",)


@pytest.mark.parametrize("name", ["keyId", "signature", "headers", "keyid"])
def test_a_parameter_given_twice_is_malformed(name: str) -> None:  # SIG-09
    with pytest.raises(Malformed, match="twice"):
        parsed(f'{MINIMAL},{name}="https://evil.example/key"')


@pytest.mark.parametrize(
    "header",
    [
        "",
        ",",
        "Signature",
        "Signature ",
        "keyId",
        "keyId=",
        f"{MINIMAL},",
        f",{MINIMAL}",
        MINIMAL.replace(",", ",,"),
        MINIMAL.replace(",", ";"),
        MINIMAL.replace(",", " "),
        MINIMAL[:-1],
        MINIMAL.replace('"', "'"),
        MINIMAL + '"',
        MINIMAL.replace("remote", "rem\\ote"),
        MINIMAL.replace("remote", "rem\x00ote"),
        MINIMAL.replace("remote", "rem\note"),
        MINIMAL.replace("remote", "rem\x7fote"),
        MINIMAL.replace("(request-target) host date", ""),
        MINIMAL.replace("(request-target) host date", "  "),
        f'"keyId"="{KEY_ID}",signature="{SIGNATURE}"',
        f'{{"keyId": "{KEY_ID}"}}',
    ],
)
def test_a_header_that_cannot_be_read_is_malformed(header: str) -> None:
    with pytest.raises(Malformed):
        parsed(header)


def test_no_signature_is_untrusted() -> None:
    with pytest.raises(Untrusted, match="no Signature header"):
        parsed()


def test_two_signature_headers_are_untrusted_even_when_one_is_right() -> None:  # SIG-08
    good = request()
    (right,) = good.values("signature")
    accept(good)
    for pair in ([right, MINIMAL], [MINIMAL, right], [right, right]):
        headers = (*default_headers(), *(("signature", value) for value in pair))
        with pytest.raises(Untrusted, match="several Signature headers"):
            accept(SignedRequest("POST", "/inbox", headers, good.body))


def test_a_signature_in_the_authorization_header_is_untrusted() -> None:  # SIG-26
    good = request()
    headers = tuple(
        ("authorization", f"Signature {value}") if name == "signature" else (name, value)
        for name, value in good.headers
    )
    with pytest.raises(Untrusted, match="Authorization"):
        accept(SignedRequest("POST", "/inbox", headers, good.body))


@pytest.mark.parametrize(
    "header",
    [f'keyId="{KEY_ID}"', f'signature="{SIGNATURE}"', "sig1=:AAAA:", 'algorithm="rsa-sha256"'],
)
def test_without_key_id_or_signature_it_is_untrusted(header: str) -> None:
    with pytest.raises(Untrusted, match="keyId and signature"):
        parsed(header)


KEY_IDS = [
    "",
    "Test",
    "acct:alice@remote.example",
    "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "javascript:alert(1)",
    "urn:uuid:d6a8e3f5",
    "data:application/json,{}",
    "file:///etc/passwd",
    "//remote.example/users/alice",
    "https:remote.example",
    "https://",
    "https:///users/alice",
    "https://?x",
    "http://remote.example/users/alice#main-key",
    "HTTPS://remote.example/users/alice",
    "https://remote.example@evil.example/users/alice",
    "https://remote.example:evil@evil.example/",
    "https://remote.example:123456/",
    "https://remote.example/users/ålice",
    "https://rémote.example/users/alice",
    "https://remote.example/a b",
    "https://remote.example/" + "a" * 2048,
    " https://remote.example/users/alice",
    "https://remote.example/users/alice ",
]


@pytest.mark.parametrize("key_id", KEY_IDS)
def test_a_key_id_that_is_no_https_url_is_untrusted(key_id: str) -> None:  # KEY-08
    with pytest.raises(Untrusted, match="key id"):
        parsed(f'keyId="{key_id}",signature="{SIGNATURE}"')


def test_a_key_id_of_ten_kilobytes_is_untrusted() -> None:  # KEY-08
    with pytest.raises(Untrusted, match="longer than"):
        parsed(f'keyId="https://remote.example/{"a" * 10240}",signature="{SIGNATURE}"')


@pytest.mark.parametrize(
    "key_id",
    [
        "https://remote.example/users/alice#main-key",
        "https://remote.example/users/alice/main-key",
        "https://remote.example/@alice@remote.example/#main-key",
        "https://remote.example",
        "https://remote.example:8443/actor?key=1",
        "https://xn--rmote-bsa.example/users/%C3%A5lice",
        "https://[2001:db8::1]/actor",
    ],
)
def test_https_urls_are_key_ids(key_id: str) -> None:
    assert parsed(f'keyId="{key_id}",signature="{SIGNATURE}"').key_id == key_id


def test_http_key_ids_are_only_for_test_networks() -> None:
    header = f'keyId="http://127.0.0.1:8000/actor",signature="{SIGNATURE}"'
    assert parsed(header, allow_http=True).key_id == "http://127.0.0.1:8000/actor"
    with pytest.raises(Untrusted):
        parsed(header)


@pytest.mark.parametrize(
    "times",
    [
        "1e9",
        "-1787479200",
        "+1",
        "1787479200.5",
        "text",
        "1_000",
        "9223372036854775808",
        "²",
        "٣",
        "0xff",
        "01787479200",
        '""',
        "1" * 5000,
    ],
)
@pytest.mark.parametrize("name", ["created", "expires"])
def test_a_time_that_is_no_plain_whole_number_is_untrusted(name: str, times: str) -> None:  # SIG-17
    with pytest.raises(Untrusted, match=f"{name} "):
        parsed(f"{MINIMAL},{name}={times}")


@pytest.mark.parametrize(
    "signature",
    [
        SIGNATURE + "!!",
        SIGNATURE[:4] + " " + SIGNATURE[4:],
        SIGNATURE[:4] + "=" + SIGNATURE[4:],
        SIGNATURE + "=",
        SIGNATURE + "AAAA=",
        "aGVs bG8=!!",
        "aGVsbG8",
        "aGVsbG9=",
        "_-==",
        "=",
        "A",
        "é",
    ],
)
def test_base64_with_junk_is_untrusted(signature: str) -> None:  # SIG-27
    with pytest.raises(Untrusted, match="base64"):
        parsed(f'keyId="{KEY_ID}",signature="{signature}"')


@pytest.mark.parametrize(
    ("size", "because"), [(0, "is empty"), (1, "does not match"), (65536, "longer than 8192")]
)
def test_signatures_of_absurd_sizes_are_untrusted(size: int, because: str) -> None:  # SIG-28
    with pytest.raises(Untrusted, match=because):
        accept(request(signature=base64.b64encode(b"x" * size).decode()))


@pytest.mark.parametrize(
    "covered", ["host host date", "host date Host", "host " * 60, " ".join(map(str, range(51)))]
)
def test_covering_a_header_twice_or_too_many_is_untrusted(covered: str) -> None:  # SIG-10
    with pytest.raises(Untrusted, match="covers"):
        parsed(f'keyId="{KEY_ID}",headers="{covered}",signature="{SIGNATURE}"')
