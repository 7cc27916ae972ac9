"""Multikeys (FEP-521a) and the base58 that carries them; what is refused is KEY-12."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Untrusted
from federation.signatures import (
    PublicKey,
    read_base58,
    read_multikey,
    read_public_pem,
    write_base58,
    write_multikey,
)
from tests.federation.key_encodings import DERS, RSA_NUMBERS, element, integer, pkcs1
from tests.federation.signed_requests import ED25519_PAIR, PAIRS
from tests.shared import shared_json


def test_published_multikeys_are_read_and_written() -> None:
    vectors = shared_json("vectors", "multikey", "keys.json")
    public, private = vectors["cases"]
    key = read_multikey(public["multibase"])
    assert (key.algorithm, key.material.hex()) == ("ed25519", public["raw_hex"])
    assert write_multikey(key) == public["multibase"]
    assert read_base58(private["multibase"][1:]) == bytes.fromhex("8026" + private["raw_hex"])
    with pytest.raises(Untrusted, match="neither"):
        read_multikey(private["multibase"])
    for text in vectors["negative"]:
        with pytest.raises(Untrusted):
            read_multikey(text)


def test_rsa_multikeys_of_2048_to_8192_bits_are_read() -> None:
    for bits in (2048, 8192):
        assert read_multikey("z" + write_base58(b"\x85\x24" + pkcs1(2**bits - 1, 65537))).algorithm == "rsa"


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_multikey_and_a_pem_are_the_same_key(kind: str) -> None:
    key = read_public_pem(PAIRS[kind].public)
    multikey = write_multikey(key)
    assert multikey.startswith("z4MX" if kind == "rsa" else "z6Mk")
    assert read_multikey(multikey) == key
    assert read_multikey(multikey).pem() == PAIRS[kind].public


RSA_DER = pkcs1(RSA_NUMBERS.n, RSA_NUMBERS.e)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xed",
        b"\xed\x01",
        b"\xed\x01" + b"\x58" * 31,
        b"\xed\x01" + b"\x58" * 33,
        b"\xec\x01" + b"\x58" * 32,  # X25519
        b"\x80\x24" + b"\x02" * 33,  # P-256
        b"\x00\xed\x01" + b"\x58" * 32,
        b"\x86\x24" + RSA_DER,
        b"\x85\x24",
        b"\x85\x24" + b"\x58" * 32,
        b"\x85\x24" + DERS[0],  # SPKI where PKCS#1 belongs
        b"\x85\x24" + DERS[1],
        b"\x85\x24" + RSA_DER + b"\0",
        b"\x85\x24" + pkcs1(2**1024 - 1, 65537),
        b"\x85\x24" + pkcs1(2**8200 - 1, 65537),
        b"\x85\x24" + pkcs1(RSA_NUMBERS.n, 65536),
        b"\x85\x24" + element(0x30, integer(RSA_NUMBERS.n), element(2, b"\0\0\0\1\0\1")),
    ],
    ids=lambda payload: f"{payload[:2].hex()} {len(payload)}",
)
def test_multikeys_of_another_kind_length_or_strength_are_refused(payload: bytes) -> None:
    with pytest.raises(Untrusted):
        read_multikey("z" + write_base58(payload))


def test_the_other_multibases_are_refused() -> None:
    payload = b"\xed\x01" + read_public_pem(ED25519_PAIR.public).material
    for text in (
        "u" + base64.urlsafe_b64encode(payload).decode(),
        "m" + base64.b64encode(payload).decode(),
        "f" + payload.hex(),
        "Z" + write_base58(payload),
        write_base58(payload),
        " z" + write_base58(payload),
        "z" + write_base58(payload) + "\n",
    ):
        with pytest.raises(Untrusted):
            read_multikey(text)


def test_an_overlong_multikey_is_refused_unread() -> None:
    with pytest.raises(Untrusted, match="longer than"):
        read_multikey("z" + "2" * 2048)


def test_a_setting_lowers_the_floor_for_multikeys_too() -> None:
    weak = "z" + write_base58(b"\x85\x24" + pkcs1(2**1024 - 1, 65537))
    assert read_multikey(weak, minimum_bits=1024).algorithm == "rsa"


@given(st.binary())
def test_base58_gives_back_what_it_was_given(value: bytes) -> None:
    assert read_base58(write_base58(value)) == value


@given(st.text())
def test_any_multibase_is_refused_or_read_but_never_breaks(text: str) -> None:
    for multibase in (text, "z" + text, "z6Mk" + text, "z4MX" + text):
        try:
            assert isinstance(read_multikey(multibase), PublicKey)
        except Untrusted:
            continue


def test_base58_keeps_leading_zeros() -> None:
    assert write_base58(b"\0\0\1") == "112"
    assert read_base58("112") == b"\0\0\1"
    assert (write_base58(b""), read_base58("")) == ("", b"")
    assert write_base58(b"Hello World!") == "2NEpo7TZRRrLZSi2U"
