"""Documents for programs, pages for people, at the same address (N1, N2, N5, N7)."""

from pathlib import Path
from typing import Any

import pytest

from tests.node.served import ServedNode, served
from tests.shared import shared_json

AP = "AP"
PAGE = "HTML"

CASES: list[tuple[str | None, str]] = [
    ("application/activity+json", AP),
    ("Application/Activity+JSON", AP),
    ("application/activity+json; charset=utf-8", AP),
    ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', AP),
    ("application/ld+json;profile=https://www.w3.org/ns/activitystreams", AP),
    ('application/ld+json; profile="https://other.example https://www.w3.org/ns/activitystreams"', AP),
    ('application/ld+json; profile="https://other.example/profile"', PAGE),
    ("application/activity+json;q=0.9, text/html;q=0.1", AP),
    ("application/activity+json;q=0.1, text/html", PAGE),
    ("application/activity+json;q=0", PAGE),
    ("application/activity+json, application/ld+json, text/html", AP),
    ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", PAGE),
    ("*/*", PAGE),
    ("", PAGE),
    (None, PAGE),
    ("image/png", PAGE),
    ("application/json", PAGE),
    ("nonsense", PAGE),
    (";;;,,,", PAGE),
    ("a" * 20_000, PAGE),
]


async def both(one: ServedNode, accept: str | None) -> tuple[str, str]:
    """Return what an actor and an object answer with."""
    published = await one.publish(one.office)
    found = []
    for path, page in (("/actors/office", one.office.url), (f"/o/{published.id}", published.url)):
        answer = await one.get(path, accept)
        assert "Accept" in answer.headers["vary"]
        if answer.status_code == 200:
            assert answer.headers["content-type"] == "application/activity+json"
            found.append(AP)
        else:
            assert (answer.status_code, answer.headers["location"]) == (303, page)
            found.append(PAGE)
    return found[0], found[1]


@pytest.mark.parametrize(("accept", "gives"), CASES)
async def test_what_is_asked_for_is_what_is_given(tmp_path: Path, accept: str | None, gives: str) -> None:
    async with served(tmp_path) as one:
        assert await both(one, accept) == (gives, gives)


def vectors() -> list[dict[str, Any] | None]:
    try:
        cases: list[dict[str, Any] | None] = shared_json("vectors", "content-type", "cases.json")[
            "negotiation"
        ]
    except pytest.skip.Exception:
        return [None]
    return cases


@pytest.mark.parametrize("case", vectors())
async def test_the_shared_vectors_hold(tmp_path: Path, case: dict[str, Any] | None) -> None:
    if case is None:
        pytest.skip("needs vectors/content-type/cases.json of the shared folder, which is not here")
    async with served(tmp_path) as one:
        given = await both(one, case["accept"])
    allowed = [AP, PAGE] if "or" in case["gives"] else [AP if case["gives"].startswith("AP") else PAGE]
    assert all(each in allowed for each in given)


@pytest.mark.parametrize(
    "accept", [None, "*/*", "application/json", "application/activity+json", "text/html, */*;q=0.1"]
)
async def test_what_has_no_page_is_json_for_everybody(tmp_path: Path, accept: str | None) -> None:
    async with served(tmp_path) as one:
        answer = await one.get("/actors/office/outbox", accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/activity+json"


async def test_whoever_rules_json_out_is_told_that_there_is_nothing_else(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        answer = await one.get("/actors/office/outbox", "image/png")
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"


async def test_several_accept_headers_are_one_list(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        request = one.client.build_request(
            "GET",
            "/actors/office",
            headers=[("accept", "text/html;q=0.1"), ("accept", "application/activity+json")],
        )
        answer = await one.client.send(request)
    assert answer.status_code == 200


async def test_browsers_may_read_what_is_public_from_anywhere_but_send_nothing_along(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office)
        for path in ("/actors/office", f"/o/{published.id}", "/actors/office/outbox"):
            answer = await one.get(path, origin="https://reader.example")
            preflight = await one.client.options(
                path, headers={"origin": "https://reader.example", "access-control-request-method": "GET"}
            )
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
            assert preflight.status_code == 204
            assert preflight.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in preflight.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
async def test_documents_can_only_be_read(tmp_path: Path, method: str) -> None:
    async with served(tmp_path) as one:
        published = await one.publish(one.office)
        paths = [
            "/actors/office",
            "/actors/office/outbox",
            "/actors/office/followers",
            "/actors/office/following",
            "/actors/office/featured",
            "/actors/office/activities/1",
            f"/o/{published.id}",
            f"/o/{published.id}/replies",
            f"/o/{published.id}/likes",
            f"/o/{published.id}/shares",
            "/.well-known/webfinger",
            "/.well-known/nodeinfo",
            "/.well-known/host-meta",
            "/.well-known/host-meta.json",
            "/nodeinfo/2.0",
            "/health",
            "/metrics",
        ]
        answers = [await one.client.request(method, path) for path in paths]
    assert [each.status_code for each in answers] == [405] * len(paths)
    assert all("GET" in each.headers["allow"] for each in answers)


@pytest.mark.parametrize(
    "path", ["/actors/office/", "//actors/office", "/actors//office", "/o/1/", "/@office/../actors/office/"]
)
async def test_no_address_is_mended_or_led_elsewhere(tmp_path: Path, path: str) -> None:
    async with served(tmp_path) as one:
        scope_path = one.client.build_request("GET", "/").url.copy_with(raw_path=path.encode())
        answer = await one.client.send(one.client.build_request("GET", scope_path))
    assert answer.status_code == 404
    assert "location" not in answer.headers
