"""Every method of tiers A and B, called by everybody who could: guests, programs, members, the wrong token.

What is answered is checked field by field, and so is everything around it that clients rely on.
"""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.clients.calls import CALLS, UPDATES
from tests.clients.calls.kinds import Call, Who
from tests.clients.entities.oauth import Failure, OAuthFailure, Token
from tests.clients.scene import Scene
from tests.clients.signing_in import OUT_OF_BAND, authorize
from tests.clients.stage import PASSWORD, SCOPES
from tests.clients.validation import validate

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXPOSED = {"link", "x-ratelimit-reset", "x-ratelimit-limit", "x-ratelimit-remaining", "x-request-id"}
_WORD = re.compile(r"\{\w+\}")
_MEMBERS = [name for name, call in CALLS.items() if call.who is Who.MEMBERS]
_GUARDED = [name for name, call in CALLS.items() if call.who is not Who.ANYBODY]
_OPEN = [name for name, call in CALLS.items() if call.who is Who.ANYBODY]
_SCOPED = [name for name in _GUARDED if CALLS[name].scope]


def stood_in(what: Any) -> Any:
    """Put anything where something of the scene would stand: who is refused learns nothing of it."""
    if isinstance(what, dict):
        return {name: stood_in(each) for name, each in what.items()}
    if isinstance(what, list):
        return [stood_in(each) for each in what]
    return _WORD.sub("1", what) if isinstance(what, str) else what


async def send(
    stage: Scene, name: str, call: Call, token: str | None, *, really: bool = True
) -> httpx.Response:
    """Make a call. Who is refused anyway does not need what it is about."""
    verb = name.partition(" ")[0]
    parts = {"path": call.path, "query": dict(call.query), "body": call.body}
    for needed in call.needs if really else ():
        await stage.value(needed)
    parts = await stage.fill(parts) if really else stood_in(parts)
    headers = {"origin": "https://app.example"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    more: dict[str, Any] = {}
    if call.files is not None:
        more = {"files": dict(call.files), "data": parts["body"]}
    elif parts["body"] is not None:
        more = {"json": parts["body"]}
    return await stage.client.request(verb, parts["path"], params=parts["query"], headers=headers, **more)


def check_envelope(answer: httpx.Response) -> None:
    """Check what stands around every answer of the API, whether it is good news or not."""
    assert answer.headers.get("access-control-allow-origin") == "*", "scripts elsewhere cannot read this"
    assert "access-control-allow-credentials" not in answer.headers
    if not answer.request.url.path.startswith("/api/"):
        return
    assert answer.status_code not in (201, 204), "clients take anything but 200 for a failure"
    assert answer.headers["content-type"].startswith("application/json")
    exposed = {
        each.strip().lower() for each in answer.headers.get("access-control-expose-headers", "").split(",")
    }
    assert exposed >= EXPOSED, "scripts elsewhere cannot read these headers"


def check_link(answer: httpx.Response) -> None:
    """Check that the links of a list are as clients read them: absolute, `next` first, nothing lost."""
    link = answer.headers.get("link")
    if link is None:
        return
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', link)
    assert [rel for _, rel in found] in (["next", "prev"], ["next"], ["prev"]), link
    asked = parse_qs(urlsplit(str(answer.request.url)).query)
    for url, rel in found:
        assert url.startswith(f"https://node.example{answer.request.url.path}?"), url
        values = parse_qs(urlsplit(url).query)
        bound = {"next": "max_id", "prev": "min_id"}[rel]
        assert re.fullmatch(r"[0-9]+", values.get(bound, values.get("offset", ["?"]))[0]), url
        kept = {
            name: each
            for name, each in asked.items()
            if name not in ("max_id", "min_id", "since_id", "offset")
        }
        assert kept.items() <= values.items(), f"{url} forgets what was asked for"


def check_refusal(answer: httpx.Response, status: int, says: str = "") -> None:
    assert answer.status_code == status, f"{answer.status_code} {answer.text[:500]}"
    check_envelope(answer)
    validate(answer.json(), Failure, what=str(answer.request.url.path))
    assert says in answer.json()["error"]


@pytest.mark.parametrize("name", list(CALLS))
async def test_a_member_is_answered(stage: Scene, name: str) -> None:
    call = CALLS[name]
    token = await (
        stage.app_token() if name.startswith("GET /api/v1/apps/") else stage.me.token(call.scope or SCOPES)
    )
    answer = await send(stage, name, call, token)
    assert answer.status_code in call.statuses, f"{answer.status_code} {answer.text[:500]}"
    check_envelope(answer)
    check_link(answer)
    if answer.request.url.path.startswith("/api/"):
        assert "authorization" in answer.headers.get("vary", "").lower(), "a cache could mix readers up"
        assert "public" not in answer.headers.get("cache-control", ""), "a cache could keep this for others"
    validate(answer.json(), call.answers, what=name)
    assert answer.json() != [] or call.may_be_empty, "a list without entries proves nothing"


@pytest.mark.parametrize("name", list(UPDATES))
async def test_an_update_can_be_sent_with_either_verb(stage: Scene, name: str) -> None:
    call = UPDATES[name]
    answer = await send(stage, name, call, await stage.me.token(call.scope))
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
    validate(answer.json(), call.answers, what=name)


@pytest.mark.parametrize("name", _OPEN)
async def test_a_guest_is_answered_what_is_public(stage: Scene, name: str) -> None:
    answer = await send(stage, name, CALLS[name], None)
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
    check_envelope(answer)
    check_link(answer)
    validate(answer.json(), CALLS[name].answers, member=False, what=name)


@pytest.mark.parametrize("name", _OPEN)
async def test_a_program_reads_what_is_public_as_a_guest(stage: Scene, name: str) -> None:
    answer = await send(stage, name, CALLS[name], await stage.app_token())
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
    validate(answer.json(), CALLS[name].answers, member=False, what=name)


@pytest.mark.parametrize("name", _GUARDED)
async def test_a_guest_is_asked_to_sign_in(stage: Scene, name: str) -> None:
    answer = await send(stage, name, CALLS[name], None, really=False)
    check_refusal(answer, 401, "The access token is invalid")


@pytest.mark.parametrize("name", _MEMBERS)
async def test_a_program_on_its_own_is_told_that_a_member_is_needed(stage: Scene, name: str) -> None:
    answer = await send(stage, name, CALLS[name], await stage.app_token(), really=False)
    check_refusal(answer, 422, "This method requires an authenticated user")


@pytest.mark.parametrize("name", [name for name in _GUARDED if name not in _MEMBERS])
async def test_a_program_on_its_own_is_answered(stage: Scene, name: str) -> None:
    answer = await send(stage, name, CALLS[name], await stage.app_token())
    assert answer.status_code == 200, f"{answer.status_code} {answer.text[:500]}"
    validate(answer.json(), CALLS[name].answers, member=False, what=name)


@pytest.mark.parametrize("name", _SCOPED)
async def test_a_token_without_the_scope_is_refused(stage: Scene, name: str) -> None:
    scope = "read" if CALLS[name].scope == "push" else "push"
    answer = await send(stage, name, CALLS[name], await stage.me.token(scope), really=False)
    check_refusal(answer, 403, "This action is outside the authorized scopes")


@pytest.mark.parametrize("name", [name for name in CALLS if " /api/" in name])
async def test_a_token_that_opens_nothing_is_refused(stage: Scene, name: str) -> None:
    # What is the same for everybody may be answered without looking at the token.
    answer = await send(stage, name, CALLS[name], "x" * 43, really=False)
    if CALLS[name].who is Who.ANYBODY and not CALLS[name].scope and answer.status_code == 200:
        return
    check_refusal(answer, 401, "The access token is invalid")


async def test_a_member_signs_in_and_lets_a_program_in(stage: Scene) -> None:
    answer = await stage.client.post(
        "/api/v1/apps",
        json={"client_name": "Reader", "redirect_uris": ["app.example:/done"], "scopes": "read push"},
    )
    app = answer.json()
    code = await authorize(
        stage.me.browser,
        app,
        "amina@node.example",
        PASSWORD,
        "read",
        "app.example:/done",
        state="x y",
    )
    form = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "redirect_uri": "app.example:/done",
        "code": code,
    }
    answer = await stage.client.post("/oauth/token", data=form)
    assert answer.status_code == 200, answer.text
    validate(answer.json(), Token)
    assert answer.json()["scope"] == "read"
    again = await stage.client.post("/oauth/token", data=form)
    assert again.status_code == 400
    validate(again.json(), OAuthFailure)
    assert again.json()["error"] == "invalid_grant"
    wrong = await stage.client.post("/oauth/token", data=form | {"client_secret": "wrong"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    check_envelope(wrong)


async def test_a_revoked_token_opens_nothing(stage: Scene) -> None:
    app = await stage.app()
    code = await authorize(stage.me.browser, app, "amina@node.example", PASSWORD, "read")
    keys = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    answer = await stage.client.post(
        "/oauth/token",
        json={"grant_type": "authorization_code", "code": code, "redirect_uri": OUT_OF_BAND, **keys},
    )
    token = answer.json()["access_token"]
    headers = {"authorization": f"Bearer {token}"}
    path = "/api/v1/accounts/verify_credentials"
    assert (await stage.client.get(path, headers=headers)).status_code == 200
    answer = await stage.client.post("/oauth/revoke", data={**keys, "token": token})
    assert (answer.status_code, answer.json()) == (200, {})
    check_refusal(await stage.client.get(path, headers=headers | {"origin": "https://app.example"}), 401)


async def test_host_meta_says_where_webfinger_is(stage: Scene) -> None:
    answer = await stage.client.get("/.well-known/host-meta", headers={"origin": "https://app.example"})
    assert answer.status_code == 200
    assert 'template="https://node.example/.well-known/webfinger?resource={uri}"' in answer.text
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_streaming_is_healthy(stage: Scene) -> None:
    answer = await stage.client.get("/api/v1/streaming/health")
    assert (answer.status_code, answer.text.strip()) == (200, "OK")


async def test_streaming_without_an_upgrade_is_not_found(stage: Scene) -> None:
    headers = {"authorization": f"Bearer {await stage.me.token()}"}
    answer = await stage.client.get("/api/v1/streaming", headers=headers)
    assert answer.status_code == 404
    validate(answer.json(), Failure)
