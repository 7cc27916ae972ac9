"""Bytes become documents, or are refused with a sentence."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import vocabulary as as2
from federation.errors import Malformed
from federation.vocabulary.parsing import MAX_DEPTH, MAX_MEMBERS
from tests.federation.any_json import DOCUMENTS, refusal
from tests.shared import shared_json

pytestmark = pytest.mark.one_engine

FOLLOW = b'{"type":"Follow","id":"https://a.test/1","actor":"https://a.test/u","object":"https://b.test/u"}'


def nested(depth: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    return (opening * (depth - 1) + "{}" + closing * (depth - 1)).encode()


def test_an_activity_is_parsed() -> None:
    assert as2.parse(FOLLOW) == json.loads(FOLLOW)
    assert as2.parse(b" \n" + FOLLOW + b"\r\n ") == json.loads(FOLLOW)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b" ", "not JSON"),
        (b"[]", "not a JSON object"),
        (b"null", "not a JSON object"),
        (b'"x"', "not a JSON object"),
        (b"7", "not a JSON object"),
        (b"{'type':'Create'}", "not JSON"),
        (b'{"type":"Create"}}', "not JSON"),
        (b'{"type":"Create",}', "not JSON"),
        (b'{/*x*/"type":"Create"}', "not JSON"),
        (b'{"content":"a\nb"}', "not JSON"),
        (b'{"x":NaN}', "NaN is not"),
        (b'{"x":[-Infinity]}', "-Infinity is not"),
        (b'{"x":1e400}', "too large"),
        (b'{"x":-1e400}', "too large"),
        (b'{"x":9223372036854775808}', "64 bits"),
        (b'{"x":-9223372036854775809}', "64 bits"),
        (b'{"x":' + b"9" * 5000 + b"}", "64 bits"),
        (b'{"a":1,"a":1}', "same key twice"),
        (b'{"object":{"actor":1,"\\u0061ctor":2}}', "same key twice"),
        (b'{"x":"\\ud800"}', "surrogate"),
        (b'{"x":["\\udc00\\ud800"]}', "surrogate"),
        (b'{"\\ud800":1}', "surrogate"),
        (b'{"x":"a\\u0000b"}', "NUL"),
        (b'{"a\\u0000":1}', "NUL"),
        (b'{"x":"\x00"}', "not JSON"),
        (b'\xef\xbb\xbf{"type":"Create"}', "not JSON"),
        ('{"type":"Create"}'.encode("utf-16"), "not UTF-8"),
        ('{"type":"Create"}'.encode("utf-16-le"), "not JSON"),
        ('{"type":"Create"}'.encode("utf-32"), "not UTF-8"),
        (b'{"x":"\xff"}', "not UTF-8"),
        (b'{"x":"\xed\xa0\x80"}', "not UTF-8"),
        (nested(MAX_DEPTH + 1), "levels deep"),
        (nested(5_000), "levels deep"),
        (nested(200_000), "levels deep"),
        (b"[" * 200_000 + b"]" * 200_000, "levels deep"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "levels deep"),
        (b"[" * 200_000, "levels deep"),
        (json.dumps({str(i): i for i in range(MAX_MEMBERS + 1)}).encode(), "keys and items"),
        (json.dumps({"to": list(range(MAX_MEMBERS))}).encode(), "keys and items"),
        (json.dumps({"to": [{"a": 1}] * (MAX_MEMBERS // 2)}).encode(), "keys and items"),
        (json.dumps({"to": [[]] * MAX_MEMBERS}).encode(), "keys and items"),
    ],
)
def test_a_hostile_body_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        as2.parse(body)


@pytest.mark.parametrize(
    "body",
    [
        nested(MAX_DEPTH),
        b'{"x":9223372036854775807,"y":-9223372036854775808,"z":-0,"f":1.5e300}',
        json.dumps({"emoji": "\U0001f600"}, ensure_ascii=True).encode(),
        b'{"text":"\\\\u0000 and \\\\ud800 spelled out"}',
        b'{"text":"\\\\\\\\u0000"}',
        json.dumps({"content": "[{" * 500 + "," * 20_000}).encode(),
        json.dumps({str(i): i for i in range(MAX_MEMBERS)}).encode(),
        json.dumps({"to": list(range(MAX_MEMBERS - 1))}).encode(),
        json.dumps({"tag": [{"a": {"b": [1]}}] * 60}).encode(),
    ],
)
def test_unusual_but_harmless_bodies_are_parsed(body: bytes) -> None:
    assert as2.parse(body) == json.loads(body)


def test_names_of_object_properties_in_other_languages_are_plain_keys() -> None:
    document = as2.parse(b'{"__proto__":{"admin":true},"constructor":1,"type":"Create"}')
    assert document["__proto__"] == {"admin": True}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_document_or_are_refused(body: bytes) -> None:
    assert refusal(as2.parse, body) != ""


@given(st.binary(max_size=20), st.integers(0, len(FOLLOW)), st.integers(0, len(FOLLOW)))
def test_a_damaged_activity_is_a_document_or_is_refused(damage: bytes, start: int, end: int) -> None:
    body = FOLLOW[:start] + damage + FOLLOW[end:]
    if refusal(as2.parse, body) is None:
        assert refusal(as2.read, as2.parse(body)) != ""


@given(DOCUMENTS)
def test_what_is_encoded_is_parsed_again(document: dict[str, Any]) -> None:
    body = as2.encode(document)
    if "NUL" not in (refusal(as2.parse, body) or ""):
        assert as2.parse(body) == document


def test_encoding_is_compact_utf8_in_the_order_of_the_keys() -> None:
    assert as2.encode({"b": "é", "a": [1, None]}) == '{"b":"é","a":[1,null]}'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        as2.encode({"x": float("nan")})


def body_of(case: dict[str, Any]) -> bytes:
    if "text" in case:
        return str(case["text"]).encode("utf-8", "surrogatepass")
    if "base64" in case:
        return base64.b64decode(case["base64"])
    generate: dict[str, Any] = case["generate"]
    if "wide_keys" in generate:
        return json.dumps({f"k{number}": 0 for number in range(generate["wide_keys"])}).encode()
    times = generate["times"]
    text: str = generate["open"] * times + generate.get("middle", "") + generate["close"] * times
    return text.encode()


def test_every_published_hostile_body_ends_as_it_should() -> None:
    cases = shared_json("vectors", "json", "hostile-bodies.json")["cases"]
    assert len(cases) >= 29
    for case in cases:
        body = body_of(case)
        reason = refusal(as2.parse, body) or refusal(as2.read_activity, as2.parse(body))
        assert reason, f"{case['name']}: expected {case['expect']}, but it was read"
