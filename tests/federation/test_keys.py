"""Keys: which ones are read, which never, and what our own look like."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa, x25519
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Untrusted
from federation.signatures import (
    SigningKey,
    generate_ed25519,
    keys,
    read_multikey,
    read_public_pem,
    write_base58,
)
from tests.federation.key_encodings import DERS, RSA_NUMBERS, armoured, ed25519_pem, pkcs1, rsa_pem
from tests.federation.signed_requests import ED25519, ED25519_PAIR, PAIRS, RSA, RSA_PAIR
from tests.shared import shared_json

SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
PEM = serialization.Encoding.PEM
P = 2**255 - 19


# What is read


@pytest.mark.parametrize(("kind", "signing"), [("rsa", RSA), ("ed25519", ED25519)])
def test_a_new_pair_signs_and_verifies(kind: str, signing: SigningKey) -> None:
    public = read_public_pem(PAIRS[kind].public)
    assert (public.algorithm, signing.algorithm) == (kind, kind)
    assert public.verifies(signing.sign(b"data"), b"data")
    assert not public.verifies(signing.sign(b"data"), b"date")
    assert not public.verifies(b"", b"data")
    assert not public.verifies(b"\0" * 65536, b"data")
    assert public.pem() == PAIRS[kind].public


def test_a_signature_of_one_kind_never_verifies_with_the_other() -> None:
    assert not read_public_pem(ED25519_PAIR.public).verifies(RSA.sign(b"data"), b"data")
    assert not read_public_pem(RSA_PAIR.public).verifies(ED25519.sign(b"data"), b"data")


def test_new_keys_are_2048_bit_rsa_and_ed25519_in_the_usual_text_forms() -> None:
    assert (RSA_NUMBERS.n.bit_length(), RSA_NUMBERS.e) == (2048, 65537)
    for pair in PAIRS.values():
        assert pair.private.startswith("-----BEGIN PRIVATE KEY-----\n")
        assert pair.public.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert generate_ed25519() != generate_ed25519()


def test_private_keys_show_nowhere() -> None:
    secret = RSA_PAIR.private.splitlines()[3]
    assert secret not in repr(RSA_PAIR)
    assert secret not in repr(RSA)
    with pytest.raises(ValueError, match="damaged") as caught:
        SigningKey.load(RSA_PAIR.private.replace(secret, "é" + secret[1:]))
    assert caught.value.__suppress_context__
    assert secret[1:] not in str(caught.value)


def test_a_private_key_of_another_kind_is_refused() -> None:
    private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="neither RSA nor Ed25519"):
        SigningKey.load(private.decode())


def test_pkcs1_and_spki_are_the_same_key() -> None:
    spki = read_public_pem(RSA_PAIR.public)
    assert read_public_pem(armoured(pkcs1(RSA_NUMBERS.n, RSA_NUMBERS.e), "RSA PUBLIC KEY")) == spki
    assert read_public_pem(rsa_pem(RSA_NUMBERS.n, RSA_NUMBERS.e)) == spki


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_careless_line_ends_are_tolerated(kind: str) -> None:
    pem = PAIRS[kind].public
    expected = read_public_pem(pem)
    for text in (pem.strip(), "\n " + pem + "\n", pem.replace("\n", "\r\n")):
        assert read_public_pem(text) == expected


@pytest.mark.parametrize("bits", [2048, 3072, 4096, 8192])
def test_rsa_from_2048_to_8192_bits_is_read(bits: int) -> None:
    assert read_public_pem(rsa_pem(2**bits - 1, 65537)).algorithm == "rsa"
    assert read_multikey("z" + write_base58(b"\x85\x24" + pkcs1(2**bits - 1, 65537))).algorithm == "rsa"


@pytest.mark.parametrize("exponent", [3, 17, 65537, 2**32 - 1])
def test_usual_exponents_are_read(exponent: int) -> None:
    assert read_public_pem(rsa_pem(RSA_NUMBERS.n, exponent)).algorithm == "rsa"


# What is never read (KEY-10)


@pytest.mark.parametrize("bits", [512, 768, 1024, 2047, 8193, 16384, 65536])
def test_rsa_of_other_sizes_is_refused(bits: int) -> None:
    with pytest.raises(Untrusted):
        read_public_pem(rsa_pem(2**bits - 1, 65537))


def test_a_setting_lowers_the_floor_to_1024_and_no_further() -> None:
    assert read_public_pem(rsa_pem(2**1024 - 1, 65537), minimum_bits=1024).algorithm == "rsa"
    for bits in (512, 1023):
        with pytest.raises(Untrusted, match="1024 to 8192 are accepted"):
            read_public_pem(rsa_pem(2**bits - 1, 65537), minimum_bits=0)


@pytest.mark.parametrize(
    "exponent",
    [0, 1, 2, 4, 65536, 2**32 + 1, 2**64 + 1, RSA_NUMBERS.n - 2],
    ids=["0", "1", "2", "4", "65536", "over 32 bits", "over 64 bits", "as long as the modulus"],
)
def test_odd_exponents_out_of_range_and_even_ones_are_refused(exponent: int) -> None:
    with pytest.raises(Untrusted):
        read_public_pem(rsa_pem(RSA_NUMBERS.n, exponent))


def test_an_even_modulus_is_refused() -> None:
    with pytest.raises(Untrusted):
        read_public_pem(rsa_pem(RSA_NUMBERS.n - 1, 65537))


def other_kinds() -> Iterator[tuple[str, str]]:
    yield "EC", ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(PEM, SPKI).decode()
    yield "X25519", x25519.X25519PrivateKey.generate().public_key().public_bytes(PEM, SPKI).decode()
    yield "Ed448", ed448.Ed448PrivateKey.generate().public_key().public_bytes(PEM, SPKI).decode()
    yield (
        "DSA",
        dsa.generate_parameters(1024).generate_private_key().public_key().public_bytes(PEM, SPKI).decode(),
    )
    for kind, pair in PAIRS.items():
        yield f"private {kind}", pair.private
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    private = rsa.generate_private_key(65537, 2048)
    yield "PKCS#1 private", private.private_bytes(PEM, traditional, serialization.NoEncryption()).decode()
    yield "certificate", armoured(base64.b64decode(RSA_PAIR.public.split("-----")[2]), "CERTIFICATE")
    yield (
        "SSH",
        private.public_key()
        .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        .decode(),
    )
    yield "empty", ""
    yield "garbage", armoured(b"garbage")
    yield "no body", armoured(b"")
    yield "bad base64", RSA_PAIR.public.replace("MIIB", "M!IB")
    yield "truncated", RSA_PAIR.public[:200]
    yield "two keys", RSA_PAIR.public + ED25519_PAIR.public
    yield "text before", "see: " + RSA_PAIR.public
    yield "text after", RSA_PAIR.public + "and more"
    yield "not ASCII", RSA_PAIR.public.replace("MIIB", "МIIB")
    yield "lone surrogate", RSA_PAIR.public.replace("MIIB", "\ud800IIB")
    yield "NUL", RSA_PAIR.public.replace("MIIB", "\0IIB")
    yield "DER", base64.b64decode(RSA_PAIR.public.split("-----")[2]).decode("latin-1")
    yield "only a header", "-----BEGIN PUBLIC KEY-----"


OTHER_KINDS = dict(other_kinds())


@pytest.mark.parametrize("pem", OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_everything_else_is_refused(pem: str) -> None:
    with pytest.raises(Untrusted):
        read_public_pem(pem)


def test_an_overlong_key_is_refused_unread() -> None:
    with pytest.raises(Untrusted, match="longer than"):
        read_public_pem(RSA_PAIR.public.replace("\n", "\n" * 1000))


@given(st.sampled_from(DERS), st.lists(st.tuples(st.integers(0, 300), st.binary(max_size=4)), max_size=4))
def test_a_damaged_key_is_read_or_refused_but_never_breaks(
    der: bytes, damages: list[tuple[int, bytes]]
) -> None:
    for position, replacement in damages:
        der = der[:position] + replacement + der[position + len(replacement) :]
    try:
        key = read_public_pem(armoured(der))
    except Untrusted:
        return
    key.verifies(b"\1" * 256, b"data")


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(Untrusted):
        read_public_pem(text)
    with pytest.raises(Untrusted):
        read_public_pem(f"-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----")


# Ed25519 points (KEY-11)


def small_order_cases() -> list[dict[str, str]]:
    cases: list[dict[str, str]] = shared_json("vectors", "ed25519", "small-order-keys.json")["keys"]
    assert len(cases) == 10
    return cases


def test_published_small_order_and_non_canonical_points_are_refused_in_both_forms() -> None:
    for case in small_order_cases():
        material = bytes.fromhex(case["public_key_hex"])
        with pytest.raises(Untrusted, match=r"small order|canonical"):
            read_public_pem(ed25519_pem(material))
        with pytest.raises(Untrusted, match=r"small order|canonical"):
            read_multikey("z" + write_base58(b"\xed\x01" + material))


def test_the_library_beneath_still_needs_that_check() -> None:
    for case in small_order_cases():
        key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(case["public_key_hex"]))
        forged: dict[str, str] = case["forged_example"]  # type: ignore[assignment]
        key.verify(bytes.fromhex(forged["signature_hex"]), forged["message"].encode())


def added(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    """Add two points of the curve by the formula of RFC 8032."""
    (x1, y1), (x2, y2) = left, right
    product = keys._CURVE_D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def test_the_refused_points_are_all_eight_that_times_eight_give_nothing() -> None:
    y = keys._ORDER_EIGHT_Y
    square = (y * y - 1) * pow(keys._CURVE_D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    points, point = set(), (0, 1)
    for _ in range(8):
        point = added(point, (x, y))
        points.add(point)
    assert point == (0, 1)
    assert len(points) == 8
    assert {y for _, y in points} == keys._SMALL_ORDER_Y
    for x, y in points:
        with pytest.raises(Untrusted, match="small order"):
            read_public_pem(ed25519_pem((y + (x % 2 << 255)).to_bytes(32, "little")))


def test_values_that_are_no_point_or_beyond_the_prime_are_refused() -> None:
    with pytest.raises(Untrusted, match="not a point"):
        read_public_pem(ed25519_pem((2).to_bytes(32, "little")))
    for y in range(P, 2**255):
        for sign in (0, 2**255):
            with pytest.raises(Untrusted, match="canonical"):
                read_public_pem(ed25519_pem((y + sign).to_bytes(32, "little")))


def test_every_honest_ed25519_key_is_read() -> None:
    for _ in range(50):
        pair = generate_ed25519()
        data = b"data"
        assert read_public_pem(pair.public).verifies(SigningKey.load(pair.private).sign(data), data)
