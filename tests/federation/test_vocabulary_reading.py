"""Single fields: what occurs is read, what is absurd is absent, nothing else happens."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given

from federation import vocabulary as as2
from federation.errors import Malformed
from federation.vocabulary import reading
from tests.federation.any_json import JSON, SCALARS, refusal

pytestmark = pytest.mark.one_engine

A = "https://example.org/users/a"
B = "https://example.org/users/b"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
        (["first", "second"], "first"),
        ([None, "second"], "second"),
        ({"@value": "in JSON-LD", "@language": "en"}, "in JSON-LD"),
        ([{"@value": "in a list"}], "in a list"),
        ({"ne": "नमस्ते", "en": "hello"}, "नमस्ते"),
        ({"<b>": "no language", "en-GB": "hello"}, "hello"),
    ],
)
def test_text_comes_in_many_shapes(value: Any, expected: str | None) -> None:
    assert reading.text({"name": value}, "name") == expected
    assert reading.text({}, "name") is None


@pytest.mark.parametrize("value", [7, 1.5, True, {"type": "Note", "id": A}, {"x": 1}, [7], [[["deep"]]]])
def test_what_is_no_text_is_refused_with_the_name_of_the_field(value: Any) -> None:
    with pytest.raises(Malformed, match=r"^name: expected text$"):
        reading.text({"name": value}, "name")


def test_texts_are_cut_at_their_limit() -> None:
    long = "x" * 1_000_000
    assert reading.text({"name": long}, "name") == "x" * 2_048
    assert reading.text({"content": long}, "content", reading.CONTENT_LENGTH) == "x" * 200_000
    assert reading.string({"name": long}, "name", 10) == "x" * 10
    assert reading.language_map({"nameMap": {"en": long}}, "nameMap")["en"] == "x" * 2_048


@pytest.mark.parametrize(
    ("document", "text", "translations"),
    [
        ({"name": "Hello"}, "Hello", {}),
        ({"nameMap": {"fr": "Bonjour", "en": "Hello"}}, "Bonjour", {"fr": "Bonjour", "en": "Hello"}),
        ({"name": {"fr": "Bonjour"}}, "Bonjour", {"fr": "Bonjour"}),
        (
            {"name": "Hello", "nameMap": {"en": "Hello", "sw": "Habari"}},
            "Hello",
            {"en": "Hello", "sw": "Habari"},
        ),
        ({"name": None, "nameMap": {"en": ["Hello"]}}, "Hello", {"en": "Hello"}),
        ({}, None, {}),
    ],
)
def test_a_text_and_its_translations_fill_in_for_each_other(
    document: dict[str, Any], text: str | None, translations: dict[str, str]
) -> None:
    assert reading.texts(document, "name") == (text, translations)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"en": "a", "zh-Hant-TW": "b", "und": "c", "sr-Latn": "d"}, ["en", "zh-Hant-TW", "und", "sr-Latn"]),
        ({"<script>": "a", "en_GB": "b", "": "c", "x" * 40: "d", "ｅｎ": "e", "english": "f"}, []),
        ({"en": None, "fr": 7, "de": "", "es": {"a": 1}, "it": "si"}, ["it"]),
        ("text", []),
        ([{"en": "a"}], []),
    ],
)
def test_only_languages_with_texts_are_kept_of_a_map(value: Any, expected: list[str]) -> None:
    assert list(reading.language_map({"nameMap": value}, "nameMap")) == expected


def test_a_map_of_ten_thousand_languages_is_cut() -> None:
    tags = [f"en-{number:05d}" for number in range(10_000)]
    found = reading.language_map({"contentMap": dict.fromkeys(tags, "x")}, "contentMap")
    assert list(found) == tags[: reading.MAX_LANGUAGES]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (A, A),
        ({"id": A}, A),
        ({"type": "Person", "id": A, "name": "a"}, A),
        ({"type": "Link", "href": A}, A),
        ([A], A),
        ([{"id": A}], A),
        ("urn:uuid:0b6ab1ee-0000-4000-8000-000000000000", "urn:uuid:0b6ab1ee-0000-4000-8000-000000000000"),
        ("ap://did:key:z6Mk/actor", "ap://did:key:z6Mk/actor"),
        ("#like-1", "#like-1"),
        ("https://пример.example/ы", "https://пример.example/ы"),
        ([A, B], None),
        ([], None),
        ([[A]], None),
        ("", None),
        (7, None),
        (True, None),
        ({"id": 7}, None),
        ({"name": "a"}, None),
        ("https://example.org/a b", None),
        ("https://example.org/a\nHost: b", None),
        ("https://example.org/\u202egpj", None),
        ("https://example.org/\u200b", None),
        ("https://example.org/" + "a" * 2_048, None),
    ],
)
def test_an_identifier_comes_as_text_object_link_or_lone_element(value: Any, expected: str | None) -> None:
    assert as2.id_of(value) == expected
    if expected is None:
        with pytest.raises(Malformed, match=r"^actor: expected an identifier$"):
            reading.required_id({"actor": value}, "actor")
    else:
        assert reading.required_id({"actor": value}, "actor") == expected


def test_a_document_without_an_id_has_none_but_a_wrong_one_is_refused() -> None:
    assert reading.own_id({}) is None
    assert reading.own_id({"id": None}) is None
    assert reading.own_id({"id": A}) == A
    for wrong in (7, {"x": 1}, [A], "a b"):
        with pytest.raises(Malformed, match=r"^id: expected an identifier$"):
            reading.own_id({"id": wrong})


def test_the_first_usable_of_several_fields_counts() -> None:
    assert (
        reading.linked_id({"quote": None, "quoteUrl": 7, "quoteUri": A}, "quote", "quoteUrl", "quoteUri") == A
    )
    assert reading.linked_id({}, "quote") is None


def test_recipients_are_one_or_many_without_repetition_and_public_has_one_name() -> None:
    assert reading.ids({"to": A}, "to") == (A,)
    assert reading.ids({"to": None}, "to") == ()
    assert reading.ids({"to": [A, {"id": B}, A, 7, None, ["x"], "as:Public", "Public"]}, "to") == (
        A,
        B,
        "x",
        as2.PUBLIC,
    )
    assert reading.ids({"to": "as:Public"}, "to") == (as2.PUBLIC,)
    assert reading.ids({"to": {"id": as2.PUBLIC, "name": "everybody"}}, "to") == (as2.PUBLIC,)


def test_half_a_million_recipients_are_cut() -> None:
    many = [f"https://example.org/{number}" for number in range(500_000)]
    assert reading.ids({"to": many}, "to") == tuple(many[:1_000])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00.123456789Z", datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-02T09:00:00+05:45", datetime(2026, 3, 2, 3, 15, tzinfo=UTC)),
        ("2026-03-02T09:00:00-0800", datetime(2026, 3, 2, 17, tzinfo=UTC)),
        ("2026-03-02T09:00:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        ("0000-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("99999-01-01T00:00:00Z", None),
        ("2026-03-02T09:00:60Z", None),
        ("2026-02-30T09:00:00Z", None),
        ("２０２６-03-02T09:00:00Z", None),
        ("yesterday", None),
        ("", None),
        ("2026-03-02T09:00:00Z" * 1_000, None),
        (1_772_442_000, None),
        (1.5, None),
        (["2026-03-02T09:00:00Z"], None),
        ({"@value": "2026-03-02T09:00:00Z"}, None),
        (None, None),
    ],
)
def test_a_moment_is_read_in_utc_and_an_absurd_one_is_absent(value: Any, expected: datetime | None) -> None:
    found = reading.timestamp({"published": value}, "published")
    assert found == expected
    assert found is None or found.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("7", 7),
        (7.0, 7),
        (0, 0),
        (-5, 0),
        (-5.0, 0),
        (10**30, 10**12),
        ("9" * 30, 10**12),
        (1e300, 10**12),
        ("-5", None),
        ("1e9", None),
        ("1_000", None),
        ("１２３", None),
        ("²", None),
        (" 7", None),
        (1.5, None),
        (float("inf"), None),
        (float("nan"), None),
        (True, None),
        ([7], None),
        ({}, None),
        (None, None),
    ],
)
def test_a_count_is_ascii_digits_and_never_negative(value: Any, expected: int | None) -> None:
    assert reading.count({"totalItems": value}, "totalItems") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1, 1.0),
        (1.5, 1.5),
        ("-71.25", -71.25),
        ("1e3", None),
        ("nan", None),
        ("١", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**30, None),
        (True, None),
        ([1], None),
        (None, None),
    ],
)
def test_a_number_is_finite(value: Any, expected: float | None) -> None:
    assert reading.number({"latitude": value}, "latitude") == expected


def test_a_boolean_may_be_spelled_out_or_prefixed() -> None:
    assert reading.boolean({"discoverable": True}, "discoverable")
    assert reading.boolean({"discoverable": "true"}, "discoverable")
    assert reading.boolean({"toot:discoverable": True}, "discoverable", "toot:discoverable")
    for value in (False, "false", None, "yes", 0, [], {}, [True]):
        assert not reading.boolean({"discoverable": value}, "discoverable")
    assert not reading.boolean({}, "discoverable")


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//example.org/x",
        "/x",
        "ftp://example.org/x",
        " https://example.org",
        "https://example.org/a b",
        "https:example.org",
        "https:\\/\\/example.org",
        7,
        None,
        ["https://example.org", "https://example.org"],
    ],
)
def test_only_http_addresses_are_links_for_people(value: Any) -> None:
    assert reading.web_address({"url": value}, "url") is None


def test_http_addresses_are_links_for_people() -> None:
    assert (
        reading.web_address({"href": "https://example.org/x?y"}, "url", "href") == "https://example.org/x?y"
    )
    assert reading.web_address({"url": "HTTPS://EXAMPLE.org"}, "url") == "HTTPS://EXAMPLE.org"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Note", ("Note",)),
        ("as:Note", ("Note",)),
        ("https://www.w3.org/ns/activitystreams#Note", ("Note",)),
        ("http://schema.org#PropertyValue", ("PropertyValue",)),
        ("schema:PropertyValue", ("PropertyValue",)),
        ("schema:Person", ("schema:Person",)),
        ("toot:Emoji", ("Emoji",)),
        ("litepub:EmojiReact", ("EmojiReact",)),
        ("vf:Proposal", ("Proposal",)),
        (["Place", "geojson:Feature"], ("Place", "geojson:Feature")),
        (["Note", "as:Note", 7, ""], ("Note",)),
    ],
)
def test_types_have_one_spelling_each(value: Any, expected: tuple[str, ...]) -> None:
    assert reading.types({"type": value}) == expected
    assert reading.kind({"type": value}) == expected[0]


@pytest.mark.parametrize("value", [None, "", [], 7, {"a": 1}, [7], True])
def test_a_document_without_a_type_is_refused(value: Any) -> None:
    with pytest.raises(Malformed, match=r"^type: expected text$"):
        reading.types({"type": value})


def test_languages_are_read_from_all_places() -> None:
    assert reading.language({"inLanguage": "pt-BR"}, "inLanguage") == "pt-BR"
    assert reading.language({"inLanguage": ["en"]}, "inLanguage") == "en"
    assert reading.language({"language": {"identifier": "fr", "name": "Français"}}, "language") == "fr"
    for value in ("English", "<b>", 7, None, ["en", "fr"], {"identifier": 7}):
        assert reading.language({"inLanguage": value}, "inLanguage") is None


@given(JSON)
def test_tolerant_readers_never_fail(value: Any) -> None:
    document = {"field": value}
    reading.string(document, "field")
    reading.strings(document, "field")
    reading.language(document, "field")
    reading.language_map(document, "field")
    reading.linked_id(document, "field")
    reading.ids(document, "field")
    reading.mapping(document, "field")
    reading.mappings(document, "field", 5)
    reading.kind({"type": value})
    reading.timestamp(document, "field")
    reading.boolean(document, "field")
    reading.count(document, "field")
    reading.number(document, "field")
    reading.web_address(document, "field")


@given(JSON)
def test_strict_readers_fail_only_as_malformed(value: Any) -> None:
    for reader in (reading.text, reading.texts, reading.required_id):
        assert (refusal(reader, {"field": value}, "field") or "field: expected ").startswith(
            "field: expected "
        )


@given(SCALARS)
def test_messages_never_repeat_what_was_sent(value: Any) -> None:
    assert refusal(reading.text, {"name": {"x": value}}, "name") == "name: expected text"
