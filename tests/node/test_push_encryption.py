"""Encrypting for one program: the standards' own examples, and a reader with code of its own."""

import pytest

from node.push import encryption, keys
from tests.node.pushing import Reader, b64, claims_of, parameters, point, private_key, unb64

WATERMELON = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6P"
    "Bru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_a_message_is_encrypted_as_rfc_8291_shows_it() -> None:
    # RFC 8291, section 5 and appendix A.
    reader = Reader(
        private_key(unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")), unb64("BTBZMqHH6r4Tts7J_aSIgg")
    )
    message = encryption.encrypt(
        b"When I grow up, I want to be a watermelon",
        unb64(reader.p256dh),
        reader.auth,
        salt=unb64("DGv6ra1nlYgDCS1FRnbzlw"),
        own=private_key(unb64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")),
    )
    assert b64(message.body) == WATERMELON
    assert message.headers == {"Content-Encoding": "aes128gcm"}


def test_a_message_is_encrypted_as_the_draft_shows_it() -> None:
    # draft-ietf-webpush-encryption-04, section 5.
    reader = Reader(
        private_key(unb64("9FWl15_QUQAWDaD3k3l50ZBZQJ4au27F1V4F0uLSD_M")), unb64("R29vIGdvbyBnJyBqb29iIQ")
    )
    message = encryption.encrypt_in_the_old_way(
        b"I am the walrus",
        unb64(reader.p256dh),
        reader.auth,
        salt=unb64("lngarbyKfMoi9Z75xYXmkg"),
        own=private_key(unb64("nCScek-QpEjmOOlT-rQ38nZzvdPlqa00Zy0i6m2OJvY")),
    )
    assert b64(message.body) == "6nqAQUME8hNqw5J3kl8cpVVJylXKYqZOeseZG8UueKpA"
    assert message.headers["Encryption"] == "salt=lngarbyKfMoi9Z75xYXmkg"
    assert parameters(message.headers["Crypto-Key"])["dh"] == (
        "BNoRDbb84JGm8g5Z5CFxurSqsXWJ11ItfXEWYVLE85Y7CYkDjXsIEc4aqxYaQ1G8BqkXCJ6DPpDrWtdWj_mugHU"
    )


@pytest.mark.parametrize("way", [encryption.encrypt, encryption.encrypt_in_the_old_way])
@pytest.mark.parametrize("text", [b"", b"x", "Ça va, 你好".encode(), b"\x00\x02" * 100, b"y" * 3900])
def test_the_reader_reads_what_was_written_for_it(way: object, text: bytes) -> None:
    assert callable(way)
    reader = Reader.new()
    messages = [way(text, unb64(reader.p256dh), reader.auth) for _ in range(2)]
    for message in messages:
        headers = {name.lower(): value for name, value in message.headers.items()}
        assert reader.read(headers, message.body) == text
    assert messages[0].body != messages[1].body


@pytest.mark.parametrize("encoding", ["aes128gcm", "aesgcm"])
def test_a_message_says_who_sends_it_for_half_a_day(encoding: str) -> None:
    own, reader = private_key(b"\x07"), Reader.new()
    public = b64(point(own.public_key()))
    way = encryption.encrypt if encoding == "aes128gcm" else encryption.encrypt_in_the_old_way
    message = way(b"Hello", unb64(reader.p256dh), reader.auth)
    headers = encryption.signed(message, own, "https://push.example", "mailto:office@node.example").headers
    scheme, _, rest = headers["Authorization"].partition(" ")
    if encoding == "aes128gcm":
        assert scheme == "vapid"
        assert parameters(rest)["k"] == public
        claims = claims_of(parameters(rest)["t"], public)
    else:
        assert scheme == "WebPush"
        assert parameters(headers["Crypto-Key"])["p256ecdsa"] == public
        claims = claims_of(rest, public)
    assert (claims["aud"], claims["sub"]) == ("https://push.example", "mailto:office@node.example")
    token = encryption.authorization(own, "https://push.example", "mailto:office@node.example", now=1000)
    assert claims_of(token, public)["exp"] == 1000 + 12 * 3600


@pytest.mark.parametrize(
    "key", [b"", b"\x04" * 65, b"\x02" + b"\x01" * 32, b"\x00" * 65, b"\x04" + b"\x00" * 64]
)
def test_what_is_no_point_of_the_curve_is_no_key(key: bytes) -> None:
    with pytest.raises(ValueError, match="no point of the curve"):
        encryption.read_point(key)


@pytest.mark.parametrize("text", ["-_8", "-_8=", "+/8=", "+/8", " -_8 "])
def test_base64_is_read_in_every_alphabet(text: str) -> None:
    assert keys.decoded(text) == b"\xfb\xff"


@pytest.mark.parametrize("text", ["é", "a", "a b c d", "!!!!"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no base64"):
        keys.decoded(text)
