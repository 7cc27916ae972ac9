"""What clients rely on beyond single methods: refusals, scripts elsewhere, how known apps start."""

import re
from typing import Any

import httpx
import pytest

from tests.clients.calls import CALLS
from tests.clients.entities.oauth import Failure
from tests.clients.entities.statuses import Status
from tests.clients.scene import Scene
from tests.clients.test_contract import check_envelope, check_link, check_refusal
from tests.clients.validation import validate

pytestmark = pytest.mark.asyncio(loop_scope="module")

IVORY = (
    "/api/v1/timelines/home?limit=40",
    "/api/v1/accounts/{amina}",
    "/api/v2/instance",
    "/api/v1/preferences",
    "/api/v1/timelines/home?min_id={status}&limit=40",
    "/api/v1/lists",
    "/api/v1/accounts/{amina}/statuses?exclude_reblogs=1&limit=40",
    "/api/v1/accounts/{amina}/statuses?limit=5&pinned=1",
    "/api/v1/featured_tags?limit=80",
    "/api/v1/instance/languages",
    "/api/v1/notifications?limit=100&since_id=1&types[]=mention&types[]=favourite&types[]=no_such_type",
)
"""What Ivory asks for when it starts, as server logs have it."""


@pytest.mark.parametrize("verb", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v9/accounts", "/oauth/nothing"])
async def test_an_address_that_is_none_is_told_in_json(stage: Scene, verb: str, path: str) -> None:
    answer = await stage.client.request(verb, path, headers={"origin": "https://app.example"})
    if path.startswith("/api/"):
        check_refusal(answer, 404)
    assert answer.status_code == 404
    validate(answer.json(), Failure)


@pytest.mark.parametrize(
    "path", ["/api/v1/timelines/home", "/api/v1/statuses", "/oauth/token", "/api/v1/nothing"]
)
async def test_a_script_elsewhere_may_ask_first(stage: Scene, path: str) -> None:
    answer = await stage.client.request(
        "OPTIONS",
        path,
        headers={
            "origin": "https://app.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization, content-type, idempotency-key, x-anything",
        },
    )
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == "*"
    allowed = {each.strip().upper() for each in answer.headers["access-control-allow-methods"].split(",")}
    assert allowed >= {"GET", "POST", "PUT", "PATCH", "DELETE"} or path.startswith("/oauth/")
    headers = {each.strip().lower() for each in answer.headers["access-control-allow-headers"].split(",")}
    # Only `*` covers every header, and it never covers Authorization.
    assert headers >= {"authorization", "content-type", "idempotency-key", "x-anything"} or (
        "*" in headers and "authorization" in headers
    )


@pytest.mark.parametrize(
    "path", ["/api/v1/statuses/1", "/api/v1/accounts/1", "/api/v1/statuses/none", "/api/v1/polls/0"]
)
async def test_what_is_not_there_and_what_is_hidden_are_the_same(stage: Scene, path: str) -> None:
    hidden = await stage.other.post("Between us", visibility="direct")
    headers = {"authorization": f"Bearer {await stage.me.token()}", "origin": "https://app.example"}
    missing = await stage.client.get(path, headers=headers)
    check_refusal(missing, 404, "Record not found")
    refused = await stage.client.get(f"/api/v1/statuses/{hidden['id']}", headers=headers)
    check_refusal(refused, 404, "Record not found")
    assert refused.json() == missing.json()


async def test_ivory_starts(stage: Scene) -> None:
    await stage.value("baraka_with_all")
    await stage.value("pinned_status")
    headers = {"authorization": f"Bearer {await stage.me.token()}"}
    for asked in IVORY:
        path = await stage.fill(asked)
        answer = await stage.client.get(path, headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"
        check_link(answer)
        validate(answer.json(), expected_of(path), what=path)


def expected_of(path: str) -> Any:
    """Return the entity of the method that a path asks for."""
    bare = path.partition("?")[0]
    for name, call in CALLS.items():
        verb, _, known = name.partition(" ")
        if verb == "GET" and re.fullmatch(re.sub(r":\w+", "[0-9]+", known), bare):
            return call.answers
    raise AssertionError(f"{path} is no method")


@pytest.mark.parametrize("path", ["/api/v1/tags/LegalAid/", "/api/v1/timelines/home/", "/oauth/authorize/"])
async def test_a_slash_at_the_end_is_not_minded(stage: Scene, path: str) -> None:
    headers = {"authorization": f"Bearer {await stage.me.token()}"}
    with_slash = await stage.client.get(path, headers=headers)
    without = await stage.client.get(path.rstrip("/"), headers=headers)
    assert with_slash.status_code == without.status_code
    assert not with_slash.has_redirect_location


async def test_limits_that_are_too_high_are_lowered_without_a_word(stage: Scene) -> None:
    headers = {"authorization": f"Bearer {await stage.me.token()}"}
    for path in (
        "timelines/home",
        "notifications",
        "bookmarks",
        "favourites",
        "blocks",
        "mutes",
        "followed_tags",
    ):
        answer = await stage.client.get(f"/api/v1/{path}?limit=1000", headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:300]}"


async def test_broken_bodies_are_refused_in_json(stage: Scene) -> None:
    headers = {"authorization": f"Bearer {await stage.me.token()}", "origin": "https://app.example"}
    answer = await stage.client.post(
        "/api/v1/statuses", content=b'{"status":', headers={**headers, "content-type": "application/json"}
    )
    check_refusal(answer, 400)


async def test_what_is_wrong_with_a_status_is_named_field_by_field(stage: Scene) -> None:
    answer = await stage.me.send("POST", "/api/v1/statuses", json={"status": ""})
    assert answer.status_code == 422
    check_envelope_of_validation(answer.json())


def check_envelope_of_validation(document: dict[str, Any]) -> None:
    """Check that an app could mark the fields that are wrong."""
    validate({"error": document["error"]}, Failure)
    for field, faults in document.get("details", {}).items():
        assert re.fullmatch(r"[a-z_]+", field)
        assert all(re.fullmatch(r"ERR_[A-Z_]+", fault["error"]) and fault["description"] for fault in faults)


async def test_every_answer_says_how_much_is_left(stage: Scene) -> None:
    answer = await stage.me.send("GET", "/api/v1/preferences", headers={"origin": "https://app.example"})
    check_envelope(answer)
    assert int(answer.headers["x-ratelimit-limit"]) >= int(answer.headers["x-ratelimit-remaining"]) >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z", answer.headers["x-ratelimit-reset"])


@pytest.mark.parametrize("name", ["practice", "event", "offer", "resource"])
async def test_what_is_more_than_a_post_reads_like_one(stage: Scene, name: str) -> None:
    number = await stage.value(name)
    for member in (True, False):
        headers = {"authorization": f"Bearer {await stage.me.token()}"} if member else {}
        answer = await stage.client.get(f"/api/v1/statuses/{number}", headers=headers)
        assert answer.status_code == 200, answer.text[:300]
        status = answer.json()
        validate(status, Status, member=member, what=name)
        assert status["spoiler_text"] == "", "a title is no warning"
        assert status["content"].startswith("<p><strong>")
        assert status["ilan"]["kind"] == name
        assert status["card"] is not None or status["media_attachments"], "nothing to look at"
    refused = await stage.people["editor"].send(
        "PUT", f"/api/v1/statuses/{number}", json={"status": "Shorter"}
    )
    check_refusal_of_edit(refused)


def check_refusal_of_edit(answer: httpx.Response) -> None:
    """Check that an app that knows only posts cannot overwrite what it does not see."""
    assert answer.status_code == 422, answer.text[:300]
    assert "https://node.example/" in answer.json()["error"], "it should say where it can be edited"
