"""Access tokens: who they are, what they cover, and what is said when they do not."""

from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actors.accounts import add_member, disable
from actors.granting import issue_token
from node.http.auth import caller_of, covers, reader_of, require, require_app
from storage.members import Member
from tests.node.counting import statements
from tests.node.served import ServedNode, new_keys, served
from tests.node.visitors import own_token, registered


async def me(request: Request) -> Response:
    caller = await caller_of(request)
    return JSONResponse({"username": caller.actor.username if caller else None})


async def write(request: Request) -> Response:
    caller = await require(request, "write:statuses")
    assert await caller_of(request) is caller
    return JSONResponse({"username": caller.actor.username})


async def signed_in(one: ServedNode, *scopes: str) -> tuple[Member, str]:
    one.app.router.routes[:0] = [Route("/api/test/me", me), Route("/api/test/write", write)]
    async with one.node.database.begin() as tx:
        member = await add_member(
            tx,
            base_url=one.node.base_url,
            domain="node.example",
            username="amina",
            email="amina@node.example",
            role="member",
            keys=new_keys(),
        )
        token, _ = await issue_token(tx, member, scopes)
    return member, token


async def ask(one: ServedNode, path: str, authorization: str | None) -> httpx.Response:
    headers = {} if authorization is None else {"authorization": authorization}
    return await one.client.get(path, headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_a_token_says_who_asks(tmp_path: Path, scheme: str) -> None:
    async with served(tmp_path) as one:
        _, token = await signed_in(one, "read", "write")
        answers = [await ask(one, path, f"{scheme} {token}") for path in ("/api/test/me", "/api/test/write")]
    assert [each.json() for each in answers] == [{"username": "amina"}] * 2


async def test_nobody_needs_a_token_for_what_is_open(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        await signed_in(one, "read")
        anybody = await ask(one, "/api/test/me", None)
        needed = await ask(one, "/api/test/write", None)
    assert anybody.json() == {"username": None}
    assert needed.status_code == 401
    assert needed.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer wrong",
        "Bearer ",
        "Bearer",
        "Basic YTpi",
        "Bearer " + "x" * 10_000,
        "Bearer a b",
        "Bearer \xff",
        "x",
    ],
)
async def test_a_token_that_opens_nothing_is_never_taken_for_none(tmp_path: Path, authorization: str) -> None:
    async with served(tmp_path) as one:
        await signed_in(one, "read")
        headers = [(b"authorization", authorization.encode("latin-1"))]
        answer = await one.client.get("/api/test/me", headers=headers)
    assert answer.status_code == 401
    assert "wrong" not in answer.text


async def test_two_tokens_are_none(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        _, token = await signed_in(one, "read")
        headers = [("authorization", f"Bearer {token}"), ("authorization", "Bearer other")]
        answer = await one.client.get("/api/test/me", headers=headers)
    assert answer.status_code == 401


async def test_a_token_does_only_what_it_was_given_for(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        _, token = await signed_in(one, "read", "write:media")
        answer = await ask(one, "/api/test/write", f"Bearer {token}")
    assert answer.status_code == 403
    assert answer.json() == {"error": "This action is outside the authorized scopes"}
    assert 'scope="write:statuses"' in answer.headers["www-authenticate"]


async def test_a_disabled_member_is_out_at_once(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        member, token = await signed_in(one, "read")
        async with one.node.database.begin() as tx:
            await disable(tx, member)
        answer = await ask(one, "/api/test/me", f"Bearer {token}")
    assert answer.status_code == 401


async def test_members_are_counted_by_member_and_guessers_by_address(tmp_path: Path) -> None:
    async with served(tmp_path, {"limits": {"requests_per_minute": 2}}) as one:
        _, token = await signed_in(one, "read")
        member = [await ask(one, "/api/test/me", f"Bearer {token}") for _ in range(3)]
        guesses = [await ask(one, "/api/test/me", "Bearer guess") for _ in range(3)]
        too_late = await ask(one, "/api/test/me", f"Bearer {token}")
    assert [each.status_code for each in member] == [200, 200, 429]
    assert [each.headers["x-ratelimit-remaining"] for each in member] == ["1", "0", "0"]
    assert member[0].headers["x-ratelimit-limit"] == "2"
    assert member[0].headers["x-ratelimit-reset"].endswith("Z")
    assert [each.status_code for each in guesses] == [401, 401, 429]
    assert too_late.status_code == 429


async def either(request: Request) -> Response:
    caller = await require(request, "read:statuses", "write:statuses")
    return JSONResponse({"token": caller.token_id, "application": caller.application})


async def public(request: Request) -> Response:
    reader = await reader_of(request, "read:statuses")
    program = None if reader is None else await require_app(request)
    return JSONResponse({"is_known": reader is not None, "is_program": program is not None})


async def test_any_one_of_several_scopes_is_enough(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        _, token = await signed_in(one, "write:statuses")
        one.app.router.routes[:0] = [Route("/api/test/either", either), Route("/api/test/public", public)]
        found = await ask(one, "/api/test/either", f"Bearer {token}")
        # A token for something else reads as a guest does.
        reading = await ask(one, "/api/test/public", f"Bearer {token}")
    assert found.status_code == 200
    assert found.json()["token"] > 0
    assert found.json()["application"] is None
    assert reading.json() == {"is_known": False, "is_program": False}


async def test_a_program_alone_reads_as_a_guest_and_does_nothing_in_anybodys_name(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        await signed_in(one, "read")
        one.app.router.routes[:0] = [Route("/api/test/public", public)]
        token = await own_token(one, await registered(one))
        reading = await ask(one, "/api/test/public", f"Bearer {token}")
        me_too = await ask(one, "/api/test/me", f"Bearer {token}")
        writing = await ask(one, "/api/test/write", f"Bearer {token}")
    assert reading.json() == {"is_known": False, "is_program": False}
    assert me_too.json() == {"username": None}
    assert writing.status_code == 422
    assert writing.json() == {"error": "This method requires an authenticated user"}


async def test_who_asks_is_found_with_one_statement_and_noted_once_a_day(tmp_path: Path) -> None:
    async with served(tmp_path) as one:
        _, token = await signed_in(one, "read")
        counted = []
        for _ in range(2):
            with statements() as seen:
                await ask(one, "/api/test/me", f"Bearer {token}")
            counted.append(len(seen))
            one.clock.forward(hours=1)
        one.clock.forward(days=1)
        for _ in range(2):
            with statements() as seen:
                await ask(one, "/api/test/me", f"Bearer {token}")
            counted.append(len(seen))
    assert counted == [1, 1, 2, 1]


@pytest.mark.parametrize(
    ("granted", "scope", "is_covered"),
    [
        (["write"], "write:statuses", True),
        (["write"], "write", True),
        (["write:statuses"], "write:statuses", True),
        (["write:statuses"], "write", False),
        (["write:statuses"], "write:media", False),
        (["read"], "write:statuses", False),
        (["read"], "readers", False),
        (["read", "write"], "write:lists", True),
        (["follow"], "write:follows", True),
        (["follow"], "read:blocks", True),
        (["follow"], "write:statuses", False),
        (["read", "write"], "follow", True),
        (["write"], "follow", False),
        (["follow"], "follow", True),
        (["read"], "profile", False),
        (["profile"], "read", False),
        (["admin:read"], "admin:read:accounts", True),
        (["read"], "admin:read", False),
        ([], "read", False),
        ([""], "read", False),
    ],
)
def test_a_wide_scope_covers_the_narrow_ones_and_never_the_reverse(
    granted: list[str], scope: str, is_covered: bool
) -> None:
    assert covers(granted, scope) is is_covered
