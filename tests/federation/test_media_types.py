import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.media_types import (
    ACCEPT_ACTIVITY,
    ACTIVITY_JSON,
    LD_JSON_PROFILE,
    is_activity,
    prefers_activity,
)
from tests.shared import shared_json


def vectors(name: str) -> Any:
    return shared_json("vectors", "content-type", "cases.json")[name]


def test_the_shared_vectors_agree_about_what_is_an_activity() -> None:
    assert [case for case in vectors("accept_as_activitypub") if not is_activity(case)] == []
    assert [case for case in vectors("refuse") if is_activity(case)] == []


def test_the_shared_vectors_agree_about_what_is_preferred() -> None:
    for case in vectors("negotiation"):
        if "policy" not in case["gives"]:
            assert prefers_activity(case["accept"]) is case["gives"].startswith("AP"), case


def test_what_we_send_is_what_we_read() -> None:
    assert is_activity(ACTIVITY_JSON)
    assert is_activity(LD_JSON_PROFILE)
    assert prefers_activity(ACCEPT_ACTIVITY)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "application/activity+json, text/html",
        "application/activity+json text/html",
        "application/activity+json\r\nX: y",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams',
        'application/ld+json; profile="https://other.example/"; profile="https://www.w3.org/ns/activitystreams"',
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams#"',
        'application/ld+json; xprofile="https://www.w3.org/ns/activitystreams"',
    ],
)
def test_two_types_or_a_broken_one_are_not_an_activity(text: str | None) -> None:
    assert not is_activity(text)


@pytest.mark.parametrize(
    "text",
    [
        "application/ld+json; profile=https://www.w3.org/ns/activitystreams",
        'Application/LD+JSON ; Profile="https://www.w3.org/ns/activitystreams" ; charset=utf-8',
        r'application/ld+json; profile="https://www.w3.org\/ns/activitystreams"',
        "application/activity+json;",
    ],
)
def test_the_profile_may_be_written_in_any_legal_way(text: str) -> None:
    assert is_activity(text)


@pytest.mark.parametrize(
    ("accept", "preferred"),
    [
        ("application/activity+json, */*", True),
        ("*/*, application/activity+json", True),
        ("application/activity+json;q=0.5, */*;q=0.8", False),
        ("text/html, application/activity+json", False),
        ("application/activity+json, text/html", True),
        ("text/html;q=0, application/activity+json;q=0.001", True),
        ("application/activity+json;q=0, text/html", False),
        ("application/activity+json;q=0", False),
        ("application/activity+json;q=2, text/html;q=0.1", False),
        ("application/*", True),
        ("text/*, application/activity+json;q=0.9", False),
        ('application/ld+json; profile="https://other.example/"', False),
        ('text/plain; x=", application/activity+json,"', False),
        ("application/json", False),
        ("image/avif,image/webp,*/*;q=0.8", False),
        ("", False),
        ("nonsense", False),
    ],
)
def test_the_more_exact_and_the_more_wanted_type_wins(accept: str, preferred: bool) -> None:
    assert prefers_activity(accept) is preferred


@pytest.mark.parametrize(
    ("accept", "preferred"),
    [
        (None, True),
        ("*/*", True),
        ("application/json", True),
        ("application/activity+json", True),
        ("text/html, */*;q=0.1", True),
        ("text/html", False),
        ("application/json;q=0", False),
    ],
)
def test_where_there_is_no_page_whoever_takes_json_gets_it(accept: str | None, preferred: bool) -> None:
    assert prefers_activity(accept, has_page=False) is preferred


@given(st.text(alphabet='application/ld+json;q=0.1,"\\ *textml') | st.text())
def test_any_header_gets_an_answer(text: str) -> None:
    assert prefers_activity(text) in {True, False}
    assert is_activity(text) in {True, False}


def test_a_hostile_header_is_not_expensive() -> None:
    started = time.process_time()
    for hostile in (
        '"\\' * 50_000,
        ";a=" * 50_000,
        "," * 100_000,
        'a/b;c="' + "\\" * 100_001,
        "a/" + "a" * 100_000,
    ):
        prefers_activity(hostile)
        is_activity(hostile)
    assert time.process_time() - started < 1
