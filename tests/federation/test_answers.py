import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.answers import Body, read_headers, retry_after
from federation.errors import Malformed, Unreachable

NOW = 1_893_456_000.0  # 2030-01-01T00:00:00Z


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("999999999999", 86_400),
        ("Tue, 01 Jan 2030 00:01:00 GMT", 60),
        ("Tuesday, 01-Jan-30 00:01:00 GMT", 60),
        ("Tue, 01 Jan 2030 00:01:00 -0000", 60),
        ("Tue Jan  1 00:01:00 2030", 60),
        ("Tue, 01 Jan 2029 00:00:00 GMT", 0),
        ("Tue, 01 Jan 2040 00:00:00 GMT", 86_400),
        ("Fri, 31 Dec 9999 23:59:59 -2359", 86_400),
        (None, None),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("1" * 5000, None),
        ("Tue, 99 Jan 2030 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_of_at_most_a_day(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


@given(st.text() | st.text(alphabet="0123456789: ,GMTJanTue+-"))
def test_any_retry_after_is_a_wait_or_none(value: str) -> None:
    seconds = retry_after(value, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


def deflate_raw(data: bytes) -> bytes:
    encoder = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return encoder.compress(data) + encoder.flush()


@given(st.binary(max_size=500), st.integers(1, 100))
def test_every_known_encoding_is_read_in_pieces_of_any_size(data: bytes, step: int) -> None:
    for encoding, encoded in (
        ("", data),
        ("identity", data),
        ("gzip", gzip.compress(data)),
        (" GZIP", gzip.compress(data)),
        ("deflate", zlib.compress(data)),
        ("deflate", deflate_raw(data)),
    ):
        body = Body(encoding, 500)
        for start in range(0, len(encoded), step):
            assert body.add(encoded[start : start + step])
        assert body.whole() == data


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    body = Body("gzip", 1000)
    assert not body.add(bomb)
    assert body.start() == bytes(1000)
    assert sum(map(len, body._parts)) == 1001


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,deflate", "compress", "nonsense"])
def test_an_encoding_nobody_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(Malformed):
        Body(encoding, 10)


@pytest.mark.parametrize(
    "data", [b"not gzip", gzip.compress(b"x" * 100)[:-1], gzip.compress(b"x" * 100)[:20]]
)
def test_a_broken_compressed_body_is_malformed(data: bytes) -> None:
    body = Body("gzip", 1000)
    with pytest.raises(Malformed):  # noqa: PT012 - either may notice
        body.add(data)
        body.whole()


def test_headers_are_joined_by_name_and_counted() -> None:
    assert read_headers([(b"A", b"1"), (b"a", b"2"), (b"B", b"\xc3\xa9"), (b"C", b"\xe9")]) == {
        "a": "1, 2",
        "b": "é",
        "c": "é",
    }
    with pytest.raises(Unreachable):
        read_headers([(b"set-cookie", b"x")] * 1000)
