"""What errors look like from outside: to other nodes, to programs, to people."""

import logging
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from actors import errors as actors
from federation import errors as federation
from storage import errors as storage
from tests.node.served import ServedNode, served

ERRORS: dict[str, Exception] = {
    "invalid": actors.Invalid(
        "Two fields are wrong.", {"starts": "must be before ends", "title": "is missing"}
    ),
    "forbidden": actors.Forbidden("You may not do this."),
    "absent": actors.NotFound("There is nothing here."),
    "conflict": actors.Conflict("The name is taken."),
    "malformed": federation.Malformed("object.content: expected text"),
    "untrusted": federation.Untrusted("The signature does not hold."),
    "refused": federation.Refused("This node does not talk to other.example."),
    "unreachable": federation.Unreachable("Try later.", retry_after=17.2),
    "gone": federation.Gone("It is gone.", status=410),
    "busy": storage.Busy("database is locked"),
    "taken": storage.Conflict("UNIQUE constraint failed: actors.uri"),
    "old": storage.NotMigrated("0001 is not 0002"),
    "unknown": ZeroDivisionError("the secret is 1/0"),
    "teapot": HTTPException(418, "I am a teapot.", {"X-Pot": "tea"}),
}
FOR_NODES = {
    "invalid": 422, "forbidden": 403, "absent": 404, "conflict": 409, "malformed": 400, "untrusted": 401,
    "refused": 403, "unreachable": 503, "gone": 503, "busy": 503, "taken": 409, "old": 503, "unknown": 500,
    "teapot": 418,
}  # fmt: skip
FOR_CLIENTS = FOR_NODES | {"untrusted": 502, "gone": 404}


async def fail(request: Request) -> Response:
    raise ERRORS[request.path_params["name"]]


async def ask(one: ServedNode, path: str, accept: str = "application/json") -> Response:
    return await one.get(path, accept)  # type: ignore[return-value]


def prepare(one: ServedNode) -> None:
    for prefix in ("/actors/fails", "/api/fails", "/pages/fails", "/api/v1/fails", "/api/v2/fails"):
        one.app.router.routes.insert(0, Route(f"{prefix}/{{name}}", fail))


@pytest.mark.parametrize("name", ERRORS)
async def test_another_node_gets_problem_details(tmp_path: Path, name: str) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        answer = await one.get(f"/actors/fails/{name}")
    problem = answer.json()
    assert answer.status_code == problem["status"] == FOR_NODES[name]
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] in {"about:blank", "https://w3id.org/fep/c180#principal-not-authorized"}
    assert problem["detail"] == problem["error"]
    assert problem["error"].endswith((".", "text"))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ERRORS)
async def test_a_program_gets_one_sentence_whatever_it_accepts(tmp_path: Path, name: str) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        for accept in ("application/json", "text/html", "*/*"):
            answer = await one.get(f"/api/fails/{name}", accept)
            assert answer.status_code == FOR_CLIENTS[name]
            assert answer.headers["content-type"] == "application/json"
            assert set(answer.json()) <= {"error", "fields"}


async def test_every_bad_field_is_named(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        answer = await one.get("/api/fails/invalid", "application/json")
    assert answer.json() == {
        "error": "Two fields are wrong.",
        "fields": {"starts": "must be before ends", "title": "is missing"},
    }


FOR_MASTODON = FOR_CLIENTS | {"untrusted": 503}


@pytest.mark.parametrize("name", ERRORS)
async def test_a_mastodon_client_gets_what_it_knows(tmp_path: Path, name: str) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        answers = [
            await one.get(f"/api/{version}/fails/{name}", accept)
            for version in ("v1", "v2")
            for accept in ("application/json", "text/html", None)
        ]
    for answer in answers:
        assert answer.status_code == FOR_MASTODON[name]
        assert answer.status_code != 401
        assert set(answer.json()) <= {"error", "details"}
        assert "Authorization" in answer.headers["vary"]
    if name == "absent":
        assert answers[0].json() == {"error": "Record not found"}
    if name == "invalid":
        assert answers[0].json()["details"] == {
            "starts": [{"error": "ERR_INVALID", "description": "must be before ends"}],
            "title": [{"error": "ERR_BLANK", "description": "is missing"}],
        }


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("is longer than 30 characters", "ERR_TOO_LONG"),
        ("is taken", "ERR_TAKEN"),
        ("must be accepted", "ERR_ACCEPTED"),
        ("is reserved", "ERR_RESERVED"),
        ("looks odd", "ERR_INVALID"),
    ],
)
async def test_faults_have_the_codes_of_mastodon(tmp_path: Path, what: str, code: str) -> None:
    async def refuse(_request: Request) -> Response:
        raise actors.Invalid("Not so.", {"username": what})

    async with served(tmp_path) as one:
        one.app.router.routes.insert(0, Route("/api/v1/refuses", refuse))
        answer = await one.get("/api/v1/refuses", "application/json")
    assert answer.json()["details"] == {"username": [{"error": code, "description": what}]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/no/such/method", 404),
        ("POST", "/api/v2/no/such/method", 404),
        ("GET", "/api/v1/donation_campaigns", 404),
        ("GET", "/api/v1/annual_reports", 404),
        ("GET", "/api/v1_alpha/async_refreshes/1", 404),
        ("POST", "/api/v1/admin/measures", 404),
        ("GET", "/oauth/no/such/method", 404),
        ("DELETE", "/api/v1/instance", 405),
        ("DELETE", "/oauth/token", 405),
    ],
)
async def test_an_error_is_json_even_where_there_is_nothing(
    tmp_path: Path, method: str, path: str, status: int
) -> None:
    async with served(tmp_path) as one:
        answer = await one.client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json()["error"]


async def test_a_person_gets_a_page(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        one.app.state.error_page = None
        answer = await one.get("/pages/fails/forbidden", "text/html,*/*;q=0.8")
        nowhere = await one.get("/no/such/page", "text/html")
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "You may not do this." in answer.text
    assert nowhere.status_code == 404
    assert "There is nothing here." in nowhere.text


async def test_the_pages_surface_may_draw_its_own_error_page(tmp_path: Path) -> None:
    async def draw(_request: Request, status: int, sentence: str) -> Response:
        return HTMLResponse(f"<h1>drawn: {sentence}</h1>", status)

    async def broken(_request: Request, _status: int, _sentence: str) -> Response:
        raise RuntimeError("the template is missing")

    async with served(tmp_path) as one:
        prepare(one)
        one.app.state.error_page = draw
        drawn = await one.get("/pages/fails/forbidden", "text/html")
        one.app.state.error_page = broken
        fallen_back = await one.get("/pages/fails/forbidden", "text/html")
    assert "drawn: You may not do this." in drawn.text
    assert fallen_back.status_code == 403
    assert "You may not do this." in fallen_back.text


async def test_a_sentence_with_markup_in_it_stays_text(tmp_path: Path) -> None:
    async def hostile(_request: Request) -> Response:
        raise actors.NotFound("There is no <script>alert(1)</script>.")

    async with served(tmp_path) as one:
        one.app.state.error_page = None
        one.app.router.routes.insert(0, Route("/pages/hostile", hostile))
        answer = await one.get("/pages/hostile", "text/html")
    assert "<script>" not in answer.text


async def test_what_nobody_foresaw_is_logged_with_its_traceback_and_told_to_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        with caplog.at_level(logging.ERROR):
            answer = await one.get("/api/fails/unknown", "application/json")
    number = answer.headers["x-request-id"]
    assert answer.status_code == 500
    assert number in answer.json()["error"]
    assert "secret" not in answer.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(("name", "seconds"), [("unreachable", "18"), ("busy", "10"), ("old", "60")])
async def test_what_may_work_later_says_when(tmp_path: Path, name: str, seconds: str) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        answer = await one.get(f"/api/fails/{name}", "application/json")
    assert answer.headers["retry-after"] == seconds


async def test_the_database_own_words_stay_inside(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        answers = [
            await one.get(f"/api/fails/{name}", "application/json") for name in ("busy", "taken", "old")
        ]
    assert not any(word in each.text for each in answers for word in ("locked", "UNIQUE", "0001"))


async def test_headers_of_a_refusal_are_kept(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        prepare(one)
        answer = await one.get("/api/fails/teapot", "application/json")
    assert (answer.status_code, answer.headers["x-pot"]) == (418, "tea")


async def test_what_is_unknown_and_what_is_not_allowed_say_so_plainly(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        nowhere = await one.get("/api/v9/nothing", "application/json")
        method = await one.client.request("DELETE", "/inbox")
    assert (nowhere.status_code, nowhere.json()) == (404, {"error": "There is nothing here."})
    assert method.status_code == 405
    assert method.json()["error"] == "That cannot be done with this address."
