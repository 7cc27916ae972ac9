"""Codes and tokens: what a program gets for them, once, and nobody else."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from actors.accounts import disable
from tests.node.served import ServedNode, served
from tests.node.visitors import (
    BACK,
    OUT_OF_BAND,
    VERIFIER,
    Browser,
    challenge_of,
    code_for,
    exchanged,
    opens,
    own_token,
    person,
    registered,
    signed_in,
    token_of,
)


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path) as node:
        yield node


@pytest.fixture
async def amina(one: ServedNode) -> Browser:
    await person(one)
    return await signed_in(one)


async def test_a_code_becomes_a_token_as_mastodon_gives_one(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    answer = await exchanged(one, app, await code_for(amina, app))
    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]
    document = answer.json()
    assert document.keys() == {"access_token", "token_type", "scope", "created_at"}
    assert document["token_type"] == "Bearer"
    assert document["scope"] == "read write"
    assert document["created_at"] == int(one.clock.now.timestamp())
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", document["access_token"])
    assert await opens(one, document["access_token"])


@pytest.mark.parametrize("way", ["form", "json", "query", "basic", "multipart"])
async def test_a_program_proves_itself_in_every_way_that_programs_have(
    one: ServedNode, amina: Browser, way: str
) -> None:
    app = await registered(one)
    secret = {name: app[name] for name in ("client_id", "client_secret")}
    grant = {
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": await code_for(amina, app),
    }
    asked: dict[str, Any] = {
        "form": {"data": grant | secret},
        "json": {"json": grant | secret},
        "query": {"params": grant | secret},
        "multipart": {"files": {name: (None, value) for name, value in (grant | secret).items()}},
        "basic": {"data": grant, "headers": {"authorization": basic(app["client_id"], app["client_secret"])}},
    }[way]
    answer = await one.client.post("/oauth/token", **asked)
    assert answer.status_code == 200, answer.text
    assert await opens(one, answer.json()["access_token"])


def basic(name: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{quote(name)}:{quote(secret)}".encode()).decode()


async def test_a_program_that_does_not_prove_itself_is_told_so_in_mastodons_words(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    code = await code_for(amina, app)
    for wrong in (
        {"client_secret": "wrong"},
        {"client_secret": "-"},
        {"client_id": "wrong"},
        {"client_id": "-", "client_secret": "-"},
        {"client_id": "\x00", "client_secret": "ü"},
    ):
        answer = await exchanged(one, app, code, **wrong)
        assert answer.status_code == 401, wrong
        assert answer.json()["error"] == "invalid_client"
        assert answer.json()["error_description"].startswith("Client authentication failed")
    for header in (basic(app["client_id"], "wrong"), "Basic %%%", "Basic " + "A" * 99):
        answer = await one.client.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            headers={"authorization": header},
        )
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
    # None of this used the code up.
    assert (await exchanged(one, app, code)).status_code == 200


async def test_a_code_works_once_and_a_second_use_revokes_what_came_of_it(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    other = await token_of(one, amina, app)
    code = await code_for(amina, app)
    token = (await exchanged(one, app, code)).json()["access_token"]
    assert await opens(one, token)
    again = await exchanged(one, app, code)
    refused(again, "invalid_grant")
    assert not await opens(one, token)
    assert await opens(one, other), "other tokens of the same program stay"


async def test_two_who_exchange_a_code_at_once_get_at_most_one_token_and_in_the_end_none(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    code = await code_for(amina, app)
    answers = await asyncio.gather(*(exchanged(one, app, code) for _ in range(4)))
    given = [each.json()["access_token"] for each in answers if each.status_code == 200]
    assert len(given) == 1
    assert not await opens(one, given[0])


async def test_a_code_is_for_one_program_and_one_address(one: ServedNode, amina: Browser) -> None:
    app, thief = await registered(one), await registered(one)
    code = await code_for(amina, app)
    refused(await exchanged(one, thief, code), "invalid_grant")
    refused(await exchanged(one, app, code, redirect_uri=f"{BACK}/more"), "invalid_grant")
    refused(await exchanged(one, app, code, redirect_uri="-"), "invalid_request")
    refused(await exchanged(one, app, "wrong"), "invalid_grant")
    refused(await exchanged(one, app, "-"), "invalid_request")
    assert (await exchanged(one, app, code)).status_code == 200


async def test_another_program_with_a_used_code_revokes_nothing(one: ServedNode, amina: Browser) -> None:
    app, thief = await registered(one), await registered(one)
    code = await code_for(amina, app)
    token = (await exchanged(one, app, code)).json()["access_token"]
    refused(await exchanged(one, thief, code), "invalid_grant")
    assert await opens(one, token)


async def test_a_code_that_a_browser_carries_lasts_a_minute_and_one_to_copy_ten(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one, back=f"{BACK}\n{OUT_OF_BAND}")
    carried = await code_for(amina, app)
    copied = await code_for(amina, app, redirect_uri=OUT_OF_BAND)
    late = await code_for(amina, app, redirect_uri=OUT_OF_BAND)
    one.clock.forward(seconds=60)
    refused(await exchanged(one, app, carried), "invalid_grant")
    assert (await exchanged(one, app, copied, redirect_uri=OUT_OF_BAND)).status_code == 200
    one.clock.forward(seconds=540)
    refused(await exchanged(one, app, late, redirect_uri=OUT_OF_BAND), "invalid_grant")


async def test_whoever_began_with_a_challenge_ends_with_its_verifier(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    asked = {"code_challenge": challenge_of(VERIFIER), "code_challenge_method": "S256"}
    code = await code_for(amina, app, **asked)
    for wrong in ("-", "", "x" * 43, VERIFIER[:-1], VERIFIER + "=", challenge_of(VERIFIER), "a" * 200):
        refused(await exchanged(one, app, code, code_verifier=wrong), "invalid_grant")
    assert (await exchanged(one, app, code, code_verifier=VERIFIER)).status_code == 200


async def test_a_verifier_without_a_challenge_tells_of_somebody_in_between(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    code = await code_for(amina, app)
    refused(await exchanged(one, app, code, code_verifier=VERIFIER), "invalid_grant")


async def test_a_program_alone_gets_a_token_that_is_nobodys(one: ServedNode) -> None:
    app = await registered(one, scopes="read write:accounts")
    token = await own_token(one, app, "read")
    headers = {"authorization": f"Bearer {token}"}
    known = await one.client.get("/api/v1/apps/verify_credentials", headers=headers)
    assert known.status_code == 200
    assert known.json()["name"] == "Example client"
    assert "client_secret" not in known.json()
    public = await one.client.get("/api/v1/timelines/public", headers=headers)
    assert public.status_code == 200
    home = await one.client.get("/api/v1/timelines/home", headers=headers)
    assert home.status_code == 422
    assert home.json() == {"error": "This method requires an authenticated user"}
    narrow = await own_token(one, app, "write:accounts")
    outside = await one.client.get("/api/v1/timelines/home", headers={"authorization": f"Bearer {narrow}"})
    assert outside.status_code == 403


async def test_a_program_gets_no_more_than_it_was_registered_with(one: ServedNode) -> None:
    app = await registered(one, scopes="read:statuses write:media")
    proof = {name: app[name] for name in ("client_id", "client_secret")}
    for scope in ("read", "write", "read:statuses admin:read", "push", "everything", "follow"):
        answer = await one.client.post(
            "/oauth/token", data={"grant_type": "client_credentials", "scope": scope, **proof}
        )
        refused(answer, "invalid_scope")
    # What it does not name is what it may have.
    answer = await one.client.post("/oauth/token", data={"grant_type": "client_credentials", **proof})
    assert answer.json()["scope"] == "read:statuses write:media"


@pytest.mark.parametrize(
    ("grant", "error"),
    [
        ("", "invalid_request"),
        ("password", "unsupported_grant_type"),
        ("refresh_token", "unsupported_grant_type"),
        ("implicit", "unsupported_grant_type"),
    ],
)
async def test_nobody_signs_in_by_other_grants(one: ServedNode, grant: str, error: str) -> None:
    await person(one)
    app = await registered(one)
    answer = await one.client.post(
        "/oauth/token",
        data={
            "grant_type": grant,
            "username": "amina@node.example",
            "password": "four plain words here",
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
        },
    )
    refused(answer, error)


async def test_several_tokens_of_one_program_live_side_by_side(one: ServedNode, amina: Browser) -> None:
    await person(one, "brian")
    brian = await signed_in(one, "brian")
    app = await registered(one)
    tokens = [await token_of(one, each, app) for each in (amina, amina, brian)]
    assert len(set(tokens)) == 3
    await one.client.post("/oauth/revoke", json=proof_of(app) | {"token": tokens[0]})
    assert [await opens(one, token) for token in tokens] == [False, True, True]


def proof_of(app: dict[str, Any]) -> dict[str, str]:
    return {name: app[name] for name in ("client_id", "client_secret")}


async def test_a_token_is_handed_back_by_the_program_that_has_it(one: ServedNode, amina: Browser) -> None:
    app, other = await registered(one), await registered(one)
    token = await token_of(one, amina, app)
    for proof in (proof_of(other), {"client_id": app["client_id"], "client_secret": "wrong"}, {}):
        answer = await one.client.post("/oauth/revoke", data={**proof, "token": token})
        assert answer.status_code == 403
        assert answer.json()["error"] == "unauthorized_client"
    assert await opens(one, token)
    for _ in range(2):
        answer = await one.client.post("/oauth/revoke", data=proof_of(app) | {"token": token})
        assert answer.status_code == 200
        assert answer.json() == {}
    assert not await opens(one, token)
    # What is no token is as good as revoked.
    assert (await one.client.post("/oauth/revoke", json=proof_of(app))).status_code == 200


async def test_streams_and_push_can_ask_which_tokens_are_still_good(one: ServedNode, amina: Browser) -> None:
    app = await registered(one)
    first, second = [await token_of(one, amina, app) for _ in range(2)]
    async with one.node.database.read() as tx:
        member = await tx.members.by_email("amina@node.example")
        assert member is not None
        ids = [token.id for token, _ in await tx.tokens.of(member)]
        assert await tx.tokens.good([*ids, 17]) == set(ids)
        assert await tx.tokens.good([]) == set()
    await one.client.post("/oauth/revoke", data=proof_of(app) | {"token": first})
    async with one.node.database.begin() as tx:
        assert len(await tx.tokens.good(ids)) == 1
        await disable(tx, member)
        assert await tx.tokens.good(ids) == set()
    assert not await opens(one, second)


async def test_a_code_of_somebody_who_is_disabled_meanwhile_opens_nothing(
    one: ServedNode, amina: Browser
) -> None:
    app = await registered(one)
    code = await code_for(amina, app)
    async with one.node.database.begin() as tx:
        member = await tx.members.by_email("amina@node.example")
        assert member is not None
        await disable(tx, member)
    refused(await exchanged(one, app, code), "invalid_grant")


async def test_a_program_may_know_who_it_serves_if_it_asked_for_that(one: ServedNode, amina: Browser) -> None:
    app = await registered(one, scopes="read profile")
    knowing = await token_of(one, amina, app, scope="profile")
    reading = await token_of(one, amina, app, scope="read")
    for method in ("GET", "POST"):
        answer = await one.client.request(
            method, "/oauth/userinfo", headers={"authorization": f"Bearer {knowing}"}
        )
        assert answer.status_code == 200
        assert answer.json() == {
            "iss": "https://node.example",
            "sub": "https://node.example/actors/amina",
            "name": "",
            "preferred_username": "amina",
            "profile": "https://node.example/@amina",
            "picture": answer.json()["picture"],
        }
    wrong = await one.client.get("/oauth/userinfo", headers={"authorization": f"Bearer {reading}"})
    assert wrong.status_code == 403
    assert (await one.client.get("/oauth/userinfo")).status_code == 401
    # And knowing who somebody is opens nothing else.
    home = await one.client.get("/api/v1/timelines/home", headers={"authorization": f"Bearer {knowing}"})
    assert home.status_code == 403


async def test_programs_in_browsers_may_read_these_answers(one: ServedNode) -> None:
    for path in (
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/userinfo",
        "/.well-known/oauth-authorization-server",
    ):
        answer = await one.client.post(path, headers={"origin": "https://client.example"})
        assert answer.headers["access-control-allow-origin"] == "*", path
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers["content-type"].startswith("application/"), path


async def test_what_the_node_says_of_itself_is_true(one: ServedNode) -> None:
    answer = await one.client.get("/.well-known/oauth-authorization-server")
    assert answer.status_code == 200
    said = answer.json()
    assert said["issuer"] == "https://node.example"
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["grant_types_supported"] == ["authorization_code", "client_credentials"]
    assert {"read", "write", "follow", "push", "profile", "admin:read", "write:statuses"} <= set(
        said["scopes_supported"]
    )
    for name in ("authorization", "token", "revocation", "userinfo", "app_registration"):
        path = said[f"{name}_endpoint"].removeprefix("https://node.example")
        method = "GET" if name in {"authorization", "userinfo"} else "POST"
        assert (await one.client.request(method, path)).status_code not in {404, 405}, path


async def test_a_large_body_is_not_read(one: ServedNode) -> None:
    for path in ("/oauth/token", "/oauth/revoke", "/api/v1/apps"):
        answer = await one.client.post(path, data={"code": "x" * 70_000})
        assert answer.status_code == 413, path


async def test_secrets_are_neither_kept_nor_written_down(
    one: ServedNode, amina: Browser, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")
    app = await registered(one)
    code = await code_for(amina, app)
    token = (await exchanged(one, app, code)).json()["access_token"]
    kept = everything_in(tmp_path)
    said = "\n".join(f"{record.getMessage()} {record.__dict__.get('facts')}" for record in caplog.records)
    for secret in (code, token, app["client_secret"], amina.session or "?"):
        assert secret.encode() not in kept
        assert secret not in said


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def refused(answer: httpx.Response, error: str) -> None:
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"] == error
    assert answer.json()["error_description"]
    assert "no-store" in answer.headers["cache-control"]


async def test_a_token_in_the_address_is_none(one: ServedNode, amina: Browser) -> None:
    token = await token_of(one, amina, await registered(one))
    answer = await one.client.get(f"/api/v1/timelines/home?{urlencode({'access_token': token})}")
    assert answer.status_code == 401
